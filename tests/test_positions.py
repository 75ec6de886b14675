"""Positions on a ledger that can be counted by hand. All sentences are invented."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ujar.cli import cli
from ujar.errors import UsageError
from ujar.positions import Matrix, Row, positions
from ujar.positions.stance import Voice, stance_of
from ujar.positions.terms import anchors, cuts, stems, terms_of, weighed
from ujar.records import Analysis, Article, Event, Party, Span, Statement
from ujar.store import Ledger, open_ledger
from ujar.store.moment import Moment
from ujar.tables import load_table

ISSUE = "pengiriman rudal jarak jauh ke Ukraina"
MAKER = Voice(frozenset({"indonesia", "pemerintah"}))


def span(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))


def said(day: str, speaker: str, role: str | None, cue: str, content: str, outlet: str = "Kabar Uji") -> Analysis:
    """An article of one sentence: "<speaker> <cue> <content>."""
    text = f"{speaker} {cue} {content}."
    name = f"{speaker} {day} {outlet}"
    statement = Statement(
        contents=(span(text, content),),
        kind="indirect",
        cue=span(text, cue),
        source=span(text, speaker),
        speaker=speaker,
        speaker_type="person" if role else "state",
        role=role,
        addressee=None,
        via=(),
        time=None,
        date=None,
        steps=(),
        confidence=0.8,
    )
    article = Article(
        name,
        text,
        published=date.fromisoformat(day),
        outlet=outlet,
        url="https://example.com/" + name.replace(" ", "-"),
    )
    return Analysis(article, (statement,), sentences=(Span(0, len(text)),))


def done(day: str, text: str, trigger: str, actor: str, recipient: str, type_: str, **more: object) -> Analysis:
    """An article of one sentence in which something is done."""
    from ujar.actors import resolve

    on = date.fromisoformat(day)
    party = [Party(span(text, n), n, actor=resolve(n, on)) for n in (actor, recipient)]
    event = Event(
        type=type_,  # type: ignore[arg-type]
        mode=None,
        status=more.get("status", "actual"),  # type: ignore[arg-type]
        trigger=span(text, trigger),
        actors=(party[0],),
        recipients=(party[1],),
        condition=span(text, str(more["condition"])) if "condition" in more else None,
        confidence=0.9,
    )
    return Analysis(Article(f"{actor} {day}", text, published=on), (), events=(event,), sentences=(Span(0, len(text)),))


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """Eleven articles: eight on the issue."""
    found = open_ledger(tmp_path_factory.mktemp("positions") / "ledger", create=True)
    issue = "pengiriman rudal jarak jauh ke Ukraina"
    found.keep(
        [
            # Germany turns: against, then for; once in between nothing can be told.
            said("2022-05-01", "Jerman", None, "menyatakan", f"pihaknya menolak {issue}"),
            said("2022-06-01", "Jerman", None, "menyebut", f"{issue} sedang dibahas banyak negara"),
            said("2024-03-01", "Jerman", None, "menyatakan", f"pihaknya kini mendukung {issue}"),
            # The same words of Germany in another newspaper: one word, two reports.
            said("2024-03-01", "Jerman", None, "menyatakan", f"pihaknya kini mendukung {issue}", outlet="Warta Uji"),
            # Finland spoke before it was a member.
            said("2022-07-01", "Finlandia", None, "menyatakan", f"Finlandia mendukung {issue} jika ada mandat parlemen"),
            # France speaks, and tells no stance.
            said("2024-01-10", "Prancis", None, "menyebut", f"{issue} menjadi bahan berita di banyak media"),
            # A private person of Poland, then its government.
            said("2024-02-01", "Karol Nowak", "pengamat asal Polandia", "menyatakan", f"ia menolak {issue}"),
            said("2024-01-01", "Polandia", None, "menyatakan", f"Polandia mendukung {issue}"),
            # Not of the bloc.
            said("2024-01-02", "Rusia", None, "mengecam", issue),
            # Another issue.
            said("2024-01-03", "Italia", None, "menyatakan", "Italia mendukung pengiriman gandum ke Mesir"),
            done("2024-02-05", "Rusia menyerang Polandia dengan rudal jarak jauh ke Ukraina.", "menyerang", "Rusia", "Polandia", "ASSAULT"),
            done("2024-02-06", "Prancis menjatuhkan sanksi kepada Rusia.", "menjatuhkan sanksi", "Prancis", "Rusia", "SANCTION"),
            done(
                "2024-02-07", "Italia akan menjatuhkan sanksi kepada Rusia jika perang berlanjut.", "menjatuhkan sanksi", "Italia",
                "Rusia", "SANCTION", status="conditional", condition="jika perang berlanjut",
            ),
        ],
        engine="test",
    )  # fmt: skip
    return found


