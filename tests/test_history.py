"""Imports of other collections, from small files in their real layouts, written for these tests; and what a history is."""

from __future__ import annotations

import gzip
import json
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from ledger_case import analysis, article, done, small_ledger

from ujar.actors.lexicon import lexicon
from ujar.commands.history import history as command
from ujar.errors import InputError, LedgerError, UsageError
from ujar.events.plover import TYPES
from ujar.forecast.history import History, history_from_rows, history_of
from ujar.history import formats, lines, store, units
from ujar.history.bring import Imported, import_files
from ujar.history.store import imported_rows, imports, remove, row_of
from ujar.store import open_ledger
from ujar.tables import load_table

ICEWS = (
    "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\tIntensity\tTarget Name\t"
    "Target Sectors\tTarget Country\tStory ID\tSentence Number\tPublisher\tCity\tDistrict\tProvince\tCountry\tLatitude\t"
    "Longitude"
)
POLECAT = (
    "Event ID\tEvent Date\tEvent Type\tEvent Mode\tIntensity\tQuad Code\tContexts\tActor Name\tActor Country\tActor COW\t"
    "Primary Actor Sector\tActor Sectors\tActor Title\tActor Name Raw\tWikipedia Actor ID\tRecipient Name\t"
    "Recipient Country\tRecipient COW\tPrimary Recipient Sector\tRecipient Sectors\tRecipient Title\tRecipient Name Raw\t"
    "Wikipedia Recipient ID\tPlacename\tCity\tDistrict\tProvince\tCountry\tLatitude\tLongitude\tGeoNames ID\t"
    "Raw Placename\tFeature Type\tSource\tPublication Date\tStory People\tStory Organizations\tStory Locations\tLanguage\t"
    "Version"
)


def icews(
    day: str, source: tuple[str, str], code: str, target: tuple[str, str], *, number: str = "7", sentence: str = "2"
) -> str:
    """A row of ICEWS; a party is its name and country."""
    row = [number, day, source[0], "Government", source[1], "Some Event", code, "1.0", target[0], "", target[1], "900"]
    return "\t".join([*row, sentence, "Warta Uji", "", "", "", "Testland", "1.5", "2.5"])


def polecat(
    day: str, kind: str, actor: tuple[str, str], recipient: tuple[str, str], *, told: str = "2020-03-05"
) -> str:
    """A row of POLECAT; a party is its name and country, several with semicolons."""
    row = dict.fromkeys(POLECAT.split("\t"), "None")
    row |= {"Event ID": "20200305-12-ab_1", "Event Date": day, "Event Type": kind, "Event Mode": "None"}
    row |= {"Actor Name": actor[0], "Actor Country": actor[1], "Recipient Name": recipient[0]}
    row |= {"Recipient Country": recipient[1], "Source": "Warta Uji", "Publication Date": told}
    return "\t".join(row.values())


def gdelt(
    number: int, day: str, one: tuple[str, str, str], code: str, two: tuple[str, str, str], *, columns: int, told: str
) -> str:
    """A row of GDELT; an actor is its name, country and known group."""

    def actor(name: str, country: str, group: str) -> list[str]:
        return [country + group + "GOV", name, country, group, "", "", "", "GOV", "", ""]

    place = ["1", "Testland", "TS", "TS00", *([""] if columns == 61 else []), "1.5", "2.5", "TS"]
    row = [str(number), day, day[:6], day[:4], "2014.5", *actor(*one), *actor(*two), "1", code, code[:3], code[:2], "1"]
    row += ["2.5", "4", "1", "4", "-1.5", *place, *place, *place, told]
    row += [] if columns == 57 else [f"http://example.org/{number}"]
    assert len(row) == columns
    return "\t".join(row)


def written(path: Path, *rows: str | bytes) -> Path:
    path.write_bytes(b"".join((r if isinstance(r, bytes) else r.encode()) + b"\n" for r in rows))
    return path


