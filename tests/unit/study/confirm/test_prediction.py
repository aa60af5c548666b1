"""What a predicted figure is made of: arms of runs whose scatter is known."""

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest

from line_sim.study.confirm.agreement import Margin, agreement
from line_sim.study.confirm.predicted.prediction import Arm, Parts, Prediction, order_ends, predictions

N = 4000


def arms(*, server: float = 1.0, calibration: float = 0.0, line: float = 0.0, moved: float = 0.0) -> dict:
    """Return arms of a figure around 100 with these standard deviations, under common chance."""
    chance = np.random.default_rng(7)
    own = 100 + server * chance.standard_normal(N)
    each: dict[Arm, np.ndarray] = {
        "server": own,
        "calibration": own + calibration * chance.standard_normal(N),
        "line": own + line * chance.standard_normal(N),
        "slower": own[:20] - moved,
        "quicker": own[:20] + moved,
    }
    return {arm: [{"uph": float(value)} for value in values] for arm, values in each.items()}


def test_each_part_of_the_uncertainty_is_found_again():
    """Deviations 1, 2 and 3, and half a unit by the model, under the same chance in every arm."""
    found = predictions(arms(server=1, calibration=2, line=3, moved=0.5))["uph"]
    close = 6 / sqrt(N)
    assert found.mean == pytest.approx(100, abs=close)
    assert found.parts.server == pytest.approx(1, abs=close)
    assert found.parts.calibration == pytest.approx(2, abs=2 * close)
    assert found.parts.line == pytest.approx(3, abs=3 * close)
    assert found.parts.model == pytest.approx(0.5)
    assert found.parts.labels == 0
    assert sum(found.parts.shares.values()) == pytest.approx(1)


def test_the_error_of_the_mean_is_that_of_the_runs_and_all_that_runs_do_not_average_out():
    """1 / sqrt N of the server, all of calibration and model; nothing of the line, whose seed is the same."""
    found = predictions(arms(server=1, calibration=2, line=30, moved=0.5))["uph"]
    own = found.parts
    assert found.expected.error == pytest.approx(sqrt(own.server**2 / N + own.calibration**2 + 0.25))


@pytest.mark.parametrize("stretches", [4, 8])
def test_a_calibration_of_few_stretches_calls_no_more_equivalent_than_it_may(stretches):
    """Pairs that differ by the margin, of which a calibration of few stretches makes most of the error."""
    chance, pairs, wrong = np.random.default_rng(11), 2000, 0
    parts, margin = Parts(0, 0, 0, 0, 0), Margin("uph", 0.015, points=False)
    for _ in range(pairs):
        measured = 1000 + 6 * sqrt(stretches) * chance.standard_normal(stretches)
        drawn_again = replace(parts, calibration=float(measured.std()) / sqrt(stretches))
        predicted = Prediction("uph", float(measured.mean()), 100, drawn_again, (0, 0), (0, 0), stretches)
        live = 1015 + chance.standard_normal(3)
        wrong += agreement(live.tolist(), predicted.expected, margin).verdict == "equivalent"
    assert wrong / pairs < 0.05 + 3 * sqrt(0.05 * 0.95 / pairs)


def test_the_interval_of_a_run_holds_server_calibration_and_model():
    """sqrt(1 + 4) times 1.96, and in quadrature 1.96 times the model's; that of any seed the line, too."""
    found = predictions(arms(server=1, calibration=2, line=3, moved=1.0))["uph"]
    half = (found.interval[1] - found.interval[0]) / 2
    assert half == pytest.approx(1.96 * sqrt(1 + 4 + 1), rel=0.06)
    any_half = (found.any_seed[1] - found.any_seed[0]) / 2
    assert any_half == pytest.approx(1.96 * sqrt(1 + 4 + 9 + 1), rel=0.06)


def test_a_figure_that_a_run_cannot_tell_is_not_predicted():
    """A mean of the other runs would be one of a chosen few."""
    each = arms()
    each["line"][3] = {"uph": None}
    assert predictions(each) == {}


def test_no_share_is_predicted_below_0():
    """A rate of nothing with a model that may be wrong ends at 0."""
    each = {arm: [{"timeout_rate": 0.0}] * len(runs) for arm, runs in arms().items()}
    each["slower"] = [{"timeout_rate": 0.02}] * 20
    found = predictions(each)["timeout_rate"]
    assert found.interval == pytest.approx((0.0, 1.96 * 0.02), rel=1e-3)


def test_the_ends_are_ranks_of_n_plus_1():
    """Of 1 to 39 the least and the greatest; of 1 to 99 half-way between 2 and 3, and 97 and 98."""
    assert order_ends([float(each) for each in range(39, 0, -1)]) == pytest.approx((1, 39))
    assert order_ends([float(each) for each in range(1, 100)]) == pytest.approx((2.5, 97.5))
    assert order_ends([4.0, 4.0]) == (4.0, 4.0)


@pytest.mark.parametrize("runs", [40, 100])
def test_one_more_run_lies_between_the_ends_in_95_of_100_cases(runs):
    """Whatever its law: exponential values, which are as skewed as a queue's."""
    chance = np.random.default_rng(runs)
    held = 0
    for _ in range(3000):
        *seen, another = chance.exponential(size=runs + 1).tolist()
        low, high = order_ends(seen)
        held += low <= another <= high
    assert held / 3000 == pytest.approx(0.95, abs=4 * sqrt(0.05 * 0.95 / 3000))
