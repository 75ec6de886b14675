"""Actors: the tables are sound, and mentions mean what they should on a date."""

from __future__ import annotations

import re
import time
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT

from ujar.actors import holders, is_member, members, resolve
from ujar.actors.lexicon import build
from ujar.actors.rows import KINDS, Numbered, faults_between, faults_of, kind_of, read
from ujar.actors.terms import is_suspended

if TYPE_CHECKING:
    from ujar.records import Actor

FOLDER = ROOT / "src" / "ujar" / "actors"
FILES = sorted(FOLDER.glob("*.tsv"))
TABLES = read()
FORMS = {
    "states": ("name", "names", "capitals", "seats"),
    "groups": ("name", "names"),
    "bodies": ("name", "names"),
    "places": ("form",),
    "roles": ("form",),
}
LATE = date(2025, 6, 1)


# --- the tables -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_file(path) -> None:
    kind = kind_of(path.name)
    assert kind is not None
    header, *lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    assert tuple(header.split("\t")) == KINDS[kind].columns
    assert lines
    assert not any(line.endswith("\t") for line in lines), "empty cells at the end of a row are left out"
    rows = [dict(zip(KINDS[kind].columns, line.split("\t") + [""] * 20, strict=False)) for line in lines]
    first = {"terms": ("office", "start", "person")}.get(kind, KINDS[kind].key)
    keys = [tuple(row[c].casefold() if kind == "roles" else row[c] for c in first) for row in rows]
    assert keys == sorted(keys), f"sorted by {' '.join(first)}"


@pytest.mark.parametrize("kind", KINDS)
def test_no_key_twice(kind: str) -> None:
    keys: list[tuple[str, ...]] = []
    for path in FILES:
        if kind_of(path.name) == kind:
            header, *lines = (line.split("\t") for line in path.read_text(encoding="utf-8").rstrip("\n").split("\n"))
            rows = [dict(zip(header, line + [""] * 20, strict=False)) for line in lines]
            keys += [tuple(row[c] for c in KINDS[kind].key) for row in rows]
    assert len(keys) == len(set(keys)), [k for k in keys if keys.count(k) > 1][:5]


@pytest.mark.parametrize("kind", KINDS)
def test_rows_are_sound(kind: str) -> None:
    assert not [fault for found in TABLES[kind].values() for fault in faults_of(kind, found)]


def test_tables_agree() -> None:
    assert not list(faults_between(TABLES))


def day_within(row: dict[str, str]) -> date:
    """A day on which the row holds: a late one."""
    start = date.fromisoformat(row["start"]) if row.get("start") else date(2010, 1, 1)
    end = date.fromisoformat(row["end"]) if row.get("end") else None
    return max(start, min(LATE, end - timedelta(days=1) if end else LATE))


def example_form(kind: str, found: Numbered) -> str:
    """The longest form of the row that stands in its example, as it is written there."""
    row = found.row
    hits = []
    for form in (form for column in FORMS[kind] for form in row[column].split("|") if form):
        words = re.escape(form)
        if not form.isupper():
            words = f"(?:{re.escape(form[0].upper())}|{re.escape(form[0].lower())}){re.escape(form[1:])}"
        flags = re.IGNORECASE if kind == "roles" else 0
        hits += [m.group() for m in re.finditer(rf"(?<!\w){words}(?!\w)", row["example"], flags)]
    assert hits, f"{found.file}, line {found.line}: no form of the row stands in its example"
    return max(hits, key=len)


def means(kind: str, row: dict[str, str], actor: Actor) -> bool:
    """Whether an actor is what a row says."""
    match kind:
        case "states":
            # A building or name of a state may be a body too (Kremlin).
            return actor.id == f"state:{row['code']}" or (
                actor.rule == "body" and actor.code == (row["folds"] or row["code"])
            )
        case "groups":
            return actor.id == f"group:{row['id']}" or actor.rule == "body"
        case "bodies":
            return f"body:{row['id']}" in (actor.id, *actor.candidates)
        case "places":
            return actor.code is not None and actor.rule in ("place", "state", "body")
        case _:
            return row["kind"] in ("skip", "part", "former") or actor.sector == (row["sector"] or None)


