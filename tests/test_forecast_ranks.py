"""The forecaster of the next event, and its evaluator on cases counted by hand."""

from __future__ import annotations

import gzip
import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner
from forecast_case import ledger_of

from ujar.cli import cli
from ujar.errors import InputError, UsageError
from ujar.events.plover import TYPES
from ujar.forecast.counts import Counts
from ujar.forecast.history import history_from_rows
from ujar.forecast.homes import Homes
from ujar.forecast.links import Links, both_ways
from ujar.forecast.next_event import learned, next_events
from ujar.forecast.quadruples import read_quadruples
from ujar.forecast.rank_benchmark import benchmark
from ujar.forecast.ranker import Ranker, Settings
from ujar.forecast.ranks import figures, mean_ranks
from ujar.forecast.why import why

if TYPE_CHECKING:
    from pathlib import Path

FIRST = date(2024, 3, 1)


def test_the_other_answers_of_a_question_are_taken_out() -> None:
    scores = np.array([[0.1, 0.9, 0.5, 0.8]])
    # Of the answers 1, 2 and 3 each stands alone before what is wrong; 0 is wrong and last.
    assert mean_ranks(scores, np.array([0, 0, 0]), np.array([1, 3, 2])).tolist() == [1, 1, 1]
    assert mean_ranks(scores, np.array([0]), np.array([2])).tolist() == [3]


def test_ties_get_the_mean_rank() -> None:
    scores = np.zeros((2, 5))
    scores[1, 4] = 1
    # Five that tie: ranks 1 to 5, the mean is 3. With 4 before, 0 shares the ranks 2 to 5.
    assert mean_ranks(scores, np.array([0, 1]), np.array([0, 0])).tolist() == [3, 3.5]
    # Two right answers tie with three wrong ones: each is among four.
    assert mean_ranks(np.zeros((1, 5)), np.array([0, 0]), np.array([0, 1])).tolist() == [2.5, 2.5]


def test_questions_are_told_apart() -> None:
    scores = np.array([[3.0, 2.0, 1.0], [1.0, 2.0, 3.0]])
    assert mean_ranks(scores, np.array([1, 0, 1]), np.array([0, 0, 2])).tolist() == [2, 1, 1]


def test_figures_are_percent() -> None:
    found = figures(np.array([1.0, 2.0, 4.0, 20.0]))
    assert found.mrr == pytest.approx(100 * (1 + 1 / 2 + 1 / 4 + 1 / 20) / 4)
    assert found.hits == (25, 50, 75)
    # A rank of 1.5 is a tie for the first place, not the first place.
    assert figures(np.array([1.5])).hits == (0, 100, 100)


def test_counts_decay_by_their_half_lives() -> None:
    links = Links.none(3, 2, (2.0, 1e9))
    links.see(np.array([0, 0]), np.array([1, 1]), np.array([2, 2]), 10)
    links.see(np.array([0]), np.array([1]), np.array([2]), 14)
    # Two of four days ago are half of one; one of today.
    assert links.count[0] == pytest.approx([1.5, 3])
    assert links.known(np.array([0, 0]), np.array([1, 0]), np.array([2, 2])).tolist() == [True, False]
    query, link = links.expand(np.array([2, 0]))
    assert query.tolist() == [1]
    assert (links.object_of(link).tolist(), links.relation_of(link).tolist()) == ([2], [1])


def test_names_tell_homes_and_dealings_those_of_others() -> None:
    names = [*(f"{kind} (Negeri)" for kind in ("Polisi", "Warga", "Media")), "Negeri", "Tokoh", "Orang Asing"]
    homes = Homes.of(names)
    assert homes.home.tolist() == [0, 0, 0, 0, 1, 1]
    facts = both_ways(np.array([[4, 0, 1, 0], [4, 0, 3, 0]]), 1)
    homes.see(facts[:, 0], facts[:, 2])
    assert homes.home.tolist() == [0, 0, 0, 0, 0, 1]


def _folder(
    folder: Path, parts: dict[str, list[tuple[int, int, int, int]]], entities: int, *, packed: bool = False
) -> Path:
    folder.mkdir()
    for name, rows in parts.items():
        text = "".join(f"{s}\t{r}\t{o}\t{24 * day}\t0\n" for s, r, o, day in rows)
        if packed and name == "train":
            (folder / "train.txt.gz").write_bytes(gzip.compress(text.encode()))
        else:
            (folder / f"{name}.txt").write_text(text)
    (folder / "entity2id.txt").write_text("".join(f"Negeri_{n}\t{n}\n" for n in range(entities)))
    (folder / "relation2id.txt").write_text("Mengunjungi\t0\n")
    return folder


