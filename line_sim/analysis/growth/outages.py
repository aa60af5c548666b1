"""How many outages a run sees of those that its figures depend on: about 20 are needed to speak of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from line_sim.analysis.growth.means import PlaceMeans
from line_sim.figures.flow import FEWEST_OUTAGES
from line_sim.figures.window import Window
from line_sim.recording.run_columns import RunColumns
from line_sim.scenario.model import Breakdowns
from line_sim.units import HOUR

MATTERS = 0.005
"""The share of its time that a station must be down for in the long run for its outages to matter."""


@dataclass(frozen=True, slots=True)
class Failing:
    """A station that fails often or long enough to matter: outages an hour, the share of its time down."""

    place: str
    per_hour: float
    down: float


@dataclass(frozen=True, slots=True)
class Outages:
    """How many outages of a station were seen (or are to come), of how many expected."""

    failing: Failing
    seen: int | None
    expected: float

    @property
    def enough(self) -> bool:
        """Whether there are enough of them for a figure that depends on them."""
        return (self.expected if self.seen is None else self.seen) >= FEWEST_OUTAGES


def failing(means: Sequence[PlaceMeans], coming: Sequence[float]) -> Iterator[Failing]:
    """Yield the stations whose outages matter when so many parts an hour come to each place."""
    for place, parts in zip(means, coming, strict=True):
        if place.breakdowns is not None and place.time:
            per_hour = _per_hour(place, place.breakdowns, min(parts, place.makes))
            down = per_hour * place.breakdowns.repair.mean_ns / (place.units * HOUR)
            if down >= MATTERS:
                yield Failing(place.name, per_hour, down)


def _per_hour(place: PlaceMeans, breakdowns: Breakdowns, parts: float) -> float:
    """Return the outages an hour of all its units: by the time that they work, or by the calendar."""
    up, repair = float(breakdowns.up.mean_ns), float(breakdowns.repair.mean_ns)
    if breakdowns.counts == "operating":
        return parts * place.time / up
    return place.units * HOUR / (up + repair)


def outages_seen(
    run: RunColumns, names: Sequence[str], expected: Sequence[Failing], window: Window
) -> tuple[Outages, ...]:
    """Return how many of the outages that matter a run has seen in its window; `names` are the places'."""
    hours = window.length / HOUR
    return tuple(
        Outages(each, _seen(run, names.index(each.place), window), each.per_hour * hours) for each in expected
    )


def _seen(run: RunColumns, place: int, window: Window) -> int:
    failed = run.outages(place).failed
    return int(np.count_nonzero((failed >= window.start) & (failed <= window.end)))
