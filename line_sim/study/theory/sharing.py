"""Servers that share their processors: what the law of the work does not matter for, and a closed loop."""

from collections.abc import Iterator

from line_sim.study.theory.cases import Case, Entry, Quantity, Series, throughput
from line_sim.study.theory.gauge import Gauge, exponential

KLEINROCK = "Kleinrock, Queueing Systems II (1976), 4.4"
LOAD = 0.5
ENOUGH = 100
"""Cameras of which one is always free: more parts are there once in 2^100 moments."""


def shared_processors() -> Iterator[Case]:
    """Yield a processor that all calls share, for two laws of the work, and cameras that always ask."""
    for name, service in (("M/M/1", exponential()), ("M/U/1", {"uniform": {"low": 0, "high": 2}})):
        truth = Quantity("mean time of an answer", 1 / (1 - LOAD), _held, 20)
        keys = {"every": exponential(1 / LOAD), "review": {"time": 0}}
        entry = _camera(service, ENOUGH, {1: 1.0})
        yield Case(f"{name} on a shared processor, load {LOAD}", KLEINROCK, (entry,), (truth,), keys, 3)
    loop = _camera(exponential(), 3, {1: 1.0, 2: 1.8}, places=2)
    wanted = (throughput(1.8, "s"),)
    yield Case(
        "3 cameras, 2 places, mu(2) = 1.8", "mu(K) / E[S]", (loop,), wanted, {"review": {"time": 0}}, 2
    )


def _camera(service: object, units: int, speed: dict[int, float], places: int = ENOUGH) -> Entry:
    modelled = {"service": service, "sharing": {"places": places, "speed": speed}}
    return {"inspection": "s", "units": units, "gateway": {"modelled": modelled}}


def _held(gauge: Gauge) -> Series:
    return Series(gauge.station("s").held)