@pytest.mark.parametrize("kind", FORMS)
def test_every_example_is_what_its_row_says(kind: str) -> None:
    wrong = []
    for found in TABLES[kind].values():
        row = found.row
        form = example_form(kind, found)
        # "Kementerian Luar Negeri" alone may be anybody's.
        country = row["code"] if kind == "bodies" else None
        actor = resolve(form, day_within(row), country=country)
        if not means(kind, row, actor):
            wrong.append((found.file, found.line, form, actor))
    assert not wrong, wrong[:5]


def test_every_term_is_found_by_its_person() -> None:
    wrong = []
    for found in TABLES["terms"].values():
        row = found.row
        if row["start"] == row["end"]:
            continue
        on = date.fromisoformat(row["start"]) if row["start"] else date(2010, 1, 1)
        if row["end"] and on >= date.fromisoformat(row["end"]):
            on = date.fromisoformat(row["end"]) - timedelta(days=1)
        actor = resolve(row["person"], on)
        if actor.rule == "ambiguous":
            # A name of one word, or of two persons: the office tells them apart.
            actor = resolve(f"{row['office']} {row['person']}", on)
        if row["office"] not in (actor.office or "").split("; "):
            wrong.append((found.line, row["person"], row["office"], actor))
    assert not wrong, wrong[:5]


def test_state_names_and_codes_are_those_of_the_standards() -> None:
    """Only where Babel and pycountry are installed: they are no dependency of ujar."""
    babel = pytest.importorskip("babel")
    pycountry = pytest.importorskip("pycountry")
    names = babel.Locale("id").territories
    for (code,), found in TABLES["states"].items():
        if code == "KOS":  # PLOVER's; ISO has none
            continue
        country = pycountry.countries.get(alpha_3=code)
        assert country, code
        name = re.sub(r" DAK Tiongkok| \(.*\)", "", names[country.alpha_2])
        forms = [found.row["name"], *found.row["names"].split("|")]
        assert name in forms or code in ("PSE", "SGS"), (code, name, forms)


# --- who was what, when -----------------------------------------------------------------------------------------------


def test_prabowo_through_the_years() -> None:
    before = resolve("Prabowo Subianto", date(2019, 6, 1))
    assert (before.code, before.sector, before.former) == ("IDN", "PTY", False)
    assert "Ketua Umum Partai Gerindra" in before.office
    assert "Calon Presiden" in before.office
    minister = resolve("Prabowo", date(2021, 6, 1))
    assert minister.office.split("; ")[0] == "Menteri Pertahanan"
    assert (minister.code, minister.sector) == ("IDN", "GOV")
    president = resolve("Prabowo Subianto", date(2024, 11, 1))
    assert president.office.split("; ")[0] == "Presiden Indonesia"
    assert {before.id, minister.id, president.id} == {"person:prabowo-subianto"}


def test_a_minister_and_a_former_one() -> None:
    assert resolve("Retno Marsudi", date(2024, 10, 19)).office == "Menteri Luar Negeri"
    after = resolve("Retno Marsudi", date(2024, 10, 22))
    assert (after.code, after.sector, after.former, after.office) == ("IDN", "ELI", True, None)
    # The words still call her minister; the tables know better.
    assert resolve("Menlu Retno Marsudi", date(2024, 10, 22)).former


def test_membership_has_dates() -> None:
    assert not is_member("FIN", "NATO", date(2023, 4, 3))
    assert is_member("FIN", "nato", date(2023, 4, 5))
    assert not is_member("GBR", "Uni Eropa", date(2020, 2, 1))
    assert is_member("GBR", "Uni Eropa", date(2020, 1, 31))
    assert members("negara-negara Baltik", date(2020, 1, 1)) == ("EST", "LTU", "LVA")
    assert len(members("ASEAN", date(2020, 1, 1))) == 10
    assert is_member("TLS", "asean", date(2025, 11, 1))
    assert is_member("IDN", "BRICS", date(2025, 2, 1))
    assert not is_member("IDN", "BRICS", date(2024, 12, 1))
    assert members("no such bloc", LATE) == ()


