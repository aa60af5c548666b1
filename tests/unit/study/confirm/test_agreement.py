"""Live against predicted: numbers reckoned by hand, how often the test errs, and what no values may break."""

from math import exp, inf, sqrt

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from line_sim.study.confirm.agreement import Agreement, Expected, Margin, agreement

T2 = 2.9199855803537
"""Student's t at 95 % with 2 degrees of freedom, from a table."""
NORMAL = 1.6448536269514722


def uph(size: float) -> Margin:
    """Return a margin of a ratio."""
    return Margin("uph", size, points=False)


def points(size: float) -> Margin:
    """Return a margin in points."""
    return Margin("timeout_rate", size, points=True)


def certain(mean: float) -> Expected:
    """Return a prediction without any error."""
    return Expected(mean, 0.0, 100)


def test_three_runs_around_102_against_100():
    """Mean 102, deviation 2, error 2 / sqrt 3: relative .011321, times t of 2 degrees is .033056."""
    found = agreement([100, 102, 104], certain(100), uph(0.06))
    half = T2 * (2 / sqrt(3)) / 102
    assert half == pytest.approx(0.033056, abs=1e-6)
    assert (found.live, found.predicted, found.apart) == (102, 100, pytest.approx(0.02))
    assert (found.low, found.high) == pytest.approx((1.02 * exp(-half) - 1, 1.02 * exp(half) - 1))
    assert found.spread == pytest.approx(2 / 102)
    assert found.live_part == 1
    assert found.verdict == "equivalent"


@pytest.mark.parametrize(
    ("predicted", "margin", "verdict"),
    [(100, 0.06, "equivalent"), (100, 0.05, "undecided"), (80, 0.06, "different"), (130, 0.06, "different")],
)
def test_the_verdict_follows_the_interval(predicted, margin, verdict):
    """-1.3 to +5.4 % lies inside of 6 % and not of 5; 20 % off lies outside."""
    assert agreement([100, 102, 104], certain(predicted), uph(margin)).verdict == verdict


def test_half_as_much_is_as_far_as_twice_as_much():
    """The margin is one of the logarithm: 25 % more is allowed, so 20 % less is."""
    assert uph(0.25).limits == pytest.approx((-0.2, 0.25))
    assert points(0.01).limits == (-0.01, 0.01)


def test_live_runs_that_scatter_more_than_the_margin_are_no_verdict():
    """Their mean is right, and one of ten lies 9 % off: nobody can say that they agree within 5 %."""
    runs = [99.0] * 9 + [109.0]
    found = agreement(runs, certain(100), uph(0.05))
    assert found.low > -0.05
    assert found.high < 0.05
    assert found.noisy
    assert found.verdict == "undecided"
    assert agreement(runs, certain(100), uph(0.10)).verdict == "equivalent"


def test_what_is_plainly_apart_is_different_however_live_runs_scatter():
    """Twice as quick, and 5 % of scatter against a margin of 1 %."""
    found = agreement([95, 100, 105], certain(50), uph(0.01))
    assert found.noisy
    assert found.verdict == "different"


def test_the_prediction_s_error_widens_the_interval():
    """Both errors 1 % of 100: t is 2.9200 of 2 degrees, 1.6604 of 99; the hypotenuse of both is 3.3591 %."""
    spread = 1.0 * sqrt(3)
    found = agreement([100 - spread, 100, 100 + spread], Expected(100, 1.0, 100), uph(0.05))
    assert np.log1p(found.high) == pytest.approx(0.033591, rel=1e-4)
    assert found.live_part == pytest.approx((2.9200 / 3.3591) ** 2, rel=1e-3)


def test_a_share_is_compared_in_points():
    """1, 2 and 3 % live against 1 % predicted: 1 point apart, error .577, times t."""
    found = agreement([0.01, 0.02, 0.03], certain(0.01), points(0.01), parts=300)
    half = T2 * 0.01 / sqrt(3)
    assert (found.apart, found.low, found.high) == pytest.approx((0.01, 0.01 - half, 0.01 + half))


def test_a_share_that_was_the_same_each_time_is_known_no_better_than_its_parts_tell():
    """None of 298 late, some predicted: (0 + 1) / (298 + 2) is as likely, by the rule of succession."""
    found = agreement([0, 0, 0], Expected(0.0, 1e-12, 100), points(0.01), parts=298)
    likely = 1 / 300
    assert found.high == pytest.approx(NORMAL * sqrt(likely * (1 - likely) / 298), rel=1e-3)
    assert found.verdict == "equivalent"
    assert agreement([0, 0, 0], Expected(0.0, 1e-12, 100), points(0.001), parts=298).verdict == "undecided"


def test_a_share_that_the_line_alone_decides_is_as_good_as_one_that_is_never_seen():
    """Every run, predicted and live, had the same 2.4 %: 18 of 750, the same parts each time."""
    same = agreement([0.024] * 3, certain(0.024), points(0.01), parts=750)
    never = agreement([0.0] * 3, certain(0.0), points(0.01), parts=750)
    assert same.high == pytest.approx(never.high)
    assert agreement([0.024] * 3, Expected(0.024, 0.001, 100), points(0.01), parts=750).high > 2 * same.high


