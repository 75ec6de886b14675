"""The ledger: a small one, counted by hand (ledger_case.py)."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb")

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from conftest import ROOT
from ledger_case import analysis, article, done, said, short, small, small_ledger

from ujar.errors import LedgerError, UsageError
from ujar.store import Ledger, known, mark, merge, migrate, open_ledger, parts, views
from ujar.store import ledger as ledger_module
from ujar.store.filter import search_terms
from ujar.store.rows import article_key, rows_of
from ujar.store.schema import SCHEMA_VERSION, TABLES, arrow_schema


@pytest.fixture(scope="module")
def shared_ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """For tests that only ask. Its path has what SQL might stumble over."""
    return small_ledger(tmp_path_factory.mktemp('it\'s "a" ledger') / "kept; --here")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return small_ledger(tmp_path / "ledger")


# What is kept


def test_sizes(shared_ledger: Ledger) -> None:
    assert shared_ledger.size() == {"articles": 8, "statements": 10, "events": 7}


def test_the_same_again_changes_nothing(ledger: Ledger) -> None:
    before = sorted((ledger.folder / "parts").iterdir())
    assert ledger.keep(small().values(), engine="test") == ledger_module.Kept()
    assert sorted((ledger.folder / "parts").iterdir()) == before
    assert ledger.keep([], engine="test") == ledger_module.Kept()


def test_given_twice_at_once_is_kept_once(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "new", create=True)
    assert ledger.keep([small()["a"], small()["a"]], engine="test").articles == 1


def changed(name: str = "a") -> Any:
    own = small()[name]
    text = own.article.text + " Demikian."
    return replace(own, article=replace(own.article, text=text), statements=own.statements[:1], events=())


def test_a_changed_article_supersedes_and_the_older_stays(ledger: Ledger) -> None:
    old = ledger.statements(article="https://satu.example/a").to_pylist()
    kept = ledger.keep([changed()], engine="test")
    assert (kept.articles, kept.changed, kept.statements, kept.events) == (1, 1, 1, 0)
    assert ledger.size() == {"articles": 8, "statements": 9, "events": 6}
    assert short(ledger, ledger.statements(article="https://satu.example/a")) == ["a.0"]
    newer, older = ledger.articles("https://satu.example/a").to_pylist()
    assert newer["supersedes"] == older["reading"] == old[0]["reading"]
    assert ledger.articles(older["reading"]).num_rows == ledger.articles(newer["reading"]).num_rows == 2
    for row in old:
        assert ledger.row(row["id"]) == ("statements", row)
    assert ledger.ask("SELECT count(*) AS n FROM all_statements")["n"].to_pylist() == [11]


def test_an_article_that_changes_back_is_current_again(ledger: Ledger) -> None:
    ledger.keep([changed()], engine="test")
    assert not ledger.holds(small()["a"].article)
    ledger.keep([small()["a"]], engine="test")
    assert ledger.holds(small()["a"].article)
    readings = ledger.articles("https://satu.example/a").to_pylist()
    assert len({r["reading"] for r in readings}) == 3
    assert ledger.size()["articles"] == 8


def test_another_engine_reads_again_only_when_asked(ledger: Ledger) -> None:
    assert ledger.keep([small()["a"]], engine="better").articles == 0
    assert ledger.keep([small()["a"]], engine="test", again=True).articles == 0
    assert ledger.keep([small()["a"]], engine="better", again=True).changed == 1
    assert ledger.size()["articles"] == 8


def test_an_article_taken_for_another_is_read_again_and_not_kept_twice(ledger: Ledger) -> None:
    """Of what it holds the ledger remembers hashes, of which two may be one."""
    one = small()["a"]
    assert ledger.holds(one.article)
    ledger._known.readings[hash(article_key(one.article))] ^= 1 << 20
    assert not ledger.holds(one.article)
    assert ledger.keep([one], engine="test").articles == 0


def test_holds(ledger: Ledger) -> None:
    one = small()["b"].article
    assert ledger.holds(one)
    assert ledger.holds(one, engine="test")
    assert not ledger.holds(one, engine="better")
    for other in (
        replace(one, text=one.text + "!"),
        replace(one, title="Lain"),
        replace(one, outlet="Lain"),
        replace(one, published=date(2024, 6, 11)),
        replace(one, id="lain"),
    ):
        assert not ledger.holds(other)
    elsewhere = open_ledger(ledger.folder)
    elsewhere.keep([analysis(article("x", "Teks baru.", None, None))], engine="test")
    assert ledger.holds(article("x", "Teks baru.", None, None))
    elsewhere.keep([changed()], engine="test")
    assert not ledger.holds(small()["a"].article)
    assert ledger.holds(changed().article)
    elsewhere.tidy(everything=True)
    assert not ledger.holds(small()["a"].article)
    assert ledger.holds(changed().article)


def test_a_territory_counts_with_its_state_and_is_found_by_itself(tmp_path: Path) -> None:
    """Its key is not that of the country that stands in the row: neither may do for the other."""
    text = "Gubernur menilai Gibraltar dan Inggris siap. Rusia mengancam Gibraltar."
    ledger = open_ledger(tmp_path / "ledger", create=True)
    own = analysis(
        article("t", text, "2024-06-03", None),
        said(text, "Gibraltar dan Inggris siap", kind="indirect", speaker="Gubernur"),
        done(text, "mengancam", "Rusia", "Gibraltar", type="THREATEN", on=date(2024, 6, 3)),
        names="Gibraltar, Inggris",
    )
    ledger.keep([own], engine="test")
    assert ledger.statements(about="Gibraltar")["about_countries"].to_pylist() == [["GBR"]]
    for name in ("Gibraltar", "Inggris", "state:GBR"):
        assert ledger.count("statements", about=name) == 1
        assert ledger.count("events", recipient=name) == 1
    assert ledger.count("statements", about="Spanyol") == ledger.count("events", recipient="Jersey") == 0


def test_hostile_text_is_kept_as_it_is(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "new", create=True)
    text = 'Ia berkata "\'); DROP VIEW statements; --\x00\x1b[31m\u202e=SUM(A1)" \ud800 😀.'
    own = analysis(article("'x'", text, None, "O'Harian"), said(text, "'); DROP VIEW statements; --", speaker="=1+1"))
    ledger.keep([own], engine="'")
    row = ledger.statements(speaker="'); DROP VIEW statements; --", limit=5)
    assert row.num_rows == 0
    (row,) = ledger.statements(outlet="o'harian").to_pylist()
    assert row["content"] == "'); DROP VIEW statements; --"
    (kept,) = ledger.articles("'x'").to_pylist()
    # A lone surrogate is no character that a file can hold; everything keeps its place.
    assert kept["text"] == text.replace("\ud800", "�")
    assert ledger.holds(own.article)


# What is asked


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ({}, "e.0 f.0 a.0 a.1 d.0 b.0 b.1 g.0 h.0 c.0"),
        # A state: everybody who acts for it. A person. A body. A name that the tables do not know, with accents or not.
        ({"speaker": "Rusia"}, "a.0 d.0"),
        ({"speaker": "RUS"}, "a.0 d.0"),
        ({"speaker": "state:RUS"}, "a.0 d.0"),
        ({"speaker": "Vladimir Putin"}, "a.0 d.0"),
        ({"speaker": "person:vladimir-putin"}, "a.0 d.0"),
        ({"speaker": "NATO"}, ""),
        ({"speaker": "ningtyas alvarez"}, "c.0"),
        ({"speaker": "Álvarez"}, "c.0"),
        ({"speaker": "Wening"}, "b.1"),
        ({"speaker": "desa banyu"}, "b.1"),
        ({"speaker": "name:sari wening"}, "b.1"),
        # Half a name is no name.
        ({"speaker": "Wen"}, ""),
        ({"speaker": "NATO", "members": True}, "f.0 b.0"),
        ({"within": "NATO"}, "f.0 b.0"),
        ({"within": "ASEAN"}, ""),
        ({"about": "Ukraina"}, "a.1"),
        ({"about": "Gaza"}, "b.0"),
        ({"about": "harga beras"}, "g.0"),
        ({"about": "NATO", "members": True}, ""),
        ({"to": "Israel"}, "b.0"),
        ({"to": "Palestina"}, ""),
        ({"via": "reuters"}, "a.0"),
        ({"via": "Antara"}, ""),
        ({"kind": "mixed"}, "b.0"),
        ({"kind": "direct"}, "a.0 d.0 b.1 c.0"),
        ({"outlet": "warta dua"}, "d.0 b.0 b.1 g.0"),
        ({"since": date(2024, 6, 4)}, "d.0 b.0 b.1 g.0 h.0"),
        ({"until": date(2024, 6, 4)}, "e.0 f.0 a.0 a.1"),
        ({"since": date(2024, 6, 3), "until": date(2024, 6, 10)}, "a.1 d.0"),
        ({"article": "b"}, "b.0 b.1"),
        ({"article": "https://satu.example/a"}, "a.0 a.1"),
        ({"confidence": 0.8}, "e.0 f.0 a.0 d.0 b.1 g.0 c.0"),
        # Once: the first that fits.
        ({"once": True}, "e.0 f.0 a.0 a.1 b.0 b.1 g.0 h.0 c.0"),
        ({"once": True, "outlet": "Warta"}, "d.0 b.0 b.1 g.0"),
        # Words: all of them, with clitics, beginnings, in a row.
        ({"words": "rudal"}, "a.0 a.1 d.0"),
        ({"words": "RUDAL siap"}, "a.0 d.0"),
        ({"words": "rudal*"}, "a.0 a.1 d.0"),
        ({"words": "perudal*"}, "c.0"),
        ({"words": "senjata"}, "b.0 b.1"),
        ({"words": "gencatan senjata"}, "b.0 b.1"),
        ({"words": '"gencatan senjata"'}, "b.0"),
        ({"words": "“senjata gencatan” urusan"}, "b.1"),
        ({"words": "perbatasan-timur"}, "a.0 d.0"),
        ({"words": "udal"}, ""),
        ({"words": "50%_"}, ""),
        # Together.
        ({"words": "rudal", "speaker": "Rusia", "outlet": "Harian", "since": date(2024, 1, 1)}, "a.0"),
        # Order and pages. What has no day stands last either way.
        ({"sort": "-day"}, "h.0 g.0 b.0 b.1 d.0 a.1 a.0 f.0 e.0 c.0"),
        ({"sort": "-day", "limit": 2}, "h.0 g.0"),
        ({"sort": "-day", "limit": 2, "offset": 2}, "b.0 b.1"),
        ({"sort": "day", "limit": 3, "offset": 8}, "h.0 c.0"),
        ({"offset": 9}, "c.0"),
        ({"limit": 0}, ""),
        ({"sort": "speaker", "limit": 1}, "b.0"),
    ],
)  # fmt: skip
def test_statements(shared_ledger: Ledger, what: dict[str, Any], expected: str) -> None:
    found = short(shared_ledger, shared_ledger.statements(**what))
    if "sort" not in what and not {"limit", "offset"} & set(what):
        # Of one day, the order is that of the ids, which say nothing.
        assert sorted(found) == sorted(expected.split())
    else:
        assert grouped(found) == grouped(expected.split())
    # The same rows, few at a time.
    if "limit" not in what and "offset" not in what:
        paged = [
            row
            for n in range(0, 12, 3)
            for row in short(shared_ledger, shared_ledger.statements(**what, limit=3, offset=n))
        ]
        assert paged == found


def grouped(names: list[str]) -> list[str]:
    """b.0 and b.1 are of one day: either may stand first."""
    return [n[0] if n[0] == "b" else n for n in names]


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ({}, "e.e0 f.e0 a.e0 d.e0 b.e0 h.e0 c.e0"),
        ({"actor": "Rusia"}, "e.e0 f.e0 a.e0"),
        ({"recipient": "Ukraina"}, "a.e0"),
        ({"actor": "Serikat Tani Banyu"}, "c.e0"),
        ({"actor": "tani"}, "c.e0"),
        ({"actor": "tan"}, ""),
        ({"actor": "Indonesia"}, "c.e0"),
        ({"pair": ("Rusia", "Ukraina")}, "a.e0"),
        ({"pair": ("Ukraina", "Rusia")}, "a.e0"),
        ({"pair": ["Palestina", "Israel"]}, "b.e0 h.e0"),
        ({"recipient": "NATO"}, ""),
        # Finland is a member from 2023-04-04.
        ({"recipient": "NATO", "members": True}, "f.e0 d.e0"),
        ({"within": "NATO"}, "f.e0 d.e0"),
        ({"type": "THREATEN"}, "e.e0 f.e0 a.e0"),
        ({"type": "ASSAULT", "status": "actual"}, "b.e0"),
        ({"status": "denied"}, "h.e0"),
        ({"outlet": "Satu"}, "e.e0 f.e0 a.e0"),
        ({"since": date(2024, 6, 9), "until": date(2024, 7, 2)}, "b.e0"),
        ({"words": "mengancam"}, "e.e0 f.e0 a.e0"),
        ({"article": "b"}, "b.e0"),
        ({"once": True}, "e.e0 f.e0 a.e0 d.e0 b.e0 h.e0 c.e0"),
        ({"confidence": 0.81}, ""),
        ({"sort": "type", "limit": 2}, "c.e0 b.e0"),
    ],
)  # fmt: skip
def test_events(shared_ledger: Ledger, what: dict[str, Any], expected: str) -> None:
    found = short(shared_ledger, shared_ledger.events(**what))
    if "sort" in what:
        assert found[0] == expected.split(maxsplit=1)[0]
    else:
        assert sorted(found) == sorted(expected.split())


def test_events_once(ledger: Ledger) -> None:
    own = small()["f"]
    ledger.keep([replace(own, article=replace(own.article, id="f2", outlet="Warta Dua"))], engine="test")
    assert len(ledger.events(type="THREATEN")) == 4
    assert sorted(short(ledger, ledger.events(type="THREATEN", once=True))) == ["a.e0", "e.e0", "f.e0"]


@pytest.mark.parametrize(
    "what",
    [
        {"nobody": "x"}, {"kind": "loud"}, {"words": 5}, {"words": ""}, {"words": "?!"}, {"words": '""'},
        {"since": "2024-01-01"}, {"since": datetime(2024, 1, 1, tzinfo=UTC)},
        {"since": date(2024, 1, 2), "until": date(2024, 1, 2)}, {"limit": -1}, {"limit": 10_000_000}, {"limit": True},
        {"offset": None}, {"sort": "id; DROP VIEW statements"}, {"sort": ""}, {"sort": "type"}, {"speaker": ""},
        {"speaker": "..."}, {"within": "Desa Banyu"}, {"type": "THREATEN"}, {"actor": "Rusia"},
        {"pair": ("Rusia", "Ukraina")}, {"confidence": 2}, {"members": "yes"}, {"once": None},
    ],
)  # fmt: skip
def test_bad_filters_of_statements(shared_ledger: Ledger, what: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        shared_ledger.statements(**what)
    assert caught.value.next_step


@pytest.mark.parametrize(
    "what",
    [
        {"type": "SMILE"}, {"status": "maybe"}, {"speaker": "Rusia"}, {"about": "Rusia"}, {"to": "Rusia"},
        {"via": "Reuters"}, {"kind": "direct"}, {"pair": ("Rusia",)}, {"pair": "ab"}, {"sort": "speaker"},
    ],
)  # fmt: skip
def test_bad_filters_of_events(shared_ledger: Ledger, what: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        shared_ledger.events(**what)
    assert caught.value.next_step


def test_an_ambiguous_actor_is_refused_with_those_it_may_be(shared_ledger: Ledger) -> None:
    with pytest.raises(UsageError, match=r"may be several: body:\S+, body:") as caught:
        shared_ledger.statements(speaker="Greenpeace")
    assert caught.value.slug == "ambiguous-actor"


def test_search_terms() -> None:
    begin, pattern = search_terms("Rudal")[0]
    assert begin == " rudal"
    assert pattern
    assert search_terms('rud* "Gencatan  Senjata" ') == [(" rud", None), (" gencatan senjata ", None)]
    assert search_terms(" * ? ") == []


def test_rows_by_id(shared_ledger: Ledger) -> None:
    for table in ("statements", "events"):
        for row in getattr(shared_ledger, table)().to_pylist():
            assert shared_ledger.row(row["id"]) == (table, row)
    for name in ("", "x", "0123456789abcdef.0", "0123456789abcdef.e0", "' OR 1=1 --"):
        with pytest.raises(LedgerError, match="no statement, event or article"):
            shared_ledger.row(name)
    assert shared_ledger.articles("nobody").num_rows == 0


def test_no_statement_is_lost_from_the_count_when_its_first_report_changes(ledger: Ledger) -> None:
    first, second = ledger.statements(words="rudal siap").to_pylist()
    assert second["said"] == first["id"]
    own = small()["a"]
    text = own.article.text.replace("sudah siap", "belum siap")
    own = analysis(replace(own.article, text=text))
    ledger.keep([own], engine="test")
    (left,) = ledger.statements(words="rudal siap").to_pylist()
    assert left["said"] == left["id"] == second["id"]
    assert ledger.ask("SELECT count(*) AS n FROM statements WHERE said = id")["n"].to_pylist() == [8]


# Questions in SQL


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('{other}')", "SELECT * FROM read_text('{other}')", "SELECT * FROM '{other}'",
        "SELECT * FROM read_blob('{folder}/ledger.json')", "SELECT * FROM glob('{parent}/*')",
        "SELECT * FROM read_parquet('{folder}/parts/../../other.parquet')",
        "COPY statements TO '{parent}/stolen.csv'", "COPY statements TO '{folder}/parts/stolen.csv'",
        "ATTACH '{parent}/x.db'", "INSTALL httpfs", "LOAD httpfs", "SET enable_external_access = true",
        "DROP VIEW statements", "CREATE TABLE x (a INT)", "DELETE FROM statements", "EXPORT DATABASE '{parent}/x'",
        "SELECT 1; SELECT 2", "", "PRAGMA version", "CALL pragma_version()", "SELECT * FROM secret_frame",
        "SELECT nothing FROM statements", "SELEC", "SELECT * FROM statements WHERE day = ?",
        "SELECT * FROM read_csv('http://127.0.0.1:9/x')",
    ],
)  # fmt: skip
def test_nothing_but_the_ledger_can_be_reached(shared_ledger: Ledger, sql: str, tmp_path: Path) -> None:
    secret_frame = pa.table({"a": [1]})
    assert secret_frame.num_rows
    other = tmp_path / "other.csv"
    other.write_text("a\n1\n", encoding="utf-8")
    pq.write_table(secret_frame, tmp_path / "other.parquet")
    before = sorted(p for p in shared_ledger.folder.rglob("*"))
    quoted = {k: str(v).replace("'", "''") for k, v in
              {"other": other, "folder": shared_ledger.folder, "parent": tmp_path}.items()}  # fmt: skip
    with pytest.raises((UsageError, LedgerError)) as caught:
        shared_ledger.ask(sql.format(**quoted))
    assert caught.value.next_step
    assert sorted(p for p in shared_ledger.folder.rglob("*")) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["other.csv", "other.parquet"]
    assert shared_ledger.size()["statements"] == 10


def test_values_go_through_parameters(shared_ledger: Ledger) -> None:
    found = shared_ledger.ask("SELECT id FROM statements WHERE speaker = ? OR speaker = ?", ["Sari Wening", "' OR 1=1"])
    assert found.num_rows == 1


# Frames and files


def test_frames(shared_ledger: Ledger) -> None:
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    table = shared_ledger.statements(limit=5)
    assert table.schema == arrow_schema("statements") == shared_ledger.statements().schema
    assert shared_ledger.statements(words="tiadaada", limit=5).schema == table.schema
    assert shared_ledger.events().schema == shared_ledger.events(limit=3).schema == arrow_schema("events")
    assert shared_ledger.articles("b").schema == arrow_schema("articles")
    assert isinstance(table.to_pandas(), pandas.DataFrame)
    frame = polars.from_arrow(table)
    assert frame["speaker"].to_list() == table.to_pandas()["speaker"].tolist() == table["speaker"].to_pylist()


def test_the_files_are_read_without_ujar(shared_ledger: Ledger) -> None:
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    (part,) = (shared_ledger.folder / "parts").iterdir()
    assert sorted(p.name for p in part.iterdir()) == [
        "articles.parquet", "events.parquet", "part.json", "statements.parquet",
    ]  # fmt: skip
    file = part / "statements.parquet"
    ids = sorted(shared_ledger.statements()["id"].to_pylist())
    assert sorted(pandas.read_parquet(file)["id"]) == ids
    assert sorted(polars.read_parquet(file)["id"]) == ids
    with duckdb.connect() as connection:
        name = str(file).replace("'", "''")
        assert sorted(r[0] for r in connection.sql(f"SELECT id FROM '{name}'").fetchall()) == ids  # noqa: S608
    for table in TABLES:
        assert pq.read_schema(part / f"{table}.parquet").remove_metadata() == arrow_schema(table)


def test_a_passing_fault_is_no_damage(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many open files: an error, not a ledger without the part, in which its articles would be kept twice."""

    def refuse(path: Path) -> bytes:
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as full:
        full.setattr(Path, "read_bytes", refuse)
        for work in (lambda: ledger.keep([small()["a"]], engine="test"), ledger.statements):
            with pytest.raises(LedgerError, match="Too many open files") as caught:
                work()
            assert caught.value.slug == "ledger-not-read"
    assert ledger.size()["articles"] == 8