def row(matrix: Matrix, member: str) -> Row:
    return next(r for r in matrix.rows if r.member == member)


def test_each_member_has_its_latest_word(ledger: Ledger) -> None:
    matrix = positions(ledger, ISSUE, bloc="NATO", on=date(2024, 6, 1))
    told = {r.member: r.stance for r in matrix.rows if r.stance != "silent"}
    assert told == {"DEU": "for", "FIN": "conditional", "FRA": "unclear", "POL": "for"}
    assert len(matrix.rows) == 32
    assert row(matrix, "ITA").word is None
    assert [r.stance for r in matrix.rows[:4]] == ["for", "for", "conditional", "unclear"]


def test_a_change_of_position_is_seen_with_both_words(ledger: Ledger) -> None:
    germany = row(positions(ledger, ISSUE, bloc="NATO"), "DEU")
    assert germany.changed
    assert germany.word is not None
    assert (germany.word.day, germany.word.reports) == (date(2024, 3, 1), 2)
    assert [(w.day, w.stance) for w in germany.earlier] == [
        (date(2022, 6, 1), "unclear"),
        (date(2022, 5, 1), "against"),
    ]
    assert not row(positions(ledger, ISSUE, bloc="NATO"), "POL").changed


def test_what_is_unclear_since_does_not_hide_a_stance(ledger: Ledger) -> None:
    germany = row(positions(ledger, ISSUE, bloc="NATO", until=date(2023, 1, 1)), "DEU")
    assert (germany.stance, len(germany.later), germany.earlier) == ("against", 1, ())


def test_a_condition_is_told(ledger: Ledger) -> None:
    word = row(positions(ledger, ISSUE, bloc="NATO"), "FIN").word
    assert word is not None
    assert word.condition == "jika ada mandat parlemen"


@pytest.mark.parametrize(("on", "member"), [(date(2023, 4, 3), False), (date(2023, 4, 4), True)])
def test_members_are_those_of_the_day(ledger: Ledger, on: date, member: bool) -> None:
    rows = positions(ledger, ISSUE, bloc="NATO", on=on).rows
    assert ("FIN" in {r.member for r in rows}) is member


def test_words_after_the_day_do_not_count(ledger: Ledger) -> None:
    assert row(positions(ledger, ISSUE, bloc="NATO", on=date(2024, 2, 29)), "DEU").stance == "against"
    assert row(positions(ledger, ISSUE, bloc="NATO", on=date(2024, 3, 1)), "DEU").stance == "for"
    assert (
        row(positions(ledger, ISSUE, bloc="NATO", on=date(2024, 6, 1), since=date(2024, 3, 2)), "DEU").stance
        == "silent"
    )


def test_officials_go_before_others(ledger: Ledger) -> None:
    poland = row(positions(ledger, ISSUE, bloc="NATO"), "POL")
    assert poland.word is not None
    assert (poland.word.speaker, poland.word.official, poland.stance) == ("Polandia", True, "for")
    assert [(w.speaker, w.official, w.stance) for w in poland.others] == [("Karol Nowak", False, "against")]