def quads(folder: Path) -> list[tuple[str, str, str, str]]:
    """(day, actor, type, recipient) of all that was imported, oldest first."""
    h = history_of(open_ledger(folder))
    return [
        (date.fromordinal(d).isoformat(), h.names[a], list(TYPES)[t], h.names[r])
        for d, a, t, r in zip(h.day, h.actor, h.type, h.recipient, strict=True)
    ]


def why(found: Imported) -> dict[str, int]:
    return dict(found.read[0][1].left_out)


MOSCOW, KYIV = ("Sergey Contoh", "Russian Federation"), ("Ukraine", "Ukraine")


def test_icews(tmp_path: Path) -> None:
    latin = icews("2014-01-04", ("Jos\u00e9 Contoh", "Côte d'Ivoire"), "061", KYIV).encode("cp1252")
    file = written(
        tmp_path / "events.2014.tab",
        ICEWS,
        icews("2014-01-02", MOSCOW, "138", KYIV, number="10"),
        icews("2014-01-02", ('Cabinet / "Council" (Russia)', "Russian Federation"), "042", ("NATO", ""), number="11"),
        '"12"\t"2014-01-03"\t"Sergey ""Sen""ior\tContoh"\t"Gov"\t"Russian Federation"\t"Some Event"\t"190"\t"-9"\t"Ukraine"'
        '\t""\t"Ukraine"\t"900"\t"1"\t"Warta Uji"\t""\t""\t""\t"Testland"\t"1"\t"2"',
        icews("2014-01-02", MOSCOW, "010", KYIV),
        icews("2014-01-02", MOSCOW, "XX", KYIV),
        icews("2014-01-02", ("Police (Russia)", "Russia"), "173", ("Citizen (Russia)", "Russian Federation")),
        icews("2014-13-02", MOSCOW, "138", KYIV),
        icews("2014-01-02", ("", ""), "138", KYIV),
        icews("2014-01-02", MOSCOW, "138", ("Contoh", "Atlantis")),
        "13\t2014-01-02\tonly three",
        latin,
    )
    found = import_files(tmp_path / "ledger", "icews", "icews", [file])
    assert quads(tmp_path / "ledger") == [
        ("2014-01-02", "RUS", "THREATEN", "UKR"),
        ("2014-01-02", "RUS", "CONSULT", "body:nato"),
        ("2014-01-03", "RUS", "ASSAULT", "UKR"),
        ("2014-01-04", "CIV", "COOPERATE", "UKR"),
    ]
    assert why(found) == {
        formats.SPEECH: 1,
        formats.CODE: 1,
        formats.SAME: 1,
        formats.DATE: 1,
        formats.NO_ACTOR: 1,
        formats.COUNTRY: 1,
        formats.LINE: 1,
    }
    read = found.read[0][1]
    assert (read.lines, read.rows, read.unsound, read.where) == (11, 4, 1, ["11"])
    assert read.words == {(formats.CODE, "XX"): 1, (formats.COUNTRY, "Atlantis"): 1}
    row = row_of(tmp_path / "ledger", "icews#2")
    assert (row["actor_name"], row["event"], row["story"], row["sentence"]) == (
        'Sergey "Sen"ior\tContoh',
        "12",
        "900",
        "1",
    )
    assert (row["file"], row["line"], row["code"], row["source"]) == ("events.2014.tab", 4, "190", "Warta Uji")
    assert row_of(tmp_path / "ledger", "icews#3")["actor_name"] == "José Contoh"


