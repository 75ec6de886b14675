"""The statements and events in the ledger that an issue is spoken of in, by some speakers, in some days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ujar.positions.terms import anchors, needed, share_of, weighed
from ujar.store.conditions import Conditions
from ujar.store.filter import Filter
from ujar.store.query import events_query, rows_sql, statements_query
from ujar.store.rows import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from ujar.positions.terms import Term
    from ujar.store.moment import Moment
    from ujar.store.query import Question

# How rare a word is, is counted in so many statements.
_COUNTED = 50_000
# The newest of what fits is looked at, no more than this.
MOST = 1_000
# Events are worth showing beside statements when they are at least so sure; from 0.4 on six in ten are right in all parts.
_SURE = 0.4
COLUMNS = {
    "statements": [
        "id", "article", "outlet", "day", "kind", "speaker", "speaker_type", "role", "key", "country", "sector", "office",
        "addressee_country", "cue", "content", "sentence", "confidence", "said",
    ],
    "events": [
        "id", "article", "outlet", "published", "day", "type", "mode", "status", "quad", "trigger", "actors",
        "actor_keys", "actor_countries", "recipient_countries", "condition", "sentence", "confidence", "happening",
    ],
}  # fmt: skip

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for.

    Attributes:
        terms: the words of the issue, weighed; empty when only an event pattern is asked.
        share: how much of their weight a row must have.
        since: first day, or None.
        until: the day after the last.
        countries: codes of the speakers or actors; None for all.
        keys: keys of speakers or actors that count beside those countries.
        actor: only this speaker or actor.
        type: PLOVER type that is asked, or None.
        recipient: recipient that is asked, or None.
        towards: rows that are said or done to one of the countries count, too.
    """

    terms: tuple[Term, ...]
    share: float
    since: date | None
    until: date
    countries: tuple[str, ...] | None = None
    keys: tuple[str, ...] = ()
    actor: str | None = None
    type: str | None = None
    recipient: str | None = None
    towards: bool = False

    @property
    def pattern(self) -> bool:
        """Whether an event pattern is asked."""
        return self.type is not None or self.recipient is not None


def last_day(moment: Moment) -> date | None:
    """The last day of which the ledger has an article, or None when it has none."""
    found = moment.ask("SELECT max(published) AS day FROM articles")["day"][0].as_py()
    if found is not None:
        return found  # type: ignore[no-any-return]
    return moment.ask("SELECT max(day) AS day FROM statements")["day"][0].as_py()  # type: ignore[no-any-return]


def weighed_terms(moment: Moment, terms: Sequence[Term], share: float | None) -> tuple[tuple[Term, ...], float]:
    """The terms with their weights in this ledger, and the share of them that a text must have."""
    if not terms:
        return (), 0.0
    columns, values = [], list[object]()
    for number, term in enumerate(terms):
        columns.append(f"count_if({_has('words', term)}) AS n{number}")
        values += term.forms
    # The same rows each time, whatever is joined in which order; superseded readings among them do not count.
    row = moment.ask(
        f"SELECT count(*) AS n, {', '.join(columns)} FROM (SELECT reading, words FROM all_statements LIMIT {_COUNTED})"  # noqa: S608
        " WHERE reading NOT IN (SELECT reading FROM gone)",
        values,
    ).to_pylist()[0]
    out = weighed(terms, [int(row[f"n{i}"] or 0) for i in range(len(terms))], int(row["n"]))
    return out, needed(out) if share is None else share


def statements_on(moment: Moment, asked: Asked) -> list[Row]:
    """The statements whose content and sentence have enough of the issue, the latest first, each with ``match``."""
    c = Conditions()
    _words(c, asked, single=True)
    _days(c, asked)
    if asked.countries is not None:
        sql = f"country IN ({_marks(asked.countries)}) OR key IN ({_marks(asked.keys)})"
        values = [*asked.countries, *asked.keys]
        if asked.towards:
            sql += f" OR addressee_country IN ({_marks(asked.countries)})"
            values += asked.countries
        c.add(sql, *values)
    _words(c, asked, single=False)
    # Half of what is needed stands in the words that were said, the rest may stand around them.
    enough = _enough(asked, asked.share / 2)
    if asked.actor:
        among = statements_query(Filter.of({"speaker": asked.actor, "until": asked.until}))
        return _fetched(moment, asked, "statements", c, enough, among)
    return _fetched(moment, asked, "statements", c, enough)