def test_without_a_bloc_speakers_are_the_rows(ledger: Ledger) -> None:
    rows = positions(ledger, ISSUE).rows
    assert {(r.member, r.stance) for r in rows} == {
        ("state:DEU", "for"), ("state:POL", "for"), ("state:FIN", "conditional"), ("state:RUS", "against"),
        ("name:karol nowak", "against"), ("state:FRA", "unclear"),
    }  # fmt: skip


def test_rolled_up_a_member_counts_for_the_bloc(ledger: Ledger) -> None:
    assert "body:nato" not in {r.member for r in positions(ledger, ISSUE, bloc="NATO").rows}
    whole = positions(ledger, ISSUE, bloc="NATO", roll_up=True).rows[0]
    assert whole.member == "body:nato"
    assert whole.word is not None
    assert (whole.word.country, whole.stance, whole.changed) == ("DEU", "for", True)
    # Done to Poland: done to the bloc, but not its own word.
    attacked = positions(ledger, "", bloc="NATO", type="ASSAULT", roll_up=True).rows[0]
    assert (attacked.stance, [w.country for w in attacked.towards]) == ("silent", ["RUS"])


def test_an_event_pattern_is_an_issue(ledger: Ledger) -> None:
    matrix = positions(ledger, "", bloc="NATO", type="SANCTION", recipient="Rusia")
    assert {r.member: r.stance for r in matrix.rows if r.word} == {"FRA": "for", "ITA": "conditional"}
    only = positions(ledger, "", bloc="NATO", recipient="Rusia")
    assert {r.member: r.stance for r in only.rows if r.word} == {"FRA": "against", "ITA": "conditional"}


def test_only_an_actor(ledger: Ledger) -> None:
    rows = positions(ledger, ISSUE, bloc="NATO", actor="Jerman").rows
    assert [r.member for r in rows if r.word] == ["DEU"]


def test_nothing_found_is_no_error(ledger: Ledger) -> None:
    rows = positions(ledger, "larangan kantong plastik", bloc="ASEAN").rows
    assert {r.stance for r in rows} == {"silent"}
    assert positions(ledger, "larangan kantong plastik").rows == ()


def test_an_empty_ledger_has_silent_members(tmp_path: Path) -> None:
    rows = positions(open_ledger(tmp_path / "ledger", create=True), ISSUE, bloc="NATO", on=date(2024, 1, 1)).rows
    assert len(rows) == 31
    assert {r.stance for r in rows} == {"silent"}


@pytest.mark.parametrize(
    ("issue", "more", "slug"),
    [
        ("", {}, "empty-issue"),
        ("yang di", {"bloc": "NATO"}, "empty-issue"),
        ("rudal", {"bloc": "Persekutuan Dongeng"}, "unknown-bloc"),
        ("rudal", {"bloc": "NATO", "on": date(1930, 1, 1)}, "unknown-bloc"),
        ("", {"type": "KISS"}, "bad-filter"),
        ("rudal", {"roll_up": True}, "bad-filter"),
        ("rudal", {"share": 0.0}, "bad-filter"),
        ("rudal", {"since": date(2024, 2, 1), "until": date(2024, 1, 1)}, "bad-filter"),
    ],
)
def test_questions_that_make_no_sense(ledger: Ledger, issue: str, more: dict[str, object], slug: str) -> None:
    with pytest.raises(UsageError) as error:
        positions(ledger, issue, **more)  # type: ignore[arg-type]
    assert error.value.slug == slug


WANTED = {
    "for": "for", "want": "for", "must": "for", "do": "for", "judge-for": "for", "against": "against", "turn": "against",
    "judge-against": "against", "deny": "unclear", "if": "conditional", "term": "conditional",
}  # fmt: skip