@pytest.mark.parametrize("year", range(2010, 2026))
def test_fifteen_sit_in_the_security_council(year: int) -> None:
    found = members("Dewan Keamanan PBB", date(year, 6, 1))
    assert len(found) == 15
    assert {"CHN", "FRA", "GBR", "RUS", "USA"} <= set(found)


def test_a_suspended_member_is_a_member() -> None:
    assert is_member("SYR", "Liga Arab", date(2015, 1, 1))
    assert is_suspended("SYR", "Liga Arab", date(2015, 1, 1))
    assert not is_suspended("SYR", "Liga Arab", date(2024, 1, 1))


def test_holders() -> None:
    assert [t.person for t in holders("Menlu AS", date(2022, 1, 1))] == ["Antony Blinken"]
    assert [t.person for t in holders("Presiden Amerika Serikat", date(2017, 1, 19))] == ["Barack Obama"]
    assert [t.person for t in holders("Presiden Amerika Serikat", date(2017, 1, 20))] == ["Donald Trump"]
    assert [t.person for t in holders("Sekjen PBB", date(2016, 1, 1))] == ["Ban Ki-moon"]
    assert [t.person for t in holders("Kapolri", date(2022, 8, 1))] == ["Listyo Sigit Prabowo"]
    assert holders("Raja Antartika", LATE) == ()


# --- mentions ---------------------------------------------------------------------------------------------------------