def test_polecat(tmp_path: Path) -> None:
    file = written(
        tmp_path / "polecat.txt",
        POLECAT,
        polecat("2020-03-04", "ACCUSE", ("Menteri Contoh", "IDN"), ("Contoh A; Contoh B", "Malaysia; Singapore")),
        polecat("2020-03-04", "AID", ("NATO; Ukraine", "None; UKR"), ("Ukraine", "UKR")),
        polecat("2020-03-04", "SUPPORT", ("Dua Paspor", "FRA|DEU"), ("Ukraine", "UKR")),
        polecat("2020-03-04", "STATEMENT", ("Menteri Contoh", "IDN"), ("Ukraine", "UKR")),
        polecat("2020-03-04", "PROTEST", ("Warga", "IDN"), ("Pemerintah", "Indonesia")),
        polecat("2020-03-04", "PROTEST", ("Warga", "IDN"), ("None", "None")),
        polecat("someday", "AID", ("Warga", "IDN"), ("Ukraine", "UKR")),
        polecat("2020-01-04", "AID", ("Warga", "IDN"), ("Ukraine", "UKR")),
        polecat("2020-03-06", "AID", ("Warga", "IDN"), ("Ukraine", "UKR")),
        "20200305-12-ab_2\t2020-03-04",
        polecat("2020-03-04", "REJECT", ("Menteri Contoh", "IDN"), ("X", "UKR"))
        .encode()
        .replace(b"X\tUKR", b"\x81\tUKR"),
    )
    found = import_files(tmp_path / "ledger", "polecat", "polecat", [file])
    assert sorted(quads(tmp_path / "ledger")) == [
        ("2020-03-04", "DEU", "SUPPORT", "UKR"),
        ("2020-03-04", "FRA", "SUPPORT", "UKR"),
        ("2020-03-04", "IDN", "ACCUSE", "MYS"),
        ("2020-03-04", "IDN", "ACCUSE", "SGP"),
        ("2020-03-04", "IDN", "REJECT", "UKR"),
        ("2020-03-04", "body:nato", "AID", "UKR"),
    ]
    assert why(found) == {
        formats.CODE: 1,
        formats.SAME: 1,
        formats.NO_RECIPIENT: 1,
        formats.DATE: 1,
        formats.LATE: 2,
        formats.LINE: 1,
    }
    assert row_of(tmp_path / "ledger", "polecat#0")["story"] == "20200305-12-ab"


@pytest.mark.parametrize(("form", "columns", "told"), [("gdelt1", 58, "20140105"), ("gdelt2", 61, "20150218231500")])
def test_gdelt(tmp_path: Path, form: formats.FormatName, columns: int, told: str) -> None:
    day, old = told[:8], str(int(told[:4]) - 1) + told[4:8]
    more = {"columns": columns, "told": told}
    file = written(
        tmp_path / "export.CSV",
        gdelt(1, day, ("MOSCOW", "RUS", ""), "138", ("KYIV", "UKR", ""), **more),
        gdelt(2, day, ("BUCHAREST", "ROM", ""), "042", ("NATO", "", "NAT"), **more),
        gdelt(3, day, ("GAZA STRIP", "GZS", ""), "190", ('THE "HAWKS"', "ISR", ""), **more),
        gdelt(4, day, ("MOSCOW", "RUS", ""), "020", ("KYIV", "UKR", ""), **more),
        gdelt(5, day, ("POLICE", "", ""), "138", ("KYIV", "UKR", ""), **more),
        gdelt(6, day, ("MOSCOW", "RUS", ""), "138", ("EUROPE", "EUR", ""), **more),
        gdelt(7, day, ("MOSCOW", "RUS", ""), "138", ("KREMLIN", "RUS", ""), **more),
        gdelt(8, "20140199", ("MOSCOW", "RUS", ""), "138", ("KYIV", "UKR", ""), **more),
        gdelt(9, old, ("MOSCOW", "RUS", ""), "138", ("KYIV", "UKR", ""), **more),
        "10\t20140105\t201401",
        gdelt(11, day, ("MOSCOW", "RUS", ""), "036", ("MINSK", "BLR", ""), **more)
        .encode()
        .replace(b"MINSK", b"M\xffNSK"),
    )
    found = import_files(tmp_path / "ledger", "g", form, [file])
    iso = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    assert quads(tmp_path / "ledger") == [
        (iso, "RUS", "THREATEN", "UKR"),
        (iso, "ROU", "CONSULT", "body:nato"),
        (iso, "PSE", "ASSAULT", "ISR"),
        (iso, "RUS", "AGREE", "BLR"),
    ]
    assert why(found) == {
        formats.SPEECH: 1,
        formats.NO_ACTOR: 1,
        formats.NO_RECIPIENT: 1,
        formats.SAME: 1,
        formats.DATE: 1,
        formats.LATE: 1,
        formats.LINE: 1,
    }
    assert found.read[0][1].unsound == 1
    row = row_of(tmp_path / "ledger", "g#2")
    assert (row["event"], row["recipient_name"], row["source"]) == ("3", 'THE "HAWKS"', "http://example.org/3")


