"""What the pages and the interface show, asked from the ledger. Only columns that are shown, cut by the ledger itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from ujar.actors.lexicon import lexicon
from ujar.actors.resolve import resolve
from ujar.actors.show import lines
from ujar.errors import LedgerError, UsageError
from ujar.events.plover import SYMMETRIC
from ujar.store.query import Filter, events_query, statements_query, who
from ujar.store.rows import QUADS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ujar.positions import Matrix
    from ujar.store import Ledger
    from ujar.watch import Report
    from ujar.web.questions import Positions, Watch

Row = dict[str, Any]

# An actor's page names so many counterparts; an article's page so many reports of a statement, copies and readings.
_MOST_ACTORS, _MOST_REPORTS, _MOST_COPIES = 12, 12, 40
# So many events of a pair are counted, the latest.
_MOST_EVENTS = 50_000
# What both sides do, as SQL has it.
_TOGETHER = ", ".join(f"'{name}'" for name in sorted(SYMMETRIC))


def _sql(table: str, filters: dict[str, Any]) -> tuple[str, list[object]]:
    """A question to put another one around; only columns that the outer one names are read."""
    asked = Filter.of(filters)
    question = statements_query(asked) if table == "statements" else events_query(asked)
    return question.sql, question.values


def listed(ledger: Ledger, table: str, filters: dict[str, Any]) -> tuple[list[Row], bool]:
    """A page of statements or events, and whether there is another."""
    limit = filters["limit"]
    # One row more tells whether there is another page.
    asked = {**filters, "limit": limit + 1}
    rows = (ledger.statements(**asked) if table == "statements" else ledger.events(**asked)).to_pylist()
    return rows[:limit], len(rows) > limit


def number(ledger: Ledger, table: str, filters: dict[str, Any]) -> int:
    """How many statements or events fit, on all pages."""
    sql, values = _sql(table, {**filters, "limit": None, "offset": 0})
    return int(ledger.ask(f"SELECT count(*) AS n FROM ({sql})", values)["n"][0].as_py())  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article and what belongs to it.

    Attributes:
        article: its row.
        statements: in text order.
        events: in text order.
        readings: all readings, the newest first, without their texts.
        copies: other articles with the same story.
        reports: id of a statement → reports of the same words in other articles, the earliest first.
    """

    article: Row
    statements: list[Row]
    events: list[Row]
    readings: list[Row]
    copies: list[Row]
    reports: dict[str, list[Row]]

    @property
    def current(self) -> bool:
        """Whether no other reading has taken its place."""
        return bool(self.readings) and self.readings[0]["reading"] == self.article["reading"]


def article(ledger: Ledger, reading: str) -> ArticleView:
    """A reading of an article. Raises LedgerError when there is none."""
    found = ledger.ask("SELECT * EXCLUDE (bands) FROM all_articles WHERE reading = ? LIMIT 1", [reading]).to_pylist()
    if not found:
        raise LedgerError("no-such-row", f"the ledger has no reading {reading!r}", "look for the article by its words")
    (own,) = found
    current = bool(ledger.ask("SELECT 1 AS one FROM articles WHERE reading = ?", [reading]).num_rows)
    # What has been superseded is in no other table; only what is current is told together with other reports.
    kind = "" if current else "all_"
    statements, events = (
        ledger.ask(f"SELECT * FROM {kind}{t} WHERE reading = ? ORDER BY number", [reading]).to_pylist()  # noqa: S608 - our names
        for t in ("statements", "events")
    )
    readings = ledger.ask(
        "SELECT reading, engine, added, supersedes, NOT EXISTS (SELECT 1 FROM all_articles n WHERE n.supersedes = a.reading)"
        " AS current FROM all_articles a WHERE article = ? ORDER BY added DESC, reading LIMIT ?",
        [own["article"], _MOST_COPIES],
    ).to_pylist()
    copies = ledger.ask(
        "SELECT reading, outlet, title, published FROM articles WHERE story = ? AND article <> ?"
        " ORDER BY published, reading LIMIT ?",
        [own["story"], own["article"], _MOST_COPIES],
    ).to_pylist()
    reports = _reports(ledger, statements, own["article"]) if current else {}
    return ArticleView(own, statements, events, readings, copies, reports)


def _reports(ledger: Ledger, statements: Sequence[Row], own: str) -> dict[str, list[Row]]:
    said = {s["said"]: s["id"] for s in statements}
    rows = ledger.ask(
        "SELECT * FROM statements WHERE said IN (SELECT unnest(?::VARCHAR[])) AND article <> ? ORDER BY day, id LIMIT 1000",
        [sorted(said), own],
    ).to_pylist()
    out: dict[str, list[Row]] = {}
    for row in rows:
        reports = out.setdefault(said[row["said"]], [])
        if len(reports) < _MOST_REPORTS:
            reports.append(row)
    return out