@pytest.mark.parametrize(
    "line", load_table("ujar.positions", "stance.tsv"), ids=lambda r: f"{r['form']}-{r['side']}-{r['kind']}"
)
def test_each_row_of_the_table_decides_its_example(line: dict[str, str]) -> None:
    terms = weighed(terms_of("pengiriman rudal"), [5, 5], 100)
    fires = stance_of(line["fires"], terms, MAKER)
    assert fires.stance == WANTED[line["kind"]]
    # A denial decides that nothing is told; its counterexample is told.
    assert stance_of(line["not"], terms, MAKER).stance != WANTED[line["kind"]]


@pytest.mark.parametrize(
    ("content", "cue", "stance"),
    [
        ("pengiriman rudal", "menolak", "against"),
        ("pengiriman rudal", "mengatakan", "unclear"),
        ("mendukung pengiriman rudal", "didesak", "unclear"),
        ("pihaknya tidak akan mengirim rudal", "menyatakan", "against"),
        ("pihaknya akan mengirim rudal", "menyatakan", "for"),
        ("Malaysia akan mengirim rudal", "menyatakan", "unclear"),
        ("kami menolak pencabutan larangan pengiriman rudal", "", "against"),
        ("kami menolak penghentian pengiriman rudal", "", "for"),
        ("kami tidak hanya mendukung pengiriman rudal", "", "for"),
        ("kami tidak menolak pengiriman rudal", "", "unclear"),
        ("apakah kami mendukung pengiriman rudal?", "", "unclear"),
        ("pengiriman rudal ditunda", "meminta", "against"),
        ("kami mendukung petani, sementara pengiriman rudal dibahas", "", "unclear"),
        ("kami siap bicara jika Malaysia mendukung pengiriman rudal", "", "unclear"),
    ],
)
def test_scope_negation_and_holder(content: str, cue: str, stance: str) -> None:
    terms = weighed(terms_of("pengiriman rudal"), [5, 5], 100)
    assert stance_of(content, terms, MAKER, cue).stance == stance


def test_forms_of_a_word_share_a_stem() -> None:
    for form in ("mengirim", "dikirim", "mengirimkan", "pengiriman", "kirim"):
        assert "kirim" in stems(form)
    assert stems("polisi").isdisjoint(stems("politik"))
    assert "keras" not in stems("kekerasan")
    assert "tolak" in cuts("penolakan")


def test_rare_words_weigh_more_and_function_words_nothing() -> None:
    terms = weighed(terms_of("pengakuan atas negara Palestina"), [2, 50, 10], 1000)
    assert [t.word for t in terms] == ["pengakuan", "negara", "palestina"]
    assert terms[0].weight > terms[2].weight > terms[1].weight
    assert sum(t.weight for t in terms) == pytest.approx(1)
    # Without the heaviest, or the second, three quarters cannot be reached.
    assert [[t.word for t in group] for group in anchors(terms, 0.75)] == [["pengakuan"], ["palestina"]]


