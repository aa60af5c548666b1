"""Which station holds the others up: by its active periods, and by the turning point of blocked and starved.

A busy station is not for that reason the one that limits the line. Two methods look at what the stations do
to each other; where they agree the answer is firm.

Average active period (Roser, Nakano and Tanaka, "A practical bottleneck detection method", WSC 2001): a
machine is active while it works or is repaired, inactive while it is blocked or starved. The one that is
active for the longest without a break keeps the others waiting. The interval is Student's t over the
periods, which are taken as independent. A belt is so many stations that always need the same time; its first
place, which is active while a part passes it, stands for all of them. A gate is active for a part that has to
wait there, from when it could have been there if no other had been, or since that one has passed.

Turning point (Li, Chang and Ni, "Data driven bottleneck detection of manufacturing systems", International
Journal of Production Research 47, 2009): before the bottleneck stations are rather blocked than starved,
behind it rather starved than blocked, and it is itself less of both than its neighbours. At the ends of the
line the conditions about neighbours that are not there fall away.
"""

from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np

from line_sim.figures.flow import StationTime
from line_sim.figures.statistics.quantiles import exact_sum
from line_sim.figures.stops.standing import off_time, union, union_of
from line_sim.figures.window import Window
from line_sim.layout import Layout, Place
from line_sim.layout.places import belt_to
from line_sim.recording.run_columns import NONE, IntArray, RunColumns, Visits, distinct, find, or_end
from line_sim.special import students_t
from line_sim.units import Nanoseconds

_REVIEW_MATTERS = 0.05  # of an inspection's time that it is blocked by review; before that, review is aside

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ActivePeriod:
    """The mean of a station's active periods in ns, its 95 % interval, and how many periods there were."""

    mean: float | None
    ci: Interval | None
    n: int


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """The station that limits the line by either method; None where a method finds none.

    `tendency` is each station's share of time blocked less that starved, `clear` whether the longest active
    period is longer than the next beyond both intervals. `active` has the belts, too, as `belt to` a place;
    `belts` gives that place's name.
    """

    by_active_period: str | None
    by_turning_point: str | None
    active: dict[str, ActivePeriod]
    tendency: dict[str, float]
    clear: bool
    belts: dict[str, str] = field(default_factory=dict)

    @property
    def station(self) -> str | None:
        """The station by active periods; by the turning point where those find none."""
        return self.by_active_period or self.by_turning_point

    @property
    def agree(self) -> bool:
        """Whether both methods name the same station."""
        return self.by_active_period is not None and self.by_active_period == self.by_turning_point


def bottleneck(run: RunColumns, layout: Layout, window: Window, times: tuple[StationTime, ...]) -> Bottleneck:
    """Find the station that limits the line in the window."""
    stations = {
        station.name: _active_period(_active(run, layout, place, window))
        for place, station in enumerate(layout.places)
    }
    in_line = [layout.places[place].name for place in layout.ship_lane]
    eligible = in_line if not _review_blocks(run, layout, window) else list(stations)
    belts = {belt_to(place.name): place.name for place in layout.places if place.belt is not None}
    active = {**_belts(run, layout, window), **stations}
    eligible = [*eligible, *(belt for belt, place in belts.items() if place in eligible)]
    ranked = sorted(
        ((active[name].mean or 0.0, name) for name in eligible if active[name].mean is not None), reverse=True
    )
    measured = {time.station: time for time in times}
    shares = {name: measured[name].planned_shares() for name in in_line}
    known = {name: share for name, share in shares.items() if share is not None}
    return Bottleneck(
        ranked[0][1] if ranked else None,
        _turning_point(known) if len(known) == len(in_line) else None,
        active,
        {name: share["blocked"] - share["starved"] for name, share in known.items()},
        _clear([active[name] for _, name in ranked]),
        belts,
    )


def _active(run: RunColumns, layout: Layout, place: int, window: Window) -> IntArray:
    station = layout.places[place]
    if station.is_gate and station.belt is not None:
        return _gate_periods(run.visits(place), station.belt.travel, run.end, window)
    return active_periods(run, place, station, window)


def _gate_periods(visits: Visits, travel: Nanoseconds, end: Nanoseconds, window: Window) -> IntArray:
    """Return how long each stretch was in which a gate was waited at; closing up to it belongs to that."""
    visits = visits.where(visits.started != NONE).sorted_by(visits.queued[visits.started != NONE])
    passed = np.append(NONE, or_end(visits.left, end))[: len(visits)]
    ends = or_end(visits.finished, end)
    waits = ends > visits.started
    return _lasting(np.maximum(visits.queued + travel, passed)[waits], ends[waits], window)


