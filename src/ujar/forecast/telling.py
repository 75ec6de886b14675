"""The words of scenarios in Indonesian and English: phrases, ranges of probability, what a type looks like in the news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from ujar.forecast.precedents import NAMES, NOTHING, QUADS
from ujar.tables import load_table
from ujar.watch.names import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ujar.forecast.history import History
    from ujar.store import Ledger

LANGUAGES = ("id", "en")
# So many triggers of a type are told.
_TRIGGERS = 6
# So many parts of what a probability rests on are told, of at least this.
_PARTS, _LEAST = 3, 0.05


@dataclass(frozen=True, slots=True)
class Likelihood:
    """A range of probability and its words.

    Attributes:
        name: "p00", "p05", "p20", "p45", "p55", "p80" or "p95": its lower end in percent.
        low: lower end in whole percent.
        high: upper end, not included.
        id: the words in Indonesian.
        en: in English.
    """

    name: str
    low: int
    high: int
    id: str
    en: str


@cache
def likelihoods() -> tuple[Likelihood, ...]:
    """All ranges, the lowest first."""
    return tuple(
        Likelihood(row["form"], int(row["from"]), int(row["to"]), row["id"], row["en"])
        for row in load_table("ujar.forecast", "likelihood.tsv")
    )


def likelihood_of(p: float) -> Likelihood:
    """The range that holds a probability, rounded to whole percent as it is shown."""
    percent = round(p * 100)
    return next(one for one in likelihoods() if one.low <= percent < one.high)


def percent(p: float) -> str:
    """A probability as it is shown: whole percent; nothing is certain, and little is impossible."""
    if p < 0.01:
        return "< 1 %"
    return "> 99 %" if p > 0.99 else f"{round(p * 100)} %"


@cache
def _table(name: str, language: str) -> dict[str, str]:
    return {row["form"]: row[language] for row in load_table("ujar.forecast", name)}


def teller(language: str) -> Callable[..., str]:
    """The function that gives a phrase in a language ("id", "en") by its name; what is no phrase comes back as it is."""
    table = _table("phrases.tsv", language)

    def tell(name: str, /, **values: object) -> str:
        phrase = table.get(name, name)
        return phrase.format(**values) if values else phrase

    return tell


def what_words(what: str, language: str) -> str:
    """A type, quad class or "nothing" in words; types have their PLOVER name in front."""
    tell = teller(language)
    if what == NOTHING:
        return tell("nothing")
    return tell(f"quad_{what}") if what in QUADS else f"{what} ({tell(f'type_{what}')})"


def rests_on(share: Sequence[tuple[str, float]], language: str) -> str:
    """The parts that a probability rests on most, in words; of one that is not learned, that it is not."""
    tell = teller(language)
    if share[0][0] != "base":
        return tell("rests_thin")
    weightiest = sorted(share[1:], key=lambda part: -abs(part[1]))[:_PARTS]
    told = "; ".join(f"{_part_words(name, language)} {part:+.1f}" for name, part in weightiest if abs(part) >= _LEAST)
    return f"{tell('rests_on')}: {told}" if told else tell("rests_on_base")


def _part_words(name: str, language: str) -> str:
    """A part of the past ("same, last days", "between them, verbal conflict") in words."""
    tell = teller(language)
    if (phrase := tell(f"part_{name}")) != f"part_{name}":
        return phrase
    begin, _, what = name.partition(", ")
    return tell(f"part_{begin}", what=what_words(what, language))


def looks_like(type_: str, language: str) -> str:
    """What an event of a type looks like in the news."""
    return _table("indicators.tsv", language)[type_]


@dataclass(frozen=True, slots=True)
class Deed:
    """A dated event of the history.

    Attributes:
        id: of the event in the ledger (``ujar show ID``), ``NAME#row`` of an import, or ``given#0``.
        day: its day.
        actor: unit that does it.
        actor_name: its name.
        type: PLOVER type.
        recipient: unit to which.
        recipient_name: its name.
        sentence: the sentence of the article; None when it is imported or supposed.
        outlet: the newspaper; None when unknown, imported or supposed.
        article: its address, else its id, as outlet.
    """

    id: str
    day: date
    actor: str
    actor_name: str
    type: str
    recipient: str
    recipient_name: str
    sentence: str | None = None
    outlet: str | None = None
    article: str | None = None


def deeds_of(ledger: Ledger, history: History, rows: Iterable[int]) -> dict[int, Deed]:
    """Some rows of a history in full: place of the row → the event. Imported ones have no sentence."""
    places = sorted(set(rows))
    own = sorted({name for row in places if "#" not in (name := history.id[row])})
    told = {}
    if own:
        days = [date.fromordinal(int(history.day[row])) for row in places]
        found = ledger.ask(
            "SELECT id, sentence, outlet, article FROM events"
            " WHERE day >= ? AND day <= ? AND id IN (SELECT unnest(?::VARCHAR[]))",
            [min(days), max(days), own],
        )
        told = {row["id"]: row for row in found.to_pylist()}
    out = {}
    for row in places:
        name = history.id[row]
        actor, recipient = history.names[history.actor[row]], history.names[history.recipient[row]]
        more = told.get(name, {})
        out[row] = Deed(
            name,
            date.fromordinal(int(history.day[row])),
            actor,
            name_of(actor),
            NAMES[int(history.type[row])],
            recipient,
            name_of(recipient),
            more.get("sentence"),
            more.get("outlet"),
            more.get("article"),
        )
    return out


def triggers_of(ledger: Ledger, types: Iterable[str]) -> dict[str, tuple[tuple[str, int], ...]]:
    """The words by which this ledger told of some types, the most frequent first, with the number of events."""
    wanted = sorted(set(types))
    out: dict[str, tuple[tuple[str, int], ...]] = dict.fromkeys(wanted, ())
    if not wanted:
        return out
    found = ledger.ask(
        "SELECT type, word, n FROM (SELECT *, row_number() OVER (PARTITION BY type ORDER BY n DESC, word) AS place FROM"
        " (SELECT type, lower(trigger) AS word, count(DISTINCT happening) AS n FROM events WHERE status = 'actual'"
        " AND trigger IS NOT NULL AND type IN (SELECT unnest(?::VARCHAR[])) GROUP BY type, lower(trigger)))"
        " WHERE place <= ? ORDER BY type, place",
        [wanted, _TRIGGERS],
    ).to_pylist()
    for row in found:
        out[row["type"]] = (*out[row["type"]], (row["word"], row["n"]))
    return out