def test_the_benchmark_counted_by_hand(tmp_path: Path) -> None:
    # 0 visits 1 day by day; then, in the test part, 2 visits 3 on two days.
    parts = {
        "train": [(0, 0, 1, day) for day in range(5)],
        "valid": [(0, 0, 1, 5)],
        "test": [(2, 0, 3, 6), (2, 0, 3, 7)],
    }
    facts = read_quadruples(_folder(tmp_path / "kecil", parts, 4, packed=True))
    counts, _ = benchmark(facts).ranked
    # Day 6: of 3 nothing is known, 1 has been visited: 1 first, then 0, 2, 3 tie for 2 to 4. (?, r, 3): 0 first likewise.
    # Day 7: what happened on day 6 is known, and 3 comes first.
    assert counts.all.questions == 4
    assert counts.all.mrr == pytest.approx(100 * (1 / 3 + 1 / 3 + 1 + 1) / 4)
    assert (counts.seen.questions, counts.novel.questions) == (2, 2)
    assert counts.novel.mrr == pytest.approx(100 / 3)
    # In multi-step day 6 is not known on day 7.
    frozen, _ = benchmark(facts, multi_step=True).ranked
    assert frozen.all.mrr == pytest.approx(100 / 3)
    assert frozen.seen.questions == 0
    # The validation part alone: 0 and 1 as always.
    assert benchmark(facts, validation=True).ranked[0].all.mrr == 100


