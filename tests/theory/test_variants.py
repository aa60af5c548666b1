"""Lines of several variants whose long run is known exactly."""

import numpy as np
import pytest
from variant_lines import makes, product, scenario_of

from line_sim.analysis.limits import limits
from line_sim.units import HOUR, SECOND

MIX = {"A": {"share": 0.7}, "B": {"share": 0.3}}


@pytest.mark.slow
def test_set_ups_between_parts_at_random(agrees):
    """A part is of another variant than the last with 1 - sum p^2 = 0.42.

    So a cycle of 1 s and 0.5 s of each such set-up make 1 / 1.21 parts a second.
    """
    line = [{"station": "mill", "cycle": 1, "changeover": 0.5}]
    run = makes(*line, made=product(None, **MIX), items=100_000)
    left = np.array([0, *(visit.left_at for visit in run.records.visits)]) / SECOND
    agrees(1.21, np.diff(left)[1:], detects=0.01)
    told = limits(scenario_of(*line, made=product(None, **MIX)))
    assert told.stations[0].uph * 1.21 == pytest.approx(3600)
    assert told.stations[0].set_up == pytest.approx(0.21 * SECOND)


@pytest.mark.parametrize(("batch", "a_part"), [(50, 0.6 / 50), (1, 0.6)])
def test_set_ups_between_batches_are_exactly_so_many(batch, a_part):
    """Of ten batches, seven of A and three of B in turn, six follow one of the other variant."""
    line = [{"station": "mill", "cycle": 1, "changeover": 0.5}]
    made = product(batch, **MIX)
    run = makes(*line, made=made, items=20 * batch + 1)
    assert sum(visit.changeover > 0 for visit in run.records.visits) == 12
    assert limits(scenario_of(*line, made=made)).stations[0].uph == pytest.approx(3600 / (1 + 0.5 * a_part))


@pytest.mark.slow
def test_a_queue_of_two_variants_waits_as_pollaczek_and_khinchine_say(agrees):
    """Parts come at random, 0.8 a second; 70 % take 0.8 s and 30 % take 1.466667 s, always.

    That is 1 s on average, with a second moment of 1.0933: Wq = 0.8 * 1.0933 / (2 * (1 - 0.8)) = 2.186667 s.
    """
    short, long = 0.8, 1.466667
    second_moment = 0.7 * short**2 + 0.3 * long**2
    truth = 0.8 * second_moment / (2 * (1 - 0.8))
    assert truth == pytest.approx(2.186667, abs=1e-5)
    run = makes(
        {"station": "mill", "buffer": 1_000_000, "cycle": {"by_variant": {"A": short, "B": long}}},
        made=product(None, **MIX),
        items=400_000,
        every={"exponential": {"mean": 1.25}},
    )
    visits = sorted(run.records.visits)
    queued, started, finished = (np.array([visit[place] for visit in visits]) / SECOND for place in (3, 4, 5))
    service = finished - started
    gaps = np.diff(queued, prepend=0.0)
    agrees(truth, started - queued, controls=[service - 1.0, gaps - 1.25], detects=0.1)


def test_at_best_is_the_mean_cycle_over_the_mix():
    """A 18 s and B 24 s, 70 to 30: 19.8 s a part."""
    line = {"station": "mill", "cycle": {"by_variant": {"A": 18, "B": 24}}}
    told = limits(scenario_of(line, made=product(None, **MIX)))
    assert told.stations[0].uph * 19.8 * SECOND == pytest.approx(HOUR)