def test_gdelt_before_april_2013_has_no_address(tmp_path: Path) -> None:
    # These files were made in 2013: the day they name says nothing on when the event was told.
    one, two = ("MOSCOW", "RUS", ""), ("KYIV", "UKR", "")
    file = written(tmp_path / "2005.csv", gdelt(1, "20050102", one, "138", two, columns=57, told="20130203"))
    assert import_files(tmp_path / "ledger", "g", "gdelt1", [file]).new == 1
    assert quads(tmp_path / "ledger") == [("2005-01-02", "RUS", "THREATEN", "UKR")]


def test_archives(tmp_path: Path) -> None:
    rows = [ICEWS, icews("2014-01-02", MOSCOW, "138", KYIV), icews("2014-01-03", MOSCOW, "138", KYIV)]
    text = "\n".join(rows).encode()
    zipped, packed = tmp_path / "a.zip", tmp_path / "b.tab.gz"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("one.tab", text)
        archive.writestr("two.tab", text.replace(b"2014-01", b"2014-02"))
        archive.writestr("read me.pdf", b"not a table")
    packed.write_bytes(gzip.compress(text.replace(b"2014-01", b"2014-03")))
    found = import_files(tmp_path / "ledger", "x", "icews", [zipped, packed])
    assert [read.rows for _, read in found.read] == [4, 2]
    assert [d[:7] for d, *_ in quads(tmp_path / "ledger")] == ["2014-01"] * 2 + ["2014-02"] * 2 + ["2014-03"] * 2


def test_a_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    good = written(tmp_path / "good.tab", ICEWS, icews("2014-01-02", MOSCOW, "138", KYIV))
    torn = tmp_path / "torn.gz"
    torn.write_bytes(gzip.compress(good.read_bytes() * 500)[:-20])
    empty = tmp_path / "empty.zip"
    with zipfile.ZipFile(empty, "w"):
        pass
    gd = written(
        tmp_path / "g.CSV", gdelt(1, "20140102", ("M", "RUS", ""), "138", ("K", "UKR", ""), columns=58, told="20140102")
    )
    files = [tmp_path / "absent.tab", torn, empty, gd, good, tmp_path]
    found = import_files(tmp_path / "ledger", "x", "icews", files)
    assert [path for path, _ in found.failed] == [files[0], torn, empty, gd, tmp_path]
    assert {error.slug for _, error in found.failed} == {"bad-history"}
    assert found.new == 1
    wrong = import_files(tmp_path / "ledger", "y", "gdelt2", [gd]).failed[0][1]
    assert "58 columns, not 61" in wrong.message
    assert wrong.next_step == "try --format gdelt1"


def test_what_unpacks_to_far_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "_ANY_BYTES", 1 << 20)
    bomb = tmp_path / "bomb.gz"
    bomb.write_bytes(gzip.compress((b"0" * 99 + b"\n") * 40_000))
    with pytest.raises(InputError, match="unpacks to more than"):
        list(lines.lines(bomb))


def test_a_line_without_end_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST_LINE", 100)
    file = written(tmp_path / "long.txt", "x" * 1000, "y")
    assert [(line.number, len(line.text)) for line in lines.lines(file)] == [(1, 101), (2, 1)]


def test_the_same_content_changes_nothing(tmp_path: Path) -> None:
    file = written(tmp_path / "a.tab", ICEWS, icews("2014-01-02", MOSCOW, "138", KYIV))
    folder = tmp_path / "ledger"
    import_files(folder, "x", "icews", [file])
    before = {p.name: p.read_bytes() for p in (folder / "history" / "x").iterdir()}
    copy = written(tmp_path / "b.tab", file.read_bytes().rstrip())
    found = import_files(folder, "x", "icews", [file, copy])
    assert (found.new, found.had) == (0, (file, copy))
    assert {p.name: p.read_bytes() for p in (folder / "history" / "x").iterdir()} == before