def test_a_day_is_asked_before_it_is_seen(tmp_path: Path) -> None:
    """What happens for the first time cannot be known: the forecaster ranks it no better than chance."""
    rows = [(n % 7, 0, (n + 1 + n // 7) % 7, n // 3) for n in range(90)]
    parts = {"train": rows, "valid": [(0, 0, 1, 30)], "test": [(7, 0, 8, 31)]}
    facts = read_quadruples(_folder(tmp_path / "baru", parts, 60))
    found = benchmark(facts).ranked[1]
    assert found.all.mrr < 20
    assert found.novel.questions == 2


def test_the_yardstick_has_its_published_figures(data_folder: Path) -> None:
    folder = data_folder / "tkg" / "ICEWS14"
    if not folder.exists():
        pytest.skip(f"no benchmark in {folder} (set UJAR_DATA)")
    facts = read_quadruples(folder)
    model = Counts(len(facts.entities), len(facts.relations))
    rows, many, found = np.concatenate([facts.train, facts.valid, facts.test]), len(facts.relations), []
    for day in np.unique(rows[:, 3]).tolist():
        today = rows[rows[:, 3] == day]
        if day >= facts.test[0, 3]:
            asks = both_ways(today, many)
            key, question = np.unique(asks[:, 0] * 2 * many + asks[:, 1], return_inverse=True)
            found.append(mean_ranks(model.scores((key // (2 * many), key % (2 * many), day)), question, asks[:, 2]))
        model.see(today, day)
    assert figures(np.concatenate(found)).mrr == pytest.approx(41.6, abs=0.3)


def _history(days: int) -> list[tuple[date, str, str, str, str]]:
    """AAA threatens BBB every third day, and BBB rejects it the day after; CCC meets everybody in turn."""
    rows = []
    for n in range(days):
        day = FIRST + timedelta(days=n)
        if n % 3 == 0:
            rows.append((day, "AAA", "THREATEN", "BBB", f"a{n}"))
        if n % 3 == 1:
            rows.append((day, "BBB", "REJECT", "AAA", f"b{n}"))
        rows.append((day, "CCC", "CONSULT", ("AAA", "BBB", "DDD", "EEE")[n % 4], f"c{n}"))
    return rows


def test_what_follows_is_learned() -> None:
    history = history_from_rows(_history(91))
    found = next_events(history, learned(history), "BBB", on=history.until, top=1)
    assert (found[0].actor, found[0].type, found[0].recipient) == ("BBB", "REJECT", "AAA")
    assert found[0].p > 0.5
    assert found[0].before == 30
    towards = next_events(history, learned(history), "BBB", on=history.until, towards=True, type="THREATEN", top=1)
    assert towards[0].actor == "AAA"
    assert towards[0].p > 0.5


def test_shares_of_one_side_are_together_one() -> None:
    history = history_from_rows(_history(60))
    ranker = learned(history)
    found = next_events(history, ranker, "CCC", on=history.until, top=10_000)
    assert sum(event.p for event in found) == pytest.approx(1)
    assert not any(event.recipient == "CCC" for event in found if event.p > 0)
    assert next_events(history, ranker, "ZZZ", on=history.until) == ()
    with pytest.raises(UsageError, match="no type"):
        next_events(history, ranker, "CCC", on=history.until, type="SING")


def test_a_score_is_the_sum_of_dated_facts() -> None:
    history = history_from_rows(_history(75))
    ranker = learned(history)
    rows = np.stack([c.astype(np.int64) for c in (history.actor, history.type, history.recipient, history.day)], axis=1)
    units = np.arange(len(history.names))
    relation = list(TYPES).index("CONSULT")
    asked = ranker.ask(units, np.full(len(units), relation), history.until.toordinal())
    scores = ranker.scores(asked)
    for question in units:
        for entity in units[units != question]:
            parts = why(ranker, asked, int(question), int(entity), rows)
            assert sum(p.part for p in parts) == pytest.approx(float(scores[question, entity]), abs=1e-4)
            for part in parts:
                if part.facts:
                    assert sum(share.part for share in part.facts) == pytest.approx(part.part, abs=1e-6)
                assert all(rows[share.row, 3] < asked.day for share in part.facts)
    # What speaks for CCC meeting AAA by what they did before rests on their meetings.
    at = [history.unit(name) for name in ("CCC", "AAA")]
    same = next(p for p in why(ranker, asked, at[0] or 0, at[1] or 0, rows) if p.name == "the same between them")
    assert {history.id[share.row] for share in same.facts} == {f"c{n}" for n in range(0, 75, 4)}


def test_clues_can_be_left_out() -> None:
    history = history_from_rows(_history(60))
    ranker = Ranker(history.names, len(TYPES), Settings(without=("same 6",)))
    assert ranker.weights(np.array([0]))[0, 1] == 0
    assert ranker.weights(np.array([0]))[0, 0] != 0


def test_days_go_forward() -> None:
    ranker = Ranker(["A", "B"], 1)
    ranker.see(np.array([[0, 0, 1, 5]]), 5)
    with pytest.raises(ValueError, match="day 5 comes after day 5"):
        ranker.see(np.array([[0, 0, 1, 5]]), 5)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("train.txt", "", "empty"),
        ("train.txt", "0 0\n", "columns"),
        ("train.txt", "0 0 9 0 0\n", "no name"),
        ("train.txt", "0 0 1 240 0\n", "follow each other"),
        ("test.txt", "satu dua tiga 0 0\n", "ValueError"),
    ],
)
def test_bad_folders_are_refused(tmp_path: Path, name: str, text: str, says: str) -> None:
    parts = {"train": [(0, 0, 1, 0)], "valid": [(0, 0, 1, 1)], "test": [(0, 0, 1, 2)]}
    folder = _folder(tmp_path / "rusak", parts, 3)
    (folder / name).write_text(text)
    with pytest.raises(InputError, match=says):
        read_quadruples(folder)


def test_the_commands(tmp_path: Path) -> None:
    parts = {
        "train": [(0, 0, 1, day) for day in range(5)],
        "valid": [(0, 0, 1, 5)],
        "test": [(0, 0, 1, 6)],
    }
    folder = _folder(tmp_path / "kecil", parts, 4)
    told = CliRunner().invoke(cli, ["forecast", "benchmark", str(folder), "--format", "json"], catch_exceptions=False)
    found = json.loads(told.output)
    assert found["part"] == "test"
    assert [r["method"] for r in found["ranked"]] == ["counts (four numbers)", "ujar"]
    assert found["ranked"][1]["all"]["mrr"] == 100
    # Of no question there is no figure, and JSON has no word for nan.
    assert found["ranked"][1]["novel"] == {"questions": 0, "mrr": None, "hits": [None, None, None]}
    with pytest.raises(InputError, match="no names of CAMEO"):
        CliRunner().invoke(cli, ["forecast", "calibration", str(folder)], catch_exceptions=False, standalone_mode=False)
    told = CliRunner().invoke(cli, ["forecast", "benchmark", str(folder), "--validation"], catch_exceptions=False)
    assert "valid part, single-step" in told.output
    with pytest.raises(UsageError, match="no clue"):
        CliRunner().invoke(
            cli,
            ["forecast", "benchmark", str(folder), "--without", "luck"],
            catch_exceptions=False,
            standalone_mode=False,
        )


def test_next_from_a_ledger(tmp_path: Path) -> None:
    ledger_of(tmp_path / "buku")
    run = CliRunner()
    asked = ["forecast", "next", "--ledger", str(tmp_path / "buku")]
    found = json.loads(run.invoke(cli, [*asked, "--from", "Rusia", "--format", "json"], catch_exceptions=False).output)
    assert (found["next"][0]["actor"], found["next"][0]["recipient"]) == ("RUS", "UKR")
    assert 0 < found["next"][0]["p"] <= 1
    assert found["thin"] is True
    told = run.invoke(
        cli, [*asked, "--to", "Ukraina", "--type", "threaten", "--top", "1"], catch_exceptions=False
    ).output
    assert "Rusia THREATEN Ukraina" in told
    assert "happened 3 times before" in told
    assert "rough order" in told
    assert "2025-03-11 Rusia THREATEN Ukraina" in told
    told = run.invoke(cli, [*asked, "--from", "Vanuatu"], catch_exceptions=False).output
    assert "no event of this side" in told
    # Before the first event there is nothing to learn from.
    early = run.invoke(cli, [*asked, "--from", "Rusia", "--on", "2020-01-01"], catch_exceptions=False).output
    assert "no event of this side" in early
    for wrong in ([], ["--from", "Rusia", "--to", "Ukraina"], ["--from", "NATO"]):
        with pytest.raises(UsageError):
            run.invoke(cli, [*asked, *wrong], catch_exceptions=False, standalone_mode=False)
