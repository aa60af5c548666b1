"""What machines waited for the people of a crew, and how busy those were."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from line_sim.figures.statistics.quantiles import exact_sum
from line_sim.figures.stops.standing import DownTime, off_periods, standing
from line_sim.figures.window import Window
from line_sim.layout import Crew, Layout, Place
from line_sim.recording.run_columns import NONE, IntArray, Jobs, RunColumns, or_end
from line_sim.scenario.stops.crews import REPAIR, WORK
from line_sim.units import Nanoseconds


class Missed(NamedTuple):
    """For how long (ns) a machine waited for people: with a part on it, and while it was down."""

    to_work: Nanoseconds = 0
    to_repair: Nanoseconds = 0


@dataclass(frozen=True, slots=True)
class Waits:
    """How often a station got somebody of a crew for something, and how long that took in all, in ns."""

    station: str
    task: str
    n: int
    total: Nanoseconds

    @property
    def mean(self) -> float | None:
        """The mean wait in ns; None of none."""
        return self.total / self.n if self.n else None


@dataclass(frozen=True, slots=True)
class CrewTime:
    """How the people of a crew spent the window, all of them together, in ns, and who waited for them.

    They are `busy` while they have something, and it is their shift; `there` is all of their shifts. `had_to`
    says how often of all times somebody had to wait at all.
    """

    crew: str
    people: int
    busy: Nanoseconds
    there: Nanoseconds
    waits: tuple[Waits, ...]
    had_to: int

    @property
    def share(self) -> float | None:
        """The share of their time in which they are busy; None of no time."""
        return self.busy / self.there if self.there else None

    @property
    def n(self) -> int:
        """How often somebody came."""
        return sum(wait.n for wait in self.waits)

    @property
    def mean(self) -> float | None:
        """The mean wait in ns, of those that did not have to wait, too; None of none."""
        return sum(wait.total for wait in self.waits) / self.n if self.n else None


def missed(run: RunColumns, place: int, unit: int, station: Place, window: Window) -> Missed:
    """Return for how long of the window one machine waited for people.

    Work that stands since its person is off shift waits as well, and so does such a repair; time in which the
    machine is off, or is down where it waits to work, is no such time.
    """
    jobs = run.jobs(place)
    jobs = jobs.where(jobs.unit == unit)
    to_work = to_repair = 0
    if station.worked_by is not None:
        work = jobs.where(jobs.says("task", WORK))
        to_work = _to_work(run, _on_parts_told(run, work, place, unit), station, place, unit, window)
    if station.repaired_by is not None:
        to_repair = _to_repair(run, jobs.where(jobs.says("task", REPAIR)), station, place, unit, window)
    return Missed(to_work, to_repair)


def not_at_work(run: RunColumns, place: int, unit: int, station: Place) -> DownTime:
    """Return when a machine did not work on its part: down, off, or without the person whom it needs."""
    still = standing(run, station, place, unit).still
    if station.worked_by is None:
        return still
    jobs = run.jobs(place)
    jobs = jobs.where((jobs.unit == unit) & jobs.says("task", WORK))
    waits = still.and_also(jobs.asked, or_end(jobs.began, run.end))
    return waits.and_also(*off_periods(station.worked_by.shifts, run.end))


def missed_by_all(run: RunColumns, place: int, station: Place, window: Window) -> Missed | None:
    """Return the same of all machines of a station together; None where nobody is needed."""
    if station.worked_by is None and station.repaired_by is None:
        return None
    each = [missed(run, place, unit, station, window) for unit in range(1, station.units + 1)]
    return Missed(*(sum(times) for times in zip(*each, strict=True)))


def _on_parts_told(run: RunColumns, jobs: Jobs, place: int, unit: int) -> Jobs:
    """Return the work on parts whose visits are told: in a killed run a part may still be on the machine."""
    visits = run.visits(place)
    visits = visits.where((visits.unit == unit) & (visits.started != NONE))
    held = DownTime(visits.started, or_end(visits.left, run.end))
    return jobs.where(held.between(jobs.asked, or_end(jobs.ended, run.end)) > 0)


def _to_work(run: RunColumns, jobs: Jobs, station: Place, place: int, unit: int, window: Window) -> int:
    asked, began, ended = _times(jobs, run.end, window)
    _, still = standing(run, station, place, unit)
    starts, ends = _all_off(run, station, station.worked_by)
    halted = still.and_also(starts, ends)
    waited = began - asked - still.between(asked, began)
    stood = halted.between(began, ended) - still.between(began, ended)
    return exact_sum(waited) + exact_sum(stood)


def _to_repair(run: RunColumns, jobs: Jobs, station: Place, place: int, unit: int, window: Window) -> int:
    off, still = standing(run, station, place, unit)
    nobody = DownTime(*_all_off(run, station, station.repaired_by))
    mended = nobody.and_also(or_end(jobs.began, run.end), or_end(jobs.ended, run.end))
    edges = np.array([window.start, window.end], dtype=np.int64)
    down, planned, all_time, without = (
        int(time.between(edges[:1], edges[1:])[0]) for time in (still, off, mended, nobody)
    )
    return down - planned - (all_time - without)


def _all_off(run: RunColumns, station: Place, crew: Crew | None) -> tuple[IntArray, IntArray]:
    """Return when a machine is off, or its people."""
    periods = [off_periods(station.shifts, run.end)]
    periods.append(off_periods(None if crew is None else crew.shifts, run.end))
    starts, ends = (np.concatenate(moments) for moments in zip(*periods, strict=True))
    return starts, ends


def _times(jobs: Jobs, end: Nanoseconds, window: Window) -> tuple[IntArray, IntArray, IntArray]:
    times = (jobs.asked, or_end(jobs.began, end), or_end(jobs.ended, end))
    asked, began, ended = (window.cut(moments) for moments in times)
    return asked, began, ended


def crew_times(run: RunColumns, layout: Layout, window: Window) -> Iterator[CrewTime]:
    """Yield how each crew spent the window; a wait counts where it ended in the window."""
    for crew in layout.crews:
        yield crew_time(run, layout, crew, window)


def crew_time(run: RunColumns, layout: Layout, crew: Crew, window: Window) -> CrewTime:
    """Return how one crew spent the window."""
    off = DownTime(*off_periods(crew.shifts, run.end))
    busy = had_to = 0
    waits: list[Waits] = []
    for place, station in enumerate(layout.places):
        for task, needed in ((WORK, station.worked_by), (REPAIR, station.repaired_by)):
            if needed != crew:
                continue
            jobs = run.jobs(place)
            jobs = jobs.where(jobs.says("task", task))
            _, began, ended = _times(jobs, run.end, window)
            busy += exact_sum(ended - began - off.between(began, ended))
            helped = jobs.where((jobs.began >= window.start) & (jobs.began <= window.end))
            lasted = helped.began - helped.asked
            had_to += int(np.count_nonzero(lasted))
            waits.append(Waits(station.name, task, len(helped), exact_sum(lasted)))
    edges = np.array([window.start, window.end], dtype=np.int64)
    there = crew.people * (window.length - int(off.between(edges[:1], edges[1:])[0]))
    return CrewTime(crew.name, crew.people, busy, there, tuple(waits), had_to)