def test_more_files_are_added_and_what_was_told_counts_once(tmp_path: Path) -> None:
    first = written(tmp_path / "a.tab", ICEWS, icews("2014-01-02", MOSCOW, "138", KYIV))
    both = written(
        tmp_path / "b.tab",
        ICEWS,
        icews("2014-01-02", MOSCOW, "138", KYIV),
        icews("2014-01-05", MOSCOW, "138", KYIV),
        icews("2014-01-05", MOSCOW, "138", KYIV),
        icews("2014-01-05", MOSCOW, "138", KYIV, sentence="3"),
    )
    folder = tmp_path / "ledger"
    import_files(folder, "x", "icews", [first])
    found = import_files(folder, "x", "icews", [both])
    assert (found.new, found.twice) == (2, 2)
    assert history_of(open_ledger(folder)).id == ("x#0", "x#1", "x#2")
    assert len(list((folder / "history" / "x").iterdir())) == 2
    (kept,) = imports(folder)
    assert [(s.file, s.rows) for s in kept.sources] == [("a.tab", 1), ("b.tab", 4)]
    with pytest.raises(UsageError, match="layout icews"):
        import_files(folder, "x", "polecat", [both])


def test_only_some_days(tmp_path: Path) -> None:
    file = written(tmp_path / "a.tab", ICEWS, *(icews(f"2014-01-0{n}", MOSCOW, "138", KYIV) for n in range(1, 6)))
    found = import_files(tmp_path / "ledger", "x", "icews", [file], since=date(2014, 1, 2), until=date(2014, 1, 4))
    assert why(found) == {formats.OUTSIDE: 3}
    assert found.kept is not None
    assert found.kept.spans == ((date(2014, 1, 2), date(2014, 1, 4)),)


def test_stopped_in_the_middle_nothing_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path / "a.tab", ICEWS, icews("2014-01-02", MOSCOW, "138", KYIV))
    folder = tmp_path / "ledger"

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store, "_as_json", killed)
        with pytest.raises(KeyboardInterrupt):
            import_files(folder, "x", "icews", [file])
    assert imports(folder) == ()
    assert not (folder / "history" / "x").exists()
    import_files(folder, "x", "icews", [file])
    more = written(tmp_path / "b.tab", ICEWS, icews("2014-01-03", MOSCOW, "138", KYIV))
    with monkeypatch.context() as patch:
        # Killed for good: nothing is cleaned up either.
        patch.setattr(store, "_as_json", killed)
        patch.setattr(store, "_clean", lambda _: None)
        with pytest.raises(KeyboardInterrupt):
            import_files(folder, "x", "icews", [more])
    assert len(quads(folder)) == 1
    assert len(list((folder / "history" / "x").iterdir())) == 3
    import_files(folder, "x", "icews", [more])
    assert len(quads(folder)) == 2
    assert len(list((folder / "history" / "x").iterdir())) == 2


def test_damage_is_told_and_can_be_removed(tmp_path: Path) -> None:
    file = written(tmp_path / "a.tab", ICEWS, icews("2014-01-02", MOSCOW, "138", KYIV))
    folder = tmp_path / "ledger"
    import_files(folder, "x", "icews", [file])
    rows = next((folder / "history" / "x").glob("rows-*"))
    rows.write_bytes(rows.read_bytes()[:-9])
    for ask in (imports, imported_rows):
        with pytest.raises(LedgerError) as caught:
            ask(folder)
        assert caught.value.slug == "damaged-history"
    remove(folder, "x")
    assert imports(folder) == ()


