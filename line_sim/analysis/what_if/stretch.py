"""The stretch of a run that is replayed, and what comes out of it: parts an hour, counted alike in both."""

from dataclasses import dataclass, replace

import numpy as np

from line_sim.analysis.what_if.replay.departures import Departures
from line_sim.figures.window import Window, last_entry
from line_sim.layout import Layout, Shifts, layout_of
from line_sim.recording.run_columns import IntArray, RunColumns
from line_sim.scenario.model import Scenario
from line_sim.units import HOUR, Nanoseconds

_FILLING = 3  # the first third of a stretch fills the line


@dataclass(frozen=True, slots=True)
class Output:
    """What was shipped over a stretch: how many parts in how much time (ns), and parts an hour.

    `lasting` is the rate of its last two thirds. A line that begins empty has its first parts behind it then:
    what is on the line at the end was on it at the beginning, unless more and more wait. `leaving` is that of
    all parts that left then, the scrapped too.
    """

    shipped: int
    time: Nanoseconds
    uph: float
    lasting: float
    leaving: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many parts of a run from its beginning on, of which those count that leave after `start` (ns).

    `scenario` is that of a run which is as long. Rates are those of the run's `window`: where the line keeps
    `hours`, working time counts for as much time as it does there, nights and all.
    """

    scenario: Scenario
    parts: int
    window: Window
    hours: Shifts | None = None

    @property
    def start(self) -> Nanoseconds:
        """From when on departures count, in ns."""
        return self.window.start

    def recorded(self, run: RunColumns, layout: Layout, window: Window) -> Output:
        """Return the run's own output over the stretch: all of it, of most runs."""
        items = run.items
        left, shipped = items.left, items.shipped
        layout = replace(layout, run=replace(layout.run, items=self.scenario.run.items))
        to = self.scenario.run.duration or last_entry(run, layout) or window.end
        if np.any((shipped | items.scrapped) & (left > window.start) & (left <= to)):
            window = Window(window.start, to, window.last)
        return self._output(left[shipped], left[shipped | items.scrapped], window)

    def counted(self, replayed: Departures) -> Output:
        """Count a replay over the same stretch as the run: to the last part's entry, or the same end."""
        to = replayed.end if self.scenario.run.items is None else replayed.last_entry
        start = self.start
        if not np.any((replayed.gone > start) & (replayed.gone <= to)):
            to = replayed.end
        if start >= to:
            start = 0
        return self._output(replayed.shipped, replayed.gone, Window(start, to, replayed.end))

    def _output(self, shipped: IntArray, gone: IntArray, window: Window) -> Output:
        """Return what these departures are in a window."""
        late = replace(window, start=window.start + window.length // _FILLING)
        count = int(np.count_nonzero(window.left_within(shipped)))
        rates = self._rate(shipped, window), self._rate(shipped, late), self._rate(gone, late)
        return Output(count, self._time(window), *rates)

    def _rate(self, moments: IntArray, window: Window) -> float:
        shipped, time = int(np.count_nonzero(window.left_within(moments))), self._time(window)
        return shipped * HOUR / time if time > 0 else 0.0

    def _time(self, window: Window) -> Nanoseconds:
        """Return for how long a window counts, in ns."""
        if self.hours is None or not (worked := _worked(self.hours, self.window)):
            return window.length
        return _worked(self.hours, window) * self.window.length // worked


def stretch_of(scenario: Scenario, run: RunColumns, window: Window, most: int) -> Stretch:
    """Return the stretch of a run: all of it, or its warm-up and `most` parts."""
    arrived = len(run.parts)
    before = run.once(("arrived up to", window.start), lambda: _arrived(run, window.start))
    if not window.start and before <= most:  # so many may come at once that they are a run of their own
        before = 0
    parts = min(arrived, before + most)
    hours = window.shifts or layout_of(scenario).comes
    return Stretch(_as_far_as(scenario, run, parts, arrived), parts, window, hours)


def _arrived(run: RunColumns, moment: Nanoseconds) -> int:
    """Return how many parts had come up to a moment."""
    return sum(int(np.count_nonzero(items.arrived <= moment)) for items in run.items.pieces())


def _as_far_as(scenario: Scenario, run: RunColumns, parts: int, arrived: int) -> Scenario:
    """Return the scenario of a run that is as long as the replayed beginning of this one."""
    how: dict[str, int | None]
    wanted = scenario.run.items
    if wanted is not None and parts == arrived < wanted and _may_stop(scenario) and run.end:
        how = {"items": None, "duration": run.end}
    elif wanted is not None:
        how = {"items": parts}
    elif parts < min(arrived, len(run.items)):  # a killed run has parts of which no row tells
        how = {"duration": int(np.partition(run.items.arrived, parts)[parts])}
    else:
        how = {"duration": run.end or scenario.run.duration}
    return scenario.model_copy(update={"run": scenario.run.model_copy(update=how)})


def _may_stop(scenario: Scenario) -> bool:
    """Whether an answer or a lock-up may end a run before all parts have come: then it is as long in time."""
    return any(spec.on_no_result == "stop" for spec in scenario.inspections) or layout_of(scenario).leads_back


def _worked(hours: Shifts, window: Window) -> Nanoseconds:
    return hours.between(window.start, window.end)
