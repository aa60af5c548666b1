"""How many outages a run sees of those that its figures depend on: about 20 are needed to speak of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from line_sim.analysis.growth.means import PlaceMeans
from line_sim.figures.stops.outages import FEWEST_OUTAGES, outages_of
from line_sim.figures.window import Window
from line_sim.layout import Failures, Layout
from line_sim.recording.run_columns import RunColumns
from line_sim.units import HOUR

MATTERS = 0.005
"""The share of its time that a station must be down for in the long run for its outages to matter."""


@dataclass(frozen=True, slots=True)
class Failing:
    """A station that fails often or long enough to matter: outages an hour, the share of its time down.

    `way` is the one of its ways that this is about.
    """

    station: str
    per_hour: float
    down: float
    way: Failures

    @property
    def place(self) -> str:
        """The station, with the name of the way behind it where it has one."""
        return self.way.of(self.station)


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
        for way in place.stops:
            up, repair = way.up or 0.0, way.repair or 0.0
            if way.by_chance and place.time and up:
                per_hour = _per_hour(place, way, up, repair, min(parts, place.makes))
                down = per_hour * repair / (place.units * HOUR)
                if down >= MATTERS:
                    yield Failing(place.name, per_hour, down, way)


def _per_hour(place: PlaceMeans, way: Failures, up: float, repair: float, parts: float) -> float:
    """Return the outages an hour of all its units: by working time, the calendar or parts."""
    if way.by_calendar:
        return place.units * HOUR / (up + repair)
    return parts * (1 if way.by_parts else place.time) / up


def outages_seen(
    run: RunColumns, layout: Layout, expected: Sequence[Failing], window: Window
) -> tuple[Outages, ...]:
    """Return how many of the outages that matter a run has seen in its window."""
    hours = window.length / HOUR
    return tuple(Outages(each, _seen(run, layout, each, window), each.per_hour * hours) for each in expected)


def _seen(run: RunColumns, layout: Layout, failing: Failing, window: Window) -> int:
    place = next(at for at, station in enumerate(layout.places) if station.name == failing.station)
    failed = outages_of(run, place, layout.places[place], failing.way).failed
    return int(np.count_nonzero((failed >= window.start) & (failed <= window.end)))
