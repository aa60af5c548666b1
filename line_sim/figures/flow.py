"""Where the machines' time went, and how much came out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from line_sim.figures.conditions import Condition
from line_sim.figures.mix.set_ups import set_up_time
from line_sim.figures.populations import GONE, SHIPPED, those
from line_sim.figures.statistics.batch_means import BATCHES, FEWEST_IN_BATCHES, BatchMeans, batch_means
from line_sim.figures.statistics.lack import Lack, cut_at, other_hours, too_few
from line_sim.figures.statistics.quantiles import exact_sum
from line_sim.figures.statistics.rates import Interval
from line_sim.figures.statistics.shares import GRAIN, exact_shares
from line_sim.figures.stops.crews import Missed, missed_by_all
from line_sim.figures.stops.outages import FewOutages, few_outages
from line_sim.figures.stops.standing import DownTime, standing
from line_sim.figures.window import Window
from line_sim.layout import Layout, Place
from line_sim.recording.rows import are_in_order
from line_sim.recording.run_columns import FloatArray, IntArray, RunColumns, or_end
from line_sim.units import HOUR, Nanoseconds


@dataclass(frozen=True, slots=True)
class StationTime:
    """How a station's machines spent the window, all of them together, in ns.

    busy + blocked + starved + down + off is units x window, exactly; `inference_wait` is a part of busy, and
    of a gate all of it; `changeover` is another part of busy, None where they are never set up. `off` is
    None where they are always there. `missed` is for how long people were waited for, a part of starved and
    of down; None where nobody is needed.
    """

    station: str
    units: int
    busy: Nanoseconds
    blocked: Nanoseconds
    starved: Nanoseconds
    down: Nanoseconds
    inference_wait: Nanoseconds
    off: Nanoseconds | None = None
    missed: Missed | None = None
    changeover: Nanoseconds | None = None

    @property
    def waits_for_crew(self) -> Nanoseconds | None:
        """All that it waited for people, in ns; None where nobody is needed."""
        return None if self.missed is None else sum(self.missed)

    @property
    def total(self) -> Nanoseconds:
        """All machine time of the window, in ns."""
        return self.busy + self.blocked + self.starved + self.down + (self.off or 0)

    @property
    def planned(self) -> Nanoseconds:
        """The machine time that was planned to be worked, in ns."""
        return self.total - (self.off or 0)

    def planned_shares(self) -> dict[str, float] | None:
        """Return the shares of the time that was planned to be worked; None of no such time."""
        return replace(self, off=None).shares()

    def shares(self) -> dict[str, float] | None:
        """Return each state's share of the machine time; they add up to exactly 1. None of no time.

        `off` is there only where there is a calendar, `changeover` where there are set-ups; it and
        `inference_wait` are parts of busy. `waits_for_crew` is there where people are needed: a part of
        starved and of down.
        """
        if self.total <= 0:
            return None
        times = [self.busy, self.blocked, self.starved, self.down, *([] if self.off is None else [self.off])]
        busy, blocked, starved, down, *off = exact_shares(times)
        wait = self.inference_wait * GRAIN // self.total / GRAIN
        shares = {"busy": busy, "inference_wait": wait}
        if self.changeover is not None:
            shares["changeover"] = self.changeover * GRAIN // self.total / GRAIN
        shares |= {"blocked": blocked, "starved": starved, "down": down}
        shares |= dict(zip(("off",), off, strict=False))
        if self.waits_for_crew is not None:
            shares["waits_for_crew"] = self.waits_for_crew * GRAIN // self.total / GRAIN
        return shares


def station_times(run: RunColumns, layout: Layout, window: Window) -> Iterator[StationTime]:
    """Yield how each station spent the window, in the order of the line, review last."""
    for place in range(len(layout.places)):
        yield station_time(run, layout, place, window)


def station_time(run: RunColumns, layout: Layout, place: int, window: Window) -> StationTime:
    """Return how one station spent the window: figures, advice and what is tried on the run ask for it."""
    station = layout.places[place]
    return run.once((StationTime, station, place, window), lambda: _time_of(run, station, place, window))


def _time_of(run: RunColumns, station: Place, place: int, window: Window) -> StationTime:
    stood = [standing(run, station, place, unit) for unit in range(1, station.units + 1)]
    busy, blocked, waiting = _up_times(run, place, window, [still for _, still in stood])
    edges = np.array([window.start, window.end], dtype=np.int64)
    off, still = (
        sum(int(np.diff(time.until(edges))[0]) for time in times) for times in zip(*stood, strict=True)
    )
    if not station.inspects or station.at_gate:  # a gate does nothing but wait, its cameras never do
        waiting = busy if station.is_gate else 0
    waited = missed_by_all(run, place, station, window)
    busy -= waited.to_work if waited else 0  # the part is on the machine, and nobody works
    starved = window.length * station.units - busy - blocked - still
    told = None if station.shifts is None else off
    times = busy, blocked, starved, still - off, waiting, told, waited
    return StationTime(station.name, station.units, *times, set_up_time(run, place, station, window))


def _up_times(
    run: RunColumns, place: int, window: Window, stood_still: Sequence[DownTime]
) -> tuple[Nanoseconds, Nanoseconds, Nanoseconds]:
    """Return how long the machines of a station were busy, blocked, and waited for answers.

    `stood_still` says when each of them was down or off, which wins over all of that.
    """
    busy = blocked = waiting = 0
    for visits in run.visits(place).pieces():
        for unit, still in enumerate(stood_still, 1):
            mine = visits.where(visits.unit == unit)
            finished, left = (window.cut(or_end(moments, run.end)) for moments in (mine.finished, mine.left))
            busy += exact_sum(still.up_between(window.cut(mine.started), finished))
            blocked += exact_sum(still.up_between(finished, left))
    for calls in run.calls(place).pieces():
        for unit, still in enumerate(stood_still, 1):
            asked = calls.where(calls.unit == unit)
            waiting += exact_sum(still.up_between(window.cut(asked.issued), window.cut(asked.returned)))
    return busy, blocked, waiting


@dataclass(frozen=True, slots=True)
class Throughput:
    """Units shipped in the window: how many, how many an hour, and the interval of that.

    `leaving_uph` counts the scrapped too. `few` are the stations whose outages were too few: the interval of
    the batches then leaves room for what they may have cost, or saved. More than `ceiling` an hour the line
    never ships for long: the interval ends there, or at `uph` where a lucky run shipped more. `uneven`: no
    stretch of the window is like the next, by the calendars.
    """

    shipped: int
    uph: float | None
    batches: BatchMeans | None
    leaving_uph: float | None = None
    few: tuple[FewOutages, ...] = ()
    ceiling: float | None = None
    uneven: bool = False

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
        if self.uneven:
            return other_hours()
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
    shipped = gone = 0

    def departures() -> Iterator[IntArray]:
        nonlocal shipped, gone
        for items in run.items.pieces():
            left = items.left
            within = window.left_within(left)
            moments = those(left, of.of(items) & within)
            shipped += len(moments)
            gone += int(np.count_nonzero(GONE.of(items) & within))
            yield moments

    batches = hourly_rate(departures(), window)
    few = few_outages(run, layout, window) if layout else ()
    uph = shipped_per_hour(shipped, window)
    if uph is None:
        return Throughput(shipped, None, None, few=few)
    leaving = shipped_per_hour(gone, window)
    batches = None if window.uneven else batches
    return Throughput(shipped, uph, batches, leaving, few, uneven=window.uneven)


def shipped_per_hour(parts: int, window: Window) -> float | None:
    """Return so many parts in a window as a rate per hour; None of no time."""
    return parts * HOUR / window.length if window.length > 0 else None


def hourly_rate(departures: Iterable[IntArray], window: Window) -> BatchMeans | None:
    """Return departures per hour over 20 equal stretches of the window; None when there are too few."""
    rates = batch_rates(departures, window)
    if rates is None:
        return None
    found = batch_means(rates.tolist())
    return replace(found, low=max(0.0, found.low))  # parts do not come back


def batch_rates(departures: Iterable[IntArray], window: Window) -> FloatArray | None:
    """Return the departures per hour of each of 20 equal stretches; None when there are too few.

    Their moments (ns), told in pieces, all lie in the window, in any order; a moment on an edge belongs to
    the stretch that it ends.
    """
    edges, n = window.stretches(BATCHES), 0
    until = np.zeros(BATCHES + 1, dtype=np.int64)
    for moments in departures:
        n += len(moments)
        if edges is not None:
            ordered = moments if are_in_order(moments) else np.sort(moments)
            until += np.searchsorted(ordered, edges, side="right")
    if edges is None or n < FEWEST_IN_BATCHES:
        return None
    counts = np.diff(until)
    return np.asarray(counts * float(HOUR) / window.lengths(edges), dtype=np.float64)
