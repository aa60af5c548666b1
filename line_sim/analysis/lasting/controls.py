"""What chance did in each stretch of a run, less what the scenario's means make of it: its mean is 0.

Which controls there are follows from the scenario alone, never from what they explain:

- `work`: what the parts that were begun at each place took longer than their mean;
- `down`: how long machines were down beyond (mean repair / mean up) of the time for which they aged;
- `review`: what was sent to review beyond its mean share, and took there beyond its mean.

All are shares of the time of one machine. A part's time is drawn whatever has happened before it is begun,
and counts, all of it, for the stretch in which that was: its excess is 0 on average. What machines are down
beyond their mean is 0 on average in every stretch of a steady state.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from line_sim.analysis.growth.flows import by_state
from line_sim.analysis.growth.means import PlaceMeans
from line_sim.figures.stops.outages import outages_of
from line_sim.figures.stops.standing import DownTime, down_time
from line_sim.figures.window import Window
from line_sim.layout import Failures, Lane, Layout
from line_sim.recording.rows import are_in_order
from line_sim.recording.run_columns import (
    NONE,
    BoolArray,
    FloatArray,
    IntArray,
    RunColumns,
    Visits,
    find,
    or_end,
)

_BY_LOAD = 4
"""The power of its load, compared with the highest, by which a place's work counts: a place at half the load
of the limit hardly holds it up."""

_EXACT = 2**53
"""Below it a float holds every whole number."""


@dataclass(frozen=True, slots=True)
class Control:
    """What happened in each stretch beyond its mean, as a share of the time of one machine."""

    name: str
    excess: FloatArray


@dataclass(frozen=True)
class Seen:
    """A run in equal stretches of its window, with the means and loads of its places (by place).

    Of the inspections that are `unsure` the means are not known exactly: their calls wait for each other.
    """

    run: RunColumns
    layout: Layout
    window: Window
    edges: IntArray
    means: Sequence[PlaceMeans]
    loads: Sequence[float]
    unsure: Sequence[str] = ()

    def controls(self, defective: float) -> Iterator[Control]:
        """Yield those that vary; `defective` is the mean share of such parts among those that come."""
        found = {"work": self._work(), "down": self._down(), "review": self._review(defective)}
        for name, excess in found.items():
            if np.any(excess):
                yield Control(name, excess / np.diff(self.edges))

    def _work(self) -> FloatArray:
        """Weighted by the load, per unit; of stations and inspections. A gate does no work of its own."""
        total = self._nothing()
        highest = max(self.loads[: len(self.layout.line)]) or 1.0
        for place, (at, mean) in enumerate(zip(self.layout.line, self.means, strict=False)):
            if not at.is_gate and mean.name not in self.unsure:
                total += (self.loads[place] / highest) ** _BY_LOAD / mean.units * self._longer(place)
        return total

    def _down(self) -> FloatArray:
        """All stations alike: while one is down the others soon have nothing to do, or no room."""
        total = self._nothing()
        for place, mean in enumerate(self.means):
            for way in mean.stops:
                total += self._down_too_long(place, mean.units, way) / mean.units
        return total

    def _review(self, defective: float) -> FloatArray:
        """Where one inspection alone sends parts there, so that items.csv tells whose they were."""
        bench, deciding = self.layout.bench, [p for p in self.layout.places if p.decides]
        if bench is None or len(deciding) != 1 or self.unsure:
            return self._nothing()
        place = self.layout.places.index(deciding[0])
        good, bad = (
            lanes.get(Lane.REVIEW, 0.0) for lanes in (self.means[place].good, self.means[place].defective)
        )
        share = self._defective_at(place, defective)
        visits = self._begun(place)
        items = self.run.items.sorted_by(self.run.items.item)
        at, there = find(items.item, visits.item)
        sent = (items.reviewed[at] & there) - ((1 - share) * good + share * bad)
        mean = self.means[bench]
        return (
            self._by_stretch(visits.started, np.asarray(sent * mean.time, dtype=np.float64), self._nothing())
            + self._longer(bench)
        ) / mean.units

    def _defective_at(self, place: int, defective: float) -> float:
        """Return the mean share of defective parts among those that come to a place."""
        if not self.layout.makes_defects:
            return defective
        come = by_state(self.layout, self.means, defective)[0][place]
        return float(come[1] / come.sum()) if come.any() else defective

    def _longer(self, place: int) -> FloatArray:
        """Return by how much the parts begun at a place took longer than their mean, repairs left out."""
        longer, mean = self._nothing(), self.means[place].time
        for visits in self.run.visits(place).pieces():
            begun = visits.where(_is_begun(visits))
            took = begun.finished - begun.started - begun.down
            longer = self._added(longer, begun.started, took, mean)
        return longer

    def _begun(self, place: int) -> Visits:
        """Return the visits of parts whose work is over."""
        return self.run.visits(place).those(_is_begun)

    def _added(self, so_far: FloatArray, started: IntArray, took: IntArray, mean: float) -> FloatArray:
        """Add by how much parts took longer than their mean to the sums so far, one by one.

        Whole numbers of which no sum is too large for a float are the same in any order, so that those of a
        stretch, which stand together where parts stand in order, are added up as such.
        """
        largest = len(took) * (int(took.max(initial=0)) + abs(mean)) + np.abs(so_far).max(initial=0.0)
        whole = float(mean).is_integer() and took.min(initial=0) >= 0 and largest < _EXACT
        if not (whole and are_in_order(started)):
            return self._by_stretch(started, np.asarray(took - mean, dtype=np.float64), so_far)
        stretches = pairwise(np.searchsorted(started, self.edges).tolist())
        longer = [int(took[begin:end].sum()) - (end - begin) * int(mean) for begin, end in stretches]
        return so_far + np.array(longer, dtype=np.float64)

    def _by_stretch(self, started: IntArray, amounts: FloatArray, so_far: FloatArray) -> FloatArray:
        """Add to the sums so far, one by one, by the stretch in which a part was begun."""
        stretch = np.searchsorted(self.edges, started, side="right") - 1
        within = (stretch >= 0) & (stretch < len(so_far))
        bins, added = np.append(np.arange(len(so_far)), stretch[within]), np.append(so_far, amounts[within])
        return np.asarray(np.bincount(bins, added, minlength=len(so_far)), dtype=np.float64)

    def _down_too_long(self, place: int, units: int, way: Failures) -> FloatArray:
        total = self._nothing()
        outages = outages_of(self.run, place, self.layout.places[place], way)
        for unit in range(1, units + 1):
            mine = outages.where(outages.unit == unit)
            down = DownTime(mine.failed, or_end(mine.repaired, self.run.end))
            was_down = np.diff(down.until(self.edges))
            total += was_down - (way.repair or 0.0) / (way.up or 1.0) * self._aged(place, unit, way, was_down)
        return total

    def _aged(self, place: int, unit: int, way: Failures, was_down: IntArray) -> IntArray:
        """Return by how much a machine aged in each stretch: time, time at work, or parts that it made."""
        if way.by_calendar:
            return np.asarray(np.diff(self.edges) - was_down, dtype=np.int64)
        if way.by_parts:
            visits = self.run.visits(place)
            finished = np.sort(visits.finished[(visits.unit == unit) & (visits.finished != NONE)])
            return np.asarray(np.diff(np.searchsorted(finished, self.edges, side="right")), dtype=np.int64)
        return self._worked(place, unit, down_time(self.run, place, unit))

    def _worked(self, place: int, unit: int, down: DownTime) -> IntArray:
        """Return how long a machine worked in each stretch, repairs left out."""
        visits = self.run.visits(place)
        visits = visits.where((visits.unit == unit) & (visits.started != NONE))
        visits = visits.sorted_by(visits.started)
        if not len(visits):
            return np.zeros(len(self.edges) - 1, dtype=np.int64)
        started, finished = visits.started, or_end(visits.finished, self.run.end)
        until_now = np.concatenate(([0], np.cumsum(finished - started - down.between(started, finished))))
        begun = np.searchsorted(started, self.edges, side="right")
        last = np.maximum(begun - 1, 0)
        edge = np.clip(self.edges, started[last], finished[last])
        still_to_do = (finished[last] - edge - down.between(edge, finished[last])) * (begun > 0)
        return np.asarray(np.diff(until_now[begun] - still_to_do), dtype=np.int64)

    def _nothing(self) -> FloatArray:
        return np.zeros(len(self.edges) - 1)


def _is_begun(visits: Visits) -> BoolArray:
    """Return of which visits the work is over."""
    return np.asarray((visits.started != NONE) & (visits.finished != NONE))
