"""The tables of actors: their columns, reading them, and what makes a row a bad one.

A kind of table is one file (``states.tsv``) or several (``bodies_indonesia.tsv``, ``bodies_states.tsv``). A folder of
the user's holds files of the same names; a row there takes the place of the package's row with the same key, and with
``drop`` as its source takes it out.
"""

from __future__ import annotations

import re
from datetime import date
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ujar.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

Row = dict[str, str]
DROP = "drop"
# The state that the news is of: what names no other is of it.
HOME = "IDN"
NOT_STATES = frozenset({"UNO", "EUR", "IGO", "NGO", "ISM", "IMG", "MNC"})
SECTORS = frozenset(
    "AGR BUS COP CRM CVL EDU ELI GOV JRN JUD LAB LEG MED MIL OPP PRE PRM PTY REB REF REL SOC SPY UAF".split()
)
ROLE_KINDS = frozenset({"office", "part", "people", "of", "ours", "former", "candidate", "rank", "skip"})
_CODE = re.compile(r"[A-Z]{3}\Z")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")


class Table(NamedTuple):
    """A kind of table: its columns in order, those that make up the key, and those that may not be empty."""

    columns: tuple[str, ...]
    key: tuple[str, ...]
    needed: tuple[str, ...]


def _table(columns: str, key: str, needed: str) -> Table:
    return Table(tuple(columns.split()), tuple(key.split()), tuple(needed.split()))


KINDS = {
    "states": _table("code name names capitals seats folds example source", "code", "code name source"),
    "places": _table("form code example source", "form", "form code source"),
    "groups": _table("id name names members example source", "id", "id name source"),
    "bodies": _table("id name names kind code sector start end example source", "id", "id name kind code source"),
    "memberships": _table("bloc member start end precision source", "bloc member start", "bloc member source"),
    "suspensions": _table("bloc member start end precision source", "bloc member start", "bloc member source"),
    "terms": _table(
        "person names office body code sector shared start end precision source",
        "person office start",
        "person office code source",
    ),
    "party_status": _table("body status start end source", "body status start", "body status source"),
    "roles": _table("form means sector kind home example source", "form", "form kind source"),
    "ambiguous": _table("form candidates other source", "form", "form source"),
}


class Fault(NamedTuple):
    """What is wrong with a row: where, what, and how to mend it."""

    file: str
    line: int
    message: str
    mend: str

    def error(self) -> TableError:
        """The fault as the error that stops a run."""
        return TableError("bad-table", f"{self.file}, line {self.line}: {self.message}", self.mend)


class Numbered(NamedTuple):
    """A row and where it stands."""

    file: str
    line: int
    row: Row


Tables = dict[str, dict[tuple[str, ...], Numbered]]


def kind_of(name: str) -> str | None:
    """The kind of table a file holds: "terms" of ``terms_asia.tsv``; None when its name is none of ours."""
    stem = name.removesuffix(".tsv")
    return next((kind for kind in KINDS if stem == kind or stem.startswith(f"{kind}_")), None)


def package_rows() -> Tables:
    """The rows of the package by kind and key."""
    tables: Tables = {kind: {} for kind in KINDS}
    for kind, found in _rows(resources.files("ujar.actors"), []):
        tables[kind][tuple(found.row[c] for c in KINDS[kind].key)] = found
    return tables


def read(folder: Path | None = None) -> Tables:
    """The rows of the package by kind and key, those of the user's folder laid over them.

    Raises TableError for the first row of the user's folder that is not sound.
    """
    tables = package_rows()
    if folder is not None:
        faults: list[Fault] = []
        own = list(folder_rows(folder, faults))
        faults += [fault for kind, found in own for fault in faults_of(kind, found)]
        if faults:
            raise faults[0].error()
        for kind, found in own:
            key = tuple(found.row[c] for c in KINDS[kind].key)
            if found.row["source"] == DROP:
                tables[kind].pop(key, None)
            else:
                tables[kind][key] = found
    return tables


def fault_of_order(before: Numbered | None, found: Numbered, known: bool) -> Iterator[Fault]:  # noqa: FBT001
    """What is wrong with a row of the user's beside others: its key twice, or nothing that it could drop."""
    if before is not None:
        yield Fault(found.file, found.line, f"the same key stands in line {before.line}", "keep one of the two")
    if found.row["source"] == DROP and not known:
        yield Fault(found.file, found.line, "there is no such row to drop", "write its key as the package has it")


def folder_rows(folder: Path, faults: list[Fault]) -> Iterator[tuple[str, Numbered]]:
    """The rows of a folder with their kinds; what cannot be read as a row goes to ``faults``."""
    if not folder.is_dir():
        raise TableError("bad-table", f"{folder} is no folder", "make it, or correct the setting actors (UJAR_ACTORS)")
    yield from _rows(folder, faults)


def _rows(folder: Traversable | Path, faults: list[Fault]) -> Iterator[tuple[str, Numbered]]:
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if not path.name.endswith(".tsv"):
            continue
        name = str(path) if isinstance(path, Path) else path.name
        kind = kind_of(path.name)
        if kind is None:
            faults.append(Fault(name, 1, "no table of actors has this name", f"name it {', '.join(KINDS)} (.tsv)"))
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            faults.append(Fault(name, 1, f"cannot be read ({error})", "save it as UTF-8 text"))
            continue
        yield from ((kind, found) for found in _lines(name, text, KINDS[kind], faults))


