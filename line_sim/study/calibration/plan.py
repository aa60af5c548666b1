"""The protocol as data: which calls are made, how many, in which order.

Every round holds every part, in an order of its own, so that a server that drifts from round to round is not
taken for one that shares, or that has to wake up.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from line_sim.errors import ScenarioError
from line_sim.study.calibration.observed import PartName

LEAST_ROUNDS, MOST_ROUNDS = 4, 12
"""So many rounds are planned: an interval needs some, and each needs its least content."""

CLOSE = 0.03
"""A burst's calls follow one another by this share of a lone call, so that their order is known."""

OVERLAP = 0.5
"""Calls that come in mid-service of the one before."""

GIVEN_UP_AFTER = 0.5
HELD_OUT_LOAD = 0.7
CAMERAS = 2
PINGS = 5

SHARES = {"takt": 0.36, "pauses": 0.09, "loop": 0.2, "burst": 0.15, "given up": 0.07, "stream": 0.13}
"""What is left of a round, once each part has its least, goes to these."""

PAUSES = (0.25, 0.5, 1.0, 2.0)
"""Pauses before lone calls, in those that the takt leaves."""

SHORT_PAUSES = (0.0, 0.06, 0.12, 0.25, 0.5, 1.0)
"""Pauses before lone calls, in lone calls: what a camera that takes its next picture leaves."""


@dataclass(frozen=True, slots=True)
class Pilot:
    """What some first calls told: a lone call, and a caller's cycle among the most callers; seconds."""

    alone: float
    full_cycle: float
    most: int

    @property
    def capacity(self) -> float:
        """Calls a second that the server does at most, about."""
        return max(self.most / self.full_cycle, 1 / self.alone)

    def cycle(self, callers: int) -> float:
        """Return about what a caller's cycle takes among so many, on the safe side."""
        return max(
            self.alone, self.full_cycle * callers / self.most, min(self.full_cycle, self.alone * callers)
        )


@dataclass(frozen=True, slots=True)
class Part:
    """Some calls for one purpose: `number` by each caller or in all, one `every` so many seconds."""

    name: PartName
    number: int
    size: int = 1
    every: float = 0.0
    patience: float = 0.0
    pauses: tuple[float, ...] = ()
    items: tuple[int, ...] = ()

    def seconds(self, pilot: Pilot) -> float:
        """Return about how long it takes."""
        cycle, alone = pilot.cycle(self.size), pilot.alone
        each: dict[PartName, float] = {
            "takt": self.number * max(self.every, alone),
            "loop": (self.number + 0.5) * cycle,
            "cameras": self.number * (cycle + self.every),
            "burst": 1.3 * alone + cycle + self.every * self.size,
            "given up": 2 * alone + self.patience + 2 * pilot.cycle(self.size + 1),
            "stream": self.number * self.every + 2 * pilot.full_cycle,
            "pauses": sum(self.pauses) + (1 + self.number) * alone,
            "sizes": (1 + self.number) * alone,
            "pings": 0.002 * self.number,
        }
        return each[self.name]


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts of a round, about how long one takes in seconds, and how many of them are thought to fit."""

    parts: tuple[Part, ...]
    each: float
    rounds: int
    seed: int

    def order(self, number: int) -> tuple[Part, ...]:
        """Return the parts in the order of a round, numbered from 0."""
        places = np.random.default_rng([self.seed, number]).permutation(len(self.parts))
        return tuple(self.parts[place] for place in places)


def plan(pilot: Pilot, takt: float, seconds: float, sizes: tuple[int, ...], seed: int) -> Plan:
    """Return what fits into so many seconds; `sizes` are the pictures that differ in size.

    Raises ScenarioError where not even a few rounds fit.
    """
    least = list(_least(pilot, takt, sizes))
    needed = sum(part.seconds(pilot) for part in least)
    rounds = int(min(MOST_ROUNDS, seconds / needed))
    if rounds < LEAST_ROUNDS:
        raise ScenarioError(
            f"--seconds {seconds:g}: a call takes {pilot.alone * 1000:.0f} ms and the takt is "
            f"{takt * 1000:.0f} ms; give at least {ceil(LEAST_ROUNDS * needed)} seconds"
        )
    parts = tuple(_filled(least, seconds / rounds - needed, pilot))
    return Plan(parts, sum(part.seconds(pilot) for part in parts), rounds, seed)


def _least(pilot: Pilot, takt: float, sizes: tuple[int, ...]) -> Iterator[Part]:
    """Yield every part of a round, as short as it makes sense."""
    alone, most = pilot.alone, pilot.most
    yield Part("pings", PINGS)
    yield from (Part("takt", 4, every=takt) for _ in range(2))
    yield Part("loop", 7)
    yield from (Part("loop", 5, size) for size in range(2, most + 1))
    yield from (Part("burst", size, size, every=_close(alone)) for size in range(2, most + 1))
    yield Part("burst", 2, 2, every=OVERLAP * alone)
    patience = GIVEN_UP_AFTER * alone
    yield from (Part("given up", size, size, patience=patience) for size in sorted({1, most}))
    rest = max(takt - alone, 0.1 * alone)
    yield Part("pauses", len(PAUSES), pauses=tuple(share * rest for share in PAUSES))
    yield Part("pauses", len(SHORT_PAUSES), pauses=tuple(share * alone for share in SHORT_PAUSES))
    if len(sizes) > 1:
        yield Part("sizes", len(sizes), items=sizes)
    yield Part("stream", 10, every=1 / (HELD_OUT_LOAD * pilot.capacity))
    yield Part("cameras", 6, CAMERAS, every=0.4 * alone)


def _close(alone: float) -> float:
    return max(CLOSE * alone, 0.0005)


def _filled(least: list[Part], left: float, pilot: Pilot) -> Iterator[Part]:
    """Yield the parts with more calls each, or more often, as far as the time that is left goes."""
    for part in least:
        alike = [one for one in least if one.name == part.name]
        mine = left * SHARES.get(part.name, 0.0) / len(alike)
        if part.name in {"takt", "loop", "stream"}:
            one = replace(part, number=part.number + 1).seconds(pilot) - part.seconds(pilot)
            yield replace(part, number=part.number + int(mine / one))
        else:
            yield from [part] * (1 + int(mine / part.seconds(pilot)) if part.name in SHARES else 1)
