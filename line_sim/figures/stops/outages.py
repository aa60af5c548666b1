"""Outages of which a run saw so few that it does not know how often they come and what they cost."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from line_sim.figures.statistics.lack import Lack, too_rare
from line_sim.figures.statistics.quantiles import exact_sum
from line_sim.figures.stops.crews import missed
from line_sim.figures.stops.standing import DownTime, off_periods, standing
from line_sim.figures.window import Window
from line_sim.layout import Failures, Layout, Place
from line_sim.recording.run_columns import IntArray, Outages, RunColumns, or_end
from line_sim.scenario.stops.crews import REPAIR
from line_sim.units import Nanoseconds

FEWEST_OUTAGES = 20
"""Of fewer a run does not know how often they come and what they cost."""


@dataclass(frozen=True, slots=True)
class FewOutages:
    """A station that may fail, and so seldom did that the run does not know what that costs.

    `station` has the way in which it fails behind it, where that has a name. `excess` is by how much its
    machines were down more than the scenario's mean up and repair times would have had it, as a share of the
    time in which they were up: what this may have cost the line at most, as a share of its output. None where
    the means are not known.
    """

    station: str
    seen: int
    excess: float | None

    @property
    def lack(self) -> Lack:
        """Why there is no interval."""
        return too_rare(self.seen, FEWEST_OUTAGES, self.station)


def chance_stops(layout: Layout) -> Iterator[tuple[int, Place, Failures]]:
    """Yield every way in which a station's machines stop by chance, with the station's place."""
    for place, station in enumerate(layout.places):
        unknown = (Failures(None, None),) if station.fails else ()
        for way in station.failures or unknown:
            if way.by_chance:
                yield place, station, way


def outages_of(run: RunColumns, place: int, station: Place, way: Failures) -> Outages:
    """Return the outages of a station in one of its ways."""
    outages = run.outages(place)
    return outages if len(station.failures) < 2 else outages.where(outages.says("name", way.name))


def few_outages(run: RunColumns, layout: Layout, window: Window) -> tuple[FewOutages, ...]:
    """Return the stations of whose outages fewer than 20 were seen in the window, the fewest first."""
    return tuple(
        FewOutages(way.of(station.name), seen, _excess(run, place, station, way, window))
        for seen, place, station, way in _seldom(run, layout, window)
    )


def lacking_outages(run: RunColumns, layout: Layout, window: Window) -> Lack | None:
    """Return what a figure lacks that outages change, and of which some station had too few."""
    for seen, _, station, way in _seldom(run, layout, window):
        return too_rare(seen, FEWEST_OUTAGES, way.of(station.name))
    return None


def outages_seen(run: RunColumns, layout: Layout, window: Window) -> dict[str, int]:
    """Return the outages of each station that may fail; 20 stands for 20 or more."""
    return {
        way.of(station.name): min(seen, FEWEST_OUTAGES)
        for seen, _, station, way in _seen(run, layout, window)
    }


def _seen(run: RunColumns, layout: Layout, window: Window) -> Iterator[tuple[int, int, Place, Failures]]:
    """Yield outages seen in the window, place, station and way of each station that may fail."""
    for place, station, way in chance_stops(layout):
        failed = outages_of(run, place, station, way).failed
        seen = int(np.count_nonzero((failed >= window.start) & (failed <= window.end)))
        yield seen, place, station, way


def _seldom(run: RunColumns, layout: Layout, window: Window) -> list[tuple[int, int, Place, Failures]]:
    """Return the same of those of whose outages too few were seen, the fewest first."""
    few = (each for each in _seen(run, layout, window) if each[0] < FEWEST_OUTAGES)
    return sorted(few, key=lambda each: each[:2])


def _excess(run: RunColumns, place: int, station: Place, way: Failures, window: Window) -> float | None:
    """Return down time beyond what the up time asked for, over the up time; of all machines together.

    Up times are u and repairs r on average: while machines age for B, B r / u of down time is to be expected.
    Time off is no part of any of it.
    """
    all_time = window.length * station.units
    if way.up is None or way.repair is None or all_time <= 0:
        return None
    each = [_of_unit(run, place, station, way, unit, window) for unit in range(1, station.units + 1)]
    down, all_down, off, busy = (sum(times) for times in zip(*each, strict=True))
    total = all_time - off
    if all_down >= total:
        return None
    aged = _aged(run, place, way, window, (all_time - down) * total / all_time if off else total - down, busy)
    return float((down - aged * way.repair / way.up) / (total - all_down))


def _aged(run: RunColumns, place: int, way: Failures, window: Window, up: float, busy: Nanoseconds) -> float:
    """Return by how much the machines aged: the time that they were up, or worked, or the parts they made."""
    if way.by_parts:
        return float(np.count_nonzero(window.left_within(run.visits(place).finished)))
    return up if way.by_calendar else busy


def _of_unit(
    run: RunColumns, place: int, station: Place, way: Failures, unit: int, window: Window
) -> tuple[int, int, int, int]:
    """Return for how long a machine was down in one way, in any, off, and at work; off wins over down."""
    off, still = standing(run, station, place, unit)
    edges = np.array([window.start, window.end], dtype=np.int64)
    off_for, still_for = (int(time.between(edges[:1], edges[1:])[0]) for time in (off, still))
    mine_for = _repaired_for(run, place, station, way, unit, edges)
    visits = run.visits(place)
    visits = visits.where(visits.unit == unit)
    first, last = window.cut(visits.started), window.cut(or_end(visits.finished, run.end))
    busy = exact_sum(still.up_between(first, last))
    busy -= missed(run, place, unit, station, window).to_work
    return mine_for, still_for - off_for, off_for, busy


def _repaired_for(
    run: RunColumns, place: int, station: Place, way: Failures, unit: int, edges: IntArray
) -> int:
    """Return for how long a machine was down in one way, less its time off and its waits for people."""
    found = outages_of(run, place, station, way)
    found = found.where(found.unit == unit)
    failed, repaired = found.failed, or_end(found.repaired, run.end)
    starts, ends = off_periods(station.shifts, run.end)
    if station.repaired_by is not None:
        jobs = run.jobs(place)
        jobs = jobs.where((jobs.unit == unit) & jobs.says("task", REPAIR) & jobs.says("name", way.name))
        failed, repaired = or_end(jobs.began, run.end), or_end(jobs.ended, run.end)
        away = off_periods(station.repaired_by.shifts, run.end)
        starts, ends = np.append(starts, away[0]), np.append(ends, away[1])
    nobody = DownTime(starts, ends)
    mine = nobody.and_also(failed, repaired)
    return int((mine.between(edges[:1], edges[1:]) - nobody.between(edges[:1], edges[1:]))[0])
