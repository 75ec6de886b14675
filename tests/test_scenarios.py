"""Scenarios: names and supposed events, situations, precedents and base rates counted by hand, what is said of thin ledgers."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from math import sqrt
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from forecast_case import DEEDS, START, Told, history, ledger_of
from rich.console import Console

from ujar.errors import UsageError
from ujar.events.plover import TYPES
from ujar.forecast import run
from ujar.forecast.asked import asked_of, facts_of, first_day
from ujar.forecast.odds_columns import parts
from ujar.forecast.odds_features import CLASSES
from ujar.forecast.precedents import (
    NOTHING,
    QUADS,
    dealings_of,
    is_of,
    near_windows,
    outcomes,
    rates_of_all,
    rates_of_pair,
    situations,
    spans_before,
    windows_after,
)
from ujar.forecast.report import as_json
from ujar.forecast.scenarios import scenarios
from ujar.forecast.show import show_scenarios
from ujar.forecast.telling import (
    LANGUAGES,
    likelihood_of,
    likelihoods,
    looks_like,
    percent,
    rests_on,
    teller,
    what_words,
)
from ujar.tables import load_table

if TYPE_CHECKING:
    from pathlib import Path

    from ujar.forecast.report import Scenarios
    from ujar.store import Ledger

SAYS = {
    "material conflict": 0.62, "ASSAULT": 0.6, "COERCE": 0.1, "verbal conflict": 0.3, "THREATEN": 0.3,
    "verbal cooperation": 0.03, "material cooperation": 0.02,
}  # fmt: skip


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return ledger_of(tmp_path_factory.mktemp("ahead") / "ledger")


def shown(found: Scenarios, language: str, width: int = 100) -> str:
    out = io.StringIO()
    show_scenarios(found, Console(file=out, width=width, markup=False, emoji=False), language)
    return out.getvalue()


def test_names_and_supposed_events() -> None:
    asked = asked_of("Rusia", "NATO", "week", START, ["RUS THREATEN NATO", "Amerika Serikat sanction Rusia"])
    assert asked.actor.units == ("RUS",)
    assert asked.recipient is not None
    assert asked.recipient.units[0] == "body:nato"
    assert {"USA", "FIN", "SWE"} <= set(asked.recipient.units)
    assert "RUS" not in asked.recipient.units
    assert asked.end == date(2025, 3, 19)
    day = date(2025, 3, 11)
    assert facts_of(asked) == [(day, "RUS", "THREATEN", "body:nato"), (day, "USA", "SANCTION", "RUS")]
    # Finland was no member before 4 April 2023; a member acts towards the others.
    early = asked_of("Rusia", "NATO", "day", date(2023, 4, 1))
    assert early.recipient is not None
    assert "FIN" not in early.recipient.units
    inner = asked_of("USA", "NATO", "day", START)
    assert inner.recipient is not None
    assert "USA" not in inner.recipient.units
    # Whoever acts for a state is that state.
    putin = asked_of("Vladimir Putin", "UKR", "day", START).actor
    assert (putin.units, putin.person) == (("RUS",), True)
    assert not asked.actor.person
    assert asked_of("RUS", None, "month", START).name == "Rusia"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("RUS NATO", "no PLOVER type"),
        ("RUS THREATEN AID NATO", "more than one"),
        ("THREATEN NATO", "nobody who does it"),
        ("RUS THREATEN", "nobody to whom"),
        ("RUS THREATEN Rusia", "to itself"),
        ("", "no PLOVER type"),
    ],
)
def test_supposed_events_that_make_no_sense(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as found:
        asked_of("RUS", "UKR", "week", START, [text])
    assert found.value.slug == "bad-given"


def test_questions_that_make_no_sense() -> None:
    for actor, recipient, every, start in (
        ("RUS", "Rusia", "week", START),
        ("...", "UKR", "week", START),
        ("RUS", "UKR", "year", START),
        ("RUS", "UKR", "week", date(9999, 12, 30)),
    ):
        with pytest.raises(UsageError):
            asked_of(actor, recipient, every, start)
    with pytest.raises(UsageError):
        first_day(history(), date.max)


def test_spans_are_laid_end_to_end_within_what_was_observed() -> None:
    spans = spans_before(history(), START, 7)
    assert spans == [date(2025, 3, 5) - timedelta(days=7 * n) for n in range(10)]
    # A look farther ahead than what is known: the span that is not over does not count.
    assert spans_before(history(until=date(2025, 3, 10)), START, 7)[0] == date(2025, 2, 26)
    # Of two weeks nothing was read: they are no calm.
    gap = [deed for deed in DEEDS if not date(2025, 1, 15) <= deed[0] < date(2025, 1, 29)]
    assert len(spans_before(history(gap), START, 7)) == 8


def test_situation_is_a_decayed_count() -> None:
    past = history()
    asked = asked_of("RUS", "UKR", "week", START)
    days = [date(2025, 1, 1), date(2025, 1, 8), date(2025, 1, 22), date(2025, 2, 21)]
    found = situations(past, dealings_of(past, asked), days, 14.0)
    assert found[0].tolist() == [0] * 8
    # The threat of the day before counts 1, two weeks later a half; verbal conflict is the third class.
    assert found[1].tolist() == [0, 0, 1, 0, 0, 0, 0, 0]
    assert found[2][2] == pytest.approx(sqrt(0.5))
    assert found[2][3] == pytest.approx(sqrt(0.5 ** (11 / 14)))
    # What Ukraine did stands in the other half.
    assert found[3][7] == 1


def test_near_situations_and_what_followed() -> None:
    past = history()
    asked = asked_of("RUS", "UKR", "week", START)
    windows = near_windows(past, asked, dealings_of(past, asked))
    starts = [w.start for w in windows]
    assert date(2025, 1, 8) in starts
    assert date(2025, 2, 5) in starts
    # Before the first threat nothing was like now.
    assert date(2025, 1, 1) not in starts
    assert starts == sorted(starts, reverse=True)
    after = outcomes(past, windows, 7)
    came = {w.start for w, rows in zip(windows, after, strict=True) if is_of(past, rows, "ASSAULT").any()}
    assert came == {date(2025, 1, 8)}
    first = next(w for w in windows if w.start == date(2025, 1, 8))
    assert [past.id[row] for row in first.done] == ["row#0"]


def test_supposed_events_of_the_past() -> None:
    past = history()
    asked = asked_of("RUS", "UKR", "week", START, ["RUS THREATEN UKR"])
    how, windows = windows_after(past, asked, asked.given[0])
    # The threat of the last day has no span behind it yet.
    assert (how, [w.start for w in windows]) == ("pair", [date(2025, 2, 5), date(2025, 1, 8)])
    # Ukraine never threatened: no case, of that pair, by that actor, or of any two the other way round.
    other = asked_of("RUS", "UKR", "week", START, ["UKR THREATEN RUS"])
    how, windows = windows_after(past, other, other.given[0])
    assert how == "type"
    # Of any two, what followed is what the threatened one did to the other.
    assert {(w.actors, w.recipients) for w in windows} == {(("UKR",), ("RUS",))}
    third = asked_of("RUS", "UKR", "week", START, ["USA THREATEN RUS"])
    assert windows_after(past, third, third.given[0])[1] == []


def test_base_rates() -> None:
    past = history()
    asked = asked_of("RUS", "UKR", "week", START)
    general = rates_of_all(past, asked)
    # Three pairs in ten weeks: thirty cells, two with an attack, three with a threat, fifteen with anything at all.
    assert (general.spans, general.pairs) == (10, 3)
    assert general.share["ASSAULT"] == pytest.approx(2 / 30)
    assert general.share["THREATEN"] == pytest.approx(3 / 30)
    assert general.share["verbal conflict"] == pytest.approx(3 / 30)
    assert general.share[NOTHING] == pytest.approx(15 / 30)
    own = rates_of_pair(past, asked, dealings_of(past, asked), general)
    # One week of ten with an attack, and two weeks' worth of the general rate.
    assert own.share["ASSAULT"] == pytest.approx((1 + 2 * 2 / 30) / 12)
    assert own.share["AID"] == pytest.approx((0 + 2 * 10 / 30) / 12)
    # Something in four of the ten weeks.
    assert own.share[NOTHING] == pytest.approx((6 + 2 * 15 / 30) / 12)


def test_tree(ledger: Ledger) -> None:
    odds = Told(SAYS)
    past = run.history_of(ledger)
    found = scenarios(ledger, past, odds, asked_of("Rusia", "Ukraina", "week", first_day(past, None)))
    assert odds.asked == [("RUS", "UKR", "week", START)]
    assert (found.basis, found.thin, found.between, found.facts) == ("odds", None, 5, 15)
    # The classes with 5 % or more, and nothing at all: 0.38 · 0.7 · 0.97 · 0.98.
    assert [b.outcome.what for b in found.branches] == ["material conflict", "verbal conflict", NOTHING]
    nothing = found.branches[-1]
    assert nothing.outcome.p == pytest.approx(0.38 * 0.7 * 0.97 * 0.98)
    conflict = found.branches[0]
    assert conflict.likelihood.en == "likely"
    assert [b.outcome.what for b in conflict.branches] == ["ASSAULT", "COERCE"]
    assert conflict.others == pytest.approx(0.01)
    assault = conflict.branches[0]
    assert assault.followed == 1
    assert assault.cases == len(near_windows(past, found.asked, dealings_of(past, found.asked)))
    (case,) = assault.precedents
    assert (case.start, case.end) == (date(2025, 1, 8), date(2025, 1, 15))
    assert [d.sentence for d in case.done] == ["Rusia mengancam Ukraina pada hari itu."]
    (followed,) = case.followed
    assert (followed.day, followed.type, followed.outlet) == (date(2025, 1, 10), "ASSAULT", "Harian Uji")
    assert ledger.row(followed.id)[1]["sentence"] == "Rusia menyerang Ukraina pada hari itu."
    assert all(not c.followed for c in assault.counter)
    assert assault.triggers == (("menyerang", 2),)
    # After two of the six like situations something came: the attack, and the threat of the last day.
    assert (nothing.cases, nothing.followed) == (6, 4)
    assert found.recent[0].day == date(2025, 3, 11)
    assert len(found.outcomes) == 21


def test_numbers_that_stand_alone_are_doubted(ledger: Ledger) -> None:
    past = run.history_of(ledger)
    # With something supposed that never happened there is no case.
    asked = asked_of("RUS", "UKR", "week", START, ["USA AID RUS"])
    given = scenarios(ledger, past, Told({"ASSAULT": 0.9}), asked)
    assault = next(b for b in given.branches if b.outcome.what == "material conflict").branches[0]
    assert (assault.cases, assault.doubt) == (0, "alone")
    assert "hardly any past situation was like this one" in " ".join(shown(given, "en").split())
    plain = scenarios(ledger, past, Told(SAYS), asked_of("RUS", "UKR", "week", START))
    assert plain.branches[0].doubt is None


def test_supposed_event_moves_the_tree(ledger: Ledger) -> None:
    past = run.history_of(ledger)
    found = scenarios(ledger, past, Told(SAYS), asked_of("RUS", "UKR", "week", START, ["RUS THREATEN UKR"]))
    conflict = found.branches[0]
    assert (conflict.outcome.p, conflict.outcome.without) == (0.9, 0.62)
    assert (found.how, conflict.cases, conflict.followed) == ("pair", 2, 1)
    assert len(past) == found.facts
    english = shown(found, "en")
    assert "Supposed, on 2025-03-11: Rusia THREATEN Ukraina" in english
    assert "without 62 % · with 90 % · difference +28" in english
    assert "1 of 2 times when the supposed event happened between the same two" in english


def test_whoever_and_blocs(ledger: Ledger) -> None:
    odds = Told(SAYS)
    past = run.history_of(ledger)
    found = scenarios(ledger, past, odds, asked_of("RUS", None, "week", START))
    assert found.basis == "odds"
    scenarios(ledger, past, odds, asked_of("RUS", "Uni Eropa", "week", START))
    # Towards anybody, and nothing with the one member that is known: too thin to be asked for.
    assert odds.asked == [("RUS", None, "week", START)]


def test_thin_ledgers_say_so(ledger: Ledger) -> None:
    past = run.history_of(ledger)
    odds = Told(SAYS)
    unknown = scenarios(ledger, past, odds, asked_of("RUS", "Peru", "week", START))
    assert (unknown.thin, unknown.unknown, unknown.basis) == ("unknown", ("Peru",), "all pairs")
    few = scenarios(ledger, past, odds, asked_of("RUS", "Jerman", "week", START))
    assert (few.thin, few.basis) == ("few", "all pairs")
    short = scenarios(ledger, past, odds, asked_of("RUS", "UKR", "month", START))
    assert (short.thin, short.basis) == ("short", "all pairs")
    early = scenarios(ledger, past.before(date(2025, 1, 2)), odds, asked_of("RUS", "UKR", "week", date(2025, 1, 2)))
    assert (early.thin, early.basis) == ("unknown", "none")
    none = scenarios(ledger, past.before(date(2024, 1, 1)), None, asked_of("RUS", "UKR", "week", date(2024, 1, 1)))
    assert (none.thin, none.basis, none.branches) == ("empty", "none", ())
    # The forecaster was never asked.
    assert odds.asked == []
    for found, english, indonesian in (
        (unknown, "The ledger knows no event by or towards Peru.", "tidak mengenal peristiwa apa pun"),
        (few, "Only 0 events between the two sides", "Hanya 0 peristiwa"),
        (short, "Only 2 spans of this length", "Hanya 2 rentang"),
        (none, "Any number would mislead", "Angka apa pun akan menyesatkan"),
    ):
        text = " ".join(shown(found, "en").split())
        assert english in text
        assert indonesian in " ".join(shown(found, "id").split())
        # No words that look sure.
        assert not any(f"· {one.en}" in text for one in likelihoods())
    assert "no forecast for these two sides" in " ".join(shown(few, "en").split())
    assert "(all pairs)" in shown(few, "en")


def test_looking_back_knows_only_what_was_before(ledger: Ledger) -> None:
    past = run.history_of(ledger)
    found = scenarios(ledger, past, Told(SAYS), asked_of("RUS", "UKR", "week", date(2025, 3, 11)), observed=past.until)
    assert (found.known, found.observed) == (date(2025, 3, 11), START)
    assert found.between == 4
    later = scenarios(ledger, past, Told(SAYS), asked_of("RUS", "UKR", "week", date(2025, 3, 20)))
    assert later.gap == 8
    assert "8 days before this span" in shown(later, "en")
    # What was read a month ago and more is no ground for a forecast.
    stale = scenarios(ledger, past, Told(SAYS), asked_of("RUS", "UKR", "week", date(2025, 4, 12)))
    assert (stale.gap, stale.thin, stale.basis) == (31, "stale", "all pairs")
    assert "31 days older than this span" in " ".join(shown(stale, "en").split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [40, 100])
def test_text(ledger: Ledger, language: str, width: int) -> None:
    past = run.history_of(ledger)
    found = scenarios(ledger, past, Told(SAYS), asked_of("Rusia", "Ukraina", "week", START))
    text = shown(found, language, width)
    assert all(len(line) <= width for line in text.splitlines())
    bare = " ".join(text.split())
    assert ("material conflict · 62 % · likely" if language == "en" else "konflik materiel · 62 % · mungkin") in bare
    assert ("In the news it looks like: attacks" if language == "en" else "Tanda dalam berita: menyerang") in bare
    assert "“menyerang” 2" in bare
    assert "2025-01-08" not in bare.split("2025-01-07")[0]
    # No phrase is missing, no brace is left.
    assert not any(
        f" {row['form']} " in f" {bare} " for row in load_table("ujar.forecast", "phrases.tsv") if "_" in row["form"]
    )
    assert "{" not in bare


def test_json_has_everything(ledger: Ledger) -> None:
    past = run.history_of(ledger)
    found = as_json(scenarios(ledger, past, Told(SAYS), asked_of("Rusia", "Ukraina", "week", START)))
    assert json.loads(json.dumps(found)) == found
    assert set(found) == {
        "asked", "basis", "thin", "unknown", "method", "facts", "between", "known", "observed", "gap", "spans", "pairs", "how",
        "recent", "outcomes", "branches", "change", "seen",
    }  # fmt: skip
    assert found["method"] == "told 1"
    assert found["branches"][0]["likelihood"]["id"] == "mungkin"
    assert {o["what"] for o in found["outcomes"]} == {*TYPES, *QUADS, NOTHING}


def test_hostile_text_does_not_reach_the_terminal(ledger: Ledger) -> None:
    past = run.history_of(ledger)
    found = scenarios(ledger, past, Told(SAYS), asked_of("Rusia\x1b[31m jahat", "Ukraina", "week", START))
    assert "\x1b" not in shown(found, "en")


def test_words_for_probabilities_leave_no_gap() -> None:
    ranges = likelihoods()
    assert ranges[0].low == 0
    assert all(a.high == b.low for a, b in zip(ranges, ranges[1:], strict=False))
    assert [likelihood_of(p).en for p in (0.0, 0.049, 0.05, 0.3, 0.5, 0.547, 0.7, 0.9, 0.96, 1.0)] == [
        "remote", "very unlikely", "very unlikely", "unlikely", "roughly even", "likely", "likely", "very likely",
        "almost certain", "almost certain",
    ]  # fmt: skip
    assert [percent(p) for p in (0.0, 0.004, 0.049, 0.996, 1.0)] == ["< 1 %", "< 1 %", "5 %", "> 99 %", "> 99 %"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_has_its_words(language: str) -> None:
    for name in {name for what in range(len(CLASSES)) for name in parts(what)} | {"its kinds"}:
        text = rests_on((("base", -3.0), (name, 1.0), ("weekday", -0.01)), language)
        assert text.endswith(" +1.0")
        assert "part_" not in text
        assert "{" not in text
    assert rests_on((("own history", 0.1), ("usual between units", 0.1)), language) == teller(language)("rests_thin")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_type_has_its_words(language: str) -> None:
    for name in TYPES:
        assert looks_like(name, language)
        assert what_words(name, language) != f"{name} (type_{name})"
    for quad in QUADS:
        assert what_words(quad, language) != f"quad_{quad}"
    tell = teller(language)
    for every in ("day", "week", "month"):
        assert tell(f"coming_{every}") != f"coming_{every}"


def test_fitted_once_for_each_state_of_the_ledger(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path / "ledger")
    fitted: list[date] = []

    def fit(past: object, until: date) -> Told:
        fitted.append(until)
        return Told(SAYS)

    memory = run.Memory(fit=fit)
    for _ in range(2):
        found = run.look_ahead(ledger, actor="RUS", recipient="UKR", every="week", memory=memory)
        assert found.asked.start == START
    run.look_ahead(ledger, actor="RUS", recipient="UKR", every="day", on=date(2025, 3, 13), memory=memory)
    # Where the ledger is too thin, nothing is fitted.
    run.look_ahead(ledger, actor="RUS", recipient="UKR", every="day", on=date(2025, 3, 1), memory=memory)
    # Nor is it fitted anew for days of which nothing more is known.
    assert fitted == [START]
    from forecast_case import add

    add(ledger, [(START, "Rusia", "CONSULT", "Ukraina")])
    assert run.look_ahead(ledger, actor="RUS", recipient="UKR", every="week", memory=memory).asked.start == date(
        2025, 3, 13
    )
    assert len(fitted) == 2


def test_command(tmp_path: Path) -> None:
    pytest.importorskip("ujar.forecast.odds")
    from ujar.commands.scenarios import scenarios as command

    ledger = ledger_of(tmp_path / "ledger")
    asked = ["--from", "Rusia", "--to", "Ukraina", "--every", "week", "--ledger", str(ledger.folder)]
    answer = CliRunner().invoke(command, asked, catch_exceptions=False)
    assert answer.exit_code == 0
    assert "Rusia → Ukraina: the coming week" in answer.output
    assert "kept as 2025-03-12-week-RUS-UKR-" in answer.output
    assert len(list((ledger.folder / "outlooks").iterdir())) == 1
    answer = CliRunner().invoke(command, [*asked, "--lang", "id"], catch_exceptions=False)
    assert "sudah tersimpan" in answer.output
    row = json.loads(
        CliRunner().invoke(command, [*asked, "--format", "json", "--no-keep"], catch_exceptions=False).output
    )
    assert row["kept"] is None
    assert row["basis"] == "odds"
    assert len(list((ledger.folder / "outlooks").iterdir())) == 1