@pytest.mark.parametrize(
    ("live", "predicted", "verdict"),
    [([0, 0, 0], 0, "equivalent"), ([0, 0, 0], 5, "different"), ([5, 5, 5], 0, "different")],
)
def test_nothing_at_all_has_no_logarithm(live, predicted, verdict):
    """A line that ships nothing agrees with a prediction of nothing, and with no other."""
    assert agreement(live, certain(predicted), uph(0.05)).verdict == verdict


def verdicts(ratio: float, scatter: float, error: float, runs: int = 3, times: int = 4000) -> list[Agreement]:
    """Draw live runs and predictions whose true ratio is known, and judge each pair."""
    chance = np.random.default_rng(hash((ratio, scatter, error, runs)) % 2**32)
    live = 100 * ratio * (1 + scatter * chance.standard_normal((times, runs)))
    predicted = 100 * (1 + error * chance.standard_normal(times))
    margin = uph(0.03)
    return [
        agreement(one.tolist(), Expected(float(mean), error * float(mean), 100), margin)
        for one, mean in zip(live, predicted, strict=True)
    ]


def share(found: list[Agreement], verdict: str) -> float:
    """Return how often a verdict was given."""
    return sum(each.verdict == verdict for each in found) / len(found)


MORE = 4 * sqrt(0.05 * 0.95 / 4000)
"""Four standard errors of a share of 5 % in 4,000 draws."""


@pytest.mark.parametrize("scatter", [0.002, 0.01, 0.03])
@pytest.mark.parametrize("error", [0.0, 0.003, 0.01])
@pytest.mark.parametrize("ratio", [1.03, 1 / 1.03])
def test_what_lies_at_the_margin_is_called_equivalent_once_in_twenty_at_most(ratio, error, scatter):
    """The size of both one-sided tests, for live noise and predictions of every quality."""
    assert share(verdicts(ratio, scatter, error), "equivalent") <= 0.05 + MORE


@pytest.mark.parametrize("scatter", [0.002, 0.01])
@pytest.mark.parametrize("ratio", [1.03, 1 / 1.03])
def test_what_lies_at_the_margin_is_called_different_once_in_twenty_at_most(ratio, scatter):
    """The other side of the same interval."""
    assert share(verdicts(ratio, scatter, 0.003), "different") <= 0.05 + MORE


@pytest.mark.parametrize(("scatter", "error", "runs"), [(0.01, 0.0, 3), (0.01, 0.01, 3), (0.01, 0.003, 5)])
def test_nine_of_ten_intervals_hold_the_true_difference(scatter, error, runs):
    """Within four standard errors; where both sides are uncertain it is somewhat too wide."""
    found = verdicts(1.01, scatter, error, runs)
    held = sum(each.low <= 0.01 <= each.high for each in found) / len(found)
    assert 0.90 - 4 * sqrt(0.9 * 0.1 / len(found)) <= held <= 0.97


def test_a_good_prediction_of_quiet_runs_is_found_equivalent():
    """Live runs that scatter by .3 %, a prediction known to .3 %, a margin of 3 %."""
    assert share(verdicts(1.0, 0.003, 0.003), "equivalent") > 0.99


AMOUNTS = st.one_of(st.just(0.0), st.floats(1e-6, 1e9))


@given(st.lists(AMOUNTS, min_size=3, max_size=8), AMOUNTS, st.floats(0, 1e6), st.floats(0.001, 0.9))
def test_any_figures_have_a_verdict(live, predicted, error, size):
    """Zeros, equal values and wild scatter: the interval holds the difference, and the verdict fits it."""
    found = agreement(live, Expected(predicted, error, 40), uph(size))
    assert found.low <= found.apart <= found.high < inf
    least, most = found.margin.limits
    if found.verdict == "equivalent":
        assert least < found.low <= found.high < most
        assert found.spread <= size
    if found.verdict == "different":
        assert found.low > most or found.high < least


@given(st.lists(st.floats(0, 1), min_size=3, max_size=8), st.floats(0, 1), st.integers(1, 10**6))
def test_any_shares_have_a_verdict(live, predicted, parts):
    """The same of shares, 0 and 1 among them."""
    found = agreement(live, Expected(predicted, 0.0, 40), points(0.01), parts)
    assert found.low <= found.apart <= found.high


@given(st.lists(st.floats(1, 100), min_size=3, max_size=6), st.floats(1, 100), st.floats(0, 10))
def test_the_unit_of_a_figure_does_not_matter(live, predicted, error):
    """Seconds or milliseconds: the same ratio, the same interval."""
    assume(len(set(live)) > 1)
    one = agreement(live, Expected(predicted, error, 40), uph(0.05))
    other = agreement(
        [1000 * value for value in live], Expected(1000 * predicted, 1000 * error, 40), uph(0.05)
    )
    assert (other.low, other.high) == pytest.approx((one.low, one.high), rel=1e-6, abs=1e-9)
