"""Measurements that lack a part of the protocol: loops of some sizes alone, bursts after a rest."""

from dataclasses import replace

import numpy as np
import pytest
from known_servers import Known, gamma

from line_sim.study.calibration.files import calibration_of_fit
from line_sim.study.calibration.fit.fit import fit
from line_sim.study.calibration.fit.speeds import Loop, pooled, speeds_of
from line_sim.study.calibration.law import Idle, Law
from line_sim.study.calibration.observed import Call, Observed, Round, Stretch

MEAN = 0.1
SHARING = Law(100, (1.0, 1.6, 1.9, 2.0))


def without(observed: Observed, size: int) -> Observed:
    """Leave the loops of a size out."""
    kept = [
        Round(tuple(part for part in one.stretches if part.part != "loop" or part.size != size))
        for one in observed.rounds
    ]
    return replace(observed, rounds=tuple(kept))


def test_a_size_that_no_loop_had_lies_in_between() -> None:
    """Cycles of 3 between those of 2 and 4 that lie on a line leave the speed of 4 as it was."""
    loops = {1: Loop(0.1, 0.0), 2: Loop(0.12, 0.0), 3: Loop(0.14, 0.0), 4: Loop(0.16, 0.0)}
    every = speeds_of(loops, MEAN, 0.0)
    some = speeds_of({size: loop for size, loop in loops.items() if size != 3}, MEAN, 0.0)
    assert some == pytest.approx({size: mu for size, mu in every.items() if size != 3})
    assert pooled(some, 4)[2] == pytest.approx((some[2] + some[4]) / 2)


def test_a_server_is_found_without_loops_of_three() -> None:
    """Its mu(3) is taken for the middle of mu(2) and mu(4); the file tells of measured sizes alone."""
    found = fit(without(Known(SHARING, gamma(MEAN, 0.15), MEAN).observed(), 3))
    assert found.law.speeds == pytest.approx((1.0, 1.6, 1.8, 2.0), rel=0.03)
    calibration = calibration_of_fit(found, {"at": "2026-03-01", "how": "simulated"}, "server")
    assert list(calibration.blocks.together) == [2, 4]
    assert calibration.model.sharing is not None
    assert list(calibration.model.sharing.speed) == [1, 2, 4]


def slow_after_a_rest(rested: bool) -> Observed:
    """Measure two servers whose first calls take 40 ms more in bursts after a rest; lone calls show it."""
    law = Law(2, (1.0, 2.0), idle=(Idle(0.07, 0.04),))
    observed = Known(law, gamma(MEAN, 0.05), MEAN, takt=4.0).observed()
    works = gamma(MEAN, 0.05, seed=7)

    def burst(size: int) -> Stretch:
        ends = np.cumsum([[next(works)] * 2 for _ in range((size + 1) // 2)], axis=0).ravel()[:size] + 0.04
        ends = ends.tolist()
        calls = tuple(Call(0.0, end, place) for place, end in enumerate(ends))
        return Stretch("burst", calls, size, rested=rested)

    rounds = [
        Round(
            (
                *(p for p in one.stretches if p.part != "burst"),
                *(burst(n) for n in (2, 3, 4) for _ in range(3)),
            )
        )
        for one in observed.rounds
    ]
    return replace(observed, rounds=tuple(rounds))


def test_bursts_after_a_rest_are_expected_to_take_what_a_rest_adds() -> None:
    """Told that the server had rested the fit explains them; else all answers are too late for it."""
    told, not_told = fit(slow_after_a_rest(rested=True)), fit(slow_after_a_rest(rested=False))
    assert told.law.places == 2
    assert told.best.off < 0.02
    assert not_told.best.off > 0.1
