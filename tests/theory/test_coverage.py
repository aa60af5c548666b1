"""How often intervals hold the truth: benchmarks/coverage.py in short, whose table is in docs/statistics.md.

Each check fails a program whose intervals hold 90 times in 100 with probability 1 in 10,000.
"""

from collections.abc import Iterable

import numpy as np
import pytest
from scipy.stats import binom

from line_sim.figures.catalogue import FLOW_TIME, UPH
from line_sim.figures.populations import Settled
from line_sim.figures.statistics.batch_means import interval_of_mean, means_of_batches
from line_sim.figures.statistics.neighbours import alike
from line_sim.figures.statistics.quantiles import QUANTILES, sample_of
from line_sim.figures.statistics.rates import Rate
from line_sim.figures.window import window_of
from line_sim.layout import Failures, Layout, Place, layout_of
from line_sim.line.line import Line
from line_sim.recording.memory import Memory
from line_sim.recording.run_columns import columns_of
from line_sim.scenario import Scenario
from line_sim.study.replications.outages import few_in_all
from line_sim.study.replications.precision import Goal, enough, estimate

FALSE_ALARM = 1e-4
RUNS = 300
SECOND = 10**9


def hold(held: Iterable[bool]) -> bool:
    """Whether so many hits are no sign of fewer than 90 in 100."""
    hits = list(held)
    return bool(binom.cdf(sum(hits), len(hits), 0.9) > FALSE_ALARM)


def sojourns(dice, calls, load, *, even=False):
    """Return the times in queue and service of one server, service 1 s, arrivals at random or even, in ns."""
    early = 1000
    between = 1 / load if even else dice.exponential(1 / load, calls + early)
    steps = dice.exponential(1, calls + early) - between
    walk = np.cumsum(steps)
    waits = walk - np.minimum.accumulate(np.minimum(walk, 0))
    times = waits[:-1] + dice.exponential(1, calls + early - 1)
    return np.rint(times[early - 1 :] * SECOND).astype(np.int64)


@pytest.mark.parametrize(("calls", "load"), [(1000, 0.3), (1000, 0.5), (2000, 0.8)])
@pytest.mark.parametrize("name", ["p50", "p90", "p99"])
def test_quantiles_of_calls_that_queue(calls, load, name):
    """An exponential time in the system; at most 1 run in 10 tells an interval that does not hold it."""
    truth = -SECOND / (1 - load) * np.log(1 - float(QUANTILES[name]))
    dice, wrong = np.random.default_rng(1), 0
    for _ in range(RUNS):
        times = sojourns(dice, calls, load)
        found = sample_of(times, np.zeros(calls, dtype=np.bool_)).quantile(QUANTILES[name])
        wrong += found.lack is None and not found.low <= truth <= found.high
    assert hold([False] * wrong + [True] * (RUNS - wrong))


def test_runs_that_seem_to_have_seen_enough_of_a_tail():
    """1,000 parts at load 0.88 mostly know no p95; calm ones seemed to, and were right 45 times in 100."""
    root = 0.7700  # of s = exp(-(1 - s) / 0.88): D/M/1
    truth, dice, held = -SECOND / (1 - root) * np.log(0.05), np.random.default_rng(5), []
    for _ in range(3 * RUNS):
        times = sojourns(dice, 1000, 0.88, even=True)
        found = sample_of(times, np.zeros(1000, dtype=np.bool_)).quantile(QUANTILES["p95"])
        held += [] if found.lack else [found.low <= truth <= found.high]
    assert 0.05 < len(held) / (3 * RUNS) < 0.3
    assert hold(held)


@pytest.mark.parametrize("share", [0.3, 0.1, 0.03, 0.01])
def test_timeouts_of_calls_that_queue(share):
    """2,000 calls at load 0.8 on a server that keeps computing: 1 in 100 is seen in six runs of ten."""
    limit = -SECOND / 0.2 * np.log(share)
    dice, held = np.random.default_rng(2), []
    for _ in range(RUNS):
        times = sojourns(dice, 2000, 0.8)
        late = times > limit
        together = sample_of(times, np.zeros(2000, dtype=np.bool_)).neighbours.alike
        told = Rate(int(late.sum()), 2000, max(alike(late), together)).ci
        held += [told[0] <= share <= told[1]] if told else []
    assert len(held) > 0.9 * RUNS
    assert hold(held)


