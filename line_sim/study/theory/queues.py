"""Queues, lossy sources, deadlines on the call, and review lanes that block the inspection."""

from collections.abc import Iterator
from math import erfc, exp, gamma, log, pi, sqrt
from typing import Any

import numpy as np

from line_sim.study.theory.cases import (
    Case,
    Quantity,
    Series,
    accepted_rate,
    camera,
    lost_share,
    share,
    station,
    throughput,
    wait,
)
from line_sim.study.theory.gauge import Gauge, erlang, exponential
from line_sim.study.theory.lines import CHAIN
from line_sim.study.theory.network import OUT, Network, Node, tandem
from line_sim.study.theory.reference import reference

ROOM = 10**6
PK = "Pollaczek & Khinchine"
RENEWAL = "renewal argument, part by part"
KLEINROCK = "Kleinrock, Queueing Systems I (1975)"
STRETCH = {0.5: 2, 0.8: 6, 0.9: 12}
"""How many more parts a queue of this load needs."""


def queues() -> Iterator[Case]:
    """Yield single stations with room for everybody."""
    truths = reference()["single_queues"]
    one = truths["M/M/1 rho=.8"]
    sojourns = (
        _sojourn("mean time in queue and service", one["W"]),
        Quantity("share above the 95 % quantile", 0.05, _above(one["p95_sojourn"]), 20),
    )
    yield _queue("M/M/1, load 0.8", KLEINROCK, exponential(1.25), exponential(), one["Wq"], 0.8, *sojourns)
    for load, truth in truths["M/D/1"].items():
        yield _queue(f"M/D/1, load {load}", PK, exponential(1 / load), 1, truth, load)
    for load, truth in truths["M/E2/1"].items():
        yield _queue(f"M/E2/1, load {load}", PK, exponential(1 / load), erlang(2), truth, load)
    yield from _general()
    for load, truth in truths["D/M/1 (takt-paced arrivals)"].items():
        yield _queue(f"D/M/1, load {load}", KLEINROCK, 1 / load, exponential(), truth, load)
    two = truths["M/M/2 a=1.6"]
    waits = Quantity("share that waits", two["P_wait"], lambda gauge: Series(_waits(gauge)), 20)
    entry = station("s", exponential(), buffer=ROOM, units=2)
    wanted = (wait(two["Wq"], "s", {"work": 1.0}), waits)
    yield Case("M/M/2, load 0.8", KLEINROCK, (entry,), wanted, {"every": exponential(1 / 1.6)}, 6)
    yield from _deadlines(truths["M/M/1, deadline T on the call, server freed at T, lambda=.8"])


def _general() -> Iterator[Case]:
    """Yield M/G/1 queues of other service times; the wait is lambda E[S^2] / (2 (1 - load)).

    The moments are Johnson, Kotz & Balakrishnan's, Continuous Univariate Distributions 1 (1994).
    """
    for shape, load in ((2, 0.8), (0.7, 0.5)):
        square = gamma(1 + 2 / shape) / gamma(1 + 1 / shape) ** 2
        service = {"weibull": {"mean": 1, "shape": shape}}
        yield _random_service(f"M/Weibull/1, shape {shape}, load {load}", service, 1.0, square, load)
    middle, sd = 0.5, 1.0
    hazard = sd * exp(-((middle / sd) ** 2) / 2) / sqrt(2 * pi) / (erfc(-middle / sd / sqrt(2)) / 2)
    mean, square = middle + hazard, middle**2 + sd**2 + middle * hazard
    service = {"normal": {"mean": middle, "sd": sd}}
    yield _random_service("M/normal/1, cut off at 0, load 0.8", service, mean, square, 0.8)
    variance = (log(3 / 0.8) / 2.3263478740408408) ** 2
    mean, square = 0.8 * exp(variance / 2), 0.8**2 * exp(2 * variance)
    service = {"quantiles": {"p50": 0.8, "p99": 3}}
    yield _random_service("M/lognormal/1, p50 0.8, p99 3, load 0.8", service, mean, square, 0.8)


def _random_service(name: str, service: object, mean: float, square: float, load: float) -> Case:
    """Return a queue by the mean and the mean square of its service."""
    wait = load / mean * square / (2 * (1 - load))
    return _queue(name, PK, exponential(mean / load), service, wait, load, mean=mean)


def _queue(
    name: str,
    source: str,
    every: object,
    cycle: object,
    truth: float,
    load: float,
    *more: Quantity,
    mean: float = 1.0,
) -> Case:
    controls = {} if cycle == 1 else {"work": mean}
    entry = station("s", cycle, buffer=ROOM)
    wanted = (wait(truth, "s", controls), *more)
    return Case(name, source, (entry,), wanted, {"every": every}, STRETCH[load])


def _waits(gauge: Gauge) -> Any:
    return (gauge.station("s").wait > 0).astype(np.float64)


def _sojourn(name: str, truth: float) -> Quantity:
    def read(gauge: Gauge) -> Series:
        column = gauge.station("s")
        return Series(column.wait + column.held, controls=(column.work - 1.0,))

    return Quantity(name, truth, read, 20)


def _above(limit: float) -> Any:
    def read(gauge: Gauge) -> Series:
        column = gauge.station("s")
        return Series((column.wait + column.held > limit).astype(np.float64), controls=(column.work - 1.0,))

    return read


