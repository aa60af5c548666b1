"""A server that shares its processors: the long run of the line is the theory's."""

from typing import Any

import numpy as np
import pytest
from stories import camera

from line_sim.study.theory.gauge import Gauge, exponential, gauged
from line_sim.units import SECOND

LONG = 150_000
ENOUGH = 400
"""Cameras of an inspection whose parts never wait for one."""
RHO = 0.6

LAWS = {"exponential": exponential(), "uniform": {"uniform": {"low": 0, "high": 2}}}
"""Two laws of one mean, 1 s; the second moments are 2 and 4/3."""

pytestmark = pytest.mark.slow


def asking(service: object, *, places: int, speed: dict[int, float] | None = None, **keys: Any) -> Gauge:
    """Run an inspection with cameras for everybody, or as many as `units`, whose server shares."""
    gpu = {"service": service, "sharing": {"places": places, "speed": speed or {1: 1}}}
    units = keys.pop("units", ENOUGH)
    only = camera("only", gateway={"modelled": gpu}, units=units)
    return gauged(only, review={"time": 0, "buffer": 9}, **keys)


def through(gauge: Gauge) -> np.ndarray:
    """Return how long each part was on the line, in seconds, the first 1,000 left out."""
    items = gauge.items()[1000:]
    return (items[:, 2] - items[:, 1]) / SECOND


@pytest.mark.parametrize("law", LAWS)
def test_a_shared_processor_does_not_know_the_law_of_the_work(agrees, law):
    """M/G/1-PS: s / (1 - rho), whatever the law (Kleinrock, Queueing Systems 2, 1976, 4.4)."""
    found = asking(LAWS[law], places=ENOUGH, every=exponential(1 / RHO), items=LONG)
    agrees(1 / (1 - RHO), through(found), detects=0.08)


@pytest.mark.parametrize(("law", "second"), [("exponential", 2.0), ("uniform", 4 / 3)])
def test_one_place_is_first_come_first_served(agrees, law, second):
    """M/G/1: s + lambda E[S^2] / (2 (1 - rho)), Pollaczek and Khinchine; that does know the law."""
    found = asking(LAWS[law], places=1, every=exponential(1 / RHO), items=LONG)
    agrees(1 + RHO * second / (2 * (1 - RHO)), through(found), detects=0.08)


def test_exponential_work_does_not_know_the_places(agrees):
    """LPS of exponential work with mu(n) = 1 is M/M/1 as a chain, whatever K: s / (1 - rho) on average."""
    found = asking(exponential(), places=3, every=exponential(1 / RHO), items=LONG)
    agrees(1 / (1 - RHO), through(found), detects=0.08)


def test_a_chain_of_speeds_tells_the_mean(agrees):
    """Exponential work at mu(n): births and deaths, mu(min(n, K)) of these; Little's law gives the time."""
    rate, mu = 1.2, {1: 1.0, 2: 1.6, 3: 1.8}
    weights = [1.0]
    for number in range(1, 400):
        weights.append(weights[-1] * rate / mu[min(number, 3)])
    mean = sum(number * weight for number, weight in enumerate(weights)) / sum(weights) / rate
    found = asking(exponential(), places=3, speed=mu, every=exponential(1 / rate), items=LONG)
    agrees(mean, through(found), detects=0.08)


@pytest.mark.parametrize(("law", "units"), [("exponential", 2), ("uniform", 5)])
def test_a_closed_loop_gets_what_the_server_does(agrees, law, units):
    """Cameras that always have a part, at least as many as places: mu(2) / E[S] answers a second."""
    found = asking(LAWS[law], places=2, speed={1: 1, 2: 1.8}, units=units, items=60_000)
    left = np.sort(found.items()[1000:, 2]) / SECOND
    agrees(1 / 1.8, np.diff(left), detects=0.05)