def test_provenance_stays_apart(tmp_path: Path) -> None:
    ledger = small_ledger(tmp_path / "ledger")
    before = ledger.size()
    own = history_of(ledger)
    file = written(tmp_path / "a.tab", ICEWS, icews("2014-01-02", MOSCOW, "138", KYIV))
    import_files(ledger.folder, "x", "icews", [file])
    assert ledger.size() == before
    both = history_of(ledger)
    assert len(both) == len(own) + 1
    assert both.id[0] == "x#0"
    assert history_of(ledger, imported=False).id == own.id
    assert history_of(ledger, own=False).id == ("x#0",)
    assert both.stretches == ((date(2014, 1, 2), date(2014, 1, 3)), (own.since, own.until))
    assert open_ledger(ledger.folder).tidy() == 0
    assert len(imports(ledger.folder)) == 1


def test_the_command(tmp_path: Path) -> None:
    file = written(
        tmp_path / "a.tab", ICEWS, icews("2014-01-02", MOSCOW, "138", KYIV), icews("2014-01-02", MOSCOW, "010", KYIV)
    )
    folder = str(tmp_path / "ledger")
    run = CliRunner().invoke
    said = run(command, ["import", str(file), "--format", "icews", "--ledger", folder])
    assert said.exit_code == 0
    assert "1 left out: only speaks" in said.stderr
    assert "1 new row under icews; ICEWS, 1 row from 1 file, 2014-01-02 to 2014-01-02" in said.stderr
    listed = run(command, ["list", "--ledger", folder])
    assert listed.stdout.startswith("icews · ICEWS, 1 row from 1 file")
    assert "a.tab · 1 row of 2 lines" in listed.stdout
    again = run(command, ["import", str(file), "--format", "icews", "--ledger", folder, "--name", "other"])
    assert "icews tells of the same days" in again.stderr
    partly = run(command, ["import", str(file), str(tmp_path / "no"), "--format", "icews", "--ledger", folder])
    assert partly.exit_code == 3
    assert "docs/errors.md#bad-history" in partly.stderr
    assert run(command, ["remove", "icews", "--ledger", folder]).exit_code == 0
    assert isinstance(run(command, ["remove", "icews", "--ledger", folder]).exception, LedgerError)
    bad = run(command, ["import", str(file), "--format", "icews", "--ledger", folder, "--name", "a#b"])
    assert isinstance(bad.exception, UsageError)


def test_no_ledger_is_made_for_nothing(tmp_path: Path) -> None:
    found = import_files(tmp_path / "ledger", "x", "icews", [tmp_path / "absent"])
    assert found.kept is None
    assert not (tmp_path / "ledger").exists()


def test_the_tables_of_units() -> None:
    states = {row["code"] for row in load_table("ujar.actors", "states.tsv")}
    names = load_table("ujar.history", "countries.tsv")
    assert {row["code"] for row in names} == states
    for row in load_table("ujar.history", "groups.tsv"):
        kind, _, key = row["unit"].partition(":")
        assert kind in states or (kind == "name" and key) or (kind == "body" and key in lexicon().bodies), row
    assert [units.state(n) for n in ("Russian Federation", "ROM", "Côte d’Ivoire", "cote d'ivoire", "TWN", "Europe")] == [
        "RUS", "ROU", "CIV", "CIV", "TWN", None,
    ]  # fmt: skip
    assert units.unit_of_name("Serikat Contoh  Uji") == "name:serikat contoh uji"
    assert units.unit_of_name("None") is None


# What a history is


def day(text: str) -> date:
    return date.fromisoformat(text)


def five() -> History:
    return history_from_rows(
        [
            (day("2024-05-03"), "RUS", "THREATEN", "UKR", "c"),
            (day("2024-05-01"), "USA", "AID", "UKR", "a"),
            (day("2024-05-03"), "RUS", "ASSAULT", "UKR", "d"),
            (day("2024-05-02"), "UKR", "REQUEST", "USA", "b"),
            (day("2024-05-09"), "body:nato", "SUPPORT", "UKR", "e"),
        ]
    )


