"""The user's own folder of tables: checking it and adding to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ujar.actors.rows import (
    KINDS,
    Fault,
    Numbered,
    Row,
    fault_of_order,
    faults_between,
    faults_of,
    folder_rows,
    package_rows,
)
from ujar.config import load_config
from ujar.errors import InputError, SettingError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable


def folder_of(given: str | None) -> Path:
    """The user's folder: the one given, or that of the setting ``actors``; SettingError when there is none."""
    name = given or load_config().actors
    if not name:
        raise SettingError(
            "no-actors-folder",
            "there is no folder of your own tables of actors",
            "name one with --folder, or set UJAR_ACTORS (or actors in ujar.toml)",
        )
    return Path(name)


def check(folder: Path | None) -> tuple[int, list[Fault]]:
    """How many rows were looked at, and what is wrong with them: of a folder over the package, or of the package."""
    tables = package_rows()
    if folder is None:
        rows = [(kind, found) for kind, table in tables.items() for found in table.values()]
        return len(rows), [f for kind, found in rows for f in faults_of(kind, found)] + list(faults_between(tables))
    faults: list[Fault] = []
    own = list(folder_rows(folder, faults))
    seen: dict[tuple[str, tuple[str, ...]], Numbered] = {}
    for kind, found in own:
        faults += faults_of(kind, found)
        key = tuple(found.row[c] for c in KINDS[kind].key)
        faults += fault_of_order(seen.get((kind, key)), found, key in tables[kind])
        seen[kind, key] = found
    if not faults:
        for (kind, key), found in seen.items():
            if found.row["source"] == "drop":
                tables[kind].pop(key, None)
            else:
                tables[kind][key] = found
        files = {found.file for _, found in own}
        faults += [f for f in faults_between(tables) if f.file in files or any(name in f.message for name in files)]
    return len(own), faults


def add(folder: Path, kind: str, cells: Iterable[str]) -> Path:
    """Add a row to a table of the folder, which is made when it is not there; the file is returned.

    Args:
        folder: the user's folder.
        kind: the table ("terms", "states", ...).
        cells: "column=value", one for each column that is not empty.
    """
    if kind not in KINDS:
        raise UsageError("bad-table", f"there is no table {kind!r}", f"the tables are: {' '.join(KINDS)}")
    table = KINDS[kind]
    row = dict.fromkeys(table.columns, "")
    for cell in cells:
        column, sign, value = cell.partition("=")
        if not sign or column not in row:
            raise UsageError(
                "bad-table",
                f"{cell!r} is no cell of {kind}",
                f"write column=value; the columns are: {' '.join(table.columns)}",
            )
        row[column] = " ".join(value.split())
    path = folder / f"{kind}.tsv"
    for fault in faults_of(kind, Numbered(str(path), 0, row)):
        raise UsageError("bad-table", f"the row cannot be added: {fault.message}", fault.mend)
    write(path, kind, [row])
    return path


def write(path: Path, kind: str, rows: list[Row]) -> None:
    """Write rows into a table of the user's, beside those that are there; a row with the same key is replaced."""
    table = KINDS[kind]
    faults: list[Fault] = []
    kept: dict[tuple[str, ...], Row] = {}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            for found_kind, found in folder_rows(path.parent, faults):
                if found.file == str(path) and found_kind == kind:
                    kept[tuple(found.row[c] for c in table.key)] = found.row
            for fault in faults:
                if fault.file == str(path):
                    raise fault.error()
        for row in rows:
            kept[tuple(row[c] for c in table.key)] = row
        lines = ["\t".join(row[c] for c in table.columns).rstrip("\t") for _, row in sorted(kept.items())]
        path.write_text("\n".join(["\t".join(table.columns), *lines]) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(
            "cannot-write", f"{path} cannot be written ({error.strerror or error})", "choose another folder"
        ) from error
