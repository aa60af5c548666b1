"""The model as other draws of the same measurements would have made it."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from line_sim.scenario.gateways.calibration import Calibration
from line_sim.scenario.gateways.modelled import ModelledOptions
from line_sim.study.confirm.predicted.refit import refit, resampled


def calibration(model: dict[str, Any], alone: Any = (), together: Any = None) -> Calibration:
    """Return a calibration with these measurements."""
    return Calibration.model_validate(
        {
            "line_sim_server": 1,
            "name": "a server",
            "measured": {"at": "today", "how": "by hand"},
            "model": model,
            "blocks": {"alone": alone, "together": together or {}},
        }
    )


def again(found: Calibration, factor: float = 1.0, **together: float) -> ModelledOptions:
    """Refit to the same measurements, each lone call so many times as long."""
    blocks = found.blocks
    longer = tuple(tuple(factor * value for value in stretch) for stretch in blocks.alone)
    rates = {
        n: tuple(together.get(f"n{n}", 1.0) * rate for rate in rates) for n, rates in blocks.together.items()
    }
    return refit(found, blocks.model_copy(update={"alone": longer, "together": rates}))


STRETCHES = [[0.1, 0.12, 0.09], [0.11, 0.3, 0.1], [0.1, 0.1, 0.2]]
MODELS: tuple[dict[str, Any], ...] = (
    {"service": "100 ms"},
    {"service": {"gamma": {"mean": "100 ms", "cv": 0.4}}},
    {"service": {"quantiles": {"p50": "100 ms", "p99": "300 ms"}}},
    {"service": {"exponential": {"mean": "100 ms"}}, "servers": 2, "after_deadline": "keeps_computing"},
    {"service": {"values": {"of": ["90 ms", "100 ms", "150 ms", "100 ms"]}}},
    {"service": "100 ms", "sharing": {"places": 3, "speed": {1: 1, 2: 1.6, 3: 1.8}}},
)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: str(model["service"]))
def test_the_same_measurements_make_the_same_model(model):
    """Nothing moves where nothing was drawn anew, with measurements or without."""
    found = calibration(model, STRETCHES, {2: [1.5, 1.7], 3: [1.8]})
    same = again(found)
    assert same.alone.mean_ns == found.model.alone.mean_ns
    assert same.model_copy(update={"service": found.model.service}) == found.model
    empty = calibration(model)
    assert refit(empty, resampled(empty.blocks, 3)) == empty.model


def test_measured_times_move_quantile_by_quantile(tmp_path):
    """From a list or a file, in any order: as many as before, and the slowest half twice as long."""
    (tmp_path / "times.csv").write_text("work_s\n0.3\n0.1\n0.2\n0.4\n")
    file = {"empirical": {"file": str(tmp_path / "times.csv"), "column": "work_s"}}
    for service in ({"values": {"of": [0.3, 0.1, 0.2, 0.4]}}, file):
        found = calibration({"service": service}, [[0.1, 0.2], [0.3, 0.4]])
        slower = refit(found, found.blocks.model_copy(update={"alone": ((0.1, 0.2), (0.6, 0.8))})).alone
        times = slower.of if "values" in service else slower.values
        assert len(times) == 4
        assert times[0] == pytest.approx(0.1e9)
        assert times[3] > 0.75e9


@pytest.mark.parametrize("model", MODELS, ids=lambda model: str(model["service"]))
def test_calls_of_twice_the_length_make_a_server_of_twice_the_length(model):
    """Every duration of the service doubles, its shape stays, and so does all else."""
    found = calibration(model, STRETCHES)
    double = again(found, 2.0)
    assert double.alone.mean_ns == pytest.approx(2 * found.model.alone.mean_ns)
    assert double.model_copy(update={"service": found.model.service}) == found.model
    assert type(double.alone) is type(found.model.alone)


def test_a_quantile_moves_as_that_quantile_does():
    """Only the slowest calls become slower: p99 moves, p50 stays."""
    found = calibration(MODELS[2], STRETCHES)
    slower = refit(
        found, found.blocks.model_copy(update={"alone": (*found.blocks.alone[:2], (0.1, 0.1, 0.6))})
    )
    assert slower.alone.p50 == found.model.alone.p50
    assert slower.alone.p99 > found.model.alone.p99


def test_speeds_move_as_the_rates_do_and_stay_possible():
    """mu(2) as 10 % more rate says; mu(3) never above 3; mu(1) is 1."""
    found = calibration(MODELS[-1], STRETCHES, {2: [1.5, 1.7], 3: [1.8, 1.8]})
    speed = again(found, n2=1.1, n3=2.0).sharing.speed
    assert speed == pytest.approx({1: 1, 2: 1.6 * 1.1, 3: 3.0})


@given(st.integers(0, 2**64 - 1))
def test_as_many_are_drawn_as_were_measured_and_a_seed_draws_the_same(seed):
    """Whole stretches, and rates of the same number of calls."""
    blocks = calibration(MODELS[-1], STRETCHES, {2: [1.5, 1.7], 3: [1.8]}).blocks
    drawn = resampled(blocks, seed)
    assert len(drawn.alone) == len(blocks.alone)
    assert set(drawn.alone) <= set(blocks.alone)
    assert {n: len(rates) for n, rates in drawn.together.items()} == {2: 2, 3: 1}
    assert drawn == resampled(blocks, seed)


def test_models_drawn_again_scatter_as_calibrations_would():
    """Calls in stretches that share a level: the scatter is that of the stretches' means."""
    chance = np.random.default_rng(5)
    levels = 0.1 * (1 + 0.1 * chance.standard_normal(25))
    found = calibration({"service": "100 ms"}, [[level] * 20 for level in levels.tolist()])
    means = [refit(found, resampled(found.blocks, seed)).alone.mean_ns for seed in range(400)]
    expected = np.std(levels) / np.sqrt(25) / np.mean(levels)
    assert np.std(means) / np.mean(means) == pytest.approx(expected, rel=0.15)
