"""Counting: period by period, who spoke, on whom and on what, who did what to whom."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from ujar.tables import empty_words
from ujar.watch.names import name_of
from ujar.watch.report import QUAD_NAMES, Named, Point, Speaker, Towards, Word
from ujar.watch.rows import SAID, happened
from ujar.watch.scope import Sql, all_of
from ujar.watch.usual import PAST, Sums, usual_balance, usual_count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from ujar.store.moment import Moment
    from ujar.watch.periods import Period
    from ujar.watch.scope import Scope

SPEAKERS, NAMED, WORDS, TOWARDS = 25, 15, 15, 25
# Words are compared with so many periods before; in so many statements of the period, and of the past; a word stands in so many at least.
BEFORE = 8
_NOW, _BEFORE, _SEEN = 3_000, 4_000, 3
# Weight of the prior in the log-odds: a tenth of the words, not more than so many; from which z-score on a word is told.
_PRIOR, _SURE = 500.0, 1.96
# Words without content that are not in the table of function words, since no rule of reading needs them.
_EMPTY = frozenset(
    "akan ini itu tersebut tadi telah sudah bisa dapat harus ada adalah atas antara sangat lebih masih hanya sama lain".split()
)
# Speakers that are nobody.
_NOBODY = "coalesce(speaker_type, '') NOT IN ('unnamed', 'document', 'medium')"


def articles(moment: Moment, periods: Sequence[Period]) -> dict[date, int]:
    """How many articles the ledger has of each of some periods, copies counted once, by the first day of the period."""
    rows = moment.ask(
        f"SELECT date_trunc('{periods[-1].every}', published)::DATE AS start, count(DISTINCT hash(story)) AS n FROM articles"  # noqa: S608 - one of three words
        " WHERE published >= ? AND published < ? GROUP BY ALL",
        [periods[0].start, periods[-1].end],
    )
    return {row["start"]: row["n"] for row in rows.to_pylist()}


def said(moment: Moment, since: date) -> dict[date, int]:
    """How many statements each period has from a day on, each counted once, by the first day of the period."""
    rows = moment.ask("SELECT start, n FROM heard WHERE all_speakers AND start >= ?", [since])
    return {row["start"]: row["n"] for row in rows.to_pylist()}


def done(moment: Moment, scope: Scope, periods: Sequence[Period]) -> dict[date, list[Sums]]:
    """Number and scores of the events of some periods, those told as actual and each counted once.

    By the first day of the period, then by quad class in the order of ``QUAD_NAMES``.
    """
    every, since, until = periods[-1].every, periods[0].start, periods[-1].end
    where = all_of(Sql("day >= ? AND day < ?", (since, until)), happened(every), scope.events(since, until))
    out: dict[date, list[Sums]] = defaultdict(lambda: [Sums(0, 0.0, 0.0)] * 4)
    for row in moment.ask(
        "SELECT start, quad, count(*) AS n, sum(score)::DOUBLE AS total, sum(score * score)::DOUBLE AS squares FROM"  # noqa: S608 - conditions without values
        f" (SELECT date_trunc('{every}', min(day))::DATE AS start, min(quad) AS quad, avg(score) AS score"
        f" FROM events WHERE {where.text} GROUP BY hash(happening)) GROUP BY ALL",
        where.values,
    ).to_pylist():
        out[row["start"]][QUAD_NAMES.index(row["quad"])] = Sums(row["n"], row["total"], row["squares"])
    return out


def timeline(
    periods: Sequence[Period], articles: dict[date, int], said: dict[date, int], done: dict[date, list[Sums]]
) -> tuple[Point, ...]:
    """The last periods, each beside what was usual before it; the last one is the period itself.

    Args:
        periods: twice ``PAST`` periods, or as many as there are; the last is the one that is reported.
        articles: what ``articles`` gives of them.
        said: what ``said`` gives.
        done: what ``done`` gives.
    """
    return tuple(
        _point(periods[i], periods[max(0, i - PAST) : i], articles, said, done)
        for i in range(max(0, len(periods) - PAST), len(periods))
    )


def _point(
    period: Period,
    before: Sequence[Period],
    articles: dict[date, int],
    said: dict[date, int],
    done: dict[date, list[Sums]],
) -> Point:
    read = articles.get(period.start, 0)
    quads = tuple(sums.n for sums in done[period.start])

    def count(name: str, *which: int) -> Any:
        past = [(sum(done[p.start][i].n for i in which), articles.get(p.start, 0)) for p in before]
        return usual_count(name, sum(quads[i] for i in which), read, past)

    return Point(
        period,
        read,
        usual_count(
            "statements",
            said.get(period.start, 0),
            read,
            [(said.get(p.start, 0), articles.get(p.start, 0)) for p in before],
        ),
        (count(QUAD_NAMES[0], 0), count(QUAD_NAMES[1], 1), count(QUAD_NAMES[2], 2), count(QUAD_NAMES[3], 3)),
        count("conflict", 2, 3),
        count("cooperation", 0, 1),
        usual_balance(_all(done[period.start]), [_all(done[p.start]) for p in before]),
    )


def _all(sums: list[Sums]) -> Sums:
    return Sums(sum(s.n for s in sums), sum(s.total for s in sums), sum(s.squares for s in sums))


def speakers(moment: Moment) -> tuple[tuple[Speaker, ...], int, int]:
    """Who spoke, and the numbers of speakers and of reports."""
    rows = moment.ask(
        "WITH r AS (SELECT said, count(*) AS n FROM spoken GROUP BY said)"  # noqa: S608 - our condition
        " SELECT key, mode(speaker ORDER BY id) AS name, mode(country ORDER BY id) AS country,"
        " mode(office ORDER BY id) AS office, count(*) FILTER (said = id) AS once, count(*) AS reports,"
        " count(DISTINCT outlet) AS outlets, arg_min(id, (-n, id)) FILTER (said = id) AS first"
        f" FROM spoken JOIN r USING (said) WHERE key IS NOT NULL AND {_NOBODY} GROUP BY key HAVING once > 0"
        " ORDER BY once DESC, reports DESC, key",
    ).to_pylist()
    reports = moment.ask("SELECT count(*) AS n FROM spoken")["n"][0].as_py()
    top = rows[:SPEAKERS]
    about: dict[str, list[str]] = defaultdict(list)
    for row in moment.ask(
        "SELECT key, named FROM (SELECT key, unnest(about) AS named FROM spoken"
        " WHERE said = id AND key IN (SELECT unnest(?::VARCHAR[])))"
        " WHERE named <> key GROUP BY ALL ORDER BY count(*) DESC, named",
        [[row["key"] for row in top]],
    ).to_pylist():
        about[row["key"]].append(name_of(row["named"]))
    found = tuple(
        Speaker(
            row["key"],
            name_of(row["key"], row["name"]),
            row["country"],
            row["office"],
            row["once"],
            row["reports"],
            row["outlets"],
            tuple(about[row["key"]][:3]),
            row["first"],
        )
        for row in top
    )
    return found, len(rows), reports


def named(moment: Moment, scope: Scope) -> tuple[Named, ...]:
    """Of whom the statements speak, but for who is watched."""
    rows = moment.ask(
        "SELECT named, count(*) AS n FROM (SELECT unnest(about) AS named FROM spoken WHERE said = id)"
        " WHERE NOT list_contains(?::VARCHAR[], named) GROUP BY ALL ORDER BY n DESC, named LIMIT ?",
        [list(scope.keys), NAMED],
    ).to_pylist()
    return tuple(Named(row["named"], name_of(row["named"]), row["n"]) for row in rows)


def words(moment: Moment, scope: Scope, period: Period, statements: int, before: int) -> tuple[Word, ...]:
    """Words that are more frequent than in the periods before: log-odds with an informative prior.

    After Monroe, Colaresi and Quinn (2008), "Fightin' Words": the prior is the frequency in both together. A word counts once
    in a statement. Of many statements a sample is taken, always the same one.

    Args:
        moment: the ledger.
        scope: what is watched.
        period: the period.
        statements: number of statements in it.
        before: the same in the periods before.
    """
    if not statements or not before:
        return ()
    since = period.last(BEFORE + 1)[0].start
    now, past = _sample(statements, _NOW), _sample(before, _BEFORE)
    some = all_of(
        Sql("day >= ? AND day < ? AND id < ?", (since, period.end, max(now, past))),
        Sql("id < if(day >= ?, ?, ?)", (period.start, now, past)),
        SAID,
        Sql("said = id"),
        scope.statements(since, period.end),
    )
    rows = moment.ask(
        "SELECT word, count(*) FILTER (now) AS here, count(*) FILTER (NOT now) AS there FROM"  # noqa: S608 - conditions without values
        " (SELECT day >= ? AS now, unnest(list_distinct(string_split(trim(words), ' '))) AS word"
        f" FROM statements WHERE {some.text}) GROUP BY word",
        [period.start, *some.values],
    )
    here, there, forms = (rows[c].to_pylist() for c in ("here", "there", "word"))
    n_here, n_there = sum(here), sum(there)
    if not n_here or not n_there:
        return ()
    empty = empty_words() | _EMPTY
    weight = min(_PRIOR, (n_here + n_there) / 10)
    found = []
    for word, a, b in zip(forms, here, there, strict=True):
        if a < _SEEN or len(word) < 3 or not word.isalpha() or word in empty:
            continue
        prior = weight * (a + b) / (n_here + n_there)
        odds = math.log((a + prior) / (n_here + weight - a - prior)) - math.log(
            (b + prior) / (n_there + weight - b - prior)
        )
        score = odds / math.sqrt(1 / (a + prior) + 1 / (b + prior))
        if score >= _SURE:
            found.append(Word(word, a, score))
    return tuple(sorted(found, key=lambda w: (-w.score, w.word))[:WORDS])


def _sample(have: int, want: int) -> str:
    """Ids begin with a hash, so that those below some text are as good as drawn."""
    return "g" if have <= want else f"{int(want / have * 0x10000):04x}"


def towards(moment: Moment) -> tuple[tuple[Towards, ...], int]:
    """Who did what to whom, and how many pairs there are."""
    rows = moment.ask(
        "SELECT actor, recipient, min(actor_name) AS actor_name, min(recipient_name) AS recipient_name,"  # noqa: S608 - our names
        " bool_and(mutual) AS mutual, avg(score)::DOUBLE AS score, mode(type ORDER BY id) AS type,"
        " arg_min(id, (-abs(score), id)) AS first, count(*) AS n,"
        + ", ".join(f"count(*) FILTER (quad = '{q}') AS q{i}" for i, q in enumerate(QUAD_NAMES))
        + " FROM (SELECT actor, recipient, id, quad, score, type, mutual,"
        " min(actor_name) AS actor_name, min(recipient_name) AS recipient_name FROM sides WHERE id IN"
        # Of the reports of one happening the first.
        " (SELECT arg_min(id, (published, id)) FROM told WHERE counted GROUP BY happening)"
        " GROUP BY ALL) GROUP BY actor, recipient ORDER BY n DESC, abs(sum(score)) DESC, actor, recipient"
    ).to_pylist()
    return (
        tuple(
            Towards(
                row["actor"],
                name_of(row["actor"], row["actor_name"]),
                row["recipient"],
                name_of(row["recipient"], row["recipient_name"]),
                (row["q0"], row["q1"], row["q2"], row["q3"]),
                row["score"],
                row["type"],
                row["mutual"],
                row["first"],
            )
            for row in rows[:TOWARDS]
        ),
        len(rows),
    )


def others(moment: Moment) -> tuple[dict[str, int], int]:
    """Events of the other statuses (status → number), and how many of the counted events are somebody's claim."""
    rows = moment.ask(
        "SELECT status, count(DISTINCT happening) AS n FROM told WHERE here AND status <> 'actual' GROUP BY ALL"
        " ORDER BY n DESC, status"
    ).to_pylist()
    claimed = moment.ask(
        "SELECT count(*) AS n FROM (SELECT happening FROM told WHERE counted GROUP BY happening"
        " HAVING bool_and(claimed_by IS NOT NULL))"
    )
    return {row["status"]: row["n"] for row in rows}, claimed["n"][0].as_py()
