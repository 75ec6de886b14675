"""Outlooks kept in the ledger's folder, one JSON file each, so that they can be compared with what then came.

``LEDGER/outlooks/START-EVERY-UNITS-TIME-HASH.json``, written aside and renamed, so that it appears whole or not at all. The hash
is that of what is said: the same outlook is kept once.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import ujar
from ujar.forecast.report import Before
from ujar.store.parts import flush
from ujar.write_rows import plain

if TYPE_CHECKING:
    from pathlib import Path

    from ujar.forecast.asked import Asked, Side
    from ujar.forecast.report import Scenarios

FOLDER = "outlooks"
_FORMAT, _VERSION = "ujar outlook", 1
# A larger file is none of ours.
_LARGEST = 4_000_000
_UNITS = 40


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of an outlook that was to be kept.

    Attributes:
        name: of its file, without the ending; None when it was not kept.
        before: whether it was there already.
        why: why it was not kept.
    """

    name: str | None = None
    before: bool = False
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What an outlook says of a type, a quad class, or of "nothing".

    Attributes:
        what: which.
        p: its probability.
        base: its base rate at that time.
        low: lower end of the range of the number; None where none was given.
        high: upper end.
        shape: probability of 0, 1, 2, … events.
    """

    what: str
    p: float
    base: float
    low: int | None
    high: int | None
    shape: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """A kept outlook.

    Attributes:
        name: of its file, without the ending.
        made: when it was made.
        every: "day", "week" or "month".
        start: first day of its span.
        end: the day after the last.
        actor: units whose acts it is about.
        actor_name: their name.
        recipient: units towards which; None: anybody.
        recipient_name: their name.
        basis: "odds", or "all pairs" or "none" where the ledger was too thin.
        given: what was supposed, as it was written.
        observed: the day after the last that the ledger had when it was made.
        said: what it says.
        seen: ids of the events between the two sides that it knew of.
    """

    name: str
    made: datetime
    every: str
    start: date
    end: date
    actor: tuple[str, ...]
    actor_name: str
    recipient: tuple[str, ...] | None
    recipient_name: str | None
    basis: str
    given: tuple[str, ...]
    observed: date
    said: tuple[Said, ...]
    seen: frozenset[str]

    @property
    def sides(self) -> tuple[str, tuple[str, ...], tuple[str, ...] | None]:
        """What outlooks of the same sides and length have in common."""
        return self.every, self.actor, self.recipient

    @property
    def pair(self) -> str:
        """The two sides for people to read."""
        return f"{self.actor_name} → {self.recipient_name}" if self.recipient_name else self.actor_name


def keep(folder: Path, found: Scenarios) -> Kept:
    """Keep an outlook in the folder of a ledger. One that cannot be written is told, not raised."""
    said = _said(found)
    mark = hashlib.blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=5).hexdigest()
    asked = found.asked
    now = datetime.now(UTC)
    stem = f"{asked.start}-{asked.every}-{_units(asked)}"
    place = folder / FOLDER
    aside = place / f".{mark}.{secrets.token_hex(3)}"
    try:
        place.mkdir(exist_ok=True)
        for there in place.glob(f"{stem}-*-{mark}.json"):
            return Kept(there.stem, before=True)
        name = f"{stem}-{now:%Y%m%dT%H%M%SZ}-{mark}"
        with aside.open("w", encoding="utf-8") as file:
            file.write(json.dumps({"format": _FORMAT, "version": _VERSION, "made": now.isoformat(), **said}, indent=1))
        flush(aside)
        aside.replace(place / f"{name}.json")
    except OSError as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        return Kept(why=error.strerror or str(error))
    return Kept(name)


def _units(asked: Asked) -> str:
    """The sides as a part of a file name."""
    units = (asked.actor.units[0], asked.recipient.units[0] if asked.recipient else "any")
    return re.sub(r"[^A-Za-z0-9]+", "-", "-".join(units)).strip("-")[:_UNITS].rstrip("-")


def _said(found: Scenarios) -> dict[str, Any]:
    """What an outlook says and what it was made from, without the time."""
    asked = found.asked
    out: dict[str, Any] = plain(
        {
            "every": asked.every,
            "start": asked.start,
            "end": asked.end,
            "actor": _side(asked.actor),
            "recipient": _side(asked.recipient) if asked.recipient else None,
            "given": [
                {"text": g.text, "actor": g.actor.units[0], "type": g.type, "recipient": g.recipient.units[0]}
                for g in asked.given
            ],
            "basis": found.basis,
            "from": {
                "ujar": ujar.__version__,
                "method": found.method,
                "facts": found.facts,
                "between": found.between,
                "known": found.known,
                "observed": found.observed,
            },
            "chances": [
                {
                    "what": one.what, "p": one.p, "base": one.base, "mean": one.mean, "low": one.low, "high": one.high,
                    "shape": one.shape, "without": one.without,
                }
                for one in found.outcomes
            ],
            "seen": found.seen,
        }
    )  # fmt: skip
    return out


def _side(side: Side) -> dict[str, Any]:
    return {"name": side.name, "units": side.units}


def outlooks(folder: Path) -> tuple[tuple[Outlook, ...], int]:
    """The kept outlooks of a ledger, the oldest first, and how many files could not be read."""
    found, bad = [], 0
    try:
        files = sorted((folder / FOLDER).glob("[!.]*.json"))
    except OSError:
        return (), 0
    for path in files:
        one = _opened(path)
        if one is None:
            bad += 1
        else:
            found.append(one)
    return tuple(sorted(found, key=lambda one: (one.made, one.name))), bad


def _opened(path: Path) -> Outlook | None:
    """The outlook in a file; None for one that is cut off, changed by hand, or of a newer version."""
    try:
        return _read(path.stem, json.loads(path.read_bytes())) if path.stat().st_size <= _LARGEST else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _read(name: str, row: dict[str, Any]) -> Outlook:
    if row["format"] != _FORMAT or int(row["version"]) > _VERSION:
        raise ValueError(name)
    recipient = row["recipient"]
    made = datetime.fromisoformat(row["made"])
    return Outlook(
        name,
        made if made.tzinfo else made.replace(tzinfo=UTC),
        str(row["every"]),
        date.fromisoformat(row["start"]),
        date.fromisoformat(row["end"]),
        tuple(map(str, row["actor"]["units"])),
        str(row["actor"]["name"]),
        tuple(map(str, recipient["units"])) if recipient else None,
        str(recipient["name"]) if recipient else None,
        str(row["basis"]),
        tuple(str(given["text"]) for given in row["given"]),
        date.fromisoformat(row["from"]["observed"]),
        tuple(
            Said(
                str(one["what"]), _share(one["p"]), _share(one["base"]),
                None if one["low"] is None else int(one["low"]), None if one["high"] is None else int(one["high"]),
                tuple(_share(part) for part in one["shape"]),
            )
            for one in row["chances"]
        ),
        frozenset(map(str, row["seen"])),
    )  # fmt: skip


def _share(value: object) -> float:
    """A probability; raises ValueError for what is none."""
    number = float(value)  # type: ignore[arg-type]
    if not 0 <= number <= 1:
        raise ValueError(value)
    return number


def last_before(folder: Path, asked: Asked) -> Before | None:
    """The last kept outlook for the same sides and length whose span began earlier, with nothing supposed; None if none."""
    units = (asked.every, asked.actor.units, asked.recipient.units if asked.recipient else None)
    # Names begin with the first day and end with the time, so that the last one comes first.
    names = sorted((folder / FOLDER).glob(f"*-{asked.every}-{_units(asked)}-*.json"), reverse=True)
    for path in names:
        if path.name[:10] >= asked.start.isoformat():
            continue
        one = _opened(path)
        if one is not None and one.sides == units and not one.given and one.basis == "odds" and one.start < asked.start:
            return Before(one.name, one.start, {said.what: said.p for said in one.said}, one.seen)
    return None