def run(ledger: Ledger, *args: str) -> str:
    result = CliRunner().invoke(cli, ["positions", *args, "--ledger", str(ledger.folder)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_table_tells_who_when_and_how_it_moved(ledger: Ledger) -> None:
    text = run(ledger, *ISSUE.split(), "--bloc", "NATO", "--on", "2024-06-01")
    assert "2 for   1 conditional   0 against   1 unclear   28 silent   1 changed" in text
    assert "for         Jerman  2024-03-01" in text
    assert "before  2022-05-01  against" in text
    assert "condition: jika ada mandat parlemen" in text


def test_json_csv_and_jsonl_have_every_word(ledger: Ledger, tmp_path: Path) -> None:
    args = (ISSUE, "--bloc", "NATO", "--on", "2024-06-01")
    whole = json.loads(run(ledger, *args, "--format", "json"))
    assert (whole["bloc"], whole["on"], len(whole["rows"])) == ("NATO", "2024-06-01", 32)
    lines = [json.loads(line) for line in run(ledger, *args, "--format", "jsonl").splitlines()]
    assert lines == whole["rows"]
    file = tmp_path / "positions.csv"
    run(ledger, *args, "--format", "csv", "--output", str(file))
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    # 28 silent members; Germany 3 words, Finland and France 1, Poland 2.
    assert len(rows) == 28 + 7
    assert [(r["place"], r["stance"]) for r in rows if r["member"] == "DEU"] == [
        ("latest", "for"), ("earlier", "unclear"), ("earlier", "against"),
    ]  # fmt: skip


def test_hostile_text_reaches_neither_terminal_nor_spreadsheet(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger", create=True)
    ledger.keep([said("2024-01-01", "Jerman", None, "menolak", "=1+1 \x1b[31m pengiriman rudal")], engine="test")
    assert "\x1b[31m" not in run(ledger, "pengiriman", "rudal", "--bloc", "NATO")
    assert ",'=1+1" in run(ledger, "pengiriman", "rudal", "--bloc", "NATO", "--format", "csv")
    # Words of the user's are words, never SQL.
    assert positions(ledger, "pengiriman') OR 1=1 --", bloc="NATO").rows


def test_the_command_tells_what_is_wrong(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match="no bloc"):
        CliRunner().invoke(
            cli, ["positions", "rudal", "--bloc", "X", "--ledger", str(ledger.folder)], catch_exceptions=False,
            standalone_mode=False,
        )  # fmt: skip


def test_a_matrix_is_of_one_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = open_ledger(tmp_path / "ledger", create=True)
    for day in (1, 9):
        text = f"Kami mendukung pengakuan negara Palestina, kata Retno Marsudi pada tanggal {day}."
        said = Statement((Span(0, text.index(", kata")),), "direct", speaker="Retno Marsudi")
        article = Article(f"a{day}", text, published=date(2024, 1, day), outlet="Kabar Contoh")
        ledger.keep([Analysis(article, (said,), sentences=(Span(0, len(text)),))], engine="test")

    def spoke() -> list[str]:
        return [r.name for r in positions(ledger, "pengakuan negara Palestina", bloc="ASEAN").rows if r.word]

    assert spoke() == ["Indonesia"]
    asked: list[str] = []
    plain_ask = Moment.ask

    def ask(moment: Moment, sql: str, parameters: Sequence[object] = ()) -> Any:
        if "SELECT * EXCLUDE (in_file" in sql and not asked:
            asked.append(sql)
            # Another process merges between the two questions of one answer.
            assert open_ledger(ledger.folder).tidy(everything=True) == 2
        return plain_ask(moment, sql, parameters)

    monkeypatch.setattr(Moment, "ask", ask)
    assert spoke() == ["Indonesia"]
    assert asked


def test_days_at_the_edges_and_hostile_names(tmp_path: Path) -> None:
    text = "Kami mendukung pengakuan negara Palestina\x9b31m, kata Rina\u202e Uji."
    said = Statement((Span(0, text.index(", kata")),), "direct", speaker="Rina\u202e Uji\x9b")
    ledger = open_ledger(tmp_path / "ledger", create=True)
    article = Article("a", text, published=date(2024, 1, 1), outlet="Kabar\x9b2J")
    ledger.keep([Analysis(article, (said,), sentences=(Span(0, len(text)),))], engine="test")
    issue = "pengakuan negara Palestina"
    with pytest.raises(UsageError) as error:
        positions(ledger, issue, on=date.max)
    assert error.value.slug == "bad-filter"
    assert positions(ledger, issue, on=date.min).rows == ()
    assert len(positions(ledger, issue, on=date(9999, 12, 30)).rows) == 1
    for form in ("table", "json", "jsonl", "csv"):
        done = CliRunner().invoke(
            cli,
            ["positions", issue, "--ledger", str(ledger.folder), "--format", form],
            env={"COLUMNS": "lebar"},
            catch_exceptions=False,
        )
        assert "Rina" in done.stdout
        assert not {"\x9b", "\u202e"} & set(done.stdout)
