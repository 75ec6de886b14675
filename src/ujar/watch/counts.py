"""Counting: period by period, who spoke, on whom and on what, who did what to whom."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from ujar.watch.names import KINDS, name_of
from ujar.watch.report import QUAD_NAMES, Named, Point, Speaker, Towards, Word
from ujar.watch.scope import ALWAYS, MUTUAL, Sql, all_of
from ujar.watch.usual import PAST, Sums, usual_balance, usual_count

if TYPE_CHECKING:
    from datetime import date

    from ujar.store import Ledger
    from ujar.watch.periods import Every, Period
    from ujar.watch.scope import Scope

SPEAKERS, NAMED, WORDS, TOWARDS = 25, 15, 15, 25
# Words are compared with so many periods before; in so many statements of the period, and of the past; a word stands in so many at least.
BEFORE = 8
_NOW, _BEFORE, _SEEN = 4_000, 8_000, 3
# Weight of the prior in the log-odds: a tenth of the words, not more than so many; from which z-score on a word is told.
_PRIOR, _SURE = 500.0, 1.96
# Speakers that are nobody.
_NOBODY = "coalesce(speaker_type, '') NOT IN ('unnamed', 'document', 'medium')"

# What was said on a day after it was printed is misread.
SAID = Sql("published IS NULL OR day <= published")


def happened(every: Every) -> Sql:
    """Events that are counted: told as actual, and dated to the day, or not at all (then the day is that of publication)."""
    exact = "date IS NULL OR length(date) = 10" + (" OR length(date) = 7" if every == "month" else "")
    return all_of(SAID, Sql("status = 'actual'"), Sql(exact))


def timeline(ledger: Ledger, scope: Scope, period: Period) -> tuple[Point, ...]:
    """The last periods, each beside what was usual before it; the last one is the period itself."""
    periods = [period.previous(n) for n in range(2 * PAST - 1, -1, -1)]
    since, until = periods[0].start, period.end
    bucket = f"date_trunc('{period.every}', day)::DATE"
    articles: dict[date, int] = {
        row["start"]: row["n"]
        for row in ledger.ask(
            f"SELECT date_trunc('{period.every}', published)::DATE AS start, count(DISTINCT story) AS n FROM articles"  # noqa: S608 - conditions without values
            " WHERE published >= ? AND published < ? GROUP BY ALL",
            [since, until],
        ).to_pylist()
    }
    where = all_of(scope.statements(since, until), SAID, Sql("said = id"))
    said: dict[date, int] = {
        row["start"]: row["n"]
        for row in ledger.ask(
            f"SELECT {bucket} AS start, count(*) AS n FROM statements WHERE {where.text} GROUP BY ALL",  # noqa: S608 - conditions without values
            where.values,
        ).to_pylist()
    }
    where = all_of(scope.events(since, until), happened(period.every))
    done: dict[date, list[Sums]] = defaultdict(lambda: [Sums(0, 0.0, 0.0)] * 4)
    for row in ledger.ask(
        "SELECT start, quad, count(*) AS n, sum(score)::DOUBLE AS total, sum(score * score)::DOUBLE AS squares FROM"  # noqa: S608 - conditions without values
        f" (SELECT happening, any_value({bucket}) AS start, any_value(quad) AS quad, avg(score) AS score"
        f" FROM events WHERE {where.text} GROUP BY happening) GROUP BY ALL",
        where.values,
    ).to_pylist():
        done[row["start"]][QUAD_NAMES.index(row["quad"])] = Sums(row["n"], row["total"], row["squares"])
    return tuple(_point(periods[i], periods[i - PAST : i], articles, said, done) for i in range(PAST, len(periods)))


def _point(
    period: Period, before: list[Period], articles: dict[date, int], said: dict[date, int], done: dict[date, list[Sums]]
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


def speakers(ledger: Ledger, scope: Scope, period: Period) -> tuple[tuple[Speaker, ...], dict[str, int]]:
    """Who spoke, and the numbers of speakers and of reports."""
    where = all_of(scope.statements(period.start, period.end), SAID)
    rows = ledger.ask(
        f"WITH s AS (SELECT * FROM statements WHERE {where.text}), r AS (SELECT said, count(*) AS n FROM s GROUP BY said)"  # noqa: S608 - conditions without values
        " SELECT key, mode(speaker ORDER BY id) AS name, mode(country ORDER BY id) AS country,"
        " mode(coalesce(office, role) ORDER BY id) AS office, count(*) FILTER (said = id) AS once, count(*) AS reports,"
        " count(DISTINCT outlet) AS outlets, arg_min(id, (-n, id)) FILTER (said = id) AS first"
        f" FROM s JOIN r USING (said) WHERE key IS NOT NULL AND {_NOBODY} GROUP BY key HAVING once > 0"
        " ORDER BY once DESC, reports DESC, key",
        where.values,
    ).to_pylist()
    reports = ledger.ask(f"SELECT count(*) AS n FROM statements WHERE {where.text}", where.values)["n"][0].as_py()  # noqa: S608 - as above
    top = rows[:SPEAKERS]
    about: dict[str, list[str]] = defaultdict(list)
    for row in ledger.ask(
        "SELECT key, named FROM (SELECT key, unnest(about) AS named FROM statements"  # noqa: S608 - conditions without values
        f" WHERE {where.text} AND said = id AND key IN (SELECT unnest(?::VARCHAR[])))"
        " WHERE named <> key GROUP BY ALL ORDER BY count(*) DESC, named",
        [*where.values, [row["key"] for row in top]],
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
    return found, {"speakers": len(rows), "reports": reports}


def named(ledger: Ledger, scope: Scope, period: Period) -> tuple[Named, ...]:
    """Of whom the statements speak, but for who is watched."""
    where = all_of(scope.statements(period.start, period.end), SAID, Sql("said = id"))
    rows = ledger.ask(
        f"SELECT named, count(*) AS n FROM (SELECT unnest(about) AS named FROM statements WHERE {where.text})"  # noqa: S608 - conditions without values
        " WHERE NOT list_contains(?::VARCHAR[], named) GROUP BY ALL ORDER BY n DESC, named LIMIT ?",
        [*where.values, list(scope.keys), NAMED],
    ).to_pylist()
    return tuple(Named(row["named"], name_of(row["named"]), row["n"]) for row in rows)


def words(ledger: Ledger, scope: Scope, period: Period, statements: int, before: int) -> tuple[Word, ...]:
    """Words that are more frequent than in the periods before: log-odds with an informative prior.

    After Monroe, Colaresi and Quinn (2008), "Fightin' Words": the prior is the frequency in both together. A word counts once
    in a statement. Of many statements a sample is taken, always the same one.

    Args:
        ledger: the ledger.
        scope: what is watched.
        period: the period.
        statements: number of statements in it.
        before: the same in the periods before.
    """
    if not statements or not before:
        return ()
    since = period.previous(BEFORE).start
    now = all_of(scope.statements(period.start, period.end), SAID, Sql("said = id"), _sample(statements, _NOW))
    past = all_of(scope.statements(since, period.start), SAID, Sql("said = id"), _sample(before, _BEFORE))
    split = "SELECT unnest(list_distinct(string_split(trim(words), ' '))) AS word FROM statements WHERE"
    rows = ledger.ask(
        "SELECT word, sum(here)::BIGINT AS here, sum(there)::BIGINT AS there FROM"  # noqa: S608 - conditions without values
        f" (SELECT word, 1 AS here, 0 AS there FROM ({split} {now.text})"
        f" UNION ALL SELECT word, 0, 1 FROM ({split} {past.text})) GROUP BY word",
        [*now.values, *past.values],
    )
    here, there, forms = (rows[c].to_pylist() for c in ("here", "there", "word"))
    n_here, n_there = sum(here), sum(there)
    if not n_here or not n_there:
        return ()
    weight = min(_PRIOR, (n_here + n_there) / 10)
    found = []
    for word, a, b in zip(forms, here, there, strict=True):
        if a < _SEEN or len(word) < 3 or not word.isalpha():
            continue
        prior = weight * (a + b) / (n_here + n_there)
        odds = math.log((a + prior) / (n_here + weight - a - prior)) - math.log(
            (b + prior) / (n_there + weight - b - prior)
        )
        score = odds / math.sqrt(1 / (a + prior) + 1 / (b + prior))
        if score >= _SURE:
            found.append(Word(word, a, score))
    return tuple(sorted(found, key=lambda w: (-w.score, w.word))[:WORDS])


def _sample(have: int, want: int) -> Sql:
    # Ids begin with a hash, so that those below some number are as good as drawn.
    return ALWAYS if have <= want else Sql("id < ?", (f"{int(want / have * 0x10000):04x}",))


# The two sides of an event: a state where it deals with another, else the actor itself.
_UNIT = (
    "CASE WHEN {0}.country IS NOT NULL AND {0}.country IS DISTINCT FROM {1}.country AND {0}.country NOT IN ("
    + ", ".join(f"'{k}'" for k in KINDS)
    + ") THEN {0}.country ELSE {0}.key END"
)
# A state and who governs it ("Macron, Prancis") are one party told twice.
_ITSELF = (
    "a.country IS NOT DISTINCT FROM r.country AND (starts_with(a.key, 'state:') AND coalesce(r.sector, 'GOV') IN ('GOV',"
    " 'MIL') OR starts_with(r.key, 'state:') AND coalesce(a.sector, 'GOV') IN ('GOV', 'MIL'))"
)
# Of meetings and agreements that name no recipient, the actors are the sides.
OTHERS = f"CASE WHEN {MUTUAL} AND len(recipients) = 0 THEN actors ELSE recipients END"


def sides_sql(events: str, sides: str) -> str:
    """SQL of the pairs of parties of events, a row each: the columns of the event and those that follow.

    ``a`` and ``r``, the parties; ``actor`` and ``recipient``, the sides; ``actor_name`` and ``recipient_name``; and
    ``mutual``: both do it, the order says nothing.

    Args:
        events: SQL that gives the events, with all columns.
        sides: a condition on ``a`` and ``r``.
    """
    turned = "mutual AND one > other"
    return (
        f"SELECT *, if({turned}, other, one) AS actor, if({turned}, one, other) AS recipient,"  # noqa: S608 - our SQL
        f" if({turned}, r.name, a.name) AS actor_name, if({turned}, a.name, r.name) AS recipient_name FROM"
        f" (SELECT *, {_UNIT.format('a', 'r')} AS one, {_UNIT.format('r', 'a')} AS other FROM"
        " (SELECT *, unnest(others) AS r FROM (SELECT *, unnest(actors) AS a,"
        f" {MUTUAL} AS mutual, {OTHERS} AS others FROM ({events}))) WHERE {sides})"
        f" WHERE one <> other AND NOT ({_ITSELF}) AND (NOT mutual OR len(recipients) > 0 OR a.start < r.start)"
    )


def towards(ledger: Ledger, scope: Scope, period: Period) -> tuple[tuple[Towards, ...], int]:
    """Who did what to whom, and how many pairs there are."""
    where = all_of(scope.events(period.start, period.end), happened(period.every))
    sides = scope.sides(period.start, period.end)
    once = (
        f"SELECT * FROM events WHERE {where.text}"  # noqa: S608 - conditions without values
        " QUALIFY row_number() OVER (PARTITION BY happening ORDER BY published, id) = 1"
    )
    rows = ledger.ask(
        "SELECT actor, recipient, min(actor_name) AS actor_name, min(recipient_name) AS recipient_name,"  # noqa: S608 - as above
        " bool_and(mutual) AS mutual, avg(score)::DOUBLE AS score, mode(type ORDER BY id) AS type,"
        " arg_min(id, (-abs(score), id)) AS first, count(*) AS n,"
        + ", ".join(f"count(*) FILTER (quad = '{q}') AS q{i}" for i, q in enumerate(QUAD_NAMES))
        + " FROM (SELECT actor, recipient, id, quad, score, type, mutual,"  # noqa: S608 - conditions without values
        " min(actor_name) AS actor_name, min(recipient_name) AS recipient_name"
        f" FROM ({sides_sql(once, sides.text)}) GROUP BY ALL) GROUP BY actor, recipient"
        " ORDER BY n DESC, abs(sum(score)) DESC, actor, recipient",
        [*where.values, *sides.values],
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


def others(ledger: Ledger, scope: Scope, period: Period) -> tuple[dict[str, int], int]:
    """Events of the other statuses (status → number), and how many of the counted events are somebody's claim."""
    where = scope.events(period.start, period.end)
    rows = ledger.ask(
        "SELECT status, count(DISTINCT happening) AS n FROM events"  # noqa: S608 - conditions without values
        f" WHERE {where.text} AND status <> 'actual' GROUP BY ALL ORDER BY n DESC, status",
        where.values,
    ).to_pylist()
    where = all_of(scope.events(period.start, period.end), happened(period.every))
    claimed = ledger.ask(
        "SELECT count(*) AS n FROM (SELECT happening FROM events"  # noqa: S608 - conditions without values
        f" WHERE {where.text} GROUP BY happening HAVING bool_and(claimed_by IS NOT NULL))",
        where.values,
    )
    return {row["status"]: row["n"] for row in rows}, claimed["n"][0].as_py()