# (form, date, code, sector, id or None when it is nobody in particular)
MENTIONS = [
    ("Joe Biden", date(2022, 1, 1), "USA", "GOV", "person:joe-biden"),
    ("Biden", date(2022, 1, 1), "USA", "GOV", "person:joe-biden"),
    ("Menlu AS", date(2022, 1, 1), "USA", "GOV", "person:antony-blinken"),
    ("Menlu Pompeo", date(2019, 1, 1), "USA", "GOV", "person:mike-pompeo"),
    ("polisi Israel", LATE, "ISR", "COP", None),
    ("juru bicara Kemlu China", LATE, "CHN", "GOV", None),
    ("Presiden Rusia Vladimir Putin", date(2022, 1, 1), "RUS", "GOV", "person:vladimir-putin"),
    ("Presiden Amerika Serikat (AS), Donald Trump", date(2018, 1, 1), "USA", "GOV", "person:donald-trump"),
    ("PresidenFinlandiaAlexander Stubb", date(2024, 6, 6), "FIN", "GOV", "person:alexander-stubb"),
    ("Menteri Luar Negeri Norlandia, Sari Kusumawati", LATE, None, "GOV", None),
    ("parlemen Inggris", LATE, "GBR", "LEG", "body:gbr-parlemen"),
    ("DPR AS", LATE, "USA", "LEG", "body:usa-dpr"),
    # A state of two words behind a body of which it begins the name; a body of another state by the same name.
    ("Tentara Sudan Selatan", LATE, "SSD", "MIL", None),
    ("Partai Buruh Mauritius", LATE, "MUS", "PTY", None),
    ("Partai Komunis China Hong Kong", LATE, "CHN", "PTY", "body:chn-pkc"),
    ("PKC Hong Kong", LATE, "CHN", "PTY", "body:chn-pkc"),
    ("Hamas-Israel", LATE, "PSE", "REB", "body:hamas"),
    ("Fatah-Israel", LATE, "PSE", "PTY", "body:pse-fatah"),
    ("Ikhwanul Muslimin Libya", LATE, "LBY", "OPP", None),
    ("Mahkamah Konstitusi Korea Selatan", date(2017, 3, 10), "KOR", "JUD", "body:kor-mk"),
    ("Mahkamah Konstitusi", LATE, "IDN", "JUD", "body:id-mk"),
    ("mantan Presiden AS", LATE, "USA", "ELI", None),
    ("warga Palestina yang tinggal di Lembah Yordan", LATE, "PSE", "CVL", None),
    ("warga di Gaza", LATE, "PSE", "CVL", None),
    ("pemberontak Houthi", LATE, "YEM", "REB", "body:houthi"),
    ("kelompok pemberontak Yaman, Houthi", LATE, "YEM", "REB", "body:houthi"),
    ("oposisi Venezuela", LATE, "VEN", "OPP", None),
    ("pengadilan Jerman", LATE, "DEU", "JUD", None),
    ("pengunjuk rasa", LATE, None, "CVL", None),
    ("mahasiswa", LATE, None, "EDU", None),
    ("wartawan", LATE, None, "JRN", None),
    ("Polri", LATE, "IDN", "COP", "body:id-polri"),
    ("KPK", LATE, "IDN", "GOV", "body:id-kpk"),
    ("DPR", LATE, "IDN", "LEG", "body:id-dpr"),
    ("Gubernur DKI", date(2020, 1, 1), "IDN", "GOV", "person:anies-baswedan"),
    ("Mendagri", date(2020, 1, 1), "IDN", "GOV", "person:tito-karnavian"),
    ("Polda Metro Jaya", LATE, "IDN", "COP", "body:id-polda-metro"),
    ("Bupati Morowali, Taslim", LATE, "IDN", "GOV", None),
    ("Presiden", LATE, None, "GOV", None),
    ("pemerintah", LATE, None, "GOV", None),
    ("AS", LATE, "USA", None, "state:USA"),
    ("Washington", LATE, "USA", None, "state:USA"),
    ("Kremlin", LATE, "RUS", "GOV", "body:rus-istana"),
    ("Gedung Putih", LATE, "USA", "GOV", "body:usa-istana"),
    ("Moskow", LATE, "RUS", None, "state:RUS"),
    ("NATO", LATE, "IGO", None, "body:nato"),
    ("PBB", LATE, "UNO", None, "body:pbb"),
    ("Uni Eropa", LATE, "EUR", None, "body:uni-eropa"),
    ("Sekjen NATO Jens Stoltenberg", date(2022, 1, 1), "IGO", None, "person:jens-stoltenberg"),
    ("Jens Stoltenberg", date(2024, 12, 1), "NOR", "ELI", "person:jens-stoltenberg"),
    ("tentara PBB", LATE, "UNO", "MIL", "body:pbb-peacekeepers"),
    ("negara-negara Baltik", LATE, None, None, "group:baltik"),
    ("Barat", LATE, None, None, "group:barat"),
    ("Taiwan", LATE, "TWN", None, "state:TWN"),
    ("Kosovo", LATE, "KOS", None, "state:KOS"),
    ("Greenland", LATE, "DNK", None, "state:GRL"),
    ("Abkhazia", LATE, "GEO", "PRE", "body:abkhazia"),
    ("Taliban", date(2020, 1, 1), "AFG", "REB", "body:taliban-reb"),
    ("Taliban", date(2022, 1, 1), "AFG", "GOV", "body:taliban-gov"),
    ("pendukung Donald Trump", date(2021, 1, 6), "USA", "CVL", None),
    ("mantan Panglima TNI Moeldoko", date(2020, 1, 1), "IDN", "GOV", "person:moeldoko"),
    ("Juru bicara kementerian pertahanan Kolonel Turki al-Maliki", LATE, None, "GOV", None),
    ("jet tempur Rusia", LATE, "RUS", "MIL", None),
    ("seorang pejabat di Departemen Kehakiman AS", LATE, "USA", "GOV", None),
    ("Presiden Federasi Sepak Bola Malaysia", LATE, "MYS", "SOC", None),
    ("DPR Papua", LATE, "IDN", "LEG", None),
    ("tentara AS di Irak", LATE, "USA", "MIL", "body:usa-militer"),
    ("Wali Kota Hasto", LATE, None, "GOV", None),
    ("Lima warga Israel", LATE, "ISR", "CVL", None),
]


@pytest.mark.parametrize(("form", "on", "code", "sector", "key"), MENTIONS, ids=[m[0] for m in MENTIONS])
def test_mention(form: str, on: date, code: str | None, sector: str | None, key: str | None) -> None:
    actor = resolve(form, on)
    assert (actor.code, actor.sector, actor.id) == (code, sector, key), actor
    assert actor.form == form


@pytest.mark.parametrize(
    "form",
    [
        "as",
        "barat",
        "Diego Costa",
        "penyerang Atletico",
        "Curtis",
        "Liga Inggris",
        "warganet",
        "",
        "  ",
        "12",
        "(",
        "-",
    ],
)
def test_what_is_not_known_is_not_guessed(form: str) -> None:
    actor = resolve(form, LATE)
    assert (actor.id, actor.code, actor.confidence) == (None, None, 0.0)


