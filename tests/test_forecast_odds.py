"""Chances of a number of events: what is seen, what is learned, how it is scored."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from ujar.config import load_config
from ujar.errors import InputError
from ujar.events.plover import TYPES
from ujar.forecast.distribution import (
    brier,
    calibration_error,
    closed,
    crps,
    hurdle,
    interval,
    log_score,
    mass,
    negative_binomial,
    poisson,
    reliability,
)
from ujar.forecast.history import History, history_from_rows
from ujar.forecast.odds import ANYTHING, CLASSES, DAYS, QUADS, Chance, Odds, fit, rows_of
from ujar.forecast.odds_benchmark import Counted, history_of_benchmark
from ujar.forecast.odds_check import check
from ujar.forecast.odds_columns import columns, own_columns, parts
from ujar.forecast.odds_features import HALVES, N_CLASSES, Observed, Sight, Walk, sight_of
from ujar.forecast.odds_fit import _log_gamma, fit_model
from ujar.forecast.odds_joint import Number, _part
from ujar.forecast.odds_training import examples

ROOT = Path(__file__).parent.parent
DAY = date(2024, 1, 1)


def on(number: int) -> date:
    return DAY + timedelta(days=number)


def history(*facts: tuple[int, str, str, str], until: int | None = None) -> History:
    rows = [(on(d), a, t, r, f"e{n}") for n, (d, a, t, r) in enumerate(facts)]
    return history_from_rows(rows, since=DAY, until=None if until is None else on(until))


@pytest.fixture(scope="module")
def lively() -> History:
    """Forty pairs over 200 days, each with a rate of its own; A and B quarrel in bursts."""
    rng = np.random.default_rng(7)
    units = [f"U{n:02}" for n in range(10)]
    facts = []
    for a in units:
        for r in units:
            if a != r and (ord(a[-1]) + 3 * ord(r[-1])) % 2:
                rate = rng.gamma(0.5, 0.2)
                for d in range(200):
                    facts += [(d, a, "CONSULT", r)] * int(rng.poisson(rate))
                    facts += [(d, a, "ACCUSE", r)] * int(rng.poisson(rate / 3))
    return history(*facts, until=200)


@pytest.fixture(scope="module")
def odds(lively: History) -> Odds:
    return fit(lively)


# What is seen.


def test_rates_are_decayed_sums_over_observed_days() -> None:
    h = history((0, "A", "THREATEN", "B"), (3, "A", "THREATEN", "B"), (3, "A", "AID", "B"), until=4)
    (seen,) = sight_of(h, [0], [1], on(4).toordinal()).own
    what, half = list(TYPES).index("THREATEN"), HALVES.index(3.0)
    ages = 0.5 ** (np.array([3, 2, 1, 0]) / 3)
    assert seen[half, what] == pytest.approx((ages[0] + ages[3]) / ages.sum(), rel=1e-5)
    assert seen[-1, what] == pytest.approx(2 / 4)
    assert seen[-1, CLASSES.index("verbal conflict")] == pytest.approx(2 / 4)
    assert seen[-1, CLASSES.index("material cooperation")] == pytest.approx(1 / 4)


def test_the_share_of_periods_counts_days_that_end_one() -> None:
    h = history((2, "A", "AID", "B"), (4, "A", "AID", "B"), until=20)
    s = sight_of(h, [0], [1], on(20).toordinal())
    what = CLASSES.index("AID")
    assert s.cover[0, :, what].tolist() == [2, 9, 18]  # days 2, 4; days 2 to 10; days 2 to 19
    assert s.last[0, what] == 16
    # Heard of from day 2 on, and until the fourteenth day of silence.
    assert s.exposed.tolist() == [16]
    assert np.isinf(s.last[0, CLASSES.index("ASSAULT")])


def test_the_walk_and_the_single_look_see_the_same(lively: History) -> None:
    walk = Walk(lively)
    day = on(120).toordinal()
    walk.to(day)
    keys = np.array([0, 7, 20])
    walked = walk.sight(keys)
    everybody = walk.sight(np.array([3]), actors=True)
    for f in fields(Sight):
        for n, key in enumerate(keys):
            a, r = walk.pairs[key].tolist()
            alone = sight_of(lively, [a], [r], day)
            np.testing.assert_allclose(getattr(walked, f.name)[n], getattr(alone, f.name)[0], rtol=1e-3, atol=1e-5)
        one = sight_of(lively, [3], None, day)
        np.testing.assert_allclose(getattr(everybody, f.name), getattr(one, f.name), rtol=1e-3, atol=1e-5)


def test_nothing_after_the_day_is_seen(lively: History) -> None:
    cut = lively.before(on(100))
    for f in fields(Sight):
        np.testing.assert_array_equal(
            getattr(sight_of(lively, [1], [2], on(100).toordinal()), f.name),
            getattr(sight_of(cut, [1], [2], on(100).toordinal()), f.name),
        )


def test_days_that_nobody_observed_do_not_thin_a_rate() -> None:
    far = on(1000)
    facts = [(on(d), "A", "AID", "B") for d in range(10)]
    gap = history_from_rows([(*f, str(n)) for n, f in enumerate(facts)]).plus([(far, "A", "AID", "B")])
    seen = sight_of(gap, [0], [1], far.toordinal() + 1)
    assert seen.exposed.tolist() == [11]
    assert seen.own[0, -1, CLASSES.index("AID")] == pytest.approx(1)


def test_columns_are_named_and_zero_where_nothing_happened() -> None:
    empty = sight_of(history((0, "A", "AID", "B"), until=30), [], [], on(14).toordinal())
    for what in range(N_CLASSES):
        x = columns(empty, what, "week")
        assert x.shape == (1, len(parts(what)))
        # All but the weekday, which is that of everybody.
        assert np.abs(x[0, :-1]).max() < 1e-5
        assert 0 < own_columns(what) < len(parts(what))


def test_outcomes_are_counted_in_the_days_from_the_day_on() -> None:
    h = history((9, "A", "AID", "B"), (10, "A", "AID", "B"), (16, "A", "AID", "B"), (17, "A", "AID", "B"), until=20)
    e = examples(h, [on(10).toordinal()], until=on(20).toordinal(), pick=lambda *_: np.array([0]))
    what = CLASSES.index("AID")
    assert e.numbers["day"][0, what] == 1
    assert e.numbers["week"][0, what] == 2
    assert e.numbers["month"][0, what] == -1  # not all of it was observed
    assert e.total[0] == 1


# What is learned.


def test_log_gamma_is_that_of_the_textbook() -> None:
    np.testing.assert_allclose(
        _log_gamma(np.array([1.0, 2, 5, 0.5])), [0, 0, np.log(24), np.log(np.sqrt(np.pi))], atol=1e-8
    )


def test_the_regression_finds_what_made_the_numbers_and_keeps_signs() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(8000, 3))
    p = 1 / (1 + np.exp(1 - 1.5 * x[:, 0] + 1.0 * x[:, 1]))
    happened = rng.random(8000) < p
    numbers = np.where(happened, 1 + rng.poisson(np.exp(0.5 + 0.4 * x[:, 0])), 0)
    free = fit_model(x, x, numbers, rising=1, ridge=0.1)
    assert free.base == pytest.approx(-1, abs=0.15)
    assert free.weights.tolist() == pytest.approx([1.5, -1.0, 0.0], abs=0.15)
    assert free.more.tolist() == pytest.approx([0.4, 0.0, 0.0], abs=0.1)
    assert free.further(x).mean() == pytest.approx(np.exp(0.5 + 0.4 * x[:, 0]).mean(), rel=0.1)
    # The second may not fall either: it is left out, not turned.
    assert fit_model(x, x, numbers, rising=2, ridge=0.1).weights[1] == 0


def test_chances_are_complete_and_agree_with_their_distribution(odds: Odds, lively: History) -> None:
    for horizon in DAYS:
        chances = odds.of(lively, "U00", "U03", horizon, on(200))
        assert [c.what for c in chances] == [*TYPES, *QUADS, ANYTHING]
        for c in chances:
            assert c.p == pytest.approx(1 - c.shape[0])
            assert 0 < c.p < 1
            assert 0.999 <= sum(c.shape) <= 1 + 1e-9
            assert c.low <= c.high < len(c.shape)
            assert sum(n * q for n, q in enumerate(c.shape)) == pytest.approx(c.mean, rel=0.05, abs=0.02)
            if not c.thin:
                assert sum(part for _, part in c.share) == pytest.approx(np.log(c.p / (1 - c.p)), abs=1e-4)
        by = {c.what: c.p for c in chances}
        for kind, t in TYPES.items():
            assert by[QUADS[t.quad - 1]] >= by[kind] - 1e-9


def test_numbers_do_not_contradict_each_other(odds: Odds, lively: History) -> None:
    # Some types and a quad class are taken for not learned: they get their share.
    some = replace(odds, pairs={k: v for k, v in odds.pairs.items() if k[1] % 3 and CLASSES[k[1]] != "verbal conflict"})
    for learned in (odds, some, replace(odds, pairs={}), fit(lively, until=on(30))):
        for pair in (
            ("U00", "U03"),
            ("U01", "U02"),
            (("U00", "U01"), ("U03", "U04", "U05")),
            ("U00", None),
            ("X", "Y"),
        ):
            before: dict[str, Chance] = {}
            for horizon in DAYS:
                now = {c.what: c for c in learned.of(lively, *pair, horizon, on(200))}
                for whole, parts_ in (
                    *((q, [k for k, t in TYPES.items() if QUADS[t.quad - 1] == q]) for q in QUADS),
                    (ANYTHING, list(QUADS)),
                ):
                    assert max(now[k].p for k in parts_) <= now[whole].p + 1e-9
                    assert now[whole].p <= sum(now[k].p for k in parts_) + 1e-6
                for what, c in now.items():
                    assert sum(n * q for n, q in enumerate(c.shape)) == pytest.approx(c.mean, rel=0.05, abs=0.02)
                    assert c.p <= c.mean + 1e-9
                    assert c.thin == ((horizon, CLASSES.index(what)) not in learned.pairs) or pair[1] is None
                    if what in before:
                        assert c.p >= before[what].p - 1e-9
                before = now


def test_a_class_that_is_not_learned_is_a_share_of_its_whole() -> None:
    # Two of the whole for sure; each is one of the part with a quarter: none of it with nine sixteenths.
    one = np.ones(1)
    whole = Number(one, 2 * one, one, 1e9 * one, one, one, x=np.zeros((1, 1)), first=one)
    part = _part(Number(one, one, one, one, one / 2, one / 2), whole, one / 4)
    # One and by a Poisson number of mean 1 more.
    assert part.p == pytest.approx(1 - 0.75 * np.exp(-0.25))
    assert part.mean == pytest.approx(0.5)
    assert part.own + part.usual == pytest.approx(part.mean)
    shape = part.shape(60)[0]
    assert 1 - shape[0] == pytest.approx(part.p[0])
    assert shape @ np.arange(61) == pytest.approx(0.5)


def test_days_of_which_little_is_known_were_not_observed() -> None:
    busy = [(d, f"A{n}", "AID", "B") for d in range(30) for n in range(20)]
    found = Observed(history(*busy, (100, "A1", "AID", "B"), (110, "A1", "AID", "B"), until=120))
    assert [found(on(d).toordinal()) for d in (0, 29, 40, 42, 43, 100, 119, 200, -1)] == [
        True, True, True, True, False, False, False, False, False,
    ]  # fmt: skip
    assert found.days(on(200).toordinal()).tolist() == [on(d).toordinal() for d in range(43)]
    assert found.whole(on(20).toordinal(), 7)
    # Both ends are near what was read, but nothing happened in between: nobody looked.
    assert not found.whole(on(31).toordinal(), 7)


def test_a_longer_horizon_is_more_probable_and_a_busier_pair_too(odds: Odds, lively: History) -> None:
    day, week, month = (chance(odds, lively, h) for h in DAYS)
    assert day.p < week.p < month.p
    assert day.mean < week.mean < month.mean
    total = {k: len(lively.between(*k)) for k in ((a, r) for a in range(10) for r in range(10) if a != r)}
    (a, r), (b, s) = max(total, key=total.__getitem__), min((k for k, n in total.items() if n), key=total.__getitem__)
    busy = odds.of(lively, f"U{a:02}", f"U{r:02}", "week", on(200))[CLASSES.index("CONSULT")]
    calm = odds.of(lively, f"U{b:02}", f"U{s:02}", "week", on(200))[CLASSES.index("CONSULT")]
    assert busy.p > calm.p


def chance(odds: Odds, h: History, horizon: str, what: str = "CONSULT", to: str | None = "U03") -> Chance:
    return odds.of(h, "U00", to, horizon, on(200))[CLASSES.index(what)]  # type: ignore[arg-type]


def test_a_supposed_event_raises_what_is_of_its_kind(odds: Odds, lively: History) -> None:
    for kind in ("CONSULT", "ACCUSE"):
        supposed = [lively.plus([(on(199), "U00", kind, "U03")] * n) for n in range(4)]
        quad = QUADS[TYPES[kind].quad - 1]  # type: ignore[index]
        for what in (kind, quad):
            said = [chance(odds, h, "week", what).p for h in supposed]
            assert all(b >= a - 1e-3 for a, b in pairwise(said)), (what, said)
            assert said[-1] > said[0]
    # Elsewhere it moves, too: what U00 does to somebody else.
    before, after = (odds.of(h, "U00", "U05", "week", on(200)) for h in (lively, supposed[-1]))
    assert [c.p for c in before] != [c.p for c in after]


def test_a_bloc_acts_as_the_sum_of_its_members(odds: Odds, lively: History) -> None:
    one, both = (odds.of(lively, who, ("U03", "U05"), "week", on(200)) for who in ("U00", ("U00", "U02")))
    at = CLASSES.index("verbal cooperation")
    assert both[at].mean > one[at].mean
    assert len(rows_of(lively, ("U00", "U02"), ("U03", "U05"))) == sum(
        len(lively.between(a, r)) for a in (0, 2) for r in (3, 5)
    )
    anybody = odds.of(lively, "U00", None, "week", on(200))
    assert anybody[at].p >= one[at].p


def test_thin_history_is_shrunken_and_says_so() -> None:
    h = history((1, "A", "THREATEN", "B"), (5, "A", "THREATEN", "B"), (9, "C", "AID", "D"), until=20)
    learned = fit(h)
    assert not learned.pairs
    assert "own history" in learned.version
    chances = {c.what: c for c in learned.of(h, "A", "B", "week", on(20))}
    threat = chances["THREATEN"]
    assert threat.thin
    assert [name for name, _ in threat.share] == ["own history", "usual between units"]
    assert sum(part for _, part in threat.share) == pytest.approx(threat.mean)
    # Own rate: 2 in 19 days (from day 1 on); usual: 1 per pair in 19 days. The truth is said to lie between.
    assert 7 * 1 / 19 < threat.mean < 7 * 2 / 19
    assert chances["verbal conflict"].p >= threat.p > chances["AID"].p > 0
    stranger = {c.what: c for c in learned.of(h, "X", "Y", "week", on(20))}
    assert 0 < stranger["THREATEN"].p < threat.p


def test_where_nothing_was_observed_there_are_no_chances() -> None:
    empty = history_from_rows([])
    assert fit(empty).of(empty, "A", "B", "week", DAY) == ()
    h = history((5, "A", "AID", "B"))
    assert fit(h).of(h, "A", "B", "week", DAY) == ()


# How it is scored.


def test_distributions_sum_to_one_and_have_their_mean() -> None:
    numbers = np.arange(201)
    for shape, mean in (
        (negative_binomial(np.array([2.0]), 0.7, 200), 2),
        (poisson(np.array([3.0]), 200), 3),
        (hurdle(np.array([0.4]), np.array([1.5]), 0.9, 200), 0.4 * 2.5),
    ):
        assert shape.sum() == pytest.approx(1)
        assert (shape[0] * numbers).sum() == pytest.approx(mean, rel=1e-6)
    assert hurdle(np.array([0.4]), np.array([1.5]), 0.9, 200)[0, 0] == pytest.approx(0.6)
    assert poisson(np.array([2.0]), 1)[0].tolist() == pytest.approx([np.exp(-2), 1 - np.exp(-2)])
    # A mean of which the first probability is 0 as a float.
    assert poisson(np.array([900.0]), 10)[0, -1] == pytest.approx(1)


def test_scores_counted_by_hand() -> None:
    p, happened = np.array([0.8, 0.3]), np.array([True, False])
    assert brier(p, happened).tolist() == pytest.approx([0.04, 0.09])
    assert log_score(p, happened).tolist() == pytest.approx([-np.log(0.8), -np.log(0.7)])
    assert log_score(np.array([0.0]), np.array([True]))[0] == pytest.approx(-np.log(1e-4))
    shape = np.array([[0.5, 0.3, 0.2]])
    # P(≤ 0) = .5, P(≤ 1) = .8, P(≤ 2) = 1.
    assert crps(shape, np.array([0]))[0] == pytest.approx(0.5**2 + 0.2**2)
    assert crps(shape, np.array([1]))[0] == pytest.approx(0.5**2 + 0.2**2)
    assert crps(shape, np.array([2]))[0] == pytest.approx(0.5**2 + 0.8**2)
    assert crps(shape, np.array([4]))[0] == pytest.approx(0.5**2 + 0.8**2 + 2)
    assert crps(np.array([[0.0, 1.0, 0.0]]), np.array([1]))[0] == 0


def test_intervals_counted_by_hand() -> None:
    shape = np.array([[0.05, 0.15, 0.6, 0.15, 0.05]])
    low, high = interval(shape, 0.8)
    assert (low[0], high[0]) == (1, 3)
    assert mass(shape, low, high)[0] == pytest.approx(0.9)
    assert [int(v[0]) for v in interval(np.array([[0.97, 0.03]]), 0.8)] == [0, 0]
    assert closed(np.array([[0.5, 0.0]])).tolist() == [[0.5, 0.5]]


def test_calibration_counted_by_hand() -> None:
    p = np.array([0.05, 0.05, 0.95, 1.0])
    happened = np.array([False, True, True, True])
    assert reliability(p, happened) == [(0.0, 2, 0.05, 0.5), (0.9, 2, pytest.approx(0.975), 1.0)]
    assert calibration_error(p, happened) == pytest.approx((2 * 0.45 + 2 * 0.025) / 4)


def test_benchmarks_counted_by_hand() -> None:
    # Weeks before day 21: days 0-6 one, 7-13 two, 14-20 none.
    h = history((1, "A", "AID", "B"), (8, "A", "AID", "B"), (9, "A", "AID", "B"), until=25)
    counted = Counted(h, Walk(h), np.array([0]))
    found = counted.chances(np.array([0]), np.array([on(21).toordinal()]), CLASSES.index("AID"), 7, 4)
    p = {name: chance[0] for name, (chance, _) in found.items()}
    assert p["same as last period"] == 0
    assert p["own history"] == pytest.approx(2 / 3)
    assert p["own history, smoothed"] == pytest.approx(2.5 / 4)
    assert p["Poisson of own history"] == pytest.approx(1 - np.exp(-1))
    assert found["own history"][1][0].tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0, 0])
    assert found["own history, smoothed"][1][0].tolist() == pytest.approx([1.5 / 4, 2.5 / 8, 2.5 / 8, 0, 0])


def test_the_check_scores_only_what_follows(lively: History, odds: Odds) -> None:
    scores = check(lively, on(150), horizons=("week",))
    assert [s.classes for s in scores] == ["quad classes", "types", "anything"]
    quads = scores[0]
    assert quads.days == 200 - 150 - 7 + 1
    assert quads.cases == quads.pairs * quads.days * 4
    assert sum(n for _, n, _, _ in quads.reliability) == quads.cases
    skill, low, high = quads.skill["brier"]
    assert low <= skill <= high
    assert skill == pytest.approx(1 - quads.scores["ujar"]["brier"] / quads.scores[quads.best["brier"]]["brier"])
    # Rates never change here, so that the own history is hard to beat; but nothing may be lost, either.
    assert skill > -0.02
    assert quads.calibration_error < 0.06
    assert check(lively, on(150), horizons=("week",))[0] == quads
    # What comes later does not change the fit.
    assert check(lively, on(150), on(170), horizons=("day",), odds=fit(lively, until=on(150))) == check(
        lively, on(150), on(170), horizons=("day",)
    )


# The commands and the folder.


def folder_of(tmp_path: Path) -> Path:
    tmp_path.joinpath("entity2id.txt").write_text("Aland\t0\nBland\t1\n", encoding="utf-8")
    tmp_path.joinpath("relation2id.txt").write_text("Make_a_visit\t0\nMake_statement\t1\n", encoding="utf-8")
    for part, days in (("train", range(40)), ("valid", range(40, 50)), ("test", range(50, 60))):
        rows = [f"0\t0\t1\t{24 * d}\t-1" for d in days] + [f"0\t1\t1\t{24 * days[0]}\t-1"]
        tmp_path.joinpath(f"{part}.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path


def test_a_benchmark_folder_is_read_as_a_history(tmp_path: Path) -> None:
    found = history_of_benchmark(folder_of(tmp_path), date(2020, 1, 1))
    assert len(found.history) == 60
    assert found.left_out == 3
    assert found.starts == (date(2020, 1, 1), date(2020, 2, 10), date(2020, 2, 20))
    assert found.history.names == ("Aland", "Bland")
    assert found.history.id[40] == "valid#1"
    (tmp_path / "test.txt").unlink()
    with pytest.raises(InputError, match="is no folder of quadruples") as error:
        history_of_benchmark(tmp_path)
    assert error.value.slug == "bad-benchmark"


def test_the_command_scores_a_folder(tmp_path: Path) -> None:
    from ujar.commands.forecast_odds import calibration

    folder = str(folder_of(tmp_path))
    ran = CliRunner().invoke(calibration, [folder, "--every", "week", "--format", "json"])
    assert ran.exit_code == 0, ran.output
    rows = json.loads(ran.stdout)
    assert [(row["horizon"], row["classes"]) for row in rows] == [
        ("week", "quad classes"), ("week", "types"), ("week", "anything"),
    ]  # fmt: skip
    assert rows[0]["days"] == 4
    assert set(rows[0]["skill"]) == {"brier", "log", "crps"}
    ran = CliRunner().invoke(calibration, [folder, "--every", "day"])
    assert ran.exit_code == 0, ran.output
    assert "same as last period" in ran.stdout
    assert "calibration error" in ran.stdout


def test_the_command_tells_chances(tmp_path: Path) -> None:
    from forecast_case import ledger_of

    from ujar.commands.forecast_odds import odds as command

    ledger_of(tmp_path / "ledger")
    options = ["--from", "Rusia", "--to", "Ukraina", "--every", "week", "--ledger", str(tmp_path / "ledger")]
    ran = CliRunner().invoke(command, options)
    assert ran.exit_code == 0, ran.output
    assert "Rusia → Ukraina: 2025-03-12 up to, not including, 2025-03-19" in ran.stdout
    assert "4 events between them among 15 before that day" in ran.stdout
    assert "too little to learn from" in ran.stdout
    ran = CliRunner().invoke(command, [*options, "--format", "json", "--on", "2025-02-04"])
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.stdout)
    assert (told["start"], told["between"]) == ("2025-02-05", 3)
    assert [row["what"] for row in told["chances"]] == [*TYPES, *QUADS, ANYTHING]
    by = {row["what"]: row for row in told["chances"]}
    assert by["THREATEN"]["thin"]
    assert by["THREATEN"]["p"] > by["ASSAULT"]["p"] > by["REJECT"]["p"] > 0
    assert set(by["AID"]["share"]) == {"own history", "usual between units"}
    ran = CliRunner().invoke(command, [*options, "--on", "2024-01-01"])
    assert ran.exit_code == 0, ran.output
    assert "Nothing was observed before that day" in ran.stdout


def test_the_benchmark_is_read() -> None:
    folder = ROOT / load_config().data / "tkg" / "ICEWS14"
    if not (folder / "train.txt").exists():
        pytest.skip(f"no benchmark in {folder} (set UJAR_DATA)")
    found = history_of_benchmark(folder)
    assert len(found.history) == 65_165
    assert found.starts == (date(2014, 1, 1), date(2014, 11, 1), date(2014, 12, 1))
