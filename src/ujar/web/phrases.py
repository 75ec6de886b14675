"""The words of the interface in Indonesian and English (``phrases.tsv``), and days written out."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ujar.tables import load_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

LANGUAGES = ("id", "en")
_MONTHS = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split(),
    "en": "January February March April May June July August September October November December".split(),
}


@cache
def _table(language: str) -> dict[str, str]:
    return {row["form"]: row[language] for row in load_table("ujar.web", "phrases.tsv")}


def teller(language: str) -> Callable[..., str]:
    """The function that gives a phrase in a language, by its name; a name that is no phrase comes back as it is."""
    table = _table(language)

    def tell(name: str, /, **values: object) -> str:
        phrase = table.get(name, name)
        return phrase.format(**values) if values else phrase

    return tell


def day_words(day: date | None, language: str) -> str:
    """A day as people write it: "7 Juni 2024", "7 June 2024"; nothing for none."""
    return f"{day.day} {_MONTHS[language][day.month - 1]} {day.year}" if day else ""


def when_words(date_: str | None, day: date | None, language: str) -> str:
    """When something was: as exact as the text tells it ("2023", "Oktober 2025"), else the day; nothing for neither."""
    if day is None or date_ is None or len(date_) >= len("2025-10-01"):
        return day_words(day, language)
    return str(day.year) if len(date_) == len("2025") else f"{_MONTHS[language][day.month - 1]} {day.year}"


def chosen(asked: str | None, remembered: str | None, accepted: str | None) -> str:
    """The language of an answer: the one asked for, else the one remembered, else the first the browser accepts."""
    for name in (asked, remembered):
        if name in LANGUAGES:
            return name
    ranked = []
    for place, part in enumerate((accepted or "")[:500].split(",")):
        name, _, rest = part.strip().partition(";")
        try:
            weight = float(rest.strip().removeprefix("q=")) if rest else 1.0
        except ValueError:
            weight = 0.0
        ranked.append((-weight, place, name.lower().split("-")[0]))
    return next((name for weight, _, name in sorted(ranked) if name in LANGUAGES and weight < 0), "id")