def test_the_caller_may_know_the_country() -> None:
    assert resolve("polisi", LATE, country="MYS").code == "MYS"
    assert resolve("Kementerian Luar Negeri", LATE).code is None
    assert resolve("Kementerian Luar Negeri", LATE, country="IDN").id == "body:id-kemlu"
    assert resolve("Kementerian Luar Negeri", LATE, country="RUS").code == "RUS"
    # Words that are Indonesian only stay so.
    assert resolve("Bupati", LATE, country="MYS").code == "IDN"


@pytest.mark.parametrize("form", ["Partai Demokrat", "Demokrat", "politikus Demokrat"])
def test_of_parties_that_share_a_name_the_country_tells(form: str) -> None:
    abroad, home, unsaid = (resolve(form, LATE, country=country) for country in ("USA", "IDN", None))
    assert [a.code for a in (abroad, home, unsaid)] == ["USA", "IDN", "IDN"]
    assert {a.sector for a in (abroad, home, unsaid)} == {"PTY"}
    # Somewhere else there is none of that name that the tables know.
    assert resolve(form, LATE, country="MYS").code == "IDN"
    assert resolve("Partai Demokrat AS", LATE, country="IDN").id == "body:usa-demokrat"
    assert resolve("Partai Buruh", LATE, country="GBR").id == "body:gbr-buruh"


def test_the_full_name_helps() -> None:
    assert resolve("Presiden", date(2024, 6, 6), name="Alexander Stubb").id == "person:alexander-stubb"
    assert resolve("dia", date(2024, 6, 6), name="Alexander Stubb").code == "FIN"
    assert resolve("Luhut", LATE).id == "person:luhut-binsar-pandjaitan"
    assert resolve("Luhut", LATE, name="Luhut Simanjuntak").id is None
    assert resolve("Pasukan", LATE, name="Pasukan Kuwait").code == "KWT"


def test_ambiguous_stays_so() -> None:
    actor = resolve("AP", LATE)
    assert (actor.code, actor.rule, actor.candidates) == (None, "ambiguous", ("body:ap-media",))
    two = resolve("AS dan Inggris", LATE)
    assert (two.code, two.candidates) == (None, ("state:USA", "state:GBR"))
    agreed = resolve("Kemendes", date(2012, 1, 1))
    assert (agreed.code, agreed.sector, len(agreed.candidates)) == ("IDN", "GOV", 2)


def test_annotated_actors(data_folder, monkeypatch) -> None:
    if not (data_folder / "plover" / "articles_train.jsonl").exists():
        pytest.skip("no annotated actors in the evaluation data")
    monkeypatch.syspath_prepend(str(ROOT / "eval"))
    monkeypatch.setenv("UJAR_DATA", str(data_folder))
    import actors

    counts, _ = actors.score(actors.articles("train"), "article")
    assert counts["right"] / counts["mentions"] >= 0.95
    assert counts["wrong"] / counts["mentions"] <= 0.02


def test_quick_enough() -> None:
    begin = time.perf_counter()
    build(None)
    assert time.perf_counter() - begin < 2, "a quarter of a second on an idle machine"
    forms = [f"{role} {form}" for role in ("polisi", "Menlu", "juru bicara") for form, *_ in MENTIONS]
    begin = time.perf_counter()
    for form in forms:
        resolve(form, LATE)
    first = (time.perf_counter() - begin) / len(forms)
    begin = time.perf_counter()
    for form in forms:
        resolve(form, LATE)
    again = (time.perf_counter() - begin) / len(forms)
    assert first < 3e-3
    assert again < 3e-4


def test_the_page_runs_and_names_every_table() -> None:
    page = (ROOT / "docs" / "actors.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert code
    exec(compile(code[1], "actors.md", "exec"), {})  # noqa: S102 - our own page
    named = {name for line in re.findall(r"^\| (`.*?) \|", page, re.MULTILINE) for name in re.findall(r"`(\w+)`", line)}
    assert named == set(KINDS)
