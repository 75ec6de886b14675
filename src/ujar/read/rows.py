"""A row of JSON Lines, CSV or Parquet as an article: which column is what, and what a date looks like."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from ujar.read.loaded import Loaded, failed
from ujar.read.outlets import outlet_of
from ujar.records import Article, Problem
from ujar.tables import load_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ISO = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?!\d)")
_NAMED = re.compile(r"(?:[A-Za-z']+,? )?(\d{1,2})[ -]([A-Za-z]{3,9})\.?[ ,-]+(\d{4})\b")
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan",
            "februari february feb pebruari",
            "maret march mar",
            "april apr",
            "mei may",
            "juni june jun",
            "juli july jul",
            "agustus august agu agt aug ags",
            "september sep sept",
            "oktober october okt oct",
            "november nov nopember",
            "desember december des dec",
        ),
        start=1,
    )
    for name in names.split()
}


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[str, ...]]:
    """What the columns of each part of an article are called; the first that is there counts."""
    return {row["form"]: tuple(row["columns"].split()) for row in load_table("ujar.read", "columns.tsv")}


def columns_of(names: Iterable[object]) -> dict[str, str]:
    """Part of an article ("text", "title", "published", "url", "outlet", "id") → the column that holds it."""
    folded: dict[str, str] = {}
    for name in names:
        if isinstance(name, str):
            folded.setdefault(re.sub(r"[\s._-]+", "_", name.strip().lower()), name)
    return {part: folded[known[0]] for part in _names() if (known := [n for n in _names()[part] if n in folded])}


def article_of_row(row: Mapping[str, object], where: str, problems: tuple[Problem, ...] = ()) -> Loaded:
    """The article of a row whose keys are the parts of an article; what is wrong comes behind ``problems``.

    ``where`` names the row, and the article when the row has no id of its own. The text is taken as it is.
    """
    found = list(problems)
    body = row.get("text")
    # A lone surrogate ("\ud800") is no character: it could be read but never written again.
    text = _clean(body) if isinstance(body, str) else ""
    if not text.strip():
        return failed("empty", "the article has no text", where)
    given = row.get("published")
    day = day_of(given)
    if given and day is None:
        found.append(Problem("bad-date", "read", f"{str(given)[:40]!r} is no date; write 2024-06-07", where))
    url = _text(row.get("url"))
    identity = row.get("id")
    article = Article(
        id=_clean(str(identity)) if isinstance(identity, (str, int)) and str(identity) else where,
        text=text,
        title=_text(row.get("title")),
        published=day,
        outlet=_outlet(_text(row.get("outlet"))) or outlet_of(url),
        url=url,
    )
    return Loaded(article, tuple(found))


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _text(value: object) -> str | None:
    return _clean(value) if isinstance(value, str) and value.strip() else None


def _outlet(form: str | None) -> str | None:
    """An outlet that is given by its domain ("news.detik.com") is called by its name."""
    if form and re.fullmatch(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+/?", form.strip()):
        return outlet_of(form if "://" in form else f"https://{form.strip()}") or form
    return form


def day_of(value: object) -> date | None:
    """The day that a cell tells, as it is written there (a time zone moves nothing), or None.

    Read are dates and times, "2024-06-07", "2024-06-07T10:00:00+07:00", "20240607", "7 Juni 2024",
    "Jumat, 07 Jun 2024 10:00 WIB", and "17/06/2024" where only one order is possible.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    form = str(value).strip()[:60] if isinstance(value, (str, int)) else ""
    try:
        return _day(form)
    except ValueError:
        return None


def _day(form: str) -> date | None:
    if match := _ISO.match(form):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := _NAMED.match(form):
        month = _MONTHS.get(match[2].lower())
        return date(int(match[3]), month, int(match[1])) if month else None
    if match := _SLASHED.match(form):
        first, second = int(match[1]), int(match[2])
        if first > 12 or first == second:
            return date(int(match[3]), second, first)
        return date(int(match[3]), first, second) if second > 12 else None
    return None
