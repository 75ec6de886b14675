"""An article with all that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ujar.errors import LedgerError
from ujar.store.reports import told_by

if TYPE_CHECKING:
    from ujar.store import Ledger
    from ujar.web.views.rows import Row

# A page names so many reports of a statement, copies and readings.
_MOST_REPORTS, _MOST_COPIES = 12, 40


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article and what belongs to it.

    Attributes:
        article: its row.
        current: whether no other reading has taken its place.
        statements: in text order.
        events: in text order.
        readings: all readings, the newest first, without their texts, with "current".
        copies: other articles with the same story.
        reports: id of a statement → reports of the same words in other articles, the earliest first.
    """

    article: Row
    current: bool
    statements: list[Row]
    events: list[Row]
    readings: list[Row]
    copies: list[Row]
    reports: dict[str, list[Row]]

    @property
    def latest(self) -> str | None:
        """The reading that is current; None when there is none but this one."""
        return next((r["reading"] for r in self.readings if r["current"]), None)


def article(ledger: Ledger, reading: str) -> ArticleView:
    """A reading of an article. Raises LedgerError when there is none."""
    # Of a current reading the row as it counts now: what it is a copy or report of may have been superseded meanwhile.
    for kind in ("", "all_"):
        found = ledger.ask(f"SELECT * EXCLUDE (sketch) FROM {kind}articles WHERE reading = ? LIMIT 1", [reading])  # noqa: S608
        if found.num_rows:
            break
    else:
        raise LedgerError("no-such-row", f"the ledger has no reading {reading!r}", "look for the article by its words")
    (own,) = found.to_pylist()
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
    # Only what is current is told together with other reports.
    told = {} if kind else told_by(ledger, {s["said"] for s in statements}, {s["id"] for s in statements})
    reports = {
        s["id"]: others
        for s in statements
        if (others := [r for r in told.get(s["said"], ()) if r["article"] != own["article"]][:_MOST_REPORTS])
    }
    return ArticleView(own, not kind, statements, events, readings, copies, reports)
