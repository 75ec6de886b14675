"""Copies: one story in several outlets, one event in several of them. All are kept; they are counted once.

How the numbers here were chosen, and what they do on pairs read by hand: docs/copies.md.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

from ujar.store.reports import alike, moved
from ujar.store.rows import sides

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pyarrow as pa

    from ujar.store.rows import Row, Rows

    Ask = Callable[[str, Sequence[object]], pa.Table]
    Numbers = np.ndarray[tuple[int, ...], np.dtype[Any]]

# Texts are compared by the runs of so many words that they share (shingles; Broder 1997).
_RUN = 3
# The same story: so much of the shorter text stands in the other, of two outlets or of one (or unknown), where daily
# tables and pieces of a series have most of their words in common …
STORY_SHARE, STORY_SHARE_WITHIN = 0.5, 0.75
# … and so much of the first half of each in the other: news stands at the head, background and footers at the end …
STORY_HEAD = 0.25
# … and within an outlet not with so many numbers of their own on both sides: these are daily tables …
STORY_NUMBERS = 2
# … in so many days; texts of fewer words are nobody's copy.
STORY_DAYS, STORY_WORDS = 7, 20
# MinHash (Broder 1997): texts are looked at when so many of these numbers agree. What passes the tests above shares a
# tenth of its runs or more.
_SKETCH, _AGREE = 128, 10
# So many articles of the ledger are held at a time, if their days are as many as their number lets one expect.
_HELD = 100_000
# So many runs at a time, so that a very long text takes no more memory than others.
_AT_ONCE = 4096
# Far from every day: what has none is near only what has none either. And the day from which Arrow counts.
_NO_DAY, _FIRST_DAY = -1_000_000, date(1970, 1, 1).toordinal()
# To add up eight bytes that lie side by side in one number.
_ONES, _BYTES = np.ones(_SKETCH // 8, dtype=np.uint64), np.uint64(0x0101010101010101)

_WORD = re.compile(r"\w+")


def runs_of(text: str) -> list[str]:
    """The runs of words in a text, in its order; none when it is too short to be compared."""
    words = _WORD.findall(text.lower())
    if len(words) < STORY_WORDS:
        return []
    return [" ".join(words[i : i + _RUN]) for i in range(len(words) - _RUN + 1)]


def sketch_of(runs: Iterable[str]) -> list[int]:
    """The MinHash of some runs: as many of its numbers agree with those of another text as the two share runs.

    It is kept in the ledger, so nothing here may change with a version of a library.
    """
    hashed = np.array(sorted({crc32(run.encode("utf-8", "replace")) for run in runs}), dtype=np.uint64)
    if not hashed.size:
        return []
    least = np.full(_SKETCH, (1 << 32) - 1, dtype=np.uint64)
    for at in range(0, len(hashed), _AT_ONCE):
        # Multiply-shift (Dietzfelbinger and others 1997), modulo 2^64.
        numbers = (hashed[at : at + _AT_ONCE, None] * _FACTORS + _TERMS) >> np.uint64(32)
        least = np.minimum(least, numbers.min(axis=0))
    return [int(number) for number in least]


def _constants() -> tuple[Numbers, Numbers]:
    drawn = np.frombuffer(hashlib.shake_256(b"ujar sketch").digest(16 * _SKETCH), dtype="<u8").astype(np.uint64)
    return drawn[:_SKETCH] | np.uint64(1), drawn[_SKETCH:]


_FACTORS, _TERMS = _constants()


def shared(one: Sequence[str], other: Sequence[str]) -> tuple[float, float]:
    """How much of the shorter text stands in the other, and of the first half of each at least; both 0 to 1."""
    if not one or not other:
        return 0.0, 0.0
    mine, theirs = set(one), set(other)
    head = min(_found(one[: max(1, len(one) // 2)], theirs), _found(other[: max(1, len(other) // 2)], mine))
    return len(mine & theirs) / min(len(mine), len(theirs)), head


def _found(runs: Sequence[str], among: set[str]) -> float:
    return sum(run in among for run in runs) / len(runs)


def mark_stories(rows: list[Rows], ask: Ask) -> None:
    """Fill in ``sketch`` and ``story`` of some new articles, compared with each other and with the ledger.

    Articles of a day are compared with those of the days around, articles without a day with each other.
    """
    runs = {row.article["reading"]: runs_of(row.article["text"]) for row in rows}
    for row in rows:
        row.article["sketch"] = sketch_of(runs[row.article["reading"]])
    # In the order of the days: which of the new articles is the first does not depend on the order they are given in.
    fresh = sorted((row.article for row in rows), key=lambda a: (_ordinal(a["published"]), a["article"]))
    near = _near(fresh, ask)
    unread = {other["reading"]: other for found in near.values() for other in found if other["reading"] not in runs}
    runs |= _runs_in(list(unread.values()), ask)
    for article in fresh:
        best = 0.0, 0.0
        for other in near.get(article["reading"], ()):
            own, others = runs[article["reading"]], runs.get(other["reading"], [])
            share, head = shared(own, others)
            if head >= STORY_HEAD and share >= STORY_SHARE and (share, head) > best:
                if _outlets_differ(article, other) or (share >= STORY_SHARE_WITHIN and not _tables(own, others)):
                    best = share, head
                    article["story"] = other["story"]


def _tables(one: list[str], other: list[str]) -> bool:
    """Whether two texts have different numbers, both of them: a table of one day and that of another."""
    mine, theirs = ({w for run in runs for w in run.split() if w.isdigit()} for runs in (one, other))
    return min(len(mine - theirs), len(theirs - mine)) >= STORY_NUMBERS


def _near(fresh: list[Row], ask: Ask) -> dict[str, list[Row]]:
    """The articles that each new one may be a copy of: those of the ledger, and the new ones before it."""
    gone = {a["supersedes"] for a in fresh}
    own = [a for a in fresh if a["sketch"]]
    # In the order of the days; of the ledger so much at a time that what is held does not grow with it.
    pieces = 1 + ask("SELECT count(*) AS n FROM articles", [])["n"][0].as_py() // _HELD if own else 1
    size = max(1, -(-len(own) // pieces))
    days = np.array([_ordinal(a["published"]) for a in own])
    sketches = np.array([a["sketch"] for a in own], dtype=np.uint32)
    near: dict[str, list[Row]] = {a["reading"]: [] for a in own}
    for start in range(0, len(own), size):
        some = own[start : start + size]
        for table, dates, others in _around(some, ask):
            for here, article in enumerate(some, start):
                alike = _alike(days[here], sketches[here], dates, others)
                found = table.take(alike).to_pylist() if len(alike) else []
                near[article["reading"]] += [row for row in found if row["reading"] not in gone]
    for here, article in enumerate(own):
        near[article["reading"]] += [own[i] for i in _alike(days[here], sketches[here], days[:here], sketches[:here])]
    return near


def _alike(day: int, sketch: Numbers, days: Numbers, sketches: Numbers) -> Numbers:
    """Places of the articles that may be copies of one, by day and sketch; these are in the order of the days."""
    low = int(np.searchsorted(days, day - STORY_DAYS))
    high = int(np.searchsorted(days, day + STORY_DAYS, side="right"))
    # Eight of the answers at a time, each in a byte of its own: twice as quick as counting one by one.
    agree = (sketches[low:high] == sketch).view(np.uint64) @ _ONES
    found: Numbers = low + np.flatnonzero((agree * _BYTES) >> np.uint64(56) >= _AGREE)
    return found


def _ordinal(day: date | None) -> int:
    return day.toordinal() if day else _NO_DAY


def _outlets_differ(one: Row, other: Row) -> bool:
    return bool(one["outlet"] and other["outlet"] and one["outlet"].lower() != other["outlet"].lower())


def _around(fresh: list[Row], ask: Ask) -> Iterator[tuple[pa.Table, Numbers, Numbers]]:
    """What the ledger has from the days around some articles, without the texts; the days, in their order, and sketches."""
    days = {a["published"] for a in fresh}
    near = sorted({moved(day, n) for day in days - {None} for n in range(-STORY_DAYS, STORY_DAYS + 1)})
    columns = "SELECT reading, story, published, outlet, sketch FROM articles WHERE len(sketch) = ?"
    for wanted, sql, values in (
        (bool(near), "published BETWEEN ? AND ? AND published IN (SELECT unnest(?::DATE[]))", [*_ends(near), near]),
        (None in days, "published IS NULL", []),
    ):
        table = ask(f"{columns} AND {sql} ORDER BY published, reading", [_SKETCH, *values]) if wanted else None
        if table is not None and table.num_rows:
            numbers = table["sketch"].combine_chunks().flatten().to_numpy().astype(np.uint32, copy=False)
            dates = table["published"].cast("int32").fill_null(_NO_DAY - _FIRST_DAY).to_numpy() + _FIRST_DAY
            yield table.drop_columns("sketch"), dates, numbers.reshape(-1, _SKETCH)


def _ends(days: Sequence[date]) -> tuple[date, date]:
    return (days[0], days[-1]) if days else (date.max, date.min)


def _runs_in(articles: list[Row], ask: Ask) -> dict[str, list[str]]:
    """The runs of articles of the ledger. Their days are told too, as its files are in the order of the days."""
    days = sorted(a["published"] for a in articles if a["published"])
    texts = "SELECT reading, text FROM articles WHERE reading IN (SELECT unnest(?::VARCHAR[])) AND"
    names = [a["reading"] for a in articles]
    found: list[Row] = []
    if days:
        found += ask(f"{texts} published BETWEEN ? AND ?", [names, *_ends(days)]).to_pylist()
    if len(days) < len(articles):
        found += ask(f"{texts} published IS NULL", [names]).to_pylist()
    return {row["reading"]: runs_of(row["text"]) for row in found}


def mark_happenings(rows: list[Rows], ask: Ask) -> None:
    """Give events in the copies of a story the ``happening`` that they have in its other copies. After mark_stories.

    Copies name their parties more or less fully, and an event without a date bears the day on which its copy appeared:
    left alone, such events would count several times.
    """
    stories = shared_stories(rows)
    if not stories:
        return
    ends = days_around(rows)
    older = ask(
        "SELECT a.story, e.article, e.published, e.type, e.status, e.day, e.actors, e.recipients, e.trigger, e.words,"
        " e.happening FROM events e JOIN articles a USING (reading) WHERE a.story IN (SELECT unnest(?::VARCHAR[]))"
        " AND (a.published BETWEEN ? AND ? OR a.published IS NULL)"
        " AND (e.published BETWEEN ? AND ? OR e.published IS NULL) ORDER BY e.published, e.id",
        [sorted(stories), *ends, *ends],
    ).to_pylist()
    replaced = {row.article["article"] for row in rows}
    told: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for old in older:
        if old["article"] not in replaced:
            told[old["story"], old["type"], old["status"]].append(old)
    for row in sorted(rows, key=lambda r: (r.article["published"] or date.min, r.article["article"])):
        story = row.article["story"]
        for event in row.events if story in stories else ():
            group = told[story, event["type"], event["status"]]
            for other in group:
                if other["article"] != event["article"] and _same_event(event, other):
                    event["happening"] = other["happening"]
                    break
            group.append(event)


def _same_event(one: Row, other: Row) -> bool:
    """Whether two events of one type and status, from two copies of a story, are one."""
    if one["trigger"].lower() == other["trigger"].lower() and alike(one["words"], other["words"]):
        return True
    dated_alike = one["day"] == other["day"] or all(e["day"] == e["published"] for e in (one, other))
    return dated_alike and all(sides(one[k]) == sides(other[k]) for k in ("actors", "recipients"))


def shared_stories(rows: list[Rows]) -> set[str]:
    """The stories of which some new articles are not the only copy."""
    counts = Counter(row.article["story"] for row in rows)
    own = {row.article["reading"] for row in rows}
    return {story for story, count in counts.items() if count > 1 or story not in own}


def days_around(rows: list[Rows]) -> tuple[date, date]:
    """The first and last day on which copies of some new articles may have appeared."""
    days = [row.article["published"] for row in rows if row.article["published"]]
    return (moved(min(days), -STORY_DAYS), moved(max(days), STORY_DAYS)) if days else _ends(())