def test_rows_come_in_the_order_of_days() -> None:
    h = five()
    assert h.id == ("a", "b", "c", "d", "e")
    assert h.names == ("RUS", "UKR", "USA", "body:nato")
    assert (h.since, h.until, len(h)) == (day("2024-05-01"), day("2024-05-10"), 5)
    assert [str(a.dtype) for a in (h.day, h.actor, h.recipient, h.type)] == ["int32", "int32", "int32", "int8"]
    assert h.day[0] == day("2024-05-01").toordinal()
    assert list(TYPES)[h.type[2]] == "THREATEN"
    assert (h.unit("UKR"), h.unit("IDN")) == (1, None)


def test_before_keeps_places() -> None:
    h = five()
    early = h.before(day("2024-05-03"))
    assert (early.id, early.names, early.until) == (("a", "b"), h.names, day("2024-05-03"))
    assert early.between(None, 1).tolist() == [0]
    assert h.between(None, 1).tolist() == [0, 2, 3, 4]
    assert h.before(day("2030-01-01")).until == h.until
    assert len(h.before(day("2000-01-01"))) == 0


def test_between() -> None:
    h = five()
    assert h.between(0, 1).tolist() == [2, 3]
    assert h.between(1, 0).tolist() == []
    assert h.between(1, None).tolist() == [1]
    assert h.between(None, None).tolist() == [0, 1, 2, 3, 4]
    assert h.between(None, 0).tolist() == []


def test_supposed_facts() -> None:
    h = five()
    more = h.plus([(day("2024-05-03"), "IDN", "CONSULT", "RUS"), (day("2024-06-01"), "RUS", "THREATEN", "body:nato")])
    assert more.id == ("a", "b", "c", "d", "given#0", "e", "given#1")
    assert more.names == ("IDN", "RUS", "UKR", "USA", "body:nato")
    assert more.until == day("2024-06-02")
    rus, ukr = more.unit("RUS"), more.unit("UKR")
    assert more.between(rus, ukr).tolist() == [2, 3]
    assert h.id == five().id
    assert h.plus([]) is h
    for wrong in ((day("2024-05-03"), "RUS", "INVADE", "UKR"), (day("2024-05-03"), "RUS", "AID", "RUS")):
        with pytest.raises(UsageError) as caught:
            h.plus([wrong])
        assert caught.value.slug == "bad-fact"


_UNITS = st.sampled_from(["AAA", "BBB", "CCC", "body:x"])
_ROWS = st.lists(
    st.tuples(st.dates(day("2024-01-01"), day("2024-01-20")), _UNITS, st.sampled_from(list(TYPES)), _UNITS, st.text())
    .filter(lambda row: row[1] != row[3]),
    max_size=30,
)  # fmt: skip


@given(_ROWS, st.dates(day("2023-12-25"), day("2024-01-25")))
def test_between_and_before_are_what_a_search_finds(rows: list[tuple[date, str, str, str, str]], cut: date) -> None:
    whole = history_from_rows(rows)
    # Whichever is asked first, the two share what they know.
    for h in (whole.before(cut), whole, whole.before(cut)):
        assert all(h.since.toordinal() <= d < h.until.toordinal() for d in h.day)
        assert (np.diff(h.day) >= 0).all()
        for a in [None, *range(len(h.names))]:
            for r in [None, *range(len(h.names))]:
                wanted = [n for n in range(len(h)) if a in (None, h.actor[n]) and r in (None, h.recipient[n])]
                assert h.between(a, r).tolist() == wanted
    assert len(whole.before(cut)) == sum(row[0] < cut for row in rows)


@given(_ROWS, _ROWS)
def test_a_fact_that_is_supposed_counts_like_one_that_was(
    rows: list[tuple[date, str, str, str, str]], facts: list[tuple[date, str, str, str, str]]
) -> None:
    def seen(h: History) -> list[tuple[int, str, int, str]]:
        return [
            (int(d), h.names[a], int(t), h.names[r])
            for d, a, t, r in zip(h.day, h.actor, h.type, h.recipient, strict=True)
        ]

    given_ = history_from_rows(rows).plus([fact[:4] for fact in facts])
    assert seen(given_) == seen(history_from_rows([*rows, *facts]))