def events_on(moment: Moment, asked: Asked) -> list[Row]:
    """The events that fit the pattern, or that are told outside any statement and have enough of the issue."""
    c = Conditions()
    _words(c, asked, single=True)
    _days(c, asked, "least(day, published)")
    if asked.countries is not None:
        sides = ("actor", "recipient") if asked.towards else ("actor",)
        # Several times as quick as list_has_any.
        sql = " OR ".join(
            f"len(list_filter({side}_{what}, lambda v: v IN ({_marks(values)}))) > 0"
            for side in sides
            for what, values in (("countries", asked.countries), ("keys", asked.keys))
        )
        c.add(sql, *[*asked.countries, *asked.keys] * len(sides))
    if not asked.pattern:
        c.add("statement IS NULL")
        c.add(f"confidence >= {_SURE}")
    c.add("status <> 'demanded'")
    _words(c, asked, single=False)
    enough = _enough(asked, asked.share)
    if asked.pattern or asked.actor:
        what = {"type": asked.type, "recipient": asked.recipient, "actor": asked.actor}
        return _fetched(moment, asked, "events", c, enough, events_query(Filter.of(what)))
    return _fetched(moment, asked, "events", c, enough)


def events_in(moment: Moment, statements: Iterable[Row]) -> dict[str, list[Row]]:
    """The events told in some statements: id of the statement → its events."""
    ids = [s["id"] for s in statements]
    out: dict[str, list[Row]] = {}
    if not ids:
        return out
    for row in moment.ask(
        "SELECT statement, type, mode, status, trigger, condition, actor_keys, actor_countries FROM events"
        " WHERE statement IN (SELECT unnest(?::VARCHAR[]))",
        [ids],
    ).to_pylist():
        out.setdefault(row["statement"], []).append(row)
    return out


def _days(c: Conditions, asked: Asked, day: str = "day") -> None:
    # Of two days of which one is null, DuckDB's least gives the other.
    c.add(f"{day} < ?", asked.until)
    if asked.since:
        c.add(f"{day} >= ?", asked.since)


def _words(c: Conditions, asked: Asked, *, single: bool) -> None:
    """Conditions that all rows with enough of the issue fulfil, and some others.

    The engine looks at one after the other: a word that must be there comes before the countries, a choice of several
    words after them.
    """
    groups = anchors(asked.terms, asked.share) if asked.terms else []
    for group in sorted(groups, key=lambda g: sum(len(t.forms) for t in g)):
        if (len(group) == 1) is single:
            c.add(" OR ".join(_has("words", t) for t in group), *(f for t in group for f in t.forms))


def _enough(asked: Asked, share: float) -> Conditions:
    """The condition that the words of a row have a share of the weight; ``_fetched`` looks more closely."""
    c = Conditions()
    if asked.terms:
        parts = [f"CASE WHEN {_has('words', t)} THEN {t.weight:.4f} ELSE 0 END" for t in asked.terms]
        c.add(f"{' + '.join(parts)} >= {share - 0.001:.4f}", *(f for t in asked.terms for f in t.forms))
    return c


def _has(column: str, term: Term) -> str:
    return " OR ".join(f"contains({column}, ?)" for _ in term.forms)


def _fetched(
    moment: Moment, asked: Asked, table: str, c: Conditions, enough: Conditions, among: Question | None = None
) -> list[Row]:
    """The rows that fit, the latest first, each with ``match``; ``among``: of these only."""
    source, values = f"kept_{table}", list[object]()
    if among is not None:
        source, values = f"{source} JOIN ({among.places}) USING (in_file, in_row)", among.values
    # The dear condition is put to the few rows that the cheap ones leave, and these are read by few columns first.
    places = moment.ask(
        f"WITH near AS MATERIALIZED (SELECT in_file, in_row, day, id, words FROM {source}{c.where})"  # noqa: S608
        f" SELECT in_file, in_row FROM near{enough.where} ORDER BY day DESC, id LIMIT {MOST}",
        [*values, *c.values, *enough.values],
    ).to_pylist()
    if not places:
        return []
    rows = rows_sql(table, ((p["in_file"], p["in_row"]) for p in places), "")
    found = moment.ask(f"SELECT {', '.join(COLUMNS[table])} FROM ({rows}) ORDER BY day DESC, id")  # noqa: S608
    out = []
    for row in found.to_pylist():
        own = f"{folded(row.get('content') or '')}{folded(row['sentence'])}"
        share = share_of(own.split(), asked.terms) if asked.terms else 1.0
        if share >= asked.share - 1e-9:
            out.append({**row, "match": share})
    return out


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" for _ in values) or "NULL"
