"""Servers that inspections share or that work on batches: the long run of the line is the theory's."""

import numpy as np
import pytest
from scipy.optimize import brentq
from stories import camera

from line_sim.study.theory.gauge import Gauge, exponential, gauged
from line_sim.units import SECOND

LONG = 200_000
ENOUGH = 400
"""Cameras of an inspection whose parts never wait for one."""

pytestmark = pytest.mark.slow


def asking(*names: str, gpu: dict, every: object, items: int) -> Gauge:
    """Run inspections that share a server, one behind the other, with cameras for everybody."""
    line = [camera(name, gateway={"server": "gpu"}, units=ENOUGH) for name in names]
    review = {"time": 0, "buffer": 9}
    return gauged(*line, items=items, every=every, servers={"gpu": {"modelled": gpu}}, review=review)


def through(gauge: Gauge) -> np.ndarray:
    """Return how long each part was on the line, in seconds, the first 1,000 left out."""
    items = gauge.items()[1000:]
    return (items[:, 2] - items[:, 1]) / SECOND


def test_two_inspections_share_m_m_2(agrees):
    """A Jackson network: each part asks the two workers twice, and waits as in M/M/2 of both streams.

    Erlang's C of 1.2 on 2 workers, waits of C / (2 - 1.2) (Baskett, Chandy, Muntz and Palacios, J. ACM 22,
    1975: first come, first served with one exponential time for all is a product form).
    """
    offered = 1.2
    queued = offered**2 / 2 / (1 - offered / 2)
    wait = queued / (1 + offered + queued) / (2 - offered)
    gpu = {"service": exponential(), "servers": 2}
    found = asking("front", "back", gpu=gpu, every=exponential(2 / offered), items=LONG)
    agrees(2 * (wait + 1), through(found), detects=0.08)


@pytest.mark.parametrize("most", [2, 4])
def test_batches_of_exponential_time_are_the_bulk_queue(agrees, most):
    """M/M(1,b)/1: a free worker takes up to b at once (Chaudhry and Templeton, Bulk Queues, 1983).

    With r the root in (0, 1) of mu r^(b+1) - (lambda + mu) r + lambda, a busy server has n in its queue with
    probability p0 r^n, and is idle with p0 mu / lambda.
    """
    rate = 0.6 * most
    r = brentq(lambda r: r ** (most + 1) - (rate + 1) * r + rate, 0.01, 0.999)
    p0 = 1 / (1 / rate + 1 / (1 - r))
    wait = p0 * r / (1 - r) ** 2 / rate
    gpu = {"service": exponential(), "batching": {"max": most}}
    found = asking("only", gpu=gpu, every=exponential(1 / rate), items=LONG)
    agrees(wait + 1, through(found), detects=0.08)


def test_a_closed_loop_of_cameras_gets_n_answers_in_every_batch(agrees):
    """Six cameras, always a part: every batch is full, whatever is waited for, and takes what six take."""
    gpu = {"service": {1: 1, 6: exponential(3)}, "batching": {"max": 6, "wait": 60}}
    only = camera("only", gateway={"server": "gpu"}, units=6)
    keys = {"servers": {"gpu": {"modelled": gpu}}, "review": {"time": 0, "buffer": 9}}
    found = gauged(only, items=60_000, **keys)
    left = np.unique(found.items()[1000:, 2]) / SECOND
    agrees(3.0, np.diff(left), detects=0.1)
    assert len(found.items()) / len(np.unique(found.items()[:, 2])) == 6