def test_a_mean_wait():
    """5,000 calls at load 0.8: five times the service, whatever the run saw of congestion."""
    dice, held = np.random.default_rng(3), []
    for _ in range(RUNS):
        times = sojourns(dice, 5000, 0.8) / SECOND
        found = interval_of_mean(float(times.mean()), means_of_batches(times), 5000, "calls")
        held += [found[0] <= 5 <= found[1]] if isinstance(found, tuple) else []
    assert len(held) > 0.9 * RUNS
    assert hold(held)


def pressed(seed, parts):
    """Return a run of a press that is never short of parts: a part a second, up 100 s, repaired in 10 s."""
    breakdowns = {"up": {"exponential": {"mean": 100}}, "repair": {"exponential": {"mean": 10}}}
    press = {"station": "press", "cycle": 1, "breakdowns": breakdowns}
    written = {"version": 1, "name": "press", "seed": seed, "run": {"items": parts}, "line": [press]}
    scenario = Scenario.model_validate(written | {"arrivals": {"saturated": True}})
    memory, layout = Memory(), layout_of(scenario)
    ending = Line(scenario, {}, memory).run()
    columns = columns_of(memory.records, layout, ending.at)
    return Settled(columns, layout, window_of(columns, layout))


@pytest.mark.slow
@pytest.mark.parametrize("expected", [0.5, 2, 8, 25])
def test_output_where_outages_are_rare(expected):
    """3,600 / 1.1 an hour, whether a run saw no outage or enough of them."""
    runs = [pressed(seed, int(100 * expected)) for seed in range(1, 151)]
    told = [UPH.fold.measure(settled).ci for settled in runs]
    known = [ci for ci in told if ci is not None]
    assert len(known) > 130
    assert hold(low <= 3600 / 1.1 <= high for low, high in known)
    if expected < 5:
        assert all(FLOW_TIME.fold.measure(settled).ci is None for settled in runs)


def test_a_study_that_stops_at_a_skewed_mean():
    """Runs whose flow time is as skewed as a queue's, until it is known to 15 %."""
    dice, held = np.random.default_rng(6), []
    for _ in range(300):
        runs = [{"flow_time": value} for value in dice.lognormal(-0.125, 0.5, 200).tolist()]
        stop = next(n for n in range(10, 201) if enough([Goal("flow_time", 0.15)], runs[:n]))
        low, high = estimate(runs[:stop], "flow_time").interval
        held.append(low <= 1 <= high)
    assert hold(held)


@pytest.mark.parametrize(("kpi", "goal"), [("uph", 0.03), ("flow_time", 0.1)])
def test_a_study_does_not_stop_before_it_has_seen_what_is_rare(kpi, goal):
    """An outage in 1 run of 10, whose cost is exponential: the interval at the stop holds the mean."""
    layout = Layout((Place("press", fails=True, failures=(Failures(90.0, 10.0),)),))
    dice, held = np.random.default_rng(4), []
    for _ in range(150):
        outages = dice.random(400) < 0.1
        cost = outages * dice.exponential(0.1, 400)
        values = 100 * ((1 - cost) if kpi == "uph" else (1 + 10 * cost)) + dice.normal(0, 1, 400)
        runs = [
            {kpi: float(value), "press.busy": float(1 - lost), "press.down": float(lost)}
            for value, lost in zip(values, cost, strict=True)
        ]
        seen = [{"press": int(outage)} for outage in outages]
        for n in range(10, 401):
            few = few_in_all(layout, seen[:n], runs[:n])
            if enough([Goal(kpi, goal)], runs[:n], few):
                low, high = estimate(runs[:n], kpi, few).interval
                held.append(low <= (99 if kpi == "uph" else 110) <= high)
                break
    assert len(held) > 100
    assert hold(held)
