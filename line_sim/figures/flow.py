"""Where the machines' time went, and how much came out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from line_sim.figures.conditions import Condition
from line_sim.figures.populations import GONE, SHIPPED
from line_sim.figures.statistics.batch_means import BATCHES, FEWEST_IN_BATCHES, BatchMeans, batch_means
from line_sim.figures.statistics.lack import Lack, cut_at, too_few, too_rare
from line_sim.figures.statistics.quantiles import exact_sum
from line_sim.figures.statistics.rates import Interval
from line_sim.figures.statistics.shares import GRAIN, exact_shares
from line_sim.figures.window import Window
from line_sim.layout import Layout, Place
from line_sim.recording.run_columns import FloatArray, IntArray, RunColumns, Visits, or_end
from line_sim.units import HOUR, Nanoseconds


@dataclass(frozen=True, slots=True)
class StationTime:
    """How a station's machines spent the window, all of them together, in ns.

    busy + blocked + starved + down is units x window, exactly; `inference_wait` is a part of busy, and of a
    gate all of it.
    """

    station: str
    units: int
    busy: Nanoseconds
    blocked: Nanoseconds
    starved: Nanoseconds
    down: Nanoseconds
    inference_wait: Nanoseconds

    @property
    def total(self) -> Nanoseconds:
        """All machine time of the window, in ns."""
        return self.busy + self.blocked + self.starved + self.down

    def shares(self) -> dict[str, float] | None:
        """Return each state's share of the machine time; the four add up to exactly 1. None of no time."""
        if self.total <= 0:
            return None
        busy, blocked, starved, down = exact_shares([self.busy, self.blocked, self.starved, self.down])
        wait = self.inference_wait * GRAIN // self.total / GRAIN
        return {"busy": busy, "inference_wait": wait, "blocked": blocked, "starved": starved, "down": down}


class DownTime:
    """A machine's outages as one set of moments, ready to be measured between any two moments."""

    def __init__(self, failed: IntArray, repaired: IntArray) -> None:
        self._starts, self._ends = union(failed, repaired)
        self._before = np.concatenate(([0], np.cumsum(self._ends - self._starts)))

    def until(self, moments: IntArray) -> IntArray:
        """Return the down time before each moment, in ns."""
        begun = np.searchsorted(self._starts, moments, side="right")
        ends = np.concatenate(([0], self._ends))[begun]
        return np.asarray(self._before[begun] - np.maximum(ends - moments, 0) * (begun > 0), dtype=np.int64)

    def between(self, first: IntArray, last: IntArray) -> IntArray:
        """Return the down time between pairs of moments, in ns."""
        return self.until(last) - self.until(first)


def union(starts: IntArray, ends: IntArray) -> tuple[IntArray, IntArray]:
    """Merge intervals that overlap or touch."""
    if not len(starts):
        return starts, ends
    order = np.argsort(starts, kind="stable")
    starts, reach = starts[order], np.maximum.accumulate(ends[order])
    apart = starts[1:] > reach[:-1]
    return starts[np.append(True, apart)], reach[np.append(apart, True)]


def down_time(run: RunColumns, station: int, unit: int) -> DownTime:
    """Return the outages of one machine; one that was not over lasted to the end of the run."""
    outages = run.outages(station)
    outages = outages.where(outages.unit == unit)
    return DownTime(outages.failed, or_end(outages.repaired, run.end))


def station_times(run: RunColumns, layout: Layout, window: Window) -> Iterator[StationTime]:
    """Yield how each station spent the window, in the order of the line, review last."""
    for place, station in enumerate(layout.places):
        units = [_unit_time(run, place, unit, window) for unit in range(1, station.units + 1)]
        busy, blocked, down, waiting = (sum(times) for times in zip(*units, strict=True))
        if not station.inspects or station.at_gate:  # a gate does nothing but wait, its cameras never do
            waiting = busy if station.is_gate else 0
        starved = window.length * station.units - busy - blocked - down
        yield StationTime(station.name, station.units, busy, blocked, starved, down, waiting)


