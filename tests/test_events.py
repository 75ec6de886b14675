"""Events: the trigger table fires where it says, the boundary cases of the codebook, statuses, claims, parties, formats."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

import ujar
from ujar.events import coder
from ujar.events.find import find_events, placed, readings_of, resolved
from ujar.events.parties import Parties
from ujar.events.plover import STATUSES, TYPES, score_of
from ujar.events.triggers import find_triggers, fires, rows
from ujar.events.view import View, view_of
from ujar.events.weigh import FEATURES, probabilities
from ujar.parse.words import find_words
from ujar.pipeline import read_statements
from ujar.records import Article, Party, Span
from ujar.tables import load_table
from ujar.write_events import ICEWS_COLUMNS, write_icews, write_plover

if TYPE_CHECKING:
    from pathlib import Path

    from ujar.records import Event


def words(sentence: str) -> list[str]:
    return [w.lower for w in find_words(sentence)]


TABLE = tuple(zip(load_table("ujar.events", "triggers.tsv"), rows(), strict=True))


@pytest.mark.parametrize("kind", TYPES)
def test_every_row_fires_on_its_example_and_not_on_the_other(kind: str) -> None:
    own = [(cells, row) for cells, row in TABLE if row.type == kind]
    assert len(own) > 90
    for cells, row in own:
        assert row.mode is None or row.mode in TYPES[row.type].modes, row.form
        assert fires(row, words(cells["fires"])), row.form
        assert not fires(row, words(cells["not"])), row.form


def test_seldom_another_type_wins_on_an_example() -> None:
    lost = [
        row.form
        for cells, row in TABLE
        if not any(m.row.type == row.type for m in find_triggers(words(cells["fires"])))
    ]
    # Overlapping rows: the longer wins. A ratchet; see to it that it does not grow.
    assert len(lost) <= 48, lost


def test_every_type_and_mode_has_rows() -> None:
    have = {(r.type, r.mode) for r in rows()}
    for name, type_ in TYPES.items():
        assert any(t == name for t, _ in have), name
        assert {m for t, m in have if t == name and m} >= set(type_.modes), name


def found(text: str, published: date = date(2024, 6, 7)) -> tuple[Event, ...]:
    return ujar.read(text, published=published, events=True).events


def types(text: str) -> set[str]:
    return {e.type for e in found(text)}


# The boundaries that the digest says people get wrong: a sentence, the type it is, types it is not.
BOUNDARIES = [
    ("Presiden Kenya akan bertemu dengan Presiden Uganda di Kampala pekan depan.", "AGREE", "CONSULT"),
    ("Jepang akan mengirim bantuan pangan kepada Filipina bulan depan.", "AGREE", "AID"),
    ("Pemerintah Kolombia mengumumkan gencatan senjata dengan pemberontak ELN.", "CONCEDE", "RETREAT"),
    ("Rusia telah menarik pasukannya dari Kherson.", "RETREAT", "CONCEDE"),
    ("Parlemen Finlandia meratifikasi perjanjian pertahanan dengan Swedia.", "SUPPORT", "AGREE"),
    ("Indonesia dan Australia menggelar latihan militer bersama di Darwin.", "COOPERATE", "MOBILIZE"),
    ("Korea Utara menggelar latihan militer besar-besaran di dekat perbatasan.", "MOBILIZE", "COOPERATE"),
    (
        "Kementerian Luar Negeri Swedia memanggil duta besar Iran untuk menyampaikan protes atas penahanan warganya.",
        "ACCUSE",
        "CONSULT",
    ),
    ("Ribuan demonstran berunjuk rasa di depan gedung parlemen Georgia menentang rancangan undang-undang itu.", "PROTEST", "REQUEST"),
    ("Iran membatalkan perundingan nuklir dengan Amerika Serikat.", "REJECT", "SANCTION"),
    ("Rusia mengusir sepuluh diplomat Jerman dari Moskow.", "SANCTION", "COERCE"),
    ("Malaysia mendeportasi 30 warga Bangladesh.", "COERCE", "SANCTION"),
    ("Pengadilan Senegal menyatakan pemimpin oposisi Ousmane Sonko bersalah.", "SANCTION", "ACCUSE"),
    ("Tentara Kolombia menangkap 12 pemberontak ELN dalam pertempuran.", "ASSAULT", "COERCE"),
    ("Polisi Turki menangkap tiga wartawan di Ankara.", "COERCE", "ASSAULT"),
    ("Pasukan Ethiopia bergerak ke kota itu lalu menembaki warga sipil.", "ASSAULT", "MOBILIZE"),
    ("Ribuan warga Rohingya mengungsi akibat diusir militer Myanmar.", "SANCTION", "AID"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "right", "wrong"), BOUNDARIES)
def test_boundaries_of_the_codebook(text: str, right: str, wrong: str) -> None:
    got = types(text)
    assert right in got
    assert wrong not in got


# Each construction of Indonesian: a sentence, type, codes of the actors, codes of the recipients.
CONSTRUCTIONS = [
    ("Israel menyerang Suriah pada Senin.", "ASSAULT", {"ISR"}, {"SYR"}),
    ("Suriah diserang oleh Israel pada Senin.", "ASSAULT", {"ISR"}, {"SYR"}),
    ("Serangan Israel ke Suriah kembali terjadi pada Senin.", "ASSAULT", {"ISR"}, {"SYR"}),
    ("Presiden Prancis memuji Indonesia atas penyelenggaraan G20.", "SUPPORT", {"FRA"}, {"IDN"}),
    ("Indonesia dipuji Presiden Prancis atas penyelenggaraan G20.", "SUPPORT", {"FRA"}, {"IDN"}),
    ("Menteri Luar Negeri Rusia bertemu dengan Menteri Luar Negeri Turki di Ankara.", "CONSULT", {"RUS", "TUR"}, set()),
    ("Pertemuan antara Presiden Chili dan Presiden Peru berlangsung di Lima.", "CONSULT", {"CHL", "PER"}, set()),
    ("Rusia, yang menuduh Inggris menyabotase pipa gas itu, tidak memberikan bukti.", "ACCUSE", {"RUS"}, {"GBR"}),
    ("Kunjungan Menlu Rusia ke Jakarta berlangsung dua hari.", "CONSULT", {"RUS", "IDN"}, set()),
]


@pytest.mark.parametrize(("text", "kind", "actors", "recipients"), CONSTRUCTIONS)
def test_constructions_of_indonesian(text: str, kind: str, actors: set[str], recipients: set[str]) -> None:
    events = [e for e in found(text) if e.type == kind]
    assert events, [(e.type, text[slice(*e.trigger)]) for e in found(text)]
    best = max(events, key=lambda e: e.confidence)
    who = {p.actor.code for p in best.actors if p.actor}
    whom = {p.actor.code for p in best.recipients if p.actor}
    if kind == "CONSULT":
        assert who | whom == actors | recipients
    else:
        assert (who, whom) == (actors, recipients)


@pytest.mark.parametrize(
    ("words", "parties"),
    [
        ("Thailand dan Kamboja", ["Thailand", "Kamboja"]),
        ("AS-China", ["AS", "China"]),
        ("Inggris, Prancis, dan Jerman", ["Inggris", "Prancis", "Jerman"]),
        ("Guinea-Bissau", ["Guinea-Bissau"]),
        ("Presiden Guinea-Bissau", ["Presiden Guinea-Bissau"]),
        ("Sekretaris Jenderal NATO, Mark Rutte", ["Sekretaris Jenderal NATO, Mark Rutte"]),
        ("Menteri Hukum dan HAM", ["Menteri Hukum dan HAM"]),
        ("polisi dan tentara Kenya", ["polisi dan tentara Kenya"]),
        ("warga Thailand dan Kamboja", ["warga Thailand dan Kamboja"]),
    ],
)
def test_names_that_are_joined_are_parties_of_their_own(words: str, parties: list[str]) -> None:
    text = f"Kemarin {words} menandatangani perjanjian."
    parsed, statements = read_statements(Article(id="a", text=text, published=date(2024, 6, 7)))
    span = Span(8, 8 + len(words))
    assert [text[slice(*p.span)] for p in Parties(parsed, statements).parties(span)] == parties


def test_where_people_protest_is_no_party_to_it() -> None:
    for text, codes in (
        ("Ribuan mahasiswa Kenya berunjuk rasa di Nairobi menentang Presiden Uganda.", ["UGA"]),
        ("Ribuan mahasiswa Kenya berunjuk rasa di Uganda.", []),
    ):
        (event,) = (e for e in found(text) if e.type == "PROTEST")
        assert [p.actor.code for p in event.recipients if p.actor] == codes


def test_what_is_known_of_an_event_is_finite_and_weighs_between_0_and_1() -> None:
    text = "Iran mengancam akan menyerang Israel jika fasilitas nuklirnya diserang, kata Menlu Iran, Kamis (6/6)."
    parsed, statements = read_statements(Article(id="a", text=text, published=date(2024, 6, 7)))
    some = readings_of(parsed, statements)
    assert some
    known = np.stack([reading.features for reading in some])
    assert known.shape == (len(some), len(FEATURES))
    assert np.isfinite(known).all()
    sure = probabilities(known)
    assert ((sure > 0) & (sure < 1)).all()
    told = find_events(parsed, statements)
    assert told
    assert {event.confidence for event in told} <= {round(chance, 3) for chance in sure.tolist()}


def test_where_the_net_marks_nobody_with_a_state_the_grammar_says_who_takes_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "Israel menyerang Suriah pada Senin."
    day = Span(text.index("Senin"), text.index("."))
    plain = coder.draft

    def astray(view: View, encoded: np.ndarray, model: coder.Model | None = None) -> list[coder.Draft]:
        return [replace(d, parts=d.parts | {"actor": ((day, 0.9),)}) for d in plain(view, encoded, model)]

    monkeypatch.setattr(coder, "draft", astray)
    (event,) = found(text)
    assert [p.actor.code for p in event.actors if p.actor] == ["ISR"]
    assert [p.actor.code for p in event.recipients if p.actor] == ["SYR"]


def test_only_what_is_surely_not_done_is_called_so(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Rusia membantah telah menyerang rumah sakit di Ukraina."
    parsed, statements = read_statements(Article(id="a", text=text, published=date(2024, 6, 7)))
    view, states = view_of(parsed, statements), parsed.encoded.lower
    # The net is not sure here, the words are.
    monkeypatch.setattr(coder, "_NOT_DONE", 0.0)
    assert [d.status for d in coder.draft(view, states)] == ["denied"]
    monkeypatch.undo()
    assert [d.status for d in coder.draft(view, states)] == ["actual"]
    assert [e.status for e in found(text)] == ["denied"]


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        ("Presiden Prabowo Subianto mengecam serangan Israel ke Gaza.", "IDN"),
        ("Menteri Luar Negeri Sugiono mengutuk serangan Israel terhadap Iran pada Jumat.", "IDN"),
        ("Sekjen PBB Antonio Guterres menyesalkan serangan udara Israel di Lebanon.", "UNO"),
    ],
)
def test_who_speaks_of_a_deed_does_not_do_it(text: str, speaks: str) -> None:
    by_type = {event.type: [p.actor.code for p in event.actors] for event in found(text, date(2025, 6, 20))}
    assert by_type["ASSAULT"] == ["ISR"]
    assert by_type["ACCUSE"] == [speaks]


def test_whom_a_passive_names_behind_by_does_it() -> None:
    text = '"Saya diminta oleh teman-teman DPRD agar maju," kata Gubernur Jawa Tengah Ganjar Pranowo.'
    (event,) = (e for e in found(text, date(2022, 5, 3)) if e.type == "REQUEST")
    assert [p.name for p in event.actors] == ["teman-teman DPRD"]
    assert [p.name for p in event.recipients] == ["Ganjar Pranowo"]


def test_what_somebody_tells_of_is_not_his_where_somebody_else_does_it() -> None:
    text = "Menteri Perdagangan Budi Santoso bilang saat ini pemerintah AS sedang melakukan investigasi atas produk Indonesia."
    assert [(e.type, [p.actor.code for p in e.actors]) for e in found(text, date(2025, 9, 1))] == [("ACCUSE", ["USA"])]


def test_a_person_whom_nobody_knows_is_of_the_state_the_article_is_about() -> None:
    text = "Polisi Prancis menyelidiki hal itu. Anggota parlemen Prancis memilih. Elise Marchand menolak permintaan Presiden Prancis."
    (event,) = (e for e in found(text) if e.type == "REJECT")
    (party,) = event.actors
    assert (party.name, party.actor.code, party.actor.rule) == ("Elise Marchand", "FRA", "article")
    assert party.actor.confidence < 0.5


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("para pelaku", "IDN"), ("Djarum", "IDN"), ("dunia internasional", None), ("kedua negara", None),
        ("sejumlah pihak", None),
    ],
)  # fmt: skip
def test_a_party_that_is_no_person_is_of_the_state_the_article_is_about_but_for_those_of_many(
    words: str, state: str | None
) -> None:
    span = Span(0, len(words))
    party = resolved(words, Party(span, words, country="IDN"), None, [])
    assert party.actor is not None
    assert party.actor.code is None
    event = found("Israel menyerang Iran pada Senin.")[0]
    told = placed(replace(event, recipients=(party,)))
    actor = told.recipients[0].actor
    assert actor is not None
    assert actor.code == state
    assert (actor.rule, actor.confidence) == ("article", 0.4) if state else actor == party.actor
    assert told.actors == event.actors


def test_what_a_deed_may_bring_about_does_not_say_that_it_was_done() -> None:
    text = "Serangan Israel ke Iran dapat memicu perang kawasan, kata Presiden Turki."
    assert [e.status for e in found(text) if e.type == "ASSAULT"] == ["conditional"]


def test_private_persons_of_whom_nobody_knows_anything_make_no_political_event() -> None:
    text = "Polisi Indonesia mencatat hal itu. Slamet Riyanto menolak permintaan Agus Hidayat untuk bercerai."
    assert not [e for e in found(text) if e.type == "REJECT"]


def test_two_states_that_were_not_named_are_not_the_two_that_were() -> None:
    text = "Israel menyerang Iran pada Senin. Dua negara Teluk mengecam serangan itu."
    assert not [e for e in found(text) if e.type == "ACCUSE"]


def test_an_act_by_speaking_is_nobodys_claim() -> None:
    text = "Pemerintah Indonesia menolak usulan Malaysia, kata Menteri Luar Negeri Sugiono."
    assert [e.claimed_by for e in found(text, date(2025, 6, 20)) if e.type == "REJECT"] == [None]


def test_nothing_is_an_event_that_only_looks_like_one() -> None:
    assert not types("Ia meninggal karena serangan jantung di Jakarta.")
    assert not types("Timnas Jepang menyerang sejak babak kedua dan menang 3-0 atas Thailand.")


def test_offsets_are_exact_and_every_part_lies_in_the_text() -> None:
    text = "Iran mengancam akan menyerang Israel jika fasilitas nuklirnya diserang, kata Menlu Iran, Kamis (6/6)."
    events = found(text)
    assert events
    for event in events:
        assert event.status in STATUSES
        assert 0 <= event.confidence <= 1
        for span in (event.trigger, *event.mentions, *(p.span for p in (*event.actors, *event.recipients))):
            assert 0 <= span.start < span.end <= len(text)


def test_a_condition_is_told() -> None:
    text = "Rusia mengancam akan menyerang pangkalan NATO jika Ukraina diizinkan memakai rudal jarak jauh."
    threats = [e for e in found(text) if e.type == "THREATEN"]
    assert threats
    assert any(e.condition and "Ukraina diizinkan" in text[slice(*e.condition)] for e in threats)


def test_what_is_claimed_is_not_what_is_told() -> None:
    told = found("Iran menyerang kilang minyak Arab Saudi pada Kamis (6/6).")
    claimed = found("Iran menyerang kilang minyak Arab Saudi, kata Menteri Luar Negeri AS Mike Pompeo, Kamis (6/6).")
    assert [e.claimed_by for e in told if e.type == "ASSAULT"] == [None]
    assert [(e.claimed_by, e.statement) for e in claimed if e.type == "ASSAULT"] == [("Mike Pompeo", 0)]


@pytest.mark.parametrize(
    ("text", "status", "day"),
    [
        # The day of what is demanded: the demand was made by the day of the article.
        ("Menteri Luar Negeri Rusia Sergey Lavrov meminta Ukraina menggelar pemilu pada 2026.", "actual", "2025-08-03"),
        ("Rusia menyerang Ukraina pada 7 Oktober 2025.", "planned", "2025-10-07"),
        ("Rusia menyerang Ukraina pada 2 Agustus 2025.", "actual", "2025-08-02"),
        ("Rusia menyerang Ukraina pada 2025.", "actual", "2025"),
    ],
)
def test_what_lies_ahead_has_not_happened(text: str, status: str, day: str) -> None:
    (event,) = ujar.read(text, published=date(2025, 8, 3), events=True).events
    assert (event.status, event.date) == (status, day)


def test_formats() -> None:
    analysis = ujar.read("Israel menyerang Suriah pada Senin.", published=date(2024, 6, 7), events=True)
    out = io.StringIO()
    write_plover([analysis], out)
    records = [json.loads(line) for line in out.getvalue().splitlines()]
    assert records
    assert {"id", "date", "actor", "event"} <= set(records[0])
    assert records[0]["event"] == "ASSAULT"
    assert records[0]["actor"][0]["code"] == "ISR"
    out = io.StringIO()
    write_icews([analysis], out)
    table = list(csv.DictReader(io.StringIO(out.getvalue()), delimiter="\t"))
    assert tuple(table[0]) == ICEWS_COLUMNS
    assert (table[0]["Source Country"], table[0]["Target Country"], table[0]["CAMEO Code"]) == ("ISR", "SYR", "18")
    assert analysis.article.text[int(table[0]["Start"]) : int(table[0]["End"])] == "menyerang"


def test_scores() -> None:
    assert score_of("ASSAULT", None) == -9
    assert score_of("ASSAULT", "beat") == -7.5
    assert score_of("PROTEST", "vandalize") == -5
    assert {t.quad for t in TYPES.values()} == {1, 2, 3, 4}


def test_the_seed_article(data_folder: Path) -> None:
    text = (data_folder / "seed" / "article.txt").read_text(encoding="utf-8")
    events = found(text)

    def told(kind: str, status: str, code: str, sector: str | None) -> list[Event]:
        return [
            e
            for e in events
            if (e.type, e.status) == (kind, status)
            and any(p.actor and (p.actor.code, p.actor.sector) == (code, sector) for p in e.actors)
        ]

    # Neither NATO nor Finland sends troops; that is denied, not done.
    assert told("MOBILIZE", "denied", "IGO", None)
    assert told("MOBILIZE", "denied", "FIN", "GOV")
    (request,) = told("REQUEST", "actual", "IGO", None)
    assert "USA" in {p.actor.code for p in request.recipients if p.actor}
    assert request.actors[0].actor is not None
    assert request.actors[0].actor.office == "Sekretaris Jenderal NATO"
    threats = told("THREATEN", "actual", "RUS", "GOV")
    assert any(e.condition and text[slice(*e.condition)].startswith("Ukraina diizinkan") for e in threats)
    assert not [e for e in events if e.type == "ASSAULT" and e.status == "actual"]
