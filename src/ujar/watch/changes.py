"""What does not agree with what was told before: denials after announcements, reversals, contradictions.

Only reports are compared whose actor, other side and type are the same (of reversals: actor and other side), a state being
itself and all who act for it. The days are those on which something was told, so that an announcement lies before its
denial though what is announced would come after it; reports whose day is unknown are not compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ujar.actors.forms import fold
from ujar.store.rows import folded
from ujar.watch.names import name_of
from ujar.watch.periods import days_before
from ujar.watch.report import Change
from ujar.watch.rows import PLANS, POSITION, POSITIONS

if TYPE_CHECKING:
    from datetime import date

    from ujar.store.moment import Moment
    from ujar.watch.periods import Period
    from ujar.watch.report import ChangeKind, Told
    from ujar.watch.telling import Tellings

CHANGES = 30
# So many days back for what is told as done (a later denial is then of something else); and so near, two reports are of
# the same happening.
DEEDS, NEAR = 14, 3
# So many counterparts of a report are compared by their words, the nearest in days; and so many denials, the newest.
_TRIES, _DENIALS = 8, 500
# Longer words that two sentences must share, as a part of those of the shorter one.
_ALIKE, _WORD = 0.3, 4
# What turns into what; the other way round as well.
_FOR = {"SUPPORT": ("REJECT", "ACCUSE"), "AGREE": ("REJECT",)}


class Pair(NamedTuple):
    """Two reports that do not agree, by id, before it is known who tells them.

    Attributes:
        actor: key or country code of who does it.
        recipient: of the other side, or None.
        before: id of the earlier report.
        after: id of the later one.
        days: between them.
        kind: what has changed, if it is a change.
        before_day: day of the event by the earlier report.
        after_day: by the later one.
    """

    actor: str
    recipient: str | None
    before: str
    after: str
    days: int
    kind: ChangeKind
    before_day: date
    after_day: date


def denials(moment: Moment, period: Period) -> list[Pair]:
    """Each denial with the report of the same as done or planned that is worded most like it; one of them of the period."""
    since = days_before(period.start, PLANS)
    columns = "id, article, type, status, day, published"
    told = "status IN ('denied', 'planned', 'actual') AND published >= ? AND published < ?"
    found = moment.ask(
        f"WITH p AS MATERIALIZED (SELECT {columns}, actor, recipient, one_name AS one, other_name AS two FROM sides"  # noqa: S608 - our columns
        f" WHERE {told}"
        # What is done to nobody in particular is compared by its actor, as the tables know it.
        f" UNION ALL SELECT {columns}, unnest(actor_keys), NULL, NULL, NULL FROM told WHERE len(recipients) = 0 AND {told}),"
        " d AS (SELECT * FROM p WHERE status = 'denied' ORDER BY published DESC, id LIMIT ?),"
        " c AS (SELECT d.id AS denied, p.id AS other, d.published AS denied_on, p.published AS other_on,"
        " d.day AS denied_day, p.day AS other_day, arg_min(d.actor, d.actor) AS actor,"
        " arg_min(d.recipient, d.actor) AS recipient, arg_min(d.one, d.actor) AS one, arg_min(d.two, d.actor) AS two"
        " FROM d JOIN p ON p.type = d.type AND p.actor = d.actor AND p.recipient IS NOT DISTINCT FROM d.recipient"
        " AND p.status <> 'denied' AND p.article <> d.article"
        " WHERE greatest(d.published, p.published) >= ? AND abs(d.published - p.published)"
        " <= if(p.status = 'planned' OR p.published > d.published, ?, ?)"
        " GROUP BY d.id, p.id, d.published, p.published, d.day, p.day"
        " QUALIFY row_number() OVER (PARTITION BY d.id ORDER BY abs(d.published - p.published), p.id) <= ?)"
        " SELECT c.*, one.sentence AS denied_words, two.sentence AS other_words FROM c JOIN told one ON one.id = denied"
        " JOIN told two ON two.id = other",
        [since, period.end, since, period.end, _DENIALS, period.start, PLANS, DEEDS, _TRIES],
    ).to_pylist()
    best: dict[str, tuple[float, str, dict[str, Any]]] = {}
    for row in found:
        names = (row[c] for c in ("one", "two", "actor", "recipient") if row[c])
        mark = (
            _alike(
                folded(row["denied_words"]), folded(row["other_words"]), {w for n in names for w in fold(n).split()}
            ),
            row["other"],
        )
        if mark[0] >= _ALIKE and (row["denied"] not in best or best[row["denied"]][:2] < mark):
            best[row["denied"]] = (*mark, row)
    out = []
    for _, _, row in best.values():
        later = row["denied_on"] >= row["other_on"]
        out.append(
            Pair(
                row["actor"],
                row["recipient"],
                *((row["other"], row["denied"]) if later else (row["denied"], row["other"])),
                abs((row["denied_on"] - row["other_on"]).days),
                "denied after announced" if later else "announced after denied",
                *((row["other_day"], row["denied_day"]) if later else (row["denied_day"], row["other_day"])),
            )
        )
    return out


def reversals(moment: Moment, period: Period) -> list[Pair]:
    """Who stood for another and now stands against it, or the reverse, by the last position before."""
    found = moment.ask(
        # Of an agreement, each side agrees with the other. Names that the tables do not know must be whole ones.
        "WITH p AS MATERIALIZED (SELECT id, type, published, day, article, way[1] AS actor, way[2] AS recipient FROM"  # noqa: S608 - ours
        " (SELECT *, unnest(if(mutual, [[one_key, other_key], [other_key, one_key]], [[one_key, other_key]])) AS way"
        # What is told of long ago is background: the position of its own day, not of that on which it is printed.
        f" FROM sides WHERE status = 'actual' AND {POSITION} AND published >= ? AND published < ? AND published - day <= ?)"
        " WHERE NOT regexp_matches(way[1], '^name:[^ ]*$') AND NOT regexp_matches(way[2], '^name:[^ ]*$')),"
        " n AS (SELECT * FROM p WHERE published >= ?)"
        " SELECT n.actor AS actor, n.recipient AS recipient, n.id AS after, n.type AS type, n.published AS after_on,"
        " n.day AS after_day, arg_max(p.id, (p.published, p.id)) AS before, arg_max(p.type, (p.published, p.id)) AS was,"
        " arg_max(p.day, (p.published, p.id)) AS before_day, max(p.published) AS before_on"
        " FROM n JOIN p ON p.actor = n.actor AND p.recipient = n.recipient"
        " AND p.published < n.published AND p.day <= n.day AND p.article <> n.article GROUP BY ALL ORDER BY after_on, after, actor, recipient",
        [days_before(period.start, POSITIONS), period.end, DEEDS, period.start],
    ).to_pylist()
    out: dict[tuple[str, str], Pair] = {}
    for row in found:
        kind: ChangeKind
        if row["type"] in _FOR.get(row["was"], ()):
            kind = "turned against"
        elif row["was"] in _FOR.get(row["type"], ()):
            kind = "turned towards"
        else:
            continue
        # The first in the period is the turn.
        out.setdefault(
            (row["actor"], row["recipient"]),
            Pair(
                row["actor"],
                row["recipient"],
                row["before"],
                row["after"],
                (row["after_on"] - row["before_on"]).days,
                kind,
                row["before_day"],
                row["after_day"],
            ),
        )
    # A person and the body named beside it turn once.
    return list({(pair.before, pair.after): pair for pair in reversed(out.values())}.values())


def settle(denied: list[Pair], turned: list[Pair], tellings: Tellings) -> tuple[list[Change], list[Change]]:
    """What has changed, and what is told differently: two parties on the same happening, near in days. The newest first."""
    changed, contradicted = [], []
    for pair in denied:
        if tellings.has(pair.before, pair.after):
            before, after = tellings.told[pair.before], tellings.told[pair.after]
            if pair.days <= NEAR and not _same_teller(before, after):
                contradicted.append(_change(pair, None, tellings))
            elif pair.days:
                changed.append(_change(pair, pair.kind, tellings))
    changed += [_change(pair, pair.kind, tellings) for pair in turned if tellings.has(pair.before, pair.after)]
    return _ordered(changed), _ordered(contradicted)


def _change(pair: Pair, kind: ChangeKind | None, tellings: Tellings) -> Change:
    names = tellings.names
    return Change(
        kind,
        name_of(pair.actor, names.get(pair.actor)),
        name_of(pair.recipient, names.get(pair.recipient)) if pair.recipient else None,
        tellings.told[pair.before],
        tellings.told[pair.after],
    )


def _ordered(changes: list[Change]) -> list[Change]:
    return sorted(changes, key=lambda c: (c.after.day, c.after.id, c.before.id), reverse=True)


def _same_teller(one: Told, other: Told) -> bool:
    if one.teller is None or other.teller is None:
        # Two reporters: two parties only when they write for different newspapers.
        return one.teller is other.teller and one.outlet == other.outlet
    a, b = set(fold(one.teller).split()), set(fold(other.teller).split())
    return a <= b or b <= a


def _alike(one: str, other: str, names: set[str]) -> float:
    """How many of the longer words of the shorter sentence stand in the other, 0 to 1; names of the parties left out."""
    a, b = ({w for w in words.split() if len(w) >= _WORD and w not in names} for words in (one, other))
    small = min(len(a), len(b))
    return len(a & b) / small if small else 0.0
