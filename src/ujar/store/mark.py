"""What makes a folder a ledger: ``ledger.json`` in it, written last when one is made."""

from __future__ import annotations

import errno
import json
import os
import secrets
from typing import TYPE_CHECKING

from ujar.errors import LedgerError
from ujar.store.migrate import check_version
from ujar.store.parts import flush
from ujar.store.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from pathlib import Path

_MARK, _FORMAT = "ledger.json", "ujar ledger"
# What may lie in a folder whose ledger.json has yet to come, or was lost.
_OURS = frozenset({"parts", "unfinished", "lock", "history", "outlooks", "follow"})


def is_made(folder: Path) -> bool:
    """Whether there is a ledger in a folder, whatever its state."""
    return (folder / _MARK).is_file()


def check_mark(folder: Path) -> None:
    """Raise LedgerError when there is no ledger in a folder, or a newer version of ujar made it."""
    mark = folder / _MARK
    try:
        if not is_made(folder):
            raise LedgerError(
                "no-ledger", f"there is no ledger in {folder}", "make one with: ujar add SOURCE --ledger FOLDER"
            )
        head = json.loads(mark.read_bytes())
        if head["format"] != _FORMAT:
            raise LedgerError("no-ledger", f"{mark} is not that of a ledger", "choose another folder")
        version = int(head["schema"])
    except OSError as error:
        raise LedgerError(
            "ledger-not-read", f"{folder} cannot be read ({error.strerror or error})", "look at its permissions"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise LedgerError(
            "no-ledger", f"{mark} is damaged", f'write {{"format": "{_FORMAT}", "schema": {SCHEMA_VERSION}}} into it'
        ) from error
    check_version(version, str(folder))


def check_room(folder: Path) -> None:
    """Raise LedgerError when no ledger may be made in a folder: it holds something else, or may not be written."""
    try:
        if folder.exists() and not folder.is_dir():
            raise LedgerError(
                "no-ledger", f"{folder} is there already and is no folder", "choose an empty or new folder"
            )
        if folder.is_dir() and any(e.name not in _OURS and not e.name.startswith(_MARK) for e in folder.iterdir()):
            raise LedgerError(
                "no-ledger", f"{folder} is there already and is no ledger", "choose an empty or new folder"
            )
        nearest = next(f for f in (folder, *folder.absolute().parents) if f.exists())
    except OSError as error:
        raise LedgerError(
            "ledger-not-read", f"{folder} cannot be read ({error.strerror or error})", "look at its permissions"
        ) from error
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        raise not_written(folder, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


def make(folder: Path) -> None:
    """An empty ledger. Two may do so at the same time, and whoever was stopped in the middle may begin again."""
    check_room(folder)
    aside = folder / f"{_MARK}.{secrets.token_hex(3)}"
    try:
        (folder / "parts").mkdir(parents=True, exist_ok=True)
        aside.write_text(json.dumps({"format": _FORMAT, "schema": SCHEMA_VERSION}), encoding="utf-8")
        flush(aside)
        aside.replace(folder / _MARK)
        flush(folder)
        flush(folder.resolve().parent)
    except OSError as error:
        raise not_written(folder, error) from error


def not_written(folder: Path, error: Exception) -> LedgerError:
    """The error of a folder in which nothing can be kept."""
    return LedgerError(
        "ledger-not-written",
        f"{folder} cannot be written ({getattr(error, 'strerror', None) or str(error).splitlines()[0]})",
        "look at the permissions of the folder, or choose another",
    )