def test_an_empty_ledger_has_an_empty_history(tmp_path: Path) -> None:
    h = history_of(open_ledger(tmp_path / "ledger", create=True), until=day("2024-05-01"))
    assert (len(h), h.names, h.since, h.until) == (0, (), day("2024-05-01"), day("2024-05-01"))
    assert h.between(None, None).tolist() == []
    assert h.plus([(day("2024-05-01"), "RUS", "AID", "BLR")]).names == ("BLR", "RUS")


def test_own_events(tmp_path: Path) -> None:
    one = (
        "Rusia mengancam Ukraina. Israel menyerang Palestina. Polisi Indonesia memukul warga Indonesia. "
        "Rusia akan membantu Iran. Jerman menolak Prancis. NATO membantu Ukraina. Vladimir Putin bertemu Xi Jinping."
    )
    published = date(2024, 6, 7)
    events = (
        done(one, "mengancam", "Rusia", "Ukraina", type="THREATEN", on=published),
        done(one, "menyerang", "Israel", "Palestina", type="ASSAULT", on=published, date="2024-06-05"),
        done(one, "memukul", "Polisi Indonesia", "warga Indonesia", type="ASSAULT", on=published),
        done(one, "membantu", "Rusia", "Iran", type="AID", status="planned", on=published),
        done(one, "menolak", "Jerman", "Prancis", type="REJECT", on=published, date="2023-01"),
        done(one, "menolak", "Jerman", "Prancis", type="REJECT", on=published, date="2024-02-01"),
        done(one, "menolak", "Jerman", "Prancis", type="REJECT", on=published, date="2024-06-08"),
        done(one, "membantu", "NATO", "Ukraina", type="AID", on=published),
        done(one, "bertemu", "Vladimir Putin, Xi Jinping", type="CONSULT", on=published),
    )
    ledger = open_ledger(tmp_path / "ledger", create=True)
    ledger.keep([analysis(article("a", one, "2024-06-07", "Warta"), *events)], engine="x")
    again = one.partition(".")[0] + "."
    ledger.keep(
        [
            analysis(
                article("b", again, "2024-06-08", "Kabar"),
                done(again, "mengancam", "Rusia", "Ukraina", type="THREATEN", on=published, date="2024-06-07"),
            )
        ],
        engine="x",
    )
    h = history_of(ledger)
    assert [
        (date.fromordinal(d).isoformat(), h.names[a], list(TYPES)[t], h.names[r])
        for d, a, t, r in zip(h.day, h.actor, h.type, h.recipient, strict=True)
    ] == [
        ("2024-06-05", "ISR", "ASSAULT", "PSE"),
        ("2024-06-07", "RUS", "THREATEN", "UKR"),
        ("2024-06-07", "body:nato", "AID", "UKR"),
        ("2024-06-07", "CHN", "CONSULT", "RUS"),
        ("2024-06-07", "RUS", "CONSULT", "CHN"),
    ]
    assert (h.since, h.until) == (day("2024-06-05"), day("2024-06-09"))
    # Before the eighth, what was printed on it is not known; before the seventh, nothing was printed.
    assert set(history_of(ledger, until=day("2024-06-08")).id) == set(h.id)
    assert len(history_of(ledger, until=day("2024-06-07"))) == 0


def test_the_file_beside_the_rows_tells_where_they_are_from(tmp_path: Path) -> None:
    file = written(tmp_path / "a.tab", ICEWS, icews("2014-01-02", MOSCOW, "138", KYIV))
    import_files(tmp_path / "ledger", "x", "icews", [file])
    head = json.loads((tmp_path / "ledger" / "history" / "x" / "import.json").read_text())
    (source,) = head["sources"]
    assert (head["format"], head["rows"]) == ("icews", 1)
    assert (source["file"], source["bytes"], source["lines"], source["rows"]) == ("a.tab", file.stat().st_size, 1, 1)
    assert len(source["sha256"]) == 64
    assert str(tmp_path) not in json.dumps(head)
