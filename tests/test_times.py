"""The date grammar: expression → words, type, value."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ujar.parse import times
from ujar.parse.times import find_times

FRIDAY = date(2024, 6, 7)

TABLE = [
    ("kata dia, Kamis (6/6/2024).", "Kamis (6/6/2024)", "DATE", "2024-06-06"),
    ("pada Kamis", "Kamis", "DATE", "2024-06-06"),
    ("pada Jumat", "Jumat", "DATE", "2024-06-07"),
    ("pada Sabtu", "Sabtu", "DATE", "2024-06-01"),
    ("Kamis (6/6)", "Kamis (6/6)", "DATE", "2024-06-06"),
    ("hari Selasa", "hari Selasa", "DATE", "2024-06-04"),
    ("Jum'at (7/6)", "Jum'at (7/6)", "DATE", "2024-06-07"),
    ("Rabu malam waktu setempat", "Rabu malam waktu setempat", "DATE", "2024-06-05"),
    ("Rabu pekan lalu", "Rabu pekan lalu", "DATE", "2024-05-29"),
    ("Senin depan", "Senin depan", "DATE", "2024-06-10"),
    ("Pada Mei, dia", "Mei", "DATE", "2024-05"),
    ("sejak Agustus, harga", "Agustus", "DATE", "2023-08"),
    ("bulan lalu", "bulan lalu", "DATE", "2024-05"),
    ("pekan lalu", "pekan lalu", "DATE", "2024-W22"),
    ("minggu lalu", "minggu lalu", "DATE", "2024-W22"),
    ("Minggu lalu, dia", "Minggu lalu", "DATE", "2024-W22"),
    ("Minggu (2/6)", "Minggu (2/6)", "DATE", "2024-06-02"),
    ("tahun lalu", "tahun lalu", "DATE", "2023"),
    ("kemarin", "kemarin", "DATE", "2024-06-06"),
    ("hari ini", "hari ini", "DATE", "2024-06-07"),
    ("besok", "besok", "DATE", "2024-06-08"),
    ("tiga hari lalu", "tiga hari lalu", "DATE", "2024-06-04"),
    ("setahun lalu", "setahun lalu", "DATE", "2023"),
    ("6 Juni", "6 Juni", "DATE", "2024-06-06"),
    ("pada 30 Desember", "30 Desember", "DATE", "2023-12-30"),
    ("6 Juni 2024", "6 Juni 2024", "DATE", "2024-06-06"),
    ("Senin, 3 Juni 2024", "Senin, 3 Juni 2024", "DATE", "2024-06-03"),
    ("2024-06-06", "2024-06-06", "DATE", "2024-06-06"),
    ("5-7 Juni 2024", "5-7 Juni 2024", "DATE", "2024-06-05/2024-06-07"),
    ("akhir 2023", "akhir 2023", "DATE", "2023"),
    ("awal pekan ini", "awal pekan ini", "DATE", "2024-W23"),
    ("kuartal kedua 2024", "kuartal kedua 2024", "DATE", "2024-Q2"),
    ("sejak Februari 2022", "Februari 2022", "DATE", "2022-02"),
    ("rentang waktu 2014-2018", "2014-2018", "DATE", "2014/2018"),
    ("baru-baru ini", "baru-baru ini", "DATE", "PAST_REF"),
    ("setiap hari", "setiap hari", "SET", "P1D"),
    ("selama tiga hari", "selama tiga hari", "DURATION", "P3D"),
    ("pukul 10.00 WIB", "pukul 10.00 WIB", "TIME", "T10:00"),
]


def test_the_cheap_test_of_beginnings_passes_over_nothing() -> None:
    """The grammar finds the same without it, also in words that begin with capitals."""
    whole = re.compile(times._ANY.pattern.replace(times._BEGINS, ""))
    assert whole.pattern != times._ANY.pattern
    names = "Ahad SENIN SELASA RABU KAMIS JUMAT SABTU MINGGU".split()
    texts = [row[0] for row in TABLE] + [f"hari {name}" for name in names]
    texts += [
        f"pada {day} {month.title()} 2023, {month.title()} 2022" for day, month in enumerate(times._MONTHS, start=1)
    ]
    texts += [f"{modifier} {unit} lalu, {modifier} 2023" for modifier in times._MODIFIERS for unit in times._UNITS]
    for text in texts:
        for written in (text, text.title(), " ".join(w[:1].upper() + w[1:] for w in text.split(" "))):
            assert [m.span() for m in times._ANY.finditer(written)] == [m.span() for m in whole.finditer(written)], (
                written
            )


@pytest.mark.parametrize(("text", "words", "kind", "value"), TABLE, ids=[row[0] for row in TABLE])
def test_expression(text: str, words: str, kind: str, value: str) -> None:
    (time,) = find_times(text, FRIDAY)
    assert (text[time.span.start : time.span.end], time.type, time.value) == (words, kind, value)


@pytest.mark.parametrize(
    "text",
    [
        "Rp 2019",
        "sebanyak 2000 orang",
        "Mei Lan berkata",
        "skor 3-2",
        "telepon 0813-2024-1999",
        "Pilpres 2019 digelar",
        "31 Februari",
    ],
)
def test_no_expression_that_dates(text: str) -> None:
    assert not [t for t in find_times(text, FRIDAY) if t.value not in (None, "2024-02", "2023-02")]


def test_modifiers_and_days_covered() -> None:
    (time,) = find_times("akhir Mei", FRIDAY)
    assert (time.mod, time.start, time.end) == ("END", date(2024, 5, 1), date(2024, 6, 1))


def test_without_publication_only_full_dates_have_a_value() -> None:
    values = [t.value for t in find_times("Kamis, kemarin, 6 Juni, 6 Juni 2024", None)]
    assert values == [None, None, None, "2024-06-06"]


def test_swapped_publication_is_seen_through() -> None:
    # Published says 9 October, the text tells of Tuesday 10/9/2019: day and month were swapped.
    times = find_times("Selasa (10/9/2019) kata dia. Senin ia datang.", date(2019, 10, 9))
    assert [t.value for t in times] == ["2019-09-10", "2019-09-09"]


@given(st.text(max_size=300), st.none() | st.dates(date(1, 1, 1), date(9999, 12, 31)))
def test_any_text(text: str, published: date | None) -> None:
    last = 0
    for time in find_times(text, published):
        assert last <= time.span.start < time.span.end <= len(text)
        last = time.span.end


FRAGMENTS = [
    "Kamis",
    " (6/6)",
    "31 Februari 2020",
    "lalu",
    "akhir ",
    "Minggu ",
    "0/0",
    "9999",
    "pada ",
    "99 tahun lalu",
    "se",
    "dua belas bulan mendatang",
    "\n",
]


@given(
    st.lists(st.sampled_from(FRAGMENTS), max_size=12).map(" ".join),
    st.none() | st.dates(date(1, 1, 1), date(9999, 12, 31)),
)
def test_news_like_text(text: str, published: date | None) -> None:
    for time in find_times(text, published):
        assert text[time.span.start : time.span.end].strip()
        if time.start and time.end:
            assert time.end - time.start >= timedelta(days=1)
