"""Time expressions: an own date grammar for Indonesian news, after TIMEX3.

General date parsers read "pada Kamis" as nothing and "Rabu pekan lalu" as a Wednesday of this week, and they give a
month or a year back as a day. Here the granularity is kept: *Mei* is a month, *akhir 2023* a year with a modifier,
*pekan lalu* a week.

How it decides:

- One pass over the text with one pattern per family, the longest first; a bare month or year counts only behind a
  preposition ("pada Mei", "sejak 2022"), because *Mei*, *Maret* and numbers are names and counts as well.
- *Minggu* with a capital is Sunday, *minggu* a week.
- Weekdays and dates without a year point to the last such day on or before publication, unless the text points ahead
  ("depan", "mendatang", "nanti").
- A date written in full always wins. Some corpora have day and month of ``published`` swapped; when the swapped day is
  written in full in the text and the given one is not, the swapped day is the anchor.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from ujar.records import Span, TimeExpression, TimeType

if TYPE_CHECKING:
    from collections.abc import Callable

_MONTHS = {
    "januari": 1, "februari": 2, "pebruari": 2, "maret": 3, "april": 4, "mei": 5, "juni": 6, "juli": 7, "agustus": 8,
    "september": 9, "oktober": 10, "november": 11, "nopember": 11, "desember": 12, "jan": 1, "feb": 2, "apr": 4,
    "jun": 6, "jul": 7, "agu": 8, "agt": 8, "ags": 8, "sept": 9, "sep": 9, "okt": 10, "nov": 11, "des": 12,
}  # fmt: skip
_WEEKDAYS = {"senin": 0, "selasa": 1, "rabu": 2, "kamis": 3, "jumat": 4, "sabtu": 5, "minggu": 6, "ahad": 6}
_NUMBERS = {
    "se": 1, "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9,
    "sepuluh": 10, "sebelas": 11, "dua belas": 12,
}  # fmt: skip
_UNITS = {"hari": "D", "pekan": "W", "minggu": "W", "bulan": "M", "tahun": "Y", "jam": "H", "menit": "M"}
_MODIFIERS = {
    "awal": "START",
    "pertengahan": "MID",
    "tengah": "MID",
    "akhir": "END",
    "penghujung": "END",
    "medio": "MID",
}
_AHEAD = frozenset({"depan", "mendatang", "nanti", "besok"})
_BACK = frozenset({"lalu", "kemarin", "silam", "sebelumnya"})

_WD = r"(?:Senin|Selasa|Rabu|Kamis|Jum['’‘`]?at|Sabtu|Minggu|Ahad|SENIN|SELASA|RABU|KAMIS|JUMAT|SABTU|MINGGU)"
_MONTH = (
    r"(?:Januari|Februari|Pebruari|Maret|April|Mei|Juni|Juli|Agustus|September|Oktober|November|Nopember|Desember"
    r"|Jan|Feb|Apr|Jun|Jul|Agu|Agt|Ags|Sept|Sep|Okt|Nov|Des)\b"
)
_DAY = r"(?:3[01]|[12][0-9]|0?[1-9])"
_YEAR = r"(?:19|20)[0-9]{2}"
_PART = r"(?:\s(?:dini\shari|pagi|siang|sore|petang|malam))"
_ZONE = r"(?:\s(?:waktu\ssetempat|WIB|WITA|WIT|GMT))"
_REL = r"(?:lalu|kemarin|silam|depan|mendatang|ini|sebelumnya|nanti)"
_SLASH = rf"{_DAY}\s?[/.-]\s?(?:1[0-2]|0?[1-9])(?:\s?[/.-]\s?(?:{_YEAR}|[0-9]{{2}}))?"
_NUMBER = r"(?:[0-9]{1,3}|dua\sbelas|se(?:puluh|belas)|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan)"
_UNIT = r"(?:hari|pekan|minggu|bulan|tahun)"
_MOD = r"(?:[Aa]wal|[Pp]ertengahan|[Tt]engah|[Aa]khir|[Pp]enghujung|[Mm]edio)"
# What may stand in front of a bare month or year that dates something.
_BEFORE = r"(?:[Pp]ada|[Ss]ejak|[Hh]ingga|[Ss]ampai|[Dd]i|[Dd]ari|[Pp]er|[Ss]elama|[Ss]ebelum|[Ss]etelah|antara|tahun|bulan|survei|dan|dalam)"

# name, pattern; tried in this order at every place, so the longer families come first.
_GRAMMAR: tuple[tuple[str, str], ...] = (
    ("iso", rf"(?<![\d-])(?P<iso_y>{_YEAR})-(?P<iso_m>0[1-9]|1[0-2])-(?P<iso_d>0[1-9]|[12]\d|3[01])(?!\d)"),
    ("weekday_slash", rf"(?:[Hh]ari\s)?{_WD}{_PART}?{_ZONE}?,?\s?\(\s?(?P<ws>{_SLASH})(?:{_PART})?\s?\)"),
    ("weekday_date", rf"(?:[Hh]ari\s)?{_WD}{_PART}?,?\s\(?(?P<wd_d>{_DAY})\s(?P<wd_m>{_MONTH})(?:[\s,]+(?P<wd_y>{_YEAR}))?\)?"),
    ("days", rf"(?P<ds_a>{_DAY})\s?(?:-|–|hingga|sampai|dan)\s?(?P<ds_b>{_DAY})\s(?P<ds_m>{_MONTH})(?:\s(?P<ds_y>{_YEAR}))?"),
    ("date", rf"(?<![\d.,/])(?:tanggal\s)?(?P<d_d>{_DAY})\s(?P<d_m>{_MONTH})(?:[\s,]+(?P<d_y>{_YEAR}))?(?:\s(?P<d_rel>{_REL}))?"),
    ("slash_full", rf"(?<![\d/.-])(?P<sf>{_DAY}[/-](?:1[0-2]|0?[1-9])[/-]{_YEAR})(?![\d/])"),
    ("slash_short", rf"(?<=\()(?P<ss>{_DAY}/(?:1[0-2]|0?[1-9]))(?=\))"),
    ("unit_rel", r"(?<!\w)(?P<ur_u>[Pp]ekan|[Mm]inggu|[Bb]ulan|[Tt]ahun)\s(?P<ur_rel>lalu|kemarin|silam|ini|depan|mendatang)(?!\w)"),
    ("weekday_week", rf"(?:[Hh]ari\s)?(?P<ww>{_WD}){_PART}?\s(?:pekan|minggu)\s(?P<ww_rel>{_REL})"),
    ("weekday", rf"(?:[Hh]ari\s)?(?P<w>{_WD}){_PART}?{_ZONE}?(?:\s(?P<w_rel>{_REL}))?(?![\w-])"),
    ("part_month", rf"(?P<pm_mod>{_MOD})\s(?:bulan\s)?(?P<pm_m>{_MONTH})(?:\s(?:tahun\s)?(?P<pm_y>{_YEAR}|lalu|ini))?"),
    ("part_year", rf"(?P<py_mod>{_MOD})\s(?:tahun\s)?(?P<py_y>{_YEAR})(?!\d)"),
    ("part_unit", rf"(?P<pu_mod>{_MOD})\s(?P<pu_u>{_UNIT})(?:\s(?P<pu_rel>{_REL}))?"),
    ("quarter", rf"(?P<q_k>[Kk]uartal|[Tt]riwulan|[Ss]emester)\s(?P<q_n>IV|I{{1,3}}|[1-4]|pertama|kedua|ketiga|keempat)(?:[\s/](?:tahun\s)?(?P<q_y>{_YEAR}))"),
    ("month_year", rf"(?:[Bb]ulan\s)?(?P<my_m>{_MONTH})\s(?P<my_y>{_YEAR})(?!\d)"),
    ("month_rel", rf"(?:[Bb]ulan\s)?(?P<mr_m>{_MONTH})\s(?P<mr_rel>{_REL})(?!\w)"),
    ("month_named", rf"[Bb]ulan\s(?P<mn_m>{_MONTH})"),
    ("years", rf"(?<![\d.,/-])(?P<ys_a>{_YEAR})\s?[-–]\s?(?P<ys_b>{_YEAR})(?![\d.,/-]?\d)"),
    ("month", rf"(?<=\s)(?<!\d\s)(?P<m_m>{_MONTH})(?=[\s,.;)]|$)"),
    ("ago", rf"(?P<ago_n>{_NUMBER}|[Ss]e)\s?(?P<ago_u>{_UNIT})\s(?:yang\s)?(?P<ago_rel>lalu|silam|sebelumnya|kemudian|lagi|mendatang|ke\sdepan|setelahnya|berikutnya)"),
    ("set", rf"(?:[Ss]etiap|[Tt]iap(?:-tiap)?)\s(?P<set>{_UNIT}|{_WD}|jam|malam|pagi)"),
    ("duration", rf"(?:[Ss]elama|[Dd]alam)\s(?:sekitar\s|lebih\sdari\s|hampir\s)?(?P<du_n>{_NUMBER}|se)\s?(?P<du_u>{_UNIT}|jam|menit)(?!\w)"),
    ("clock", rf"[Pp]ukul\s(?P<ck_h>[01]?\d|2[0-4])[.:](?P<ck_m>[0-5]\d){_ZONE}?"),
    ("deictic", r"(?<!\w)(?P<de>[Kk]emarin\slusa|[Kk]emarin|[Hh]ari\sini|[Bb]esok|[Ll]usa|[Tt]adi\s(?:malam|pagi|siang|sore)|(?:[Pp]agi|[Ss]iang|[Ss]ore|[Mm]alam)\s(?:tadi|ini)|[Ss]emalam)(?!\w)"),
    ("recent", r"(?<!\w)(?:[Bb]aru-baru\sini|[Bb]elum\slama\sini|[Bb]eberapa\s(?:hari|pekan|minggu|bulan|tahun|waktu)\s(?:lalu|terakhir|silam))(?!\w)"),
    ("year", rf"(?<![\d.,/-])(?P<y_y>{_YEAR})(?![\d/%-]|[.,]\d|\s(?:orang|unit|rupiah|dolar|meter|km|kali|personel|warga|jiwa|ton))"),
)  # fmt: skip
# Cheap test of how an expression can begin, before the families are tried one by one.
_BEGINS = (
    r"(?=[0-9]|a(?:wal|khir)|pe(?:rt|ngh|kan)|tengah|medio|minggu|bulan|ta(?:hun|nggal|di)|hari|kemarin|besok|lusa"
    r"|se|pagi|siang|sore|malam|dua|tiga|empat|lima|enam|tujuh|delapan|satu|kuartal|tri|ti(?:ap|ga)|dalam|pukul|baru-|be(?:lum|be)"
    r"|A[ghkpw]|B[aeu]|D[ae]|Fe|Ha|J[auU]|K[aeuA]|Lu|M[aeiI]|No|Ok|P[aeu]|R[aA]|S[aeioAE]|T[aeir])"
)
_ANY = re.compile(r"\b" + _BEGINS + "(?:" + "|".join(f"(?P<is_{name}>{pattern})" for name, pattern in _GRAMMAR) + ")")
_AGE = re.compile(r"(?:[0-9]|puluh|belas|\b(?:dua|tiga|empat|lima|enam|tujuh|delapan|sembilan))\s\Z")
_LEAD = re.compile(rf"{_BEFORE}\s\Z")
_FULL = re.compile(rf"(?P<d>{_DAY})(?:[/-](?P<n>1[0-2]|0?[1-9])[/-]|\s(?P<m>{_MONTH})\s)(?P<y>{_YEAR})")


class _Reading(NamedTuple):
    """What an expression means: TIMEX3 type and value, first day, day after the last, modifier."""

    type: TimeType
    value: str | None
    start: date | None
    end: date | None
    mod: str | None = None


def find_times(text: str, published: date | None) -> tuple[TimeExpression, ...]:
    """The time expressions of a text in order, anchored at the day of publication.

    Without ``published``, what depends on it is found with its type but has no value.
    """
    anchor = anchor_of(text, published)
    found: list[TimeExpression] = []
    for match in _ANY.finditer(text):
        rule = (match.lastgroup or "")[3:]
        start, end = match.span()
        if rule == "unit_rel" and _AGE.search(text, max(0, start - 14), start):
            # "aktor berusia 22 tahun ini" is an age and a demonstrative.
            continue
        if rule in ("month", "year") and not _LEAD.search(text, max(0, start - 12), start):
            continue
        reading = _READERS[rule](match, anchor)
        if reading is None:
            continue
        found.append(TimeExpression(Span(start, end), *reading[:4], reading.mod, f"time.{rule}"))
    return tuple(found)


def anchor_of(text: str, published: date | None) -> date | None:
    """The day that relative expressions count from: ``published``, or the same with day and month swapped back."""
    if published is None or published.day > 12 or published.day == published.month:
        return published
    swapped = date(published.year, published.day, published.month)
    written = set()
    for match in _FULL.finditer(text):
        month = int(match["n"]) if match["n"] else _MONTHS[match["m"].lower()]
        day = _day(int(match["y"]), month, int(match["d"]))
        if day is not None:
            written.add(day)
    near = {published - timedelta(days=n) for n in range(4)}
    near_swapped = {swapped - timedelta(days=n) for n in range(4)}
    return swapped if written & near_swapped and not written & near else published


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _on(day: date | None) -> _Reading | None:
    if day is None:
        return None
    return _Reading("DATE", day.isoformat(), day, day + timedelta(days=1))


def _month(year: int, month: int, mod: str | None = None) -> _Reading:
    return _Reading("DATE", f"{year:04d}-{month:02d}", date(year, month, 1), _next_month(year, month), mod)


def _next_month(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1)


def _year(year: int, mod: str | None = None) -> _Reading:
    return _Reading("DATE", f"{year:04d}", date(year, 1, 1), date(year + 1, 1, 1), mod)


def _week(day: date, mod: str | None = None) -> _Reading:
    monday = day - timedelta(days=day.weekday())
    year, week, _ = monday.isocalendar()
    return _Reading("DATE", f"{year:04d}-W{week:02d}", monday, monday + timedelta(days=7), mod)


def _undated(mod: str | None = None) -> _Reading:
    return _Reading("DATE", None, None, None, mod)


def _weekday_number(form: str) -> int:
    return _WEEKDAYS[re.sub(r"['’‘`]", "", form.lower())]


def _recent(anchor: date, month: int, day: int, rel: str | None = None) -> date | None:
    """The day and month in the year that puts it last before the anchor (a few days ahead still count as now)."""
    slack = timedelta(days=200) if rel in _AHEAD else timedelta(days=7)
    for year in (anchor.year + 1, anchor.year, anchor.year - 1, anchor.year - 2, anchor.year - 3, anchor.year - 4):
        found = _day(year, month, day)
        if found is not None and found <= anchor + slack:
            return found
    return None


def _slash(form: str, anchor: date | None) -> date | None:
    parts = [int(p) for p in re.findall(r"\d+", form)]
    if len(parts) > 2:
        year = parts[2] if parts[2] > 99 else 2000 + parts[2]
        return _day(year, parts[1], parts[0])
    return _recent(anchor, parts[1], parts[0]) if anchor else None


def _r_iso(m: re.Match[str], _: date | None) -> _Reading | None:
    return _on(_day(int(m["iso_y"]), int(m["iso_m"]), int(m["iso_d"])))


def _r_weekday_slash(m: re.Match[str], anchor: date | None) -> _Reading | None:
    return _on(_slash(m["ws"], anchor)) or _undated()


def _named(anchor: date | None, day: str, month: str, year: str | None, rel: str | None = None) -> _Reading | None:
    number = _MONTHS[month.lower()]
    if year:
        return _on(_day(int(year), number, int(day)))
    return (_on(_recent(anchor, number, int(day), rel)) if anchor else None) or _undated()


def _r_weekday_date(m: re.Match[str], anchor: date | None) -> _Reading | None:
    return _named(anchor, m["wd_d"], m["wd_m"], m["wd_y"])


def _r_date(m: re.Match[str], anchor: date | None) -> _Reading | None:
    return _named(anchor, m["d_d"], m["d_m"], m["d_y"], m["d_rel"])


def _r_days(m: re.Match[str], anchor: date | None) -> _Reading | None:
    first = _named(anchor, m["ds_a"], m["ds_m"], m["ds_y"])
    last = _named(anchor, m["ds_b"], m["ds_m"], m["ds_y"])
    if first is None or last is None or first.start is None or last.start is None or last.start < first.start:
        return first
    return _Reading("DATE", f"{first.value}/{last.value}", first.start, last.end)


def _r_slash_full(m: re.Match[str], anchor: date | None) -> _Reading | None:
    return _on(_slash(m["sf"], anchor))


def _r_slash_short(m: re.Match[str], anchor: date | None) -> _Reading | None:
    return _on(_slash(m["ss"], anchor)) or _undated()


def _r_weekday(m: re.Match[str], anchor: date | None) -> _Reading | None:
    if anchor is None:
        return _undated()
    number = _weekday_number(m["w"])
    if m["w_rel"] in _AHEAD:
        return _on(anchor + timedelta(days=(number - anchor.weekday() - 1) % 7 + 1))
    back = (anchor.weekday() - number) % 7
    if m["w_rel"] in ("lalu", "silam") and back == 0:
        back = 7
    return _on(anchor - timedelta(days=back))


def _r_weekday_week(m: re.Match[str], anchor: date | None) -> _Reading | None:
    if anchor is None:
        return _undated()
    monday = anchor - timedelta(days=anchor.weekday())
    weeks = 1 if m["ww_rel"] in _AHEAD else -1 if m["ww_rel"] in _BACK else 0
    return _on(monday + timedelta(days=7 * weeks + _weekday_number(m["ww"])))


def _past_year(anchor: date, month: int, rel: str | None) -> int:
    if rel in _AHEAD:
        return anchor.year + (month < anchor.month)
    return anchor.year - (month > anchor.month)


def _r_part_month(m: re.Match[str], anchor: date | None) -> _Reading | None:
    mod = _MODIFIERS[m["pm_mod"].lower()]
    month = _MONTHS[m["pm_m"].lower()]
    if m["pm_y"] and m["pm_y"].isdigit():
        return _month(int(m["pm_y"]), month, mod)
    return _month(_past_year(anchor, month, m["pm_y"]), month, mod) if anchor else _undated(mod)


def _r_part_year(m: re.Match[str], _: date | None) -> _Reading | None:
    return _year(int(m["py_y"]), _MODIFIERS[m["py_mod"].lower()])


def _relative(unit: str, rel: str | None, anchor: date | None, mod: str | None) -> _Reading:
    if anchor is None:
        return _undated(mod)
    step = 1 if rel in _AHEAD else -1 if rel in _BACK else 0
    return _shift(anchor, unit, step, mod) or _undated(mod)


def _shift(anchor: date, unit: str, step: int, mod: str | None = None) -> _Reading | None:
    """The hari, pekan, bulan or tahun that lies ``step`` of them from the anchor; None outside the calendar."""
    try:
        if unit == "hari":
            day = anchor + timedelta(days=step)
            return _Reading("DATE", day.isoformat(), day, day + timedelta(days=1), mod)
        if unit in ("pekan", "minggu"):
            return _week(anchor + timedelta(days=7 * step), mod)
        if unit == "bulan":
            index = anchor.year * 12 + anchor.month - 1 + step
            return _month(index // 12, index % 12 + 1, mod)
        return _year(anchor.year + step, mod)
    except (OverflowError, ValueError):
        return None


def _r_part_unit(m: re.Match[str], anchor: date | None) -> _Reading | None:
    if m["pu_rel"] is None and m["pu_u"] not in ("pekan", "tahun", "bulan"):
        return None
    return _relative(m["pu_u"], m["pu_rel"], anchor, _MODIFIERS[m["pu_mod"].lower()])


def _r_quarter(m: re.Match[str], _: date | None) -> _Reading | None:
    order = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "pertama": 1, "kedua": 2, "ketiga": 3, "keempat": 4}
    number = order.get(m["q_n"].lower()) or int(m["q_n"])
    months = 6 if m["q_k"].lower() == "semester" else 3
    if number * months > 12:
        return None
    year = int(m["q_y"])
    first = (number - 1) * months + 1
    letter = "H" if months == 6 else "Q"
    return _Reading("DATE", f"{year}-{letter}{number}", date(year, first, 1), _next_month(year, first + months - 1))


def _r_month_year(m: re.Match[str], _: date | None) -> _Reading | None:
    return _month(int(m["my_y"]), _MONTHS[m["my_m"].lower()])


def _r_month_rel(m: re.Match[str], anchor: date | None) -> _Reading | None:
    month = _MONTHS[m["mr_m"].lower()]
    return _month(_past_year(anchor, month, m["mr_rel"]), month) if anchor else _undated()


def _r_month_named(m: re.Match[str], anchor: date | None) -> _Reading | None:
    month = _MONTHS[m["mn_m"].lower()]
    return _month(_past_year(anchor, month, None), month) if anchor else _undated()


def _r_month(m: re.Match[str], anchor: date | None) -> _Reading | None:
    month = _MONTHS[m["m_m"].lower()]
    return _month(_past_year(anchor, month, None), month) if anchor else _undated()


def _r_years(m: re.Match[str], _: date | None) -> _Reading | None:
    first, last = int(m["ys_a"]), int(m["ys_b"])
    if last <= first:
        return None
    return _Reading("DATE", f"{first}/{last}", date(first, 1, 1), date(last + 1, 1, 1))


def _r_year(m: re.Match[str], _: date | None) -> _Reading | None:
    return _year(int(m["y_y"]))


def _number(form: str) -> int:
    form = form.lower()
    return int(form) if form.isdigit() else _NUMBERS.get(re.sub(r"\s", " ", form), 1)


def _r_ago(m: re.Match[str], anchor: date | None) -> _Reading | None:
    if m["ago_rel"] in ("sebelumnya", "kemudian", "setelahnya", "berikutnya"):
        # Counted from a day named elsewhere: the statement dates work that out, not the grammar.
        sign = -1 if m["ago_rel"] == "sebelumnya" else 1
        return _Reading("DATE", None, None, None, "BEFORE" if sign < 0 else "AFTER")
    if anchor is None:
        return _undated()
    step = _number(m["ago_n"]) * (-1 if m["ago_rel"] in ("lalu", "silam") else 1)
    return _shift(anchor, m["ago_u"], step)


def _r_unit_rel(m: re.Match[str], anchor: date | None) -> _Reading | None:
    return _relative(m["ur_u"].lower(), m["ur_rel"], anchor, None)


def _r_set(m: re.Match[str], _: date | None) -> _Reading | None:
    unit = _UNITS.get(m["set"].lower())
    return _Reading("SET", f"P1{unit}" if unit else "P1W", None, None)


def _r_duration(m: re.Match[str], _: date | None) -> _Reading | None:
    unit = m["du_u"]
    return _Reading(
        "DURATION", f"P{'T' if unit in ('jam', 'menit') else ''}{_number(m['du_n'])}{_UNITS[unit]}", None, None
    )


def _r_clock(m: re.Match[str], _: date | None) -> _Reading | None:
    return _Reading("TIME", f"T{int(m['ck_h']):02d}:{m['ck_m']}", None, None)


def _r_deictic(m: re.Match[str], anchor: date | None) -> _Reading | None:
    if anchor is None:
        return _undated()
    form = m["de"].lower()
    back = {"kemarin lusa": 2, "kemarin": 1, "tadi malam": 1, "semalam": 1, "besok": -1, "lusa": -2}.get(form, 0)
    return _on(anchor - timedelta(days=back))


def _r_recent(_m: re.Match[str], _: date | None) -> _Reading | None:
    return _Reading("DATE", "PAST_REF", None, None)


_READERS: dict[str, Callable[[re.Match[str], date | None], _Reading | None]] = {
    name: globals()[f"_r_{name}"] for name, _ in _GRAMMAR
}
