"""The user's own tables of actors, the import of Wikidata, and the commands."""

from __future__ import annotations

import bz2
import gzip
import json
from datetime import date
from pathlib import Path

import pytest
from test_cli import run

from ujar.actors import holders, is_member, resolve
from ujar.actors.own import add, check, write
from ujar.actors.resolve import forget
from ujar.actors.wikidata import import_terms
from ujar.errors import InputError, TableError, UsageError


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The user's folder, in force."""
    folder = tmp_path / "actors"
    folder.mkdir()
    monkeypatch.setenv("UJAR_ACTORS", str(folder))
    forget()
    yield folder
    monkeypatch.undo()
    forget()


def table(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text("\n".join(line.replace("|-|", "\t") for line in lines) + "\n", encoding="utf-8")
    return path


def test_own_rows_extend_and_correct_and_drop(own: Path) -> None:
    table(
        own,
        "terms.tsv",
        "person|-|names|-|office|-|code|-|sector|-|start|-|end|-|source",
        "Tomas Rehak|-|Rehak|-|Presiden Palau|-|PLW|-|GOV|-|2031-01-01|-||-|contoh",
        "Retno Marsudi|-||-|Menteri Luar Negeri|-|IDN|-|GOV|-|2014-10-27|-|2024-10-25|-|contoh",
    )
    table(own, "memberships.tsv", "bloc|-|member|-|start|-|source", "brics|-|IDN|-|2025-01-06|-|drop")
    table(
        own,
        "bodies.tsv",
        "id|-|name|-|kind|-|code|-|sector|-|source",
        "rapat-desa|-|Rapat Desa Maju|-|ngo|-|IDN|-|SOC|-|contoh",
    )
    forget()
    assert resolve("Rehak", date(2031, 6, 1)).office == "Presiden Palau"
    assert not resolve("Retno Marsudi", date(2024, 10, 22)).former
    assert not is_member("IDN", "BRICS", date(2025, 6, 1))
    assert resolve("Rapat Desa Maju").id == "body:rapat-desa"
    assert check(own)[0] == 4


@pytest.mark.parametrize(
    ("name", "lines", "message"),
    [
        ("terms.tsv", ("person|-|office|-|code|-|source", "A|-|B|-|XY|-|c"), "line 2: code 'XY' is no country code"),
        ("terms.tsv", ("person|-|office|-|code|-|start|-|source", "A|-|B|-|RUS|-|2024|-|c"), "start '2024' is no date"),
        ("terms.tsv", ("person|-|office|-|code|-|start|-|end|-|source", "A|-|B|-|RUS|-|2024-02-01|-|2023-01-01|-|c"), "it ends"),
        ("terms.tsv", ("person|-|office|-|source", "A|-|B|-|c"), "line 1: no column 'code'"),
        ("terms.tsv", ("person|-|office|-|code|-|source|-|more",), "unknown column 'more'"),
        ("terms.tsv", ("person|-|office|-|code|-|source", "A|-|B|-|RUS|-|c|-|d"), "5 cells"),
        ("terms.tsv", ("person|-|office|-|code|-|sector|-|source", "A|-|B|-|RUS|-|XXX|-|c"), "sector 'XXX'"),
        ("terms.tsv", ("person|-|office|-|code|-|source", " A|-|B|-|RUS|-|c"), "spaces"),
        ("bodies.tsv", ("id|-|name|-|kind|-|code|-|source", "A b|-|B|-|ngo|-|RUS|-|c"), "id 'A b'"),
        ("groups.tsv", ("id|-|name|-|members|-|source", "a|-|B|-|RUS,DEU|-|c"), "is no country code"),
        ("roles.tsv", ("form|-|kind|-|source", "kepala suku|-|chief|-|c"), "kind 'chief'"),
        ("people.tsv", ("form",), "no table of actors has this name"),
    ],
)  # fmt: skip
def test_bad_rows_are_refused_with_line_and_remedy(own: Path, name: str, lines: tuple[str, ...], message: str) -> None:
    table(own, name, *lines)
    forget()
    with pytest.raises(TableError) as caught:
        resolve("Rusia")
    assert message in caught.value.message
    assert name in caught.value.message
    assert caught.value.next_step
    assert check(own)[1]


def test_a_missing_folder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UJAR_ACTORS", str(tmp_path / "nowhere"))
    forget()
    with pytest.raises(TableError, match="is no folder"):
        resolve("Rusia")
    monkeypatch.undo()
    forget()


def test_two_holders_at_once_are_told(own: Path) -> None:
    table(
        own,
        "terms.tsv",
        "person|-|office|-|code|-|start|-|end|-|source",
        "A Satu|-|Presiden Norlandia|-|RUS|-|2020-01-01|-||-|contoh",
        "B Dua|-|Presiden Norlandia|-|RUS|-|2021-01-01|-||-|contoh",
    )
    (fault,) = check(own)[1]
    assert "B Dua holds 'Presiden Norlandia'" in fault.message
    assert "shared" in fault.mend


def test_add(own: Path) -> None:
    path = add(
        own, "terms", ["person=Sari Kusumawati", "office=Menteri Urusan Laut Palau", "code=PLW", "source=contoh"]
    )
    add(
        own,
        "terms",
        ["person=Sari Kusumawati", "office=Menteri Urusan Laut Palau", "code=PLW", "sector=GOV", "source=contoh"],
    )
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2
    forget()
    assert resolve("Sari Kusumawati").sector == "GOV"
    assert [t.person for t in holders("Menteri Urusan Laut Palau", date(2020, 1, 1))] == ["Sari Kusumawati"]
    for cells in (["person=x"], ["nothing"], ["who=x"]):
        with pytest.raises(UsageError):
            add(own, "terms", cells)
    with pytest.raises(UsageError):
        add(own, "kings", ["person=x"])


def test_commands(tmp_path: Path) -> None:
    folder = str(tmp_path / "mine")
    done = run(
        "actors", "add", "bodies", "id=rapat", "name=Rapat Desa", "kind=ngo", "code=IDN", "source=x", "--folder", folder
    )
    assert done.returncode == 0, done.stderr
    assert run("actors", "check", folder).returncode == 0
    shown = run("actors", "show", "Rapat Desa", "--on", "2025-01-01", UJAR_ACTORS=folder)
    assert shown.stdout.decode().startswith("Rapat Desa · IDN no sector · body")
    shown = run("actors", "show", "Prabowo", "--on", "2021-06-01").stdout.decode()
    assert shown.startswith("Prabowo Subianto · IDN GOV · person")
    assert "Menteri Pertahanan · IDN GOV · 2019-10-23 – 2024-10-20" in shown
    (tmp_path / "mine" / "bodies.tsv").write_text("id\tname\nx\n", encoding="utf-8")
    done = run("actors", "check", folder)
    assert done.returncode == 1
    assert b"bodies.tsv, line 1: no column 'kind'" in done.stderr
    assert b"next: " in done.stderr
    assert run("actors", "add", "bodies", "id=y", UJAR_ACTORS="").returncode == 1
    assert run("actors", "show", "NATO", "--on", "soon").returncode == 2


# --- Wikidata ---------------------------------------------------------------------------------------------------------


def snak(value: object) -> dict[str, object]:
    return {"snaktype": "value", "datavalue": {"value": value}}


def at(day: str, precision: int = 11) -> list[dict[str, object]]:
    return [snak({"time": f"+{day}T00:00:00Z", "precision": precision})]


def entity(key: str, label: str, language: str = "id", **claims: list[dict[str, object]]) -> dict[str, object]:
    return {"id": key, "labels": {language: {"value": label}}, "claims": claims}


def held(position: str, rank: str = "normal", **qualifiers: list[dict[str, object]]) -> dict[str, object]:
    return {"mainsnak": snak({"id": position}), "rank": rank, "qualifiers": qualifiers}


DUMP = [
    entity("Q100", "Tomas Rehak", P39=[held("Q200", P580=at("2019-03-05"), P582=at("2023-03-05"))]),
    entity("Q101", "Ana Petrova", "en", P39=[
        held("Q200", P580=at("2023-03-05")),
        held("Q201", P580=at("2015-00-00", 9), P582=at("2019-06-00", 10)),
        held("Q201", rank="deprecated", P580=at("1999-01-01")),
        held("Q999", P580=at("2020-01-01")),
    ]),
    entity("Q102", "Ivo Blanko", P39=[{"mainsnak": {"snaktype": "somevalue"}, "rank": "normal"}]),
    entity("Q200", "Presiden Norlandia", P1001=[{"mainsnak": snak({"id": "Q300"})}]),
    entity("Q201", "member of the parliament of Norland", "en", P17=[{"mainsnak": snak({"id": "Q300"})}]),
    entity("Q300", "Norlandia", P298=[{"mainsnak": snak("NOR")}]),
]  # fmt: skip


def dump(rows: list[dict[str, object]]) -> bytes:
    return ("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n").encode()


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress], ids=["plain", "gz", "bz2"])
def test_import(tmp_path: Path, pack) -> None:
    path = tmp_path / "extract"
    path.write_bytes(pack(dump(DUMP)))
    rows, faults = import_terms(path)
    short = [(r["person"], r["office"], r["code"], r["sector"], r["start"], r["end"], r["precision"]) for r in rows]
    assert short == [
        ("Tomas Rehak", "Presiden Norlandia", "NOR", "GOV", "2019-03-05", "2023-03-05", "day"),
        ("Ana Petrova", "Presiden Norlandia", "NOR", "GOV", "2023-03-05", "", "day"),
        ("Ana Petrova", "member of the parliament of Norland", "NOR", "LEG", "2015-01-01", "2019-06-01", "year"),
    ]
    assert all(r["source"].startswith("Wikidata Q10") and not r["shared"] for r in rows)
    (fault,) = faults
    assert "position Q999 is not in the extract" in fault.message


def test_imported_rows_are_used(own: Path, tmp_path: Path) -> None:
    path = tmp_path / "extract.jsonl"
    path.write_bytes(dump(DUMP))
    write(own / "terms_wikidata.tsv", "terms", import_terms(path)[0])
    assert not check(own)[1]
    forget()
    assert resolve("Tomas Rehak", date(2020, 1, 1)).office == "Presiden Norlandia"
    assert resolve("Tomas Rehak", date(2024, 1, 1)).former


def test_import_command(tmp_path: Path) -> None:
    path = tmp_path / "extract.json"
    path.write_bytes(dump(DUMP) + b"not json\n")
    done = run("actors", "import", str(path), "--folder", str(tmp_path / "mine"))
    assert done.returncode == 3
    assert b"the line is no entity in JSON" in done.stderr
    assert b"3 terms to " in done.stderr
    assert run("actors", "import", str(path), "--folder", str(tmp_path / "mine")).returncode == 3


def test_a_file_that_is_no_dump(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for content in (b"", b"[]\n", b"\x1f\x8bnot packed", b"\xff\xfe\xff"):
        path.write_bytes(content)
        with pytest.raises(InputError):
            import_terms(path)
    with pytest.raises(InputError):
        import_terms(tmp_path / "none")