def _unit_time(run: RunColumns, place: int, unit: int, window: Window) -> tuple[int, int, int, int]:
    """Return busy, blocked, down time and inference wait of one machine; down wins over the others."""
    down = down_time(run, place, unit)
    visits, calls = run.visits(place), run.calls(place)
    started, finished, left = _within(visits.where(visits.unit == unit), run.end, window)
    calls = calls.where(calls.unit == unit)
    issued, answered = _clip(calls.issued, window), _clip(calls.returned, window)
    edges = np.array([window.start, window.end], dtype=np.int64)
    return (
        _up_time(down, started, finished),
        _up_time(down, finished, left),
        int(down.between(edges[:1], edges[1:])[0]),
        _up_time(down, issued, answered),
    )


def _within(visits: Visits, end: Nanoseconds, window: Window) -> tuple[IntArray, IntArray, IntArray]:
    finished, left = or_end(visits.finished, end), or_end(visits.left, end)
    return _clip(visits.started, window), _clip(finished, window), _clip(left, window)


def _clip(moments: IntArray, window: Window) -> IntArray:
    return np.clip(moments, window.start, window.end)


def _up_time(down: DownTime, first: IntArray, last: IntArray) -> int:
    return exact_sum(last - first - down.between(first, last))


FEWEST_OUTAGES = 20
"""Of fewer a run does not know how often they come and what they cost."""


@dataclass(frozen=True, slots=True)
class FewOutages:
    """A station that may fail, and so seldom did that the run does not know what that costs.

    `excess` is by how much its machines were down more than the scenario's mean up and repair times would
    have had it, as a share of the time in which they were up: what this may have cost the line at most, as a
    share of its output. None where the means are not known.
    """

    station: str
    seen: int
    excess: float | None

    @property
    def lack(self) -> Lack:
        """Why there is no interval."""
        return too_rare(self.seen, FEWEST_OUTAGES, self.station)


def few_outages(run: RunColumns, layout: Layout, window: Window) -> tuple[FewOutages, ...]:
    """Return the stations of whose outages fewer than 20 were seen in the window, the fewest first."""
    return tuple(
        FewOutages(layout.places[place].name, seen, _excess(run, place, layout.places[place], window))
        for seen, place in _seldom(run, layout, window)
    )


def lacking_outages(run: RunColumns, layout: Layout, window: Window) -> Lack | None:
    """Return what a figure lacks that outages change, and of which some station had too few."""
    for seen, place in _seldom(run, layout, window):
        return too_rare(seen, FEWEST_OUTAGES, layout.places[place].name)
    return None


def _seldom(run: RunColumns, layout: Layout, window: Window) -> list[tuple[int, int]]:
    """Return (outages seen, place) of each such station, the fewest first."""
    found = []
    for place, station in enumerate(layout.places):
        failed = run.outages(place).failed
        seen = int(np.count_nonzero((failed >= window.start) & (failed <= window.end)))
        if station.fails and seen < FEWEST_OUTAGES:
            found.append((seen, place))
    return sorted(found)


def _excess(run: RunColumns, place: int, station: Place, window: Window) -> float | None:
    """Return down time beyond what the up time asked for, over the up time; of all machines together.

    Up times are u and repairs r on average: while machines age for B, B r / u of down time is to be expected.
    """
    failures, total = station.failures, window.length * station.units
    if failures is None or failures.up is None or failures.repair is None or total <= 0:
        return None
    units = [_unit_time(run, place, unit, window) for unit in range(1, station.units + 1)]
    busy, _, down, _ = (sum(times) for times in zip(*units, strict=True))
    if down >= total:
        return None
    aged = total - down if failures.by_calendar else busy
    return float((down - aged * failures.repair / failures.up) / (total - down))