def _deadlines(truths: dict[int, dict[str, float]]) -> Iterator[Case]:
    for limit, truth in truths.items():
        entry = camera(exponential(), "s", buffer=ROOM, deadline=limit, on_no_result="ship")
        late = Quantity("share timed out", truth["P_timeout"], _held_for(limit))
        wanted = (wait(truth["Wq"], "s", {"held": 1 - exp(-limit)}), late)
        keys = {"every": exponential(1.25), "review": {"time": 1}}
        yield Case(f"M/M/1, deadline {limit} on the call", PK, (entry,), wanted, keys, 3)


def _held_for(limit: float) -> Any:
    return lambda gauge: Series((gauge.station("s").held == limit).astype(np.float64))


def lossy_lines() -> Iterator[Case]:
    """Yield lines whose source loses the parts that find no room."""
    truths = reference()["single_queues"]["M/M/1/K rho=.8"]
    for room, truth in truths.items():
        entry = station("s", exponential(), buffer=room - 1)
        wanted = (lost_share(truth["P_full"], 1.25), accepted_rate(truth["throughput"]))
        yield _lossy(f"M/M/1/{room}, load 0.8", KLEINROCK, (entry,), wanted, 1.25)
    full = 0.2 * 0.8**5 / (1 - 0.8**6)
    entry = station("s", exponential(), buffer=4)
    wanted = (lost_share(full, 1.25), accepted_rate(0.8 * (1 - full)))
    yield _lossy("M/M/1/5, load 0.8", KLEINROCK, (entry,), wanted, 1.25)
    solved = Network([Node(1.0, 2, 2)], 0.9)
    wanted = (lost_share(solved.full(), 1 / 0.9), accepted_rate(solved.pace(0)))
    entry = station("s", erlang(2), buffer=2)
    yield _lossy("M/E2/1/3, load 0.9", CHAIN, (entry,), wanted, 1 / 0.9)
    solved = Network(tandem([1.0, 1.0, 1.0], [1, 0, 1]), 0.8)
    line = tuple(station(f"s{n}", exponential(), buffer=b) for n, b in enumerate((1, 0, 1)))
    wanted = (lost_share(solved.full(), 1.25), accepted_rate(solved.pace(0)))
    yield _lossy("lossy source, 3 exponential", CHAIN, line, wanted, 1.25)
    solved = Network([Node(1.0, 1, 1, ((0.5, OUT), (0.5, 1))), Node(2.0, 1, 1)], 0.8)
    entry = camera(exponential(), alarms=0.5, buffer=1)
    wanted = (lost_share(solved.full(), 1.25), accepted_rate(solved.pace(0)))
    review = {"review": {"time": exponential(2), "buffer": 1}}
    yield _lossy("lossy source, camera, review that blocks", CHAIN, (entry,), wanted, 1.25, review)


def _lossy(
    name: str,
    source: str,
    line: tuple[dict[str, Any], ...],
    wanted: tuple[Quantity, ...],
    every: float,
    more: dict[str, Any] | None = None,
) -> Case:
    keys = {"every": exponential(every), "on_full": "lose", **(more or {})}
    return Case(name, source, line, wanted, keys, 2)


def review_lanes() -> Iterator[Case]:
    """Yield saturated cameras that a full review lane, a full ship lane, or both hold up."""
    for places, stages in ((0, 1), (2, 1), (1, 2)):
        solved = Network([Node(1.0, stages, 0, ((0.5, OUT), (0.5, 1))), Node(2.5, stages, places)])
        kind = exponential if stages == 1 else lambda mean=1.0: erlang(2, mean)
        wanted = (
            throughput(solved.pace(0), "camera", {"camera": 1.0}),
            share(solved.share(0, "blocked"), "camera", "blocked"),
        )
        review = {"review": {"time": kind(2.5), "buffer": places}}
        name = f"camera, review that blocks, {'exponential' if stages == 1 else 'Erlang-2'}, B={places}"
        yield Case(name, CHAIN, (camera(kind(), alarms=0.5),), wanted, review, 2)
    for ship, look in ((0, 0), (1, 2)):
        lanes = Node(1.0, 1, 0, ((0.6, 1), (0.4, 2)))
        solved = Network([lanes, Node(1.2, 1, ship), Node(2.0, 1, look)])
        wanted = (
            throughput(solved.pace(0), "camera", {"camera": 1.0}),
            share(solved.share(0, "blocked"), "camera", "blocked"),
        )
        line = (camera(exponential(), alarms=0.4), station("pack", exponential(1.2), buffer=ship))
        review = {"review": {"time": exponential(2), "buffer": look, "cleared": "ships"}}
        yield Case(f"camera, pack (B={ship}) and review (B={look}) block", CHAIN, line, wanted, review, 2)
    yield _late_parts_block(1.0, 2.0)


def _late_parts_block(limit: float, look: float) -> Case:
    """A deadline T sends late parts to a reviewer without a place: solved part by part.

    At the start of a part the reviewer is busy with probability b. A late part (q = e^-T) finds him
    busy still with e^(-T/m); a part in time leaves him busy with a = E[e^(-X/m) | X < T], so
    b = q + (1 - q) a b, and a part takes E[min(X, T)] + b q e^(-T/m) m.
    """
    q = exp(-limit)
    rate = 1 + 1 / look
    a = (1 - exp(-rate * limit)) / rate / (1 - q)
    busy = q / (1 - (1 - q) * a)
    blocked = busy * q * exp(-limit / look) * look
    pace = 1 / (1 - q + blocked)
    wanted = (throughput(pace, "camera", {"camera": 1 - q}), share(blocked * pace, "camera", "blocked"))
    entry = camera(exponential(), deadline=limit)
    review = {"review": {"time": exponential(look)}}
    return Case("camera, deadline 1, late parts block", RENEWAL, (entry,), wanted, review, 2)
