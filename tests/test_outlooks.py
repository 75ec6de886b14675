"""Outlooks are kept whole or not at all, and their score is what can be counted by hand."""

from __future__ import annotations

import io
import json
from datetime import date
from math import log
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from forecast_case import DEEDS, START, Told, add, history, ledger_of
from rich.console import Console

from ujar.commands.forecast_score import score as command
from ujar.forecast import outlooks as kept
from ujar.forecast.asked import asked_of
from ujar.forecast.history import history_of
from ujar.forecast.precedents import NOTHING
from ujar.forecast.scenarios import scenarios
from ujar.forecast.score import as_json, bins_of, crps, scored, surprise
from ujar.forecast.show import show_scenarios
from ujar.forecast.show_score import show_score

if TYPE_CHECKING:
    from pathlib import Path

    from ujar.forecast.report import Scenarios
    from ujar.store import Ledger

SAYS = {
    "verbal conflict": 0.8,
    "THREATEN": 0.8,
    "material conflict": 0.1,
    "verbal cooperation": 0.1,
    "material cooperation": 0.1,
}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return ledger_of(tmp_path / "ledger")


def look(
    ledger: Ledger, *given: str, start: date = START, says: dict[str, float] | None = None, **more: object
) -> Scenarios:
    past = history_of(ledger)
    asked = asked_of("Rusia", "Ukraina", str(more.get("every", "week")), start, given)
    return scenarios(
        ledger, past, Told(says or SAYS), asked, before=kept.last_before(ledger.folder, asked), observed=past.until
    )


def test_kept_once_and_read_back(ledger: Ledger) -> None:
    found = look(ledger)
    first = kept.keep(ledger.folder, found)
    assert first.name is not None
    assert first.name.startswith("2025-03-12-week-RUS-UKR-")
    assert kept.keep(ledger.folder, found) == kept.Kept(first.name, before=True)
    files = list((ledger.folder / "outlooks").iterdir())
    assert [f.name for f in files] == [f"{first.name}.json"]
    (back,), bad = kept.outlooks(ledger.folder)
    assert bad == 0
    assert (back.start, back.end, back.actor, back.recipient) == (START, date(2025, 3, 19), ("RUS",), ("UKR",))
    assert {one.what: one.p for one in back.said}["THREATEN"] == 0.8
    assert len(back.said) == 21
    assert back.pair == "Rusia → Ukraina"
    row = json.loads(files[0].read_text())
    assert row["from"]["facts"] == 15
    assert row["from"]["known"] == "2025-03-12"
    assert row["given"] == []
    # The ledger does not mind the folder.
    assert history_of(ledger).until == START


def test_one_that_cannot_be_written_is_told(ledger: Ledger) -> None:
    (ledger.folder / "outlooks").write_text("in the way")
    answer = kept.keep(ledger.folder, look(ledger))
    assert answer.name is None
    assert answer.why
    out = io.StringIO()
    show_scenarios(look(ledger), Console(file=out, width=90), "en", answer)
    assert "not kept: " in out.getvalue()


