"""Reports: the same words of the same speaker in several articles. All are kept; the first is what counts.

How the numbers here were chosen, and what they do on pairs read by hand: docs/copies.md.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from ujar.store.copies import Ask
    from ujar.store.ledger import Ledger
    from ujar.store.rows import Row, Rows

# The same words: so much of the shorter content, in its order, in the other, function words left out, in so many days.
SAID_SHARE, SAID_DAYS = 2 / 3, 3
# With fewer words than these, the two must be equal.
SAID_WORDS = 4

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+")
# What is no word, at the edges of some words.
_EDGE = re.compile(r"^\W+|\W+$")
_NEGATIONS = frozenset("tidak bukan belum tak jangan tiada tanpa enggak nggak gak ndak".split())
_FUNCTION_WORDS = frozenset(
    "yang di dan itu ini untuk dari dengan pada akan telah sudah dalam adalah juga oleh ke karena bahwa kita kami saya"
    " dia ia mereka atau agar bisa ada para sebagai jika tersebut kan ya lah pun".split()
)


@dataclass(frozen=True, slots=True)
class _Content:
    """A content as it is compared.

    Attributes:
        folded: all its words in small letters.
        words: those that are no function words, nor negations.
        distinct: the same, each once.
        plain: those that no negation stands before.
        denied: those that one stands before.
        numbers: the numbers in it, digits only.
    """

    folded: str
    words: tuple[str, ...]
    distinct: frozenset[str]
    plain: frozenset[str]
    denied: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, folded: str) -> _Content:
        kept = [w for w in folded.split() if w not in _FUNCTION_WORDS]
        words = tuple(w for w in kept if w not in _NEGATIONS)
        denied = frozenset(b for a, b in pairwise(kept) if a in _NEGATIONS and b not in _NEGATIONS)
        plain = frozenset(b for a, b in pairwise(["", *kept]) if a not in _NEGATIONS and b not in _NEGATIONS)
        return cls(" ".join(folded.split()), words, frozenset(words), plain, denied, frozenset(_NUMBER.findall(folded)))


def alike(one: str, other: str) -> bool:
    """Whether two contents, given as folded words, report the same words.

    They do when most of the shorter one stands in the other, in the same order. They do not when both have numbers and
    neither has all those of the other (prices from day to day), or when a word is denied in one only ("tidak ikut", "ikut").
    """
    return _likeness(_Content.of(one), _Content.of(other)) > 0


def _likeness(one: _Content, other: _Content) -> float:
    """How much of the longer content the shorter one gives, 0 when the two are not alike."""
    from rapidfuzz.distance import LCSseq

    shorter = min(len(one.words), len(other.words))
    if shorter < SAID_WORDS:
        return 1.0 if one.folded == other.folded and one.folded else 0.0
    if len(one.distinct & other.distinct) < SAID_SHARE * min(len(one.distinct), len(other.distinct)):
        return 0.0
    if one.numbers and other.numbers and not (one.numbers <= other.numbers or other.numbers <= one.numbers):
        return 0.0
    if one.denied & other.plain - other.denied or other.denied & one.plain - one.denied:
        return 0.0
    common = LCSseq.similarity(one.words, other.words)
    return common / max(len(one.words), len(other.words)) if common >= SAID_SHARE * shorter else 0.0


def mark_reports(rows: list[Rows], ask: Ask, shared: set[str], ends: tuple[date, date]) -> None:
    """Fill in ``said`` of new statements: the first report of the same words by the same speaker in the same days.

    In the copies of a story the same words are one statement, too, when a copy names the speaker otherwise. Two statements
    of one article are never one. Where the speaker is unknown, a statement stays by itself.

    Args:
        rows: the new articles, stories marked.
        ask: asks the ledger.
        shared: the stories that have several copies.
        ends: first and last day of these.
    """
    replaced = {row.article["article"] for row in rows}
    # What may be the same: rows and contents, by key and by story, the first report first.
    near: dict[str, list[tuple[Row, _Content]]] = defaultdict(list)
    for old in _before([s for row in rows for s in row.statements if s["key"]], ask):
        if old["article"] not in replaced:
            near[old["key"]].append((old, _Content.of(old["words"])))
    for old in _in_stories(shared, ends, ask):
        if old["article"] not in replaced:
            near[_story(old["story"])].append((old, _Content.of(old["words"])))
    # In the order of the days: which report is the first does not depend on the order that articles are given in.
    for row in sorted(rows, key=lambda r: (r.article["published"] or date.min, r.article["article"])):
        story = row.article["story"]
        told = [
            (s, _Content.of(s["words"]), [s["key"]] + ([_story(story)] if story in shared else []))
            for s in row.statements
            if s["key"]
        ]
        _mark(told, near)
        for statement, content, places in told:
            for place in places:
                near[place].append((statement, content))


def _mark(told: list[tuple[Row, _Content, list[str]]], near: dict[str, list[tuple[Row, _Content]]]) -> None:
    """Fill in ``said`` of the statements of an article, the likest pairs first; none is used twice."""
    found = []
    for number, (statement, content, places) in enumerate(told):
        for place in places:
            for order, (other, words) in enumerate(near[place]):
                if _fits(statement, other) and (likeness := _likeness(content, words)):
                    found.append((-likeness, order, number, other["said"]))
    used: set[str] = set()
    marked: set[int] = set()
    for _, _, number, said in sorted(found):
        if number not in marked and said not in used:
            told[number][0]["said"] = said
            marked.add(number)
            used.add(said)


def _story(name: str) -> str:
    return f"story:{name}"


def _fits(one: Row, other: Row) -> bool:
    """Whether two statements by one speaker are of the same days, or two of a story long enough to need no speaker."""
    if one["key"] != other["key"]:
        return min(len(one["words"].split()), len(other["words"].split())) >= 2 * SAID_WORDS
    return bool(one["day"] and other["day"]) and abs((one["day"] - other["day"]).days) <= SAID_DAYS


def _before(fresh: list[Row], ask: Ask) -> list[Row]:
    """The statements of the ledger that may be earlier reports of some new ones: by the same speakers, in the same days."""
    asked = {(s["key"], s["day"]) for s in fresh if s["day"]}
    near = sorted({(k, moved(d, n)) for k, d in asked for n in range(-SAID_DAYS, SAID_DAYS + 1)})
    if not near:
        return []
    days = [day for _, day in near]
    found: list[Row] = ask(
        "SELECT id, article, said, key, day, words FROM statements"
        " SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS key, unnest(?::DATE[]) AS day) USING (key, day)"
        " WHERE day BETWEEN ? AND ? ORDER BY day, id",
        [[key for key, _ in near], days, min(days), max(days)],
    ).to_pylist()
    return found


def moved(day: date, days: int) -> date:
    """The day so many days later, as far as there are days: an article may claim any date."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def _in_stories(stories: set[str], ends: tuple[date, date], ask: Ask) -> list[Row]:
    if not stories:
        return []
    found: list[Row] = ask(
        "SELECT s.id, s.article, s.said, s.key, s.day, s.words, a.story FROM statements s JOIN articles a USING (reading)"
        " WHERE a.story IN (SELECT unnest(?::VARCHAR[])) AND s.key IS NOT NULL"
        " AND (a.published BETWEEN ? AND ? OR a.published IS NULL)"
        " AND (s.published BETWEEN ? AND ? OR s.published IS NULL) ORDER BY s.day, s.id",
        [sorted(stories), *ends, *ends],
    ).to_pylist()
    return found


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a content.

    Attributes:
        text: the stretch; all of them, joined, are the content.
        differs: whether the other report does not have it so.
    """

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Report:
    """One report of a statement that is reported several times.

    Attributes:
        id: the statement.
        article: where it stands: the address of the article, else its id.
        outlet: the newspaper, or None.
        day: of the saying, else of publication; or None.
        speaker: as the article names the speaker.
        kind: direct, indirect or mixed.
        content: what is said, in the words of this report.
        pieces: the same, cut where it differs from the first report; of the first one piece.
        without: words of the first report that this one has not, stretch by stretch.
    """

    id: str
    article: str
    outlet: str | None
    day: date | None
    speaker: str | None
    kind: str
    content: str
    pieces: tuple[Piece, ...]
    without: tuple[str, ...]


def reports(ledger: Ledger, name: str) -> tuple[Report, ...]:
    """All reports of the statement with this id, the first one first; empty when there is no other than itself."""
    found = ledger.ask("SELECT said FROM statements WHERE id = ?", [name]).to_pylist()
    if not found:
        # Of a superseded one: what those count as now that once counted as the same.
        found = ledger.ask(
            "SELECT DISTINCT s.said FROM statements s JOIN all_statements a USING (id)"
            " WHERE a.said = (SELECT said FROM all_statements WHERE id = ?)",
            [name],
        ).to_pylist()
    rows = [row for told in told_by(ledger, {f["said"] for f in found}, {name}).values() for row in told]
    out = []
    for row in rows:
        before, pieces = differing(rows[0]["content"], row["content"])
        without = tuple(_EDGE.sub("", piece.text) for piece in before if piece.differs)
        shown = {k: row[k] for k in ("id", "article", "outlet", "day", "speaker", "kind", "content")}
        out.append(Report(**shown, pieces=pieces, without=without))
    return tuple(out)


def told_by(ledger: Ledger, said: Collection[str], known: Collection[str]) -> dict[str, list[Row]]:
    """All reports of some statements, where there are others than the known ones: said → rows, the first one first.

    Args:
        ledger: what is asked.
        said: the statements, by this column.
        known: ids.
    """
    if not said:
        return {}
    # First which they are, then what stands in them: their days, few, tell the engine what need not be read.
    those = ledger.ask(
        "SELECT id, said, day FROM statements WHERE said IN (SELECT unnest(?::VARCHAR[]))", [sorted(said)]
    ).to_pylist()
    others = {row["said"] for row in those if row["id"] not in known}
    those = [row for row in those if row["said"] in others]
    if not those:
        return {}
    days = [row["day"] for row in those if row["day"]]
    rows = ledger.ask(
        "SELECT * FROM statements WHERE id IN (SELECT unnest(?::VARCHAR[])) AND (day BETWEEN ? AND ?"  # noqa: S608 - ours
        + (")" if len(days) == len(those) else " OR day IS NULL)"),
        [[row["id"] for row in those], min(days, default=date.max), max(days, default=date.min)],
    ).to_pylist()
    rows.sort(key=lambda r: (r["id"] != r["said"], r["day"] or date.max, r["id"]))
    out: dict[str, list[Row]] = {}
    for row in rows:
        out.setdefault(row["said"], []).append(row)
    return out


def differing(one: str, other: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Two contents cut up into what both have and what only one of them has; punctuation and case do not count."""
    first, second = list(_WORD.finditer(one)), list(_WORD.finditer(other))
    matcher = SequenceMatcher(
        None, [m.group().lower() for m in first], [m.group().lower() for m in second], autojunk=False
    )
    sides: tuple[list[Piece], list[Piece]] = ([], [])
    at = [0, 0]
    for what, _, end, _, other_end in matcher.get_opcodes():
        for side, (text, words, stop) in enumerate(((one, first, end), (other, second, other_end))):
            # A piece goes up to the next word.
            until = len(text) if stop == len(words) else words[stop].start()
            if stop and until > at[side]:
                sides[side].append(Piece(text[at[side] : until], what != "equal"))
                at[side] = until
    return tuple(sides[0]), tuple(sides[1])
