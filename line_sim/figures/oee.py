"""OEE by the names of ISO 22400-2:2014, with what each is divided by.

    availability  = APT / PBT        actual production time / planned busy time
    performance   = PRI * PQ / APT   planned run time per item * produced quantity / actual production time
    quality ratio = GQ / PQ          good quantity / produced quantity
    OEE index     = availability * performance * quality ratio

(ISO 22400-2 calls the second `effectiveness`.) Here PBT is the whole window of every machine, APT the time
that its machines were busy but for their set-ups, which are no production and so lost availability, PQ the
parts finished in the window, GQ those of them that truly are good, whoever judged them. PRI is the mean cycle
time of the scenario, of the variants that were made; of an inspection it is the acquisition alone, so that
waiting for answers shows as lost performance. First pass yield is GP / IP, good parts of the first run over
inspected parts.
"""

from dataclasses import dataclass

import numpy as np

from line_sim.figures.flow import StationTime
from line_sim.figures.populations import those
from line_sim.figures.window import Window
from line_sim.layout import Layout, Place
from line_sim.recording.run_columns import (
    BoolArray,
    RunColumns,
    Visits,
    distinct,
    find,
)
from line_sim.units import Nanoseconds


@dataclass(frozen=True, slots=True)
class Oee:
    """A station's OEE and what it is made of; times in ns, None of nothing.

    `planned_run_time` (PRI, a part's) is None where the scenario's times are not at hand any more.
    """

    station: str
    planned_busy_time: Nanoseconds
    actual_production_time: Nanoseconds
    planned_run_time: float | None
    produced: int
    good: int

    @property
    def availability(self) -> float | None:
        """APT / PBT."""
        return _share(self.actual_production_time, self.planned_busy_time)

    @property
    def performance(self) -> float | None:
        """PRI * PQ / APT; above 1 where the parts needed less than planned."""
        if self.planned_run_time is None:
            return None
        return _share(self.planned_run_time * self.produced, self.actual_production_time)

    @property
    def quality_ratio(self) -> float | None:
        """GQ / PQ."""
        return _share(self.good, self.produced)

    @property
    def oee_index(self) -> float | None:
        """The product of the three; None where one of them is unknown."""
        availability, performance, quality = self.availability, self.performance, self.quality_ratio
        if availability is None or performance is None or quality is None:
            return None
        return availability * performance * quality


def _share(some: float, of: float) -> float | None:
    return some / of if of > 0 else None


def _planned(run: RunColumns, layout: Layout, station: Place, made: Visits) -> float | None:
    """Return the mean time that is planned for the parts that were made; of none that of all parts."""
    means = [planned.mean for planned in station.takes]
    if layout.mix is None or len(means) < 2 or not len(made) or None in means:
        return station.planned
    items = run.items
    each = (
        (mean or 0.0) * int(find(distinct(items.item[items.says("variant", name)]), made.item)[1].sum())
        for name, mean in zip(layout.mix.names, means, strict=True)
    )
    return sum(each) / len(made)


def oee(run: RunColumns, layout: Layout, window: Window, times: tuple[StationTime, ...]) -> tuple[Oee, ...]:
    """Return the OEE of every station, in the order of the line, review last; a gate is no machine."""
    found, good = [], _Good(run, layout)
    for place, (station, time) in enumerate(zip(layout.places, times, strict=True)):
        if station.is_gate:
            continue
        visits = run.visits(place)
        made = visits.those(lambda piece: window.left_within(piece.finished))
        found.append(
            Oee(
                station.name,
                time.planned,
                time.busy - (time.changeover or 0),
                _planned(run, layout, station, made),
                len(made),
                good.among(made, place),
            )
        )
    return tuple(found)


class _Good:
    """The parts that are good in the end, or were spoilt by a station that comes behind a place."""

    def __init__(self, run: RunColumns, layout: Layout) -> None:
        self._run = run
        self._layout = layout
        self._known: dict[tuple[str, ...], BoolArray | None] = {}

    def among(self, made: Visits, place: int) -> int:
        """Return how many of the parts made at a place are."""
        spoilers = self._behind(place)
        if spoilers not in self._known:
            good = self._but_for(spoilers)
            self._known[spoilers] = None if good.all() else good
        known, parts = self._known[spoilers], self._run.parts
        if known is None:
            return len(made)
        return sum(int(np.count_nonzero(known[parts.place(piece.item)])) for piece in made.pieces())

    def _behind(self, place: int) -> tuple[str, ...]:
        """Return the stations that make defects behind a place.

        Behind review is what comes behind every inspection that sends parts there.
        """
        layout = self._layout
        last = max((index for index, station in enumerate(layout.places) if station.decides), default=place)
        makers = layout.line[(last if place == layout.bench else place) + 1 :]
        return tuple(station.name for station in makers if station.makes_defects is not None)

    def _but_for(self, spoilers: tuple[str, ...]) -> BoolArray:
        """Return which parts of the run are good, or were spoilt by one of some stations."""
        parts = self._run.parts
        good = np.zeros(len(parts), dtype=np.bool_)
        for items in self._run.items.pieces():
            which = items.good | items.says("made_at", *spoilers) if spoilers else items.good
            good[those(parts.place(items.item), which)] = True
        return good
