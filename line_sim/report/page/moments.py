"""The moments of a run that are worth a look: late and slow answers, long outages, long blocked times."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from line_sim.figures.stops.standing import DownTime
from line_sim.recording.run_columns import NONE, BoolArray, IntArray, RunColumns, Visits, or_end
from line_sim.report.page.playback.stretch import Stretch
from line_sim.report.words import length, moment, week_moment
from line_sim.units import MICROSECOND, Nanoseconds

_LATE = _SLOW = 3
_DOWN = _BLOCKED = 2

Machine = tuple[int, int]
"""The place of a station and one of its units."""


class Moment(NamedTuple):
    """Something worth a look that `happens` at a moment: `at` and `length` are what to show, `lane` the row.

    All three in microseconds.
    """

    what: str
    where: str
    when: str
    at: int
    happens: int
    length: int
    lane: int


class _Event(NamedTuple):
    """Something that lasted, in ns, on a machine; `item` is None where it was no part's."""

    what: str
    machine: Machine
    at: Nanoseconds
    lasted: Nanoseconds
    item: int | None = None


def moments_of(
    run: RunColumns,
    visits: Sequence[Visits],
    machines: dict[Machine, str],
    shown: Nanoseconds,
    stretch: Stretch,
    week: Nanoseconds | None = None,
    off: Mapping[int, DownTime] = MappingProxyType({}),
) -> tuple[Moment, ...]:
    """Return the first late answers, the slowest answers, the longest outages and blocked times of a stretch.

    `visits` are those to each place that may be of the stretch; `shown` is how much of it (ns) is shown
    around one, more where it lasted longer; `machines` are the rows of the chart with their names. `week`
    (ns): where line time 0 is in the week, if days are told; `off` when a place is off, in which time it is
    not blocked.
    """
    places = sorted({place for place, _ in machines})
    calls = [event for place in places for event in _calls(run, place, stretch)]
    late = sorted((event for event in calls if event.what == ""), key=lambda event: event.at)
    slow = sorted((event for event in calls if event.what), key=lambda event: -event.lasted)
    outages = [event for place in places for event in _outages(run, place, stretch)]
    down = sorted(outages, key=lambda event: -event.lasted)
    held = [
        event for place in places for event in _blocked(run, place, visits[place], stretch, off.get(place))
    ]
    blocked = sorted(held, key=lambda event: -event.lasted)
    rows = {machine: row for row, machine in enumerate(machines)}
    return tuple(
        _moment(event, rows, machines, shown, stretch, week)
        for events, most in ((late, _LATE), (slow, _SLOW), (down, _DOWN), (blocked, _BLOCKED))
        for event in [event for event in events if event.machine in rows][:most]
    )


def _moment(
    event: _Event,
    rows: dict[Machine, int],
    names: dict[Machine, str],
    shown: Nanoseconds,
    stretch: Stretch,
    week: Nanoseconds | None,
) -> Moment:
    shown = min(max(shown, 2 * event.lasted), stretch.end - stretch.start)
    start = event.at + event.lasted // 2 - shown // 2
    start = min(max(start, stretch.start), stretch.end - shown)
    part = "" if event.item is None else f", part {event.item:,}"
    return Moment(
        what=event.what or "no answer within the deadline",
        where=f"{names[event.machine]}{part}",
        when=moment(event.at, stretch.end) if week is None else week_moment(event.at, week, stretch.end),
        at=start // MICROSECOND,
        happens=event.at // MICROSECOND,
        length=shown // MICROSECOND,
        lane=rows[event.machine],
    )


def _calls(run: RunColumns, place: int, stretch: Stretch) -> Iterator[_Event]:
    """Yield the first calls that timed out (without words) and the slowest that were answered."""
    calls = run.calls(place)
    calls = calls.where(_within(calls.issued, stretch))
    units, issued, latency, items = calls.unit, calls.issued, calls.latency, calls.item
    late, answered = calls.timed_out, calls.answered
    first = np.flatnonzero(late)[np.argsort(issued[late], kind="stable")][:_LATE]
    slowest = np.flatnonzero(answered)[_longest(latency[answered], _SLOW)]
    for row in (*first.tolist(), *slowest.tolist()):
        words = "" if late[row] else f"a slow answer: {length(int(latency[row]))}"
        yield _Event(words, (place, int(units[row])), int(issued[row]), int(latency[row]), int(items[row]))


def _outages(run: RunColumns, place: int, stretch: Stretch) -> Iterator[_Event]:
    outages = run.outages(place)
    outages = outages.where(_within(outages.failed, stretch))
    units, failed, names = outages.unit, outages.failed, outages.name
    lasted = or_end(outages.repaired, run.end) - failed
    for row in _longest(lasted, _DOWN).tolist():
        name = run.words[int(names[row])]
        words = f"down for {length(int(lasted[row]))}{f' ({name})' if name else ''}"
        yield _Event(words, (place, int(units[row])), int(failed[row]), int(lasted[row]))


def _blocked(
    run: RunColumns, place: int, visits: Visits, stretch: Stretch, off: DownTime | None
) -> Iterator[_Event]:
    visits = visits.those(lambda some: (some.finished != NONE) & _within(some.finished, stretch))
    units, finished, items = visits.unit, visits.finished, visits.item
    left = or_end(visits.left, run.end)
    lasted = left - finished if off is None else left - finished - off.between(finished, left)
    for row in _longest(lasted, _BLOCKED).tolist():
        if lasted[row] > 0:
            words = f"blocked for {length(int(lasted[row]))}"
            yield _Event(
                words, (place, int(units[row])), int(finished[row]), int(lasted[row]), int(items[row])
            )


def _within(moments: IntArray, stretch: Stretch) -> BoolArray:
    return np.asarray((moments >= stretch.start) & (moments < stretch.end))


def _longest(times: IntArray, most: int) -> IntArray:
    """Return the rows of the longest times, the first of equal ones first."""
    return np.argsort(-times, kind="stable")[:most]