def _lines(name: str, text: str, table: Table, faults: list[Fault]) -> Iterator[Numbered]:
    header: list[str] | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.rstrip("\r")
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if header is None:
            header = cells
            unknown = [c for c in header if c not in table.columns]
            missing = [c for c in table.needed if c not in header]
            if unknown or missing:
                what = f"unknown column {unknown[0]!r}" if unknown else f"no column {missing[0]!r}"
                faults.append(Fault(name, number, what, f"the columns are: {' '.join(table.columns)}"))
                return
            blank = dict.fromkeys(table.columns, "")
            continue
        if len(cells) > len(header):
            message = f"{len(cells)} cells, but the header names {len(header)} columns"
            faults.append(Fault(name, number, message, "take out the surplus tab characters"))
            continue
        yield Numbered(name, number, blank | dict(zip(header, cells, strict=False)))


def day(cell: str) -> date | None:
    """The day a cell names, or None when it is empty."""
    return date.fromisoformat(cell) if cell else None


def faults_of(kind: str, found: Numbered) -> Iterator[Fault]:
    """What is wrong with one row, looked at for itself."""
    row = found.row

    def fault(message: str, mend: str) -> Fault:
        return Fault(found.file, found.line, message, mend)

    for column in KINDS[kind].key[:1] if row["source"] == DROP else KINDS[kind].needed:
        if not row[column].strip():
            yield fault(f"the cell {column} is empty", f"fill in {column}")
    for column, cell in row.items():
        if cell != cell.strip():
            yield fault(f"{column} {cell!r} has spaces at its edge", "take them out")
    if row["source"] == DROP:
        return
    for column in ("start", "end"):
        cell = row.get(column, "")
        if cell and not _is_day(cell):
            yield fault(f"{column} {cell!r} is no date", "write it as 2024-06-07, or leave it empty")
    if row.get("start") and row.get("end") and row["start"] > row["end"]:
        yield fault(f"it ends ({row['end']}) before it starts ({row['start']})", "exchange or correct the dates")
    for column in ("code", "member", "folds"):
        if row.get(column) and not _CODE.match(row[column]):
            yield fault(f"{column} {row[column]!r} is no country code", "write three capitals: RUS, or UNO EUR IGO NGO")
    for code in filter(None, row.get("members", "").split("|")):
        if not _CODE.match(code):
            yield fault(f"member {code!r} is no country code", "write three capitals, parted by |")
    if row.get("sector") and row["sector"] not in SECTORS:
        yield fault(f"sector {row['sector']!r} is not known", f"known are: {' '.join(sorted(SECTORS))}")
    if row.get("id") and not _ID.match(row["id"]):
        yield fault(f"id {row['id']!r} cannot be used", "use small letters, digits and hyphens")
    if kind == "roles" and row["kind"] not in ROLE_KINDS:
        yield fault(f"kind {row['kind']!r} is not known", f"known are: {' '.join(sorted(ROLE_KINDS))}")
    if kind == "terms" and row["shared"] not in ("", "1"):
        yield fault(f"shared is {row['shared']!r}", "write 1 when several hold the office at once, else nothing")
    if row.get("precision", "") not in ("", "day", "month", "year"):
        yield fault(f"precision is {row['precision']!r}", "write day, month or year")


def _is_day(cell: str) -> bool:
    try:
        return bool(_DAY.match(cell)) and bool(date.fromisoformat(cell))
    except ValueError:
        return False


def faults_between(tables: Tables) -> Iterator[Fault]:
    """What is wrong between rows: two in one office, and ids that name no row."""
    bodies = {key[0] for key in tables["bodies"]}
    states = {key[0] for key in tables["states"]}
    blocs = bodies
    for kind, column, known in (
        ("terms", "body", bodies),
        ("memberships", "bloc", blocs),
        ("suspensions", "bloc", blocs),
        ("party_status", "body", bodies),
        ("memberships", "member", states),
        ("suspensions", "member", states),
        ("terms", "code", states | NOT_STATES),
        ("bodies", "code", states | NOT_STATES),
        ("places", "code", states),
        ("states", "folds", states),
    ):
        for found in tables[kind].values():
            cell = found.row[column]
            if cell and cell not in known:
                yield Fault(found.file, found.line, f"{column} {cell!r} is in no table", f"correct {column}, or add it")
    held: dict[tuple[str, str], list[Numbered]] = {}
    for found in tables["terms"].values():
        if not found.row["shared"]:
            held.setdefault((found.row["office"], found.row["code"]), []).append(found)
    for terms in held.values():
        terms.sort(key=lambda t: t.row["start"])
        for before, after in zip(terms, terms[1:], strict=False):
            if (before.row["end"] or "9999") > after.row["start"]:
                yield Fault(
                    after.file,
                    after.line,
                    f"{after.row['person']} holds {after.row['office']!r} from {after.row['start'] or 'before 2010'} while "
                    f"{before.row['person']} holds it to {before.row['end'] or 'today'} ({before.file}, line {before.line})",
                    "correct the dates, or write 1 under shared in both rows when both are right",
                )
    for kind in ("memberships", "suspensions"):
        times: dict[tuple[str, str], list[Numbered]] = {}
        for found in tables[kind].values():
            times.setdefault((found.row["bloc"], found.row["member"]), []).append(found)
        for rows in times.values():
            rows.sort(key=lambda t: t.row["start"])
            for before, after in zip(rows, rows[1:], strict=False):
                if (before.row["end"] or "9999") > after.row["start"]:
                    yield Fault(after.file, after.line, f"it overlaps line {before.line}", "correct the dates")