def _belts(run: RunColumns, layout: Layout, window: Window) -> dict[str, ActivePeriod]:
    """Return the active periods of the first place of each belt: those in which parts pass it."""
    found = {}
    for place, station in enumerate(layout.places):
        if station.belt is not None:
            stepped_on = run.visits(place).queued
            periods = _lasting(stepped_on, stepped_on + station.belt.first_cell, window)
            found[belt_to(station.name)] = _active_period(periods)
    return found


def _lasting(starts: IntArray, ends: IntArray, window: Window) -> IntArray:
    """Return how long each stretch was that intervals cover without a break, cut at the window's ends."""
    begun, over = union(*_within(starts, ends, window))
    return over - begun


def _within(starts: IntArray, ends: IntArray, window: Window) -> tuple[IntArray, IntArray]:
    """Return of intervals what lies in the window."""
    starts, ends = (window.cut(moments) for moments in (starts, ends))
    lasting = ends > starts
    return (starts, ends) if lasting.all() else (starts[lasting], ends[lasting])


def active_periods(run: RunColumns, place: int, station: Place, window: Window) -> IntArray:
    """Return how long each active period of a station's machines was, in ns, cut at the window's ends.

    Time off is no part of it: a period goes on in the next shift.
    """
    visits, outages, off = run.visits(place), run.outages(place), off_time(station, run.end)
    edges = np.array([window.start, window.end], dtype=np.int64)
    begin, end = off.up_until(edges).tolist()
    worked = replace(window, start=begin, end=end)
    periods = [np.zeros(0, dtype=np.int64)]
    for unit in range(1, station.units + 1):
        down = outages.where(outages.unit == unit)
        mine = (piece.where(piece.unit == unit) for piece in visits.pieces())
        active = ((each.started, or_end(each.finished, run.end)) for each in mine)
        every = chain(active, [(down.failed, or_end(down.repaired, run.end))])
        worked_at = ((off.up_until(starts), off.up_until(ends)) for starts, ends in every)
        begun, over = union_of(_within(starts, ends, worked) for starts, ends in worked_at)
        periods.append(over - begun)
    return np.concatenate(periods)


def _active_period(periods: IntArray) -> ActivePeriod:
    n = len(periods)
    if n == 0:
        return ActivePeriod(None, None, 0)
    mean = float(periods.mean())
    if n == 1:
        return ActivePeriod(mean, None, 1)
    half = students_t.quantile(n - 1, 0.975) * float(periods.std(ddof=1)) / n**0.5
    return ActivePeriod(mean, (max(0.0, mean - half), mean + half), n)


def _clear(ranked: list[ActivePeriod]) -> bool:
    if len(ranked) < 2:
        return bool(ranked)
    first, second = ranked[:2]
    low = first.ci[0] if first.ci else first.mean
    high = second.ci[1] if second.ci else second.mean
    return low is not None and high is not None and low > high


def _turning_point(shares: dict[str, dict[str, float]]) -> str | None:
    """Return the station at which `rather blocked` turns into `rather starved`."""
    names = list(shares)
    tendency = [shares[name]["blocked"] - shares[name]["starved"] for name in names]
    idle = [shares[name]["blocked"] + shares[name]["starved"] for name in names]
    for j, name in enumerate(names):
        blocked_before = all(value > 0 for value in tendency[:j])
        starved_behind = all(value < 0 for value in tendency[j + 1 :])
        neighbours = idle[max(0, j - 1) : j] + idle[j + 1 : j + 2]
        if blocked_before and starved_behind and all(idle[j] < other for other in neighbours):
            return name
    return None


def _review_blocks(run: RunColumns, layout: Layout, window: Window) -> bool:
    """Whether inspections are held up by a full review for a part of their time that matters."""
    if window.length <= 0:
        return False
    for place, station in enumerate(layout.places):
        if station.decides:
            held = held_by_review(run, place, station)
            if held > _REVIEW_MATTERS * station.units * window.length:
                return True
    return False


def held_by_review(run: RunColumns, place: int, station: Place) -> int:
    """Return for how long in all parts sent to review were held where they were judged, in ns.

    Time in which it is off does not count; a gate never is.
    """
    items = run.items
    reviewed = distinct(items.item[items.reviewed])
    visits = run.visits(place)
    held = visits.where((visits.finished != NONE) & (visits.left != visits.finished))
    held = held.where(find(reviewed, held.item)[1])
    left, off = or_end(held.left, run.end), off_time(station, run.end)
    return exact_sum(left - held.finished - off.between(held.finished, left))
