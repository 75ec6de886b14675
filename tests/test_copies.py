"""One story, one event: copies of articles, reports of statements, events of copies; counted by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("duckdb")

from ujar.records import Analysis, Article, Event, Party, Span, Statement
from ujar.store import open_ledger
from ujar.store.copies import runs_of, shared, sketch_of
from ujar.store.reports import Piece, alike, reports
from ujar.store.rows import folded

if TYPE_CHECKING:
    from pathlib import Path

    from ujar.store import Ledger

DAY = date(2024, 5, 6)
WIRE = (
    "Pemerintah Kota Sukamaju membuka jalur bus baru menuju pelabuhan lama mulai Senin pagi. Jalur sepanjang dua belas"
    " kilometer itu dilayani delapan bus listrik yang berangkat setiap seperempat jam dari terminal tengah kota. Wali Kota"
    " Rina Halim berkata jalur itu akan memangkas waktu tempuh para pekerja pelabuhan. Warga yang tinggal di sepanjang"
    " jalur boleh naik tanpa membayar selama bulan pertama. Sopir bus sudah berlatih sejak awal tahun di jalan yang sama."
)
# As another outlet prints it: other opening, shortened.
SHORTENED = (
    "Kabar baik bagi pekerja pelabuhan. Jalur sepanjang dua belas kilometer itu dilayani delapan bus listrik yang berangkat"
    " setiap seperempat jam dari terminal tengah kota. Wali Kota Rina Halim berkata jalur itu akan memangkas waktu tempuh"
    " para pekerja pelabuhan."
)
# The day after: other news that ends with what was told before.
FOLLOW_UP = (
    "Bus listrik yang melaju ke pelabuhan mogok pada hari kedua karena pengisi daya di terminal rusak. Puluhan penumpang"
    " menunggu hampir satu jam sebelum bus pengganti datang. Kepala Dinas Perhubungan meminta maaf dan menjanjikan"
    " perbaikan malam ini juga, sedangkan dewan kota hendak memanggil pemasok alat itu pekan depan. Sebelumnya diberitakan,"
    " jalur sepanjang dua belas kilometer itu dilayani delapan bus listrik yang berangkat setiap seperempat jam dari terminal"
    " tengah kota. Wali Kota Rina Halim berkata jalur itu akan memangkas waktu tempuh para pekerja pelabuhan. Warga yang"
    " tinggal di sepanjang jalur boleh naik tanpa membayar selama bulan pertama. Sopir bus sudah berlatih sejak awal tahun"
    " di jalan yang sama."
)
OTHER = (
    "Panen jeruk di lereng Gunung Puspa tahun ini turun separuh akibat hujan yang datang terlambat. Para petani menjual"
    " sisa panen langsung kepada pembeli di tepi jalan raya. Koperasi setempat berharap pupuk bantuan tiba sebelum musim"
    " tanam berikutnya dimulai pada akhir tahun."
)


def weather(town: str, low: int, high: int) -> str:
    """One of a daily series."""
    return (
        f"Prakiraan cuaca hari ini untuk {town} dan sekitarnya menyebut suhu antara {low} dan {high} derajat. Warga diminta"
        f" membawa payung bila keluar rumah pada sore hari karena hujan ringan dapat turun. Angin bertiup dari barat daya"
        f" dengan laju {low + 3} kilometer setiap jam. Pembaruan berikutnya terbit besok pagi pada jam yang sama."
    )


def analysis(
    name: str,
    text: str,
    *,
    outlet: str | None = "Harian Satu",
    day: date | None = DAY,
    said: tuple[tuple[str | None, str], ...] = (),
    events: tuple[Event, ...] = (),
) -> Analysis:
    """An article in which each speaker says a content; contents that the text has not are put behind it."""
    for _, content in said:
        if content not in text:
            text += f"\n\n{content}."
    statements = tuple(
        Statement((Span(text.index(content), text.index(content) + len(content)),), "indirect", speaker=speaker)
        for speaker, content in said
    )
    sentences = (Span(0, len(text)),)
    return Analysis(Article(name, text, published=day, outlet=outlet), statements, events=events, sentences=sentences)


def kept(folder: Path, *commits: list[Analysis]) -> Ledger:
    """A ledger with these commits."""
    ledger = open_ledger(folder, create=True)
    for commit in commits:
        ledger.keep(commit, engine="test")
    return ledger


def stories(ledger: Ledger) -> set[frozenset[str]]:
    """Which articles are one story."""
    groups: dict[str, set[str]] = {}
    for row in ledger.ask("SELECT article, story FROM articles").to_pylist():
        groups.setdefault(row["story"], set()).add(row["article"])
    return {frozenset(g) for g in groups.values()}


def counted(ledger: Ledger) -> int:
    """The statements, counted once."""
    return ledger.statements(once=True).num_rows


# Stories


def test_copy_in_another_outlet_even_shortened(tmp_path: Path) -> None:
    ledger = kept(
        tmp_path / "ledger",
        [
            analysis("one", WIRE),
            analysis("two", SHORTENED, outlet="Harian Dua", day=DAY + timedelta(days=1)),
            analysis("three", OTHER, outlet="Harian Tiga"),
        ],
    )
    assert stories(ledger) == {frozenset({"one", "two"}), frozenset({"three"})}
    first = ledger.ask("SELECT reading, story FROM articles WHERE article = 'one'").to_pylist()[0]
    assert first["story"] == first["reading"]


def test_across_commits_and_whatever_the_order(tmp_path: Path) -> None:
    one, two, three = (
        analysis("one", WIRE),
        analysis("two", SHORTENED, outlet="Harian Dua"),
        analysis("three", WIRE.replace("Senin pagi", "hari ini"), outlet="Harian Tiga"),
    )
    expected = {frozenset({"one", "two", "three"})}
    assert stories(kept(tmp_path / "apart", [one], [two], [three])) == expected
    firsts = set()
    for number, order in enumerate(([one, two, three], [three, one, two], [two, three, one])):
        ledger = kept(tmp_path / str(number), list(order))
        assert stories(ledger) == expected
        firsts |= {r["article"] for r in ledger.ask("SELECT article FROM articles WHERE story = reading").to_pylist()}
    assert firsts == {"one"}


def test_look_alikes_are_not_copies(tmp_path: Path) -> None:
    ledger = kept(
        tmp_path / "ledger",
        [
            analysis("wire", WIRE),
            analysis("follow-up", FOLLOW_UP, outlet="Harian Dua", day=DAY + timedelta(days=1)),
            analysis("monday", weather("Sukamaju", 22, 31)),
            analysis("tuesday", weather("Bukitsari", 19, 27), day=DAY + timedelta(days=1)),
        ],
    )
    # Half of their words and more are the same.
    assert shared(runs_of(WIRE), runs_of(FOLLOW_UP))[0] > 0.5
    assert shared(runs_of(weather("Sukamaju", 22, 31)), runs_of(weather("Bukitsari", 19, 27)))[0] > 0.75
    assert all(len(group) == 1 for group in stories(ledger))


def test_footers_do_not_make_copies(tmp_path: Path) -> None:
    footer = (
        " Ikuti berita pilihan kami setiap pagi lewat saluran pesan dan pasang aplikasi terbaru di ponsel Anda. Redaksi"
        " menerima tulisan pembaca tentang kota, laut dan pegunungan; kirimkan naskah bersama foto beserta nama lengkap."
        " Dilarang menyalin isi halaman ini tanpa izin tertulis dari penerbit. Hubungi bagian iklan pada jam kerja untuk"
        " keterangan harga serta ukuran."
    )
    ledger = kept(
        tmp_path / "ledger",
        [analysis("one", WIRE[:270] + footer), analysis("two", OTHER[:230] + footer, outlet="Harian Dua")],
    )
    assert shared(runs_of(WIRE[:270] + footer), runs_of(OTHER[:230] + footer))[0] > 0.5
    assert all(len(group) == 1 for group in stories(ledger))


def test_days_apart_and_days_unknown(tmp_path: Path) -> None:
    ledger = kept(
        tmp_path / "ledger",
        [
            analysis("one", WIRE),
            analysis("late", WIRE, outlet="Harian Dua", day=DAY + timedelta(days=8)),
            analysis("undated", WIRE, outlet="Harian Tiga", day=None),
            analysis("undated, too", WIRE, outlet="Harian Empat", day=None),
        ],
        [
            analysis("in time", WIRE, outlet="Harian Lima", day=DAY - timedelta(days=7)),
            analysis("undated again", WIRE, outlet="Harian Enam", day=None),
            analysis("first day there is", WIRE, outlet="Harian Tujuh", day=date.min),
            analysis("last day there is", WIRE, outlet="Harian Delapan", day=date.max),
        ],
    )
    assert stories(ledger) == {
        frozenset({"one", "in time"}),
        frozenset({"late"}),
        frozenset({"undated", "undated, too", "undated again"}),
        frozenset({"first day there is"}),
        frozenset({"last day there is"}),
    }


def test_a_changed_article_is_no_copy_of_itself(tmp_path: Path) -> None:
    ledger = kept(tmp_path / "ledger", [analysis("one", WIRE)], [analysis("one", WIRE + " Tarifnya diumumkan besok.")])
    row = ledger.ask("SELECT reading, story, supersedes FROM articles").to_pylist()
    assert len(row) == 1
    assert row[0]["supersedes"] is not None
    assert row[0]["story"] == row[0]["reading"]


def test_what_is_shared_is_told_by_runs_of_words() -> None:
    one, other = runs_of(WIRE), runs_of(SHORTENED)
    share, head = shared(one, other)
    assert share == len(set(one) & set(other)) / len(set(other))
    assert 0.5 < share < 1
    assert 0.25 < head < share
    assert shared(one, []) == (0.0, 0.0)
    assert runs_of("terlalu pendek untuk dibandingkan") == []


def test_the_sketch_stays_as_it_is() -> None:
    """Ledgers hold sketches: another version must make the same."""
    assert sketch_of([]) == []
    sketch = sketch_of(["satu dua tiga", "dua tiga empat"])
    assert len(sketch) == 128
    assert sketch[:4] == SKETCH_BEGINS
    assert sketch == sketch_of(["dua tiga empat", "satu dua tiga", "satu dua tiga"])
    long = [f"kata {n} lagi" for n in range(10_000)]
    assert sketch_of(long) == sketch_of(reversed(long))


SKETCH_BEGINS = [2223040759, 1045330372, 1408164634, 281476624]


# Statements


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("jalur bus baru akan memangkas waktu tempuh", "jalur bus baru akan memangkas waktu tempuh", True),
        # shortened, and with a word more
        (
            "jalur bus itu memangkas waktu tempuh",
            "jalur bus baru itu memangkas waktu tempuh para pekerja pelabuhan",
            True,
        ),
        # a word in another form, another word for the same
        ("kita wajib menjaga hutan lindung di hulu", "kami wajib menjaga hutan lindung yang ada di hulu sungai", True),
        ("harga beras akan turun bulan depan", "bendungan akan selesai tahun depan", False),
        # the same words, denied
        ("perusahaan itu ikut menutup pabrik lama", "perusahaan itu tidak ikut menutup pabrik lama", False),
        # prices from day to day
        ("emas ditutup pada harga 752 ribu rupiah", "emas ditutup pada harga 757 ribu rupiah", False),
        ("emas ditutup pada harga 752 ribu rupiah", "emas ditutup pada harga 752 ribu rupiah naik 5 ribu", True),
        # short ones only when they are equal
        ("siap membantu", "siap membantu", True),
        ("siap membantu", "siap membantu warga", False),
        ("", "", False),
    ],
)
def test_contents_that_are_alike(one: str, other: str, same: bool) -> None:
    assert alike(folded(one), folded(other)) is same
    assert alike(folded(other), folded(one)) is same


# Too short to be a copy of anything.
SHORT = "Berita singkat dari balai kota."
SAID = "jalur itu akan memangkas waktu tempuh para pekerja pelabuhan"


def test_one_statement_in_several_outlets(tmp_path: Path) -> None:
    ledger = kept(
        tmp_path / "ledger",
        [
            analysis("one", SHORT, said=(("Rina Halim", SAID),)),
            analysis("two", SHORT, outlet="Harian Dua", said=(("Rina Halim", "jalur itu memangkas waktu tempuh"),)),
        ],
        [
            analysis("three", SHORT, outlet="Harian Tiga", day=DAY + timedelta(days=3), said=(("Rina Halim", SAID),)),
            analysis("late", SHORT, outlet="Harian Empat", day=DAY + timedelta(days=8), said=(("Rina Halim", SAID),)),
            analysis("somebody else", SHORT, outlet="Harian Lima", said=(("Budi Santika", SAID),)),
            analysis("nobody known", SHORT, outlet="Harian Enam", said=((None, SAID),)),
            analysis("nobody known, too", SHORT, outlet="Harian Tujuh", said=((None, SAID),)),
        ],
    )
    groups: dict[str, list[str]] = {}
    for row in ledger.ask("SELECT article, said FROM statements ORDER BY article").to_pylist():
        groups.setdefault(row["said"], []).append(row["article"])
    assert sorted(groups.values()) == [
        ["late"],
        ["nobody known"],
        ["nobody known, too"],
        ["one", "three", "two"],
        ["somebody else"],
    ]
    assert counted(ledger) == 5


def test_two_statements_of_one_article_are_never_one(tmp_path: Path) -> None:
    twice = (
        ("Rina Halim", "jalur bus itu memangkas waktu tempuh"),
        ("Rina Halim", "jalur bus itu memangkas waktu tempuh warga"),
    )
    once = (("Rina Halim", "jalur bus itu memangkas waktu tempuh warga"),)
    for number, commits in enumerate(
        ([[("a", once)], [("b", twice)]], [[("a", twice)], [("b", once)]], [[("a", twice), ("b", twice)]])
    ):
        ledger = kept(
            tmp_path / str(number),
            *([analysis(n, SHORT, outlet=f"Harian {n}", said=said) for n, said in commit] for commit in commits),
        )
        pairs = ledger.ask(
            "SELECT article, count(*) AS n, count(DISTINCT said) AS d FROM statements GROUP BY 1"
        ).to_pylist()
        assert all(p["n"] == p["d"] for p in pairs)
        assert counted(ledger) == 2
    # The likest of the two is the one that is joined.
    ledger = open_ledger(tmp_path / "0")
    joined = ledger.ask("SELECT content FROM statements WHERE said <> id").to_pylist()
    assert [row["content"] for row in joined] == ["jalur bus itu memangkas waktu tempuh warga"]


def test_in_copies_the_speaker_may_be_named_otherwise(tmp_path: Path) -> None:
    said = "jalur itu akan memangkas waktu tempuh para pekerja pelabuhan"
    ledger = kept(
        tmp_path / "ledger",
        [analysis("one", WIRE, said=(("Rina Halim", said),))],
        [
            analysis("two", SHORTENED, outlet="Harian Dua", said=(("wali kota", said),)),
            analysis("three", SHORTENED, outlet="Harian Tiga", said=((None, said),)),
        ],
    )
    assert stories(ledger) == {frozenset({"one", "two", "three"})}
    assert counted(ledger) == 2


def test_the_first_report_is_superseded_and_still_they_count_once(tmp_path: Path) -> None:
    ledger = kept(
        tmp_path / "ledger",
        [analysis("one", SHORT, said=(("Rina Halim", SAID),))],
        [analysis("two", SHORT, outlet="Harian Dua", said=(("Rina Halim", SAID),))],
    )
    assert counted(ledger) == 1
    ledger.keep([analysis("one", SHORT + " Ralat.", said=(("Rina Halim", SAID),))], engine="test")
    assert counted(ledger) == 1
    ledger.keep([analysis("one", SHORT + " Ralat kedua.")], engine="test")
    assert [r["article"] for r in ledger.statements(once=True).to_pylist()] == ["two"]


# Events


def event(text: str, trigger: str, actor: str) -> Event:
    """An event whose date is that of its article."""
    spans = [Span(text.index(words), text.index(words) + len(words)) for words in (trigger, actor)]
    return Event("COOPERATE", None, "actual", spans[0], (Party(spans[1], actor),))


def test_events_of_copies_happen_once(tmp_path: Path) -> None:
    other = SHORTENED.replace("Wali Kota Rina Halim", "Rina Halim")
    ledger = kept(
        tmp_path / "ledger",
        [analysis("one", WIRE, events=(event(WIRE, "memangkas", "Wali Kota Rina Halim"),))],
        [
            # Next day, the party named shorter; and an event of the same kind in a text that is no copy.
            analysis(
                "two",
                other,
                outlet="Harian Dua",
                day=DAY + timedelta(days=1),
                events=(event(other, "memangkas", "Rina Halim"),),
            ),
            analysis("three", OTHER, outlet="Harian Tiga", events=(event(OTHER, "menjual", "Para petani"),)),
        ],
    )
    assert stories(ledger) == {frozenset({"one", "two"}), frozenset({"three"})}
    assert ledger.events().num_rows == 3
    assert ledger.events(once=True).num_rows == 2


def test_without_a_copy_only_equal_events_happen_once(tmp_path: Path) -> None:
    texts = [OTHER, OTHER[51:], OTHER[51:].replace("Para petani", "Pedagang")]
    ledger = kept(
        tmp_path / "ledger",
        [
            analysis("one", texts[0][:120], events=(event(texts[0], "menjual", "Para petani"),)),
            analysis(
                "two", texts[1][:70], outlet="Harian Dua", events=(event(texts[1][:70], "menjual", "Para petani"),)
            ),
            analysis(
                "three", texts[2][:70], outlet="Harian Tiga", events=(event(texts[2][:70], "menjual", "Pedagang"),)
            ),
        ],
    )
    assert ledger.events(once=True).num_rows == 2


# Side by side


def test_reports_side_by_side(tmp_path: Path) -> None:
    ledger = kept(
        tmp_path / "ledger",
        [
            analysis(
                "one", SHORT, said=(("Rina Halim", SAID), ("Rina Halim", "pupuk bantuan tiba sebelum musim tanam"))
            ),
            analysis(
                "two",
                SHORT,
                outlet="Harian Dua",
                said=(("Rina Halim", "jalur baru itu, katanya, memangkas waktu tempuh pekerja pelabuhan"),),
            ),
        ],
    )
    ids = {r["article"] + str(r["number"]): r["id"] for r in ledger.statements().to_pylist()}
    first, second = reports(ledger, ids["two0"])
    assert (first.id, second.id) == (ids["one0"], ids["two0"])
    assert first.pieces == (Piece(SAID, differs=False),)
    assert first.without == ()
    assert second.outlet == "Harian Dua"
    assert "".join(p.text for p in second.pieces) == second.content
    assert [p.text.strip(" ,") for p in second.pieces if p.differs] == ["baru", "katanya"]
    assert second.without == ("akan", "para")
    assert reports(ledger, ids["one0"]) == (first, second)
    assert reports(ledger, ids["one1"]) == ()
    assert reports(ledger, "nothing.0") == ()