@dataclass(frozen=True, slots=True)
class Throughput:
    """Units shipped in the window: how many, how many an hour, and the interval of that.

    `leaving_uph` counts the scrapped too. `few` are the stations whose outages were too few: the interval of
    the batches then leaves room for what they may have cost, or saved. More than `ceiling` an hour the line
    never ships for long: the interval ends there, or at `uph` where a lucky run shipped more.
    """

    shipped: int
    uph: float | None
    batches: BatchMeans | None
    leaving_uph: float | None = None
    few: tuple[FewOutages, ...] = ()
    ceiling: float | None = None

    @property
    def value(self) -> float | None:
        """The rate per hour."""
        return self.uph

    @property
    def ci(self) -> Interval | None:
        """Its 95 % interval."""
        found = self._uncut
        if found is None or self.ceiling is None or self.uph is None:
            return found
        return found[0], min(found[1], max(self.ceiling, self.uph))

    @property
    def _uncut(self) -> Interval | None:
        """The interval that the run and the outages give, whatever the line lets pass."""
        if self.batches is None or self.uph is None or self.lack is not None:
            return None
        excess = [few.excess or 0.0 for few in self.few]
        low = self.batches.low + self.uph * sum(share for share in excess if share < 0)
        return max(0.0, low), self.batches.high + self.uph * sum(share for share in excess if share > 0)

    @property
    def lack(self) -> Lack | None:
        """Why there is no interval."""
        if self.batches is None:
            why = too_few(self.shipped, FEWEST_IN_BATCHES, "parts")
            return replace(why, short="too few parts for an interval")
        unknown = [few.lack for few in self.few if few.excess is None]
        return unknown[0] if unknown else self.batches.lack

    @property
    def note(self) -> str:
        """Why there is no interval, or what is special about it."""
        if self.lack is not None:
            return self.lack.text
        return "; ".join(filter(None, (self._room, self._cut)))

    @property
    def _room(self) -> str:
        if not self.few:
            return ""
        seen = f"{self.few[0].lack.text} to tell what they cost"
        return f"{seen}: the interval leaves room for what the scenario's up and repair times allow"

    @property
    def _cut(self) -> str:
        if self.ci == self._uncut or self.ceiling is None or self.uph is None:
            return ""
        return cut_at(self.ceiling, self.uph)


def throughput(
    run: RunColumns, window: Window, of: Condition = SHIPPED, layout: Layout | None = None
) -> Throughput:
    """Count the parts shipped in the window (or others than the shipped) and tell the hourly rate.

    From the layout is known which stations may fail.
    """
    items = run.items
    left = items.left
    within = window.left_within(left)
    moments = left[of.of(items) & within]
    few = few_outages(run, layout, window) if layout else ()
    if window.length <= 0:
        return Throughput(len(moments), None, None, few=few)
    leaving = int(np.count_nonzero(GONE.of(items) & within)) * HOUR / window.length
    uph = len(moments) * HOUR / window.length
    return Throughput(len(moments), uph, hourly_rate(moments, window), leaving, few)


def hourly_rate(moments: IntArray, window: Window) -> BatchMeans | None:
    """Return departures per hour over 20 equal stretches of the window; None when there are too few."""
    rates = batch_rates(moments, window)
    if rates is None:
        return None
    found = batch_means(rates.tolist())
    return replace(found, low=max(0.0, found.low))  # parts do not come back


def batch_rates(moments: IntArray, window: Window) -> FloatArray | None:
    """Return the departures per hour of each of 20 equal stretches; None when there are too few.

    `moments` (ns) all lie in the window, in any order; a moment on an edge belongs to the stretch
    that it ends.
    """
    edges = window.stretches(BATCHES)
    if edges is None or len(moments) < FEWEST_IN_BATCHES:
        return None
    counts = np.diff(np.searchsorted(np.sort(moments), edges, side="right"))
    return np.asarray(counts * float(HOUR) / np.diff(edges), dtype=np.float64)