@pytest.mark.parametrize("fault", ["EACCES", "EMFILE", "EIO", "ESTALE", "ETIMEDOUT", "ENOMEM"])
@pytest.mark.parametrize("where", ["read_bytes", "ParquetFile"])
def test_only_wrong_content_is_damage(ledger: Ledger, monkeypatch: pytest.MonkeyPatch, fault: str, where: str) -> None:
    """Whatever else a system may say: an error, and the part stays."""
    number = getattr(errno, fault)

    def refuse(*_: Any, **__: Any) -> bytes:
        raise OSError(number, os.strerror(number))

    again = open_ledger(ledger.folder)
    with monkeypatch.context() as full:
        full.setattr(Path if where == "read_bytes" else parts.pq, where, refuse)
        with pytest.raises(LedgerError, match="cannot be read") as caught:
            again.keep([small()["a"]], engine="test")
    assert caught.value.slug == "ledger-not-read"
    assert again.keep([small()["a"]], engine="test").articles == 0
    assert again.check() == ()
    assert again.size()["articles"] == 8


def test_too_little_memory_is_no_damage(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise pa.ArrowMemoryError("realloc of size 9")

    monkeypatch.setattr(parts.pq, "ParquetFile", refuse)
    with pytest.raises(LedgerError, match="Cannot allocate memory"):
        open_ledger(ledger.folder).verify()


def test_rot_is_found_before_anything_is_kept(ledger: Ledger) -> None:
    """The articles are whole, the statements are not: the same articles are no longer there already."""
    article_ = small()["a"].article
    assert ledger.holds(article_)
    (part,) = (ledger.folder / "parts").iterdir()
    content = bytearray((part / "statements.parquet").read_bytes())
    content[4:400] = bytes(b ^ 0xFF for b in content[4:400])
    (part / "statements.parquet").write_bytes(bytes(content))
    for kept in (1, 0):
        assert open_ledger(ledger.folder).keep([small()["a"]], engine="test").articles == kept
    last = open_ledger(ledger.folder)
    assert last.holds(article_)
    assert [p.slug for p in last.verify()] == ["damaged-part"]
    assert not last.holds(small()["b"].article)
    assert last.size() == {"articles": 1, "statements": 2, "events": 1}


def test_a_part_that_comes_back_counts_once(ledger: Ledger) -> None:
    """Damaged, its articles kept again, one of them changed; then the file is put back from a copy."""
    (part,) = (ledger.folder / "parts").iterdir()
    content = (part / "statements.parquet").read_bytes()
    (part / "statements.parquet").write_bytes(content[:-20])
    size = ledger.size()
    again = open_ledger(ledger.folder)
    other = changed().article
    unchanged = [a for a in small().values() if article_key(a.article) != article_key(other)]
    assert again.keep([*unchanged, changed()], engine="test").articles == 8
    want = again.size()
    (part / "statements.parquet").write_bytes(content)
    for whole in (again, open_ledger(ledger.folder)):
        assert whole.size() == want != size
        assert whole.statements(limit=20).num_rows == want["statements"]
        assert whole.articles(article_key(other)).num_rows == 2
        assert whole.holds(other)
        assert whole.ask("SELECT count(*) AS n FROM all_articles")["n"].to_pylist() == [9]
    assert ledger.tidy(everything=True) == 2
    assert open_ledger(ledger.folder).size() == want
    rows = [pq.read_table(f).num_rows for f in ledger.folder.glob("parts/*/articles.parquet")]
    assert rows == [9]


def test_a_column_of_another_type_is_told(ledger: Ledger) -> None:
    ledger.keep([changed()], engine="test")
    part = min((ledger.folder / "parts").iterdir())
    file = part / "statements.parquet"
    table = pq.read_table(file)
    at = table.column_names.index("number")
    pq.write_table(table.set_column(at, "number", pa.array(["one"] * len(table))), file)
    head = json.loads((part / "part.json").read_text(encoding="utf-8"))
    head["bytes"][file.name] = file.stat().st_size
    (part / "part.json").write_text(json.dumps(head), encoding="utf-8")
    with pytest.raises(LedgerError) as caught:
        open_ledger(ledger.folder).tidy(everything=True)
    assert caught.value.slug == "ledger-not-written"
    assert len(list((ledger.folder / "parts").iterdir())) == 2


def test_count(shared_ledger: Ledger) -> None:
    assert shared_ledger.count("statements", limit=2, offset=1) == 10
    assert (
        shared_ledger.count("statements", words="rudal", once=True, sort="-day")
        == shared_ledger.statements(words="rudal", once=True).num_rows
    )
    assert shared_ledger.count("events", once=True) == shared_ledger.events(once=True).num_rows


def test_what_the_page_says_about_reading_without_ujar(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pandas")
    pytest.importorskip("polars")
    ledger.keep([changed()], engine="test")
    page = (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8")
    first, second, third = (
        re.sub(r"(?m)^(duckdb\.sql|pl\.scan_parquet)", r"found = \1", code)
        for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL)
        if "news/parts" in code
    )
    monkeypatch.chdir(ledger.folder.parent)
    ledger.folder.rename("news")
    want = sorted(open_ledger("news").statements()["id"].to_pylist())
    seen: dict[str, Any] = {}
    exec(first, seen)  # noqa: S102 - our own page
    assert sorted(row[0] for row in seen["found"].fetchall()) == want
    exec(second, seen)  # noqa: S102 - as above
    assert sorted(seen["found"]["id"]) == want
    exec(third, seen)  # noqa: S102 - as above
    assert sorted(seen["statements"]["id"]) == want


# Parts


def test_tidy_keeps_every_row_and_hides_none(ledger: Ledger) -> None:
    ledger.keep([changed()], engine="test")
    for n in range(3):
        ledger.keep([analysis(article(f"x{n}", f"Teks nomor {n}.", "2024-01-01", None))], engine="test")
    columns = {t: sorted(ledger.ask(f"SELECT * FROM all_{t}").to_pylist(), key=str) for t in TABLES}  # noqa: S608
    size = ledger.size()
    assert ledger.tidy() == 0
    assert ledger.tidy(everything=True) == 5
    assert len(list((ledger.folder / "parts").iterdir())) == 1
    assert ledger.tidy(everything=True) == 0
    for again in (ledger, open_ledger(ledger.folder)):
        assert again.size() == size
        for table, rows in columns.items():
            assert sorted(again.ask(f"SELECT * FROM all_{table}").to_pylist(), key=str) == rows  # noqa: S608
    (part,) = parts.visible_parts(ledger.folder)[0]
    days = pq.read_table(part.file("statements"))["day"].to_pylist()
    assert days[:-1] == sorted(days[:-1])
    assert days[-1] is None


def test_many_small_parts_are_merged(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "new", create=True)
    for n in range(13):
        ledger.keep([analysis(article(f"x{n}", f"Teks nomor {n}.", "2024-01-01", None))], engine="test")
        merged = ledger.tidy()
        assert merged == (13 if n == 12 else 0)
    assert ledger.size()["articles"] == 13


def test_merged_parts_are_merged_again_when_there_are_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    level = merge._Level
    monkeypatch.setattr(merge, "_LEVELS", (level(0, 3, 1, 4), level(3, 9, 2, 40)))
    ledger = open_ledger(tmp_path / "new", create=True)
    sizes = []
    for n in range(12):
        ledger.keep([analysis(article(f"x{n}", f"Teks nomor {n}.", "2024-01-01", None))], engine="test")
        ledger.tidy()
        sizes.append(sorted(sum(p.rows.values()) for p in parts.visible_parts(ledger.folder)[0]))
    # Two of one row make one of two; this and another, one of three; three of three, one of nine, which is large enough.
    assert sizes[1:4] == [[2], [3], [1, 3]]
    assert sizes[8:] == [[9], [1, 9], [2, 9], [3, 9]]
    assert ledger.size()["articles"] == 12


@pytest.mark.parametrize("at_once", [1, 3, 1000])
def test_few_rows_are_held_while_many_are_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    """Days, days with more rows than are held, rows without a day; what stands in two parts once; ragged row groups."""
    monkeypatch.setattr(merge, "_AT_ONCE", at_once)
    monkeypatch.setattr(parts, "_ROW_GROUP", dict.fromkeys(TABLES, 4))
    days = ["2024-01-03", "2024-01-01", None, "2024-01-03", "9999-12-31", "2024-01-03", "2024-01-02"] * 3
    ledger = open_ledger(tmp_path / "new", create=True)
    for n, day in enumerate(days):
        ledger.keep([analysis(article(f"x{n}", f"Teks nomor {n}.", day, None))], engine="test")
    before = sorted(ledger.ask("SELECT reading FROM articles")["reading"].to_pylist())
    (first, *_) = sorted((ledger.folder / "parts").iterdir())
    shutil.copytree(first, first.with_name(f"{first.name}-again"))
    assert ledger.tidy(everything=True) == len(days) + 1
    (part,) = parts.visible_parts(ledger.folder)[0]
    kept = pq.read_table(part.file("articles"))
    assert sorted(kept["reading"].to_pylist()) == before
    order = kept["published"].to_pylist()
    assert order == sorted((d for d in order if d), key=str) + [None] * 3
    groups = pq.read_metadata(part.file("articles"))
    assert [groups.row_group(i).num_rows for i in range(groups.num_row_groups)] == [4, 4, 4, 4, 4, 1]
    assert part.rows == {"articles": 21, "statements": 0, "events": 0}


def test_what_is_replaced_is_hidden_before_it_is_removed(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.keep([changed()], engine="test")
    monkeypatch.setattr("ujar.store.merge.remove_replaced", lambda root: ())
    ledger.tidy(everything=True)
    assert len(list((ledger.folder / "parts").iterdir())) == 3
    assert open_ledger(ledger.folder).size() == ledger.size() == {"articles": 8, "statements": 9, "events": 6}


def test_what_cannot_be_removed_stays_hidden(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.keep([changed()], engine="test")
    with monkeypatch.context() as stuck:
        rename = Path.rename

        def refuse(path: Path, target: Path) -> Path:
            if "replaced" in str(target):
                raise PermissionError(13, "in use")
            return rename(path, target)

        stuck.setattr(Path, "rename", refuse)
        ledger.tidy(everything=True)
        ledger.keep([analysis(article("x", "Teks.", None, None))], engine="test")
        ledger.tidy(everything=True)
    assert open_ledger(ledger.folder).size() == {"articles": 9, "statements": 9, "events": 6}
    ledger.tidy(everything=True)
    assert len(list((ledger.folder / "parts").iterdir())) == 1
    assert open_ledger(ledger.folder).size() == {"articles": 9, "statements": 9, "events": 6}


def damaged(ledger: Ledger, how: str) -> str:
    """Damage the second part of two; its name."""
    ledger.keep([analysis(article("x", "Kami siap, kata Sari Wening.", "2024-01-01", None),
                          said("Kami siap, kata Sari Wening.", "Kami siap"))], engine="test")  # fmt: skip
    part = max((ledger.folder / "parts").iterdir())
    file = part / "statements.parquet"
    content = file.read_bytes()
    if how == "cut off":
        file.write_bytes(content[: len(content) // 2])
    elif how == "empty":
        file.write_bytes(b"")
    elif how == "missing":
        file.unlink()
    elif how == "no head":
        (part / "part.json").unlink()
    elif how == "half a head":
        (part / "part.json").write_bytes((part / "part.json").read_bytes()[:20])
    elif how == "strange head":
        (part / "part.json").write_text("[1, 2]", encoding="utf-8")
    elif how == "other end":
        file.write_bytes(content[:-4] + b"????")
    elif how == "other middle":
        file.write_bytes(content[:4] + bytes(300) + content[304:])
    elif how == "nulled":
        file.write_bytes(bytes(len(content)))
    return part.name


@pytest.mark.parametrize(
    "how",
    ["cut off", "empty", "missing", "no head", "half a head", "strange head", "other end", "other middle", "nulled"],
)
def test_a_damaged_part_is_left_out_and_told(ledger: Ledger, how: str) -> None:
    name = damaged(ledger, how)
    again = open_ledger(ledger.folder)
    assert again.statements().num_rows == 10
    assert again.size() == {"articles": 8, "statements": 10, "events": 7}
    (problem,) = again.check()
    assert problem.slug == "damaged-part"
    assert name in problem.message
    # Its articles can be kept anew, merging passes over it, and nobody else's rows suffer.
    assert not again.holds(article("x", "Kami siap, kata Sari Wening.", "2024-01-01", None))
    again.keep([analysis(article("x", "Kami siap, kata Sari Wening.", "2024-01-01", None))], engine="test")
    again.tidy(everything=True)
    assert again.size()["articles"] == 9
    assert (ledger.folder / "parts" / name).exists()
    shutil.rmtree(ledger.folder / "parts" / name)
    assert open_ledger(ledger.folder).check() == ()


def test_the_first_report_in_a_damaged_part_is_not_waited_for(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "new", create=True)
    ledger.keep([small()["a"]], engine="test")
    ledger.keep([small()["d"]], engine="test")
    (row,) = ledger.statements(article="d").to_pylist()
    assert row["said"] != row["id"]
    (min((ledger.folder / "parts").iterdir()) / "events.parquet").unlink()
    (row,) = ledger.statements(article="d").to_pylist()
    assert row["said"] == row["id"]


def test_foreign_files_among_the_parts_are_no_parts(ledger: Ledger) -> None:
    (ledger.folder / "parts" / ".DS_Store").write_bytes(b"x")
    assert ledger.check() == ()


# Versions


def test_an_older_version_is_read_and_rewritten(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A made-up next version: the column ``outlet`` was called ``paper`` before, and ``problems`` was not there."""
    (part,) = (ledger.folder / "parts").iterdir()
    sizes = {}
    for table in TABLES:
        file = part / f"{table}.parquet"
        old = pq.read_table(file)
        old = old.rename_columns(["paper" if c == "outlet" else c for c in old.column_names])
        pq.write_table(old.drop_columns("problems") if table == "articles" else old, file)
        sizes[file.name] = file.stat().st_size
    head = json.loads((part / "part.json").read_text(encoding="utf-8"))
    (part / "part.json").write_text(json.dumps({**head, "bytes": sizes}), encoding="utf-8")

    def step(name: str, table: pa.Table) -> pa.Table:
        return table.rename_columns(["outlet" if c == "paper" else c for c in table.column_names])

    monkeypatch.setitem(migrate.STEPS, SCHEMA_VERSION, step)
    for module in (migrate, parts, views, known, mark, merge):
        monkeypatch.setattr(module, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    newer = open_ledger(ledger.folder)
    assert newer.size() == {"articles": 8, "statements": 10, "events": 7}
    assert newer.holds(small()["b"].article)
    assert sorted(short(newer, newer.statements(outlet="warta"))) == ["b.0", "b.1", "d.0", "g.0"]
    assert sorted(short(newer, newer.statements(outlet="warta", limit=9))) == ["b.0", "b.1", "d.0", "g.0"]
    assert newer.articles("b")["problems"].to_pylist() == [None]
    newer.keep([changed()], engine="test")
    assert newer.size() == {"articles": 8, "statements": 9, "events": 6}
    assert newer.tidy(everything=True) == 2
    (merged,) = parts.visible_parts(ledger.folder)[0]
    assert merged.schema == SCHEMA_VERSION + 1
    assert newer.size() == {"articles": 8, "statements": 9, "events": 6}
    monkeypatch.undo()
    with pytest.raises(LedgerError, match="newer version"):
        open_ledger(ledger.folder).size()


def test_a_newer_ledger_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ledger.json").write_text(json.dumps({"format": "ujar ledger", "schema": 99}), encoding="utf-8")
    with pytest.raises(LedgerError) as caught:
        open_ledger(tmp_path)
    assert caught.value.slug == "newer-ledger"


@pytest.mark.parametrize(
    "head", ["", "{}", "[]", "7", '{"format": "another", "schema": 1}', '{"format": "ujar ledger"}']
)
def test_a_damaged_mark_is_told(tmp_path: Path, head: str) -> None:
    (tmp_path / "ledger.json").write_text(head, encoding="utf-8")
    with pytest.raises(LedgerError) as caught:
        open_ledger(tmp_path, create=True)
    assert caught.value.slug == "no-ledger"
    assert caught.value.next_step


def test_where_no_ledger_is(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no ledger in"):
        open_ledger(tmp_path / "none")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for folder in (tmp_path, tmp_path / "file"):
        with pytest.raises(LedgerError) as caught:
            open_ledger(folder, create=True)
        assert caught.value.next_step
    assert not (tmp_path / "parts").exists()


def test_making_one_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "ledger.json.abc123").write_text("{", encoding="utf-8")
    assert open_ledger(tmp_path, create=True).size()["articles"] == 0
    # A mark that was lost is made again; the parts are what counts.
    open_ledger(tmp_path).keep([small()["a"]], engine="test")
    (tmp_path / "ledger.json").unlink()
    assert open_ledger(tmp_path, create=True).size()["articles"] == 1


# At the same time


def test_threads_ask_while_one_keeps(ledger: Ledger) -> None:
    stop, faults, asked = threading.Event(), list[BaseException](), [0, 0]

    def ask(number: int) -> None:
        last = 0
        while not stop.is_set():
            try:
                size = ledger.size()["articles"]
                assert ledger.statements(limit=3).num_rows == 3
            except BaseException as fault:  # noqa: BLE001 - counting them is the point
                faults.append(fault)
                return
            assert size >= last
            last = size
            asked[number] += 1

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for n in range(8):
        ledger.keep([analysis(article(f"x{n}", f"Teks nomor {n}.", "2024-01-01", None))], engine="test")
        ledger.tidy(everything=n % 3 == 2)
    stop.set()
    for thread in threads:
        thread.join()
    assert not faults
    assert min(asked) > 0
    assert ledger.size()["articles"] == 16


@pytest.mark.parametrize(
    ("names", "country"),
    [
        ("Kenya, Kenya, Nairobi", "KEN"),
        ("Kenya, Kenya", "IDN"),
        ("Kenya, Kenya, Nairobi, Indonesia, Jakarta", "IDN"),
        ("", "IDN"),
    ],
)
def test_an_office_abroad_is_not_indonesian(names: str, country: str) -> None:
    """A bare office is Indonesian, but not in an article that is about another state; what a name says stands."""
    text = "Kami siap, kata Julius Uji. Kabar dari Kenya dan Nairobi, bukan dari Indonesia dan Jakarta. Kami siap juga, kata Sari."
    bare = said(text, "Kami siap", speaker="Julius Uji", role="Menteri Pendidikan")
    named = said(text, "Kami siap juga", speaker="Sari", role="Menteri Pendidikan Indonesia")
    rows = rows_of(
        analysis(article("x", text, "2024-05-01", None), bare, named, names=names), engine="test", supersedes=None
    )
    assert [r["country"] for r in rows.statements] == [country, "IDN"]