def label(key: str | None, name: str | None = None) -> str:
    """How an actor is called: by the tables when they know the key, else by the name in the article."""
    lex = lexicon()
    kind, _, bare = (key or "").partition(":")
    if kind == "state" and bare in lex.states:
        return lex.states[bare]["name"]
    if kind == "body" and bare in lex.bodies:
        return lex.bodies[bare]["name"]
    if kind == "group" and bare in lex.groups:
        return lex.groups[bare]["name"]
    if key in lex.persons:
        return lex.persons[key].name
    return name or bare or "?"


@dataclass(frozen=True, slots=True)
class Counted:
    """An actor and how often."""

    key: str
    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What goes on between an actor and another: events counted once, by quad class as in ``QUADS``."""

    key: str
    name: str
    quads: tuple[int, ...]

    @property
    def conflict(self) -> int:
        """Verbal and material conflict."""
        return self.quads[2] + self.quads[3]

    @property
    def cooperation(self) -> int:
        """Verbal and material cooperation."""
        return self.quads[0] + self.quads[1]


@dataclass(frozen=True, slots=True)
class ActorView:
    """An actor's page.

    Attributes:
        key: as in the ledger.
        name: the name.
        known: what the tables have, a line each.
        number: statements in all.
        first: day of the first.
        last: day of the last.
        to: to whom, the most frequent first.
        about: about whom, the most frequent first.
        counterparts: events with others, those with the most events first.
        statements: a page of statements, the latest first.
        more: whether there is another page.
    """

    key: str
    name: str
    known: list[str]
    number: int
    first: date | None
    last: date | None
    to: list[Counted]
    about: list[Counted]
    counterparts: list[Counterpart]
    statements: list[Row] = field(default_factory=list)
    more: bool = False


def actor(
    ledger: Ledger,
    name: str,
    *,
    since: date | None = None,
    until: date | None = None,
    limit: int,
    offset: int,
) -> ActorView:
    """All about an actor. Raises UsageError when the name may mean several."""
    meant = who(name, until)
    key = meant.keys[0]
    days = {"since": since, "until": until}
    said = {**days, "speaker": name, "sort": "-day"}
    rows, more = listed(ledger, "statements", {**said, "limit": limit, "offset": offset})
    sql, values = _sql("statements", said)
    ((count, first, last),) = _tuples(ledger, f"SELECT count(*), min(day), max(day) FROM ({sql})", values)  # noqa: S608
    # Of a name that no table has: as the articles write it.
    bare = label(key, rows[0]["speaker"] if rows and key.startswith("name:") else name)
    return ActorView(
        key,
        bare,
        _known(key, bare, until),
        count,
        first,
        last,
        _counted(ledger, "addressee_key AS key, addressee AS name", sql, values, key),
        _counted(ledger, "unnest(about) AS key, NULL AS name", sql, values, key),
        _counterparts(ledger, name, key, days),
        rows,
        more,
    )


def _tuples(ledger: Ledger, sql: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
    table = ledger.ask(sql, values)
    return [tuple(row.values()) for row in table.to_pylist()]


def _known(key: str, name: str, on: date | None) -> list[str]:
    if key.startswith("name:"):
        return []
    return [line.strip() for line in lines(name, on)[1:] if line.strip() and line.strip() != key]


def _counted(ledger: Ledger, what: str, sql: str, values: Sequence[object], own: str) -> list[Counted]:
    found = _tuples(
        ledger,
        f"SELECT key, any_value(name), count(*) AS n FROM (SELECT {what} FROM ({sql})) WHERE key IS NOT NULL AND key <> ?"  # noqa: S608 - our columns
        " GROUP BY key ORDER BY n DESC, key LIMIT ?",
        [*values, own, _MOST_ACTORS],
    )
    return [Counted(key, label(key, name), n) for key, name, n in found]


def _counterparts(ledger: Ledger, name: str, own: str, days: dict[str, Any]) -> list[Counterpart]:
    """Events counted once, done by or to the actor, by who stands on the other side."""
    sides = []
    values: list[object] = []
    for side, opposite in (("actor", "recipients"), ("recipient", "actors"), ("actor", "actors")):
        sql, given = _sql("events", {**days, side: name, "once": True, "status": "actual"})
        # With other actors only what they do together.
        only = f" WHERE type IN ({_TOGETHER})" if side + "s" == opposite else ""
        sides.append(f"SELECT happening, quad, unnest({opposite}) AS p FROM ({sql}){only}")  # noqa: S608 - our columns
        values += given
    code = own.partition(":")[2] if own.startswith("state:") else None
    found = _tuples(
        ledger,
        "SELECT p.key AS key, any_value(p.name) AS name,"  # noqa: S608 - our names
        + ", ".join(f"count(DISTINCT happening) FILTER (quad = '{q}')" for q in QUADS.values())
        + f", count(DISTINCT happening) AS n FROM ({' UNION ALL '.join(sides)})"
        # Those who act for a state are no counterpart of it.
        " WHERE p.key IS NOT NULL AND p.key <> ? AND coalesce(p.country <> ?, true)"
        " GROUP BY p.key ORDER BY n DESC, p.key LIMIT ?",
        [*values, own, code or "", _MOST_ACTORS],
    )
    return [Counterpart(key, label(key, name), tuple(quads)) for key, name, *quads, _ in found]


def candidates(name: str, on: date | None = None) -> list[Counted]:
    """Whom an ambiguous name may mean."""
    return [Counted(key, label(key), 0) for key in resolve(name, on).candidates]


@dataclass(frozen=True, slots=True)
class PairView:
    """What goes on between two actors.

    Attributes:
        one: key and name of the one.
        other: key and name of the other.
        events: a page of events, each counted once, the latest first, with "way": "forth", "back" or "both".
        statements: the latest statements of one about the other, with "way".
        days: (day, way, quad class, number) of all events that happened.
        more: whether there are more events.
    """

    one: tuple[str, str]
    other: tuple[str, str]
    events: list[Row]
    statements: list[Row]
    days: list[tuple[date, str, str, int]]
    more: bool


def pair(
    ledger: Ledger,
    one: str,
    other: str,
    *,
    since: date | None = None,
    until: date | None = None,
    limit: int,
    offset: int,
) -> PairView:
    """The timeline of two actors. Raises UsageError when a name may mean several."""
    (key, *_), (other_key, *_) = who(one, until).keys, who(other, until).keys
    days = {"since": since, "until": until}
    sql, values = _between(one, other, days)
    # Of all of them only what is counted; all columns of those that are shown.
    every = _tuples(ledger, f"{sql} ORDER BY day DESC NULLS LAST, id LIMIT {_MOST_EVENTS}", values)
    shown = {name: way for name, _, way, _, _ in every[offset : offset + limit]}
    by_id = {
        row["id"]: row
        for row in ledger.ask(
            "SELECT * FROM events WHERE id IN (SELECT unnest(?::VARCHAR[]))", [list(shown)]
        ).to_pylist()
    }
    by_day = Counter((day, way, quad) for _, day, way, quad, status in every if day and status == "actual")
    statements = []
    for way, speaker, about in (("forth", one, other), ("back", other, one)):
        asked = {**days, "speaker": speaker, "about": about, "once": True, "sort": "-day", "limit": 15, "offset": 0}
        statements += [{**row, "way": way} for row in listed(ledger, "statements", asked)[0]]
    statements.sort(key=lambda r: (r["day"] or date.min, r["id"]), reverse=True)
    return PairView(
        (key, label(key, one)),
        (other_key, label(other_key, other)),
        [{**by_id[name], "way": way} for name, way in shown.items() if name in by_id],
        statements,
        [(*what, number) for what, number in sorted(by_day.items())],
        len(every) > offset + limit,
    )


def _between(one: str, other: str, days: dict[str, Any]) -> tuple[str, list[object]]:
    """Events between two actors, each counted once: id, day, which way, quad class, status.

    What both do together goes both ways, whoever stands as its actor.
    """
    columns = "id, day, type, quad, status, happening, published"
    forth, values = _sql("events", {**days, "actor": one, "recipient": other})
    back, more = _sql("events", {**days, "actor": other, "recipient": one})
    by_one, first = _sql("events", {**days, "actor": one})
    by_other, second = _sql("events", {**days, "actor": other})
    sql = (
        f"SELECT id, day, CASE WHEN type IN ({_TOGETHER}) THEN 'both' ELSE way END AS way, quad, status FROM ("  # noqa: S608 - ours
        f"SELECT {columns}, 'forth' AS way FROM ({forth}) UNION ALL SELECT {columns}, 'back' FROM ({back}) UNION ALL"
        f" SELECT {columns}, 'both' FROM ({by_one}) WHERE type IN ({_TOGETHER}) AND id IN (SELECT id FROM ({by_other})))"
        " QUALIFY row_number() OVER (PARTITION BY happening ORDER BY published, id) = 1"
    )
    return sql, [*values, *more, *first, *second]


@dataclass(frozen=True, slots=True)
class Overview:
    """What the ledger holds: numbers of rows, and the days of its articles."""

    articles: int
    statements: int
    events: int
    first: date | None
    last: date | None


def overview(ledger: Ledger) -> Overview:
    """What the ledger holds."""
    size = ledger.size()
    ((first, last),) = _tuples(ledger, "SELECT min(published), max(published) FROM articles", [])
    return Overview(size["articles"], size["statements"], size["events"], first, last)


def watched(ledger: Ledger, asked: Watch) -> Report:
    """The report of a period. Raises UsageError when the question makes no sense."""
    from ujar.watch import watch

    if (asked.one is None) != (asked.other is None):
        raise UsageError("bad-filter", "a pair needs two actors", "give one and other")
    pair_ = (asked.one, asked.other) if asked.one is not None and asked.other is not None else None
    return watch(ledger, every=asked.every, on=asked.on, actor=asked.actor, pair=pair_, bloc=asked.bloc)


def matrix(ledger: Ledger, asked: Positions) -> Matrix:
    """The positions on an issue. Raises UsageError when the question makes no sense."""
    from ujar.positions import positions

    return positions(
        ledger,
        asked.issue,
        bloc=asked.bloc,
        on=asked.on,
        since=asked.since,
        until=asked.until,
        type=asked.type,
        actor=asked.actor,
        recipient=asked.recipient,
        roll_up=asked.roll_up,
    )