def test_damaged_files_are_counted(ledger: Ledger) -> None:
    answer = kept.keep(ledger.folder, look(ledger))
    folder = ledger.folder / "outlooks"
    whole = (folder / f"{answer.name}.json").read_text()
    (folder / "a.json").write_text(whole[: len(whole) // 2])
    (folder / "b.json").write_text(whole.replace('"p": 0.8', '"p": 8'))
    (folder / "c.json").write_text(whole.replace('"version": 1', '"version": 99'))
    (folder / "d.json").write_text("[1]")
    # One on its way is not looked at.
    (folder / ".e.json").write_text("")
    found, bad = kept.outlooks(ledger.folder)
    assert (len(found), bad) == (1, 4)
    assert scored(ledger.folder, history_of(ledger)).unreadable == 4


def test_what_has_changed_since_the_last_outlook(ledger: Ledger) -> None:
    first = kept.keep(ledger.folder, look(ledger))
    # The same span has no earlier outlook.
    assert look(ledger).change is None
    add(ledger, [(date(2025, 3, 17), "Rusia", "ASSAULT", "Ukraina"), (date(2025, 3, 18), "Jerman", "AID", "Moldova")])
    now = look(ledger, start=date(2025, 3, 19), says={**SAYS, "material conflict": 0.45, "THREATEN": 0.78})
    assert now.change is not None
    assert (now.change.name, now.change.start) == (first.name, START)
    assert next((s.what, s.before, s.now) for s in now.change.moved) == ("material conflict", 0.1, 0.45)
    # Two points are no move.
    assert "THREATEN" not in {s.what for s in now.change.moved}
    assert [(d.day, d.type) for d in now.change.new] == [(date(2025, 3, 17), "ASSAULT")]
    out = io.StringIO()
    show_scenarios(now, Console(file=out, width=100, markup=False), "en")
    assert "material conflict: 10 % → 45 % (+35 points)" in out.getvalue()
    assert "New events since then: 1" in out.getvalue()


def test_score_counted_by_hand(ledger: Ledger) -> None:
    kept.keep(ledger.folder, look(ledger))
    nothing_yet = scored(ledger.folder, history_of(ledger))
    assert (nothing_yet.scored, nothing_yet.waiting, nothing_yet.first) == (0, 1, date(2025, 3, 18))
    # Two threats in the span, and one thing after it.
    add(
        ledger,
        [
            (date(2025, 3, 12), "Rusia", "THREATEN", "Ukraina"),
            (date(2025, 3, 18), "Rusia", "THREATEN", "Ukraina"),
            (date(2025, 3, 19), "Rusia", "ASSAULT", "Ukraina"),
        ],
    )
    found = scored(ledger.folder, history_of(ledger))
    assert (found.scored, found.waiting, found.kept) == (1, 0, 1)
    quads, types, nothing = found.scores
    assert (quads.every, quads.level, quads.outlooks, quads.number, quads.came) == ("week", "quad", 1, 4, 1)
    assert quads.brier == pytest.approx((0.2**2 + 3 * 0.1**2) / 4)
    assert quads.log_score == pytest.approx((-log(0.8) - 3 * log(0.9)) / 4)
    # Of each number the shape (1 - p, p), none with more than one: two came where 0 or 1 were given.
    assert quads.crps == pytest.approx((0.2**2 + 1 + 3 * 0.1**2) / 4)
    assert quads.coverage == 0.75
    assert (types.number, types.came) == (16, 1)
    assert types.brier == pytest.approx((0.2**2 + 15 * 0.01**2) / 16)
    # Nothing at all had 0.2 · 0.9³, and did not come.
    assert nothing.brier == pytest.approx((0.2 * 0.9**3) ** 2, abs=1e-5)
    assert nothing.crps is None
    # The base rate of verbal conflict: threats in three of ten weeks of the pair, and three of thirty of all.
    base = {"verbal conflict": (3 + 2 * 3 / 30) / 12, "material conflict": (1 + 2 * 2 / 30) / 12}
    assert quads.skill == pytest.approx(1 - quads.brier / quads.brier_base)
    assert quads.brier_base > (1 - base["verbal conflict"]) ** 2 / 4
    assert found.misses == ()
    assert as_json(found)["kept"] == 1


def test_misses_by_name(ledger: Ledger) -> None:
    kept.keep(ledger.folder, look(ledger, says={**SAYS, "ASSAULT": 0.05, "verbal conflict": 0.97}))
    add(ledger, [(date(2025, 3, 14), "Rusia", "ASSAULT", "Ukraina"), (date(2025, 3, 19), "Jerman", "AID", "Moldova")])
    found = scored(ledger.folder, history_of(ledger))
    assert [(m.what, m.p, m.number) for m in found.misses] == [
        ("verbal conflict", 0.97, 0), ("ASSAULT", 0.05, 1), ("material conflict", 0.1, 1), ("THREATEN", 0.8, 0),
    ]  # fmt: skip
    (id_,) = found.misses[1].ids
    assert ledger.row(id_)[1]["day"] == date(2025, 3, 14)
    for language, words in (("en", "0.05"), ("id", "dikatakan 5 %, dan terjadi")):
        out = io.StringIO()
        show_score(found, Console(file=out, width=100, markup=False), language)
        text = out.getvalue()
        assert "Rusia → Ukraina: ASSAULT" in text
        assert id_ in text
        assert words in text or language == "en"
        assert "{" not in text


def test_which_outlooks_count(ledger: Ledger) -> None:
    add(ledger, [(date(2025, 2, 25), "Rusia", "CONSULT", "Ukraina")])
    kept.keep(ledger.folder, look(ledger))
    kept.keep(ledger.folder, look(ledger, says={**SAYS, "THREATEN": 0.9}))
    kept.keep(ledger.folder, look(ledger, "RUS THREATEN NATO"))
    kept.keep(ledger.folder, look(ledger, every="month"))
    # In retrospect: the ledger has days of the span already.
    kept.keep(ledger.folder, look(ledger, start=date(2025, 3, 4)))
    kept.keep(ledger.folder, look(ledger, every="day"))
    add(ledger, [(date(2025, 3, day), "Jerman", "AID", "Moldova") for day in (12, 20)])
    found = scored(ledger.folder, history_of(ledger))
    assert (found.scored, found.replaced, found.given, found.thin, found.late, found.waiting) == (2, 1, 1, 1, 1, 0)
    assert {s.every for s in found.scores} == {"day", "week"}
    assert scored(ledger.folder, history_of(ledger), late=True).scored == 3
    assert scored(ledger.folder, history_of(ledger), every="day").scored == 1
    # The later one of the two counts.
    types = next(s for s in found.scores if (s.every, s.level) == ("week", "type"))
    assert types.brier == pytest.approx((0.9**2 + 15 * 0.01**2) / 16)


def test_rules_of_scoring() -> None:
    # Two came: (0.2 - 0)² and (0.7 - 0)²; none came: (0.2 - 1)² and (0.7 - 1)².
    assert crps((0.2, 0.5, 0.3), 2) == pytest.approx(0.04 + 0.49)
    assert crps((0.2, 0.5, 0.3), 0) == pytest.approx(0.64 + 0.09)
    assert crps((1.0,), 0) == 0
    assert crps((1.0,), 3) == 3
    assert surprise(0.25, 0.0) == pytest.approx(-log(0.75))
    assert surprise(0.0, 1.0) == pytest.approx(-log(1e-4))
    bins = bins_of([(0.0, 0.0), (0.05, 1.0), (0.95, 1.0), (1.0, 1.0)])
    assert [b.number for b in bins] == [2, 0, 0, 0, 0, 0, 0, 0, 0, 2]
    assert (bins[0].mean, bins[0].came) == (0.025, 0.5)
    assert bins[5].mean is None


def test_command(ledger: Ledger) -> None:
    def asked(*more: str) -> str:
        answer = CliRunner().invoke(command, ["--ledger", str(ledger.folder), *more], catch_exceptions=False)
        assert answer.exit_code == 0
        return answer.output

    assert "No outlook is kept" in asked()
    kept.keep(ledger.folder, look(ledger))
    text = asked()
    assert "There is no outlook to be scored yet." in text
    assert "up to 2025-03-18" in text
    add(ledger, [(date(2025, 3, 19), "Jerman", "AID", "Moldova")])
    # Nothing was read of the span itself.
    assert "1 of whose span too little was read, not scored" in asked()
    add(ledger, [(date(2025, 3, 13), "Jerman", "AID", "Moldova")])
    text = asked("--lang", "id")
    assert "minggu, golongan" in text
    assert "Brier angka dasar" in text
    row = json.loads(asked("--format", "json", "--every", "week"))
    assert row["scored"] == 1
    assert {s["level"] for s in row["scores"]} == {"quad", "type", "nothing"}
    assert row["words"][0]["en"] == "remote"
    assert json.loads(asked("--format", "json", "--every", "day"))["scored"] == 0


def test_nothing_is_counted_as_it_is(ledger: Ledger) -> None:
    """A quiet span: "no event reported" came true."""
    kept.keep(ledger.folder, look(ledger))
    add(ledger, [(date(2025, 3, 18), "Jerman", "AID", "Moldova")])
    nothing = scored(ledger.folder, history_of(ledger)).scores[-1]
    assert (nothing.level, nothing.came) == ("nothing", 1)
    assert NOTHING == "nothing"
    assert len(DEEDS) == len(history())
