"""Single queues: the line is the recursion to the nanosecond, and the recursion's long run is the theory.

A queue's waits scatter so much that a line would have to run for millions of parts to show an error
of 1 %. So each case is shown in two steps: 20,000 parts through the line agree with Lindley's
recursion on the same draws, event for event; then the recursion goes on alone for millions of them.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pytest
import yaml
from pydantic import TypeAdapter
from stories import camera, modelled, press
from theory.sample_path import lossy_departures, queue_waits

from line_sim.chance.durations import durations, quantile_function
from line_sim.chance.streams import Stream
from line_sim.scenario import Time
from line_sim.study.theory.gauge import erlang, exponential, gauged
from line_sim.study.theory.intervals import BATCHES, Floats
from line_sim.study.theory.markov import stationary
from line_sim.study.theory.reference import THEORY_FILE
from line_sim.units import SECOND

QUEUES = yaml.safe_load(THEORY_FILE.read_text())["single_queues"]
BREAKDOWNS = yaml.safe_load(THEORY_FILE.read_text())["isolated_machine_with_breakdowns"][
    "t0=1 up=20 repair=4 (both exponential)"
]
TIMES = TypeAdapter(Time)
ROOM = 10**6
BY_LINE = 20_000
pytestmark = pytest.mark.slow


def exact_draws(purpose: str, place: str, time: object, count: int) -> list[int]:
    """Return the draws of parts 1, 2, ... as the line makes them."""
    draw = durations(0, purpose, place, TIMES.validate_python(time))
    return [draw.of(item) for item in range(1, count + 1)]


def long_draws(purpose: str, place: str, time: object, blocks: int) -> Iterator[Floats]:
    """Yield batch after batch of the same stream, in seconds."""
    stream, quantile = Stream(0, purpose, place), quantile_function(TIMES.validate_python(time))
    for batch in range(BATCHES):
        numbers = [stream.block(batch * blocks + index) for index in range(blocks)]
        yield quantile(np.concatenate(numbers)) / SECOND


class LongRun(NamedTuple):
    """One value for each part: its wait, its service, the interval before the next part."""

    wait: Floats
    service: Floats
    interval: Floats


def long_run(arrival: object, service: object, blocks: int, cut: Callable[[Floats], Floats]) -> LongRun:
    """Run Lindley's recursion W' = max(0, W + S - A), a whole batch at a time."""
    waits, services, intervals, wait = [], [], [], 0.0
    times = zip(
        long_draws("arrival", "", arrival, blocks), long_draws("cycle", "s", service, blocks), strict=True
    )
    for between, uncut in times:
        work = cut(uncut)
        walk = np.concatenate([[0.0], np.cumsum(work - between)]) + wait
        steady = walk - np.minimum(np.minimum.accumulate(walk), 0.0)
        waits.append(steady[:-1])
        wait = float(steady[-1])
        services.append(work)
        intervals.append(between)
    return LongRun(*(np.concatenate(column) for column in (waits, services, intervals)))


def whole(times: Floats) -> Floats:
    """Let service times be as drawn."""
    return times


def check_line(arrival: object, service: object, units: int = 1) -> None:
    """Let parts through a line of one station: every wait as the recursion on the same draws says."""
    station = press(service, "s", buffer=ROOM, units=units)
    rows = gauged(station, items=BY_LINE, every=arrival).station("s").exact
    arrivals = np.cumsum(exact_draws("arrival", "", arrival, BY_LINE))
    waits = queue_waits(arrivals.tolist(), exact_draws("cycle", "s", service, BY_LINE), units)
    assert (rows[:, 2] - rows[:, 1]).tolist() == waits


def check_wait(agrees, arrival, service, truth, *, blocks, detects, mean=1.0):
    """Check the line, then the mean wait in the long run; service and interval means are the controls."""
    check_line(arrival, service)
    run = long_run(arrival, service, blocks, whole)
    between = TIMES.validate_python(arrival).mean_ns / SECOND
    controls = [run.service - mean, run.interval - between]
    agrees(truth, run.wait, controls=[c for c in controls if c.any()], detects=detects)
    return run


def test_m_m_1(agrees):
    """Rho = 0.8: L, Wq, W, and 95 % of the parts through in 14.98."""
    case = QUEUES["M/M/1 rho=.8"]
    run = check_wait(agrees, exponential(1.25), exponential(), case["Wq"], blocks=400, detects=0.04)
    sojourn = run.wait + run.service
    controls = [run.service - 1, run.interval - 1.25]
    agrees(case["W"], sojourn, controls=controls, detects=0.04)
    agrees(case["L"], sojourn, per=run.interval, controls=controls, detects=0.04)
    agrees(0.05, sojourn > case["p95_sojourn"], controls=controls, detects=0.12)


@pytest.mark.parametrize(("rho", "truth"), QUEUES["M/D/1"].items())
def test_m_d_1(agrees, rho, truth):
    """Constant service (Pollaczek and Khinchine)."""
    check_wait(
        agrees, exponential(1 / rho), 1, truth, blocks=200, detects={0.5: 0.015, 0.8: 0.03, 0.9: 0.045}[rho]
    )


@pytest.mark.parametrize(("rho", "truth"), QUEUES["M/E2/1"].items())
def test_m_e2_1(agrees, rho, truth):
    """Erlang-2 service."""
    detects = {0.5: 0.02, 0.8: 0.045, 0.9: 0.075}[rho]
    check_wait(agrees, exponential(1 / rho), erlang(2), truth, blocks=150, detects=detects)


SERVICES = {
    "weibull": ({"weibull": {"mean": 1, "shape": 2}}, 1.0, 4 / np.pi),
    "normal": ({"normal": {"mean": 0, "sd": 1}}, (2 / np.pi) ** 0.5, 1.0),
    "lognormal": ({"quantiles": {"p50": 1, "p99": np.exp(2.3263478740408408)}}, np.exp(0.5), np.exp(2)),
}
"""By kind a service time, its mean and its mean square: a Rayleigh, a half-normal, and sigma = 1."""


@pytest.mark.parametrize(
    ("service", "blocks", "detects"),
    [("weibull", 200, 0.03), ("normal", 200, 0.035), ("lognormal", 400, 0.04)],
)
def test_m_g_1(agrees, service, blocks, detects):
    """Load 0.8: Wq = lambda E[S^2] / (2 (1 - load)) (Pollaczek and Khinchine)."""
    written, mean, square = SERVICES[service]
    truth = 0.8 / mean * square / (2 * (1 - 0.8))
    check_wait(agrees, exponential(mean / 0.8), written, truth, blocks=blocks, detects=detects, mean=mean)


@pytest.mark.parametrize(("rho", "truth"), QUEUES["D/M/1 (takt-paced arrivals)"].items())
def test_d_m_1(agrees, rho, truth):
    """A takt in front of a random service: the everyday case of a paced line."""
    check_wait(agrees, 1 / rho, exponential(), truth, blocks=200, detects={0.5: 0.03, 0.8: 0.035}[rho])


def test_m_m_2(agrees):
    """Two machines behind one queue: how many wait, and how long."""
    case = QUEUES["M/M/2 a=1.6"]
    check_line(exponential(1 / 1.6), exponential(), units=2)
    between, work = (
        np.concatenate(list(long_draws(*stream, 40)))
        for stream in (("arrival", "", exponential(1 / 1.6)), ("cycle", "s", exponential()))
    )
    waits = np.array(queue_waits(np.cumsum(between).tolist(), work.tolist(), 2))
    controls = [work - 1, between - 1 / 1.6]
    agrees(case["P_wait"], waits > 0, controls=controls, detects=0.02)
    agrees(case["Wq"], waits, controls=controls, detects=0.1)


@pytest.mark.parametrize("limit", [1, 2])
def test_m_m_1_with_a_deadline_on_the_call(agrees, limit):
    """A camera with room for everybody: the deadline cuts the service, and so the waits of all."""
    case = QUEUES["M/M/1, deadline T on the call, server freed at T, lambda=.8"][limit]
    entry = camera("s", buffer=ROOM, deadline=limit, on_no_result="ship", gateway=modelled(exponential()))
    rows = gauged(entry, items=BY_LINE, every=exponential(1.25), review={"time": 1}).station("s").exact
    draw = durations(0, "inference", "s", TIMES.validate_python(exponential()))
    drawn = [min(draw.of(item, attempt=1), limit * SECOND) for item in range(1, BY_LINE + 1)]
    arrivals = np.cumsum(exact_draws("arrival", "", exponential(1.25), BY_LINE)).tolist()
    assert (rows[:, 2] - rows[:, 1]).tolist() == queue_waits(arrivals, drawn)
    run = long_run(exponential(1.25), exponential(), 150, lambda times: np.minimum(times, limit))
    late = run.service == limit
    controls = [run.service - (1 - np.exp(-limit)), run.interval - 1.25]
    agrees(case["P_timeout"], late, detects=0.015)
    agrees(case["Wq"], run.wait, controls=controls, detects=0.03)


def test_m_m_1_with_little_room(agrees):
    """Who finds the machine and its one place taken is lost: their share and the throughput."""
    case = QUEUES["M/M/1/K rho=.8"][2]
    gauge = gauged(
        press(exponential(), "s", buffer=1), items=150_000, every=exponential(1.25), on_full="lose"
    )
    items = gauge.items()
    lost = items[:, 3] == 2
    between = np.diff(items[:, 1], prepend=0) / SECOND
    agrees(case["P_full"], lost, controls=[between - 1.25], detects=0.04)
    agrees(case["throughput"], ~lost, per=between, detects=0.02)
    work = dict(zip(range(1, BY_LINE + 1), exact_draws("cycle", "s", exponential(), BY_LINE), strict=True))
    truth = lossy_departures(items[:BY_LINE, 1].tolist(), list(work.values()), 2)
    told = [None if gone else left for gone, left in zip(lost, items[:, 2].tolist(), strict=True)]
    assert told[:BY_LINE] == truth


def test_m_m_2_with_little_room(agrees):
    """Two machines, one place, a = 1.6: lost and throughput as the birth-death chain says."""

    def moves(inside):
        if inside < 3:
            yield 1.6, inside + 1
        if inside:
            yield min(inside, 2) * 1.0, inside - 1

    solved = stationary(0, moves)
    station = press(exponential(), "s", buffer=1, units=2)
    items = gauged(station, items=150_000, every=exponential(1 / 1.6), on_full="lose").items()
    between = np.diff(items[:, 1], prepend=0) / SECOND
    lost = items[:, 3] == 2
    agrees(solved[3], lost, controls=[between - 1 / 1.6], detects=0.05)
    agrees(1.6 * (1 - solved[3]), ~lost, per=between, detects=0.02)


DOWN = {"up": exponential(20), "repair": exponential(4)}


def test_an_isolated_machine_with_breakdowns(agrees):
    """Hopp and Spearman: the effective time of a part of 1 with A = 20/24 has mean 1.2 and cv^2 1.11."""
    machine = press(1, "s", breakdowns={**DOWN, "counts": "operating"})
    held = gauged(machine, items=200_000).station("s").held
    mean, square = BREAKDOWNS["mean_effective_time"], 1 + BREAKDOWNS["cv2_effective"]
    assert held.min() == pytest.approx(1, abs=1e-6)
    agrees(mean, held, detects=0.025)
    agrees(mean**2 * square, held**2, detects=0.15)


def test_a_machine_that_fails_by_the_clock_is_up_for_its_share(agrees):
    """Never idle, never blocked: A = 20/24 of the time is work, whatever counts the up time."""
    machine = press(1, "s", breakdowns={**DOWN, "counts": "calendar"})
    gap = gauged(machine, items=200_000).station("s").gap
    agrees(1.2, gap, detects=0.025)


def test_a_queue_in_front_of_a_failing_machine(agrees):
    """M/G/1 on effective times: Wq = lambda E[S^2] / (2 (1 - rho)) = 1.9 for lambda = 0.5."""
    machine = press(1, "s", buffer=ROOM, breakdowns={**DOWN, "counts": "operating"})
    column = gauged(machine, items=200_000, every=exponential(2)).station("s")
    square = BREAKDOWNS["mean_effective_time"] ** 2 * (1 + BREAKDOWNS["cv2_effective"])
    truth = 0.5 * square / (2 * (1 - 0.5 * BREAKDOWNS["mean_effective_time"]))
    agrees(truth, column.wait, controls=[column.held - 1.2], detects=0.15)
