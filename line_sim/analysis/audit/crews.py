"""Crews, as the audit sees them: whom each person was with, and who waited, from the rows alone.

Said again from docs/line.md, and without the line's own crews: never more at it than there are people, on
their shift; first come, first served, at one moment from the end of the line on, then by unit; whose machine
is down or off is passed over. A person is there for a part until it is finished, the machine fails or goes
off, and for a repair until it is done.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from line_sim.analysis.audit.check import Check, Fault, Lines, Run, faults, verdict
from line_sim.analysis.audit.hours import amidst, stretches
from line_sim.figures.stops.standing import DownTime
from line_sim.figures.window import Window
from line_sim.layout import Crew
from line_sim.recording.run_columns import NONE, BoolArray, IntArray, Visits, find, or_end
from line_sim.units import counted

_FILE = "crews.csv"


class _Help(NamedTuple):
    """What a crew did at all places, in the order in which it was asked for."""

    row: IntArray
    place: IntArray
    unit: IntArray
    works: BoolArray
    asked: IntArray
    began: IntArray
    ended: IntArray

    def where(self, mask: BoolArray | IntArray) -> "_Help":
        """Return some of it."""
        numbers = (self.row, self.place, self.unit, self.asked, self.began, self.ended)
        row, place, unit, asked, began, ended = (column[mask] for column in numbers)
        return _Help(row, place, unit, self.works[mask], asked, began, ended)


def crews(run: Run) -> Check:
    """Never more at it than there are people, in the order in which they were asked for, and at once."""
    found: list[Fault] = []
    seen = 0
    for crew in run.layout.crews:
        told = _help(run, crew)
        seen += len(told.row)
        early = (told.began != NONE) & (told.began < told.asked)
        found += _faults(told, early, "there before being asked for")
        found += _faults(told, (told.ended != NONE) & (told.ended < told.began), "let go before being there")
        found += _too_many(run, crew, told)
        found += _off_shift(run, crew, told)
        if run.ended is not None:
            found += _faults(told, _overtaking(run, told), "came before who had asked earlier")
            found += _faults(told, _late(run, crew, told), f"waited although one of {crew.name} was free")
    for place, station in enumerate(run.layout.places):
        found += _of_others(run, place)
        if run.ended is not None:
            found += _work(run, place) if station.worked_by is not None else []
            found += _repairs(run, place) if station.repaired_by is not None else []
    return verdict(found, f"{counted(seen, 'times')} somebody was needed, never more at once than there are")


def waited_with_a_part(run: Run, place: int, unit: int, window: Window) -> int:
    """Return for how long of the window a machine that was neither down nor off had a part and nobody.

    A killed run may tell of somebody's work on a part whose visit was not over: that does not count.
    """
    crew = run.layout.places[place].worked_by
    if crew is None:
        return 0
    columns = run.columns
    visits, outages, jobs = columns.visits(place), columns.outages(place), columns.jobs(place)
    visits = visits.where((visits.unit == unit) & (visits.started != NONE))
    outages = outages.where(outages.unit == unit)
    jobs = jobs.where((jobs.unit == unit) & jobs.says("task", "work"))
    off = stretches(run.layout.places[place].shifts, columns.end)
    standing = [(outages.failed, or_end(outages.repaired, columns.end)), off]
    alone = [*standing, stretches(crew.shifts, columns.end)]
    held = (visits.started, or_end(visits.finished, columns.end))
    at_work = (or_end(jobs.began, columns.end), or_end(jobs.ended, columns.end))
    up = _length(window, *standing, held) - _length(window, *standing)
    both = _length(window, *alone, held) + _length(window, *alone, at_work)
    return up - (both - _length(window, *alone, held, at_work) - _length(window, *alone))


def at_work(run: Run, place: int, visits: Visits) -> IntArray:
    """Return for how long each part was worked on: from its start to its end, less what stopped that."""
    columns, station = run.columns, run.layout.places[place]
    away = stretches(None if station.worked_by is None else station.worked_by.shifts, columns.end)
    off = stretches(station.shifts, columns.end)
    took = visits.finished - visits.started
    for unit in range(1, station.units + 1):
        outages, jobs = columns.outages(place), columns.jobs(place)
        outages = outages.where(outages.unit == unit)
        jobs = jobs.where((jobs.unit == unit) & jobs.says("task", "work"))
        starts = np.concatenate((off[0], away[0], outages.failed, jobs.asked))
        ends = np.concatenate((off[1], away[1], or_end(np.append(outages.repaired, jobs.began), columns.end)))
        lost = DownTime(starts, ends).between(visits.started, visits.finished)
        took = np.where(visits.unit == unit, took - lost, took)
    return took


def _length(window: Window, *sets: tuple[IntArray, IntArray]) -> int:
    """Return how much of the window some stretches cover, those that overlap once."""
    starts, ends = (np.concatenate(moments) for moments in zip(*sets, strict=True))
    edges = np.array([window.start, window.end], dtype=np.int64)
    return int(DownTime(starts, ends).between(edges[:1], edges[1:])[0])


def _faults(told: _Help, wrong: BoolArray, what: str) -> list[Fault]:
    return faults(Lines(told.row), _FILE, wrong, what)


def _help(run: Run, crew: Crew) -> _Help:
    parts = [_at(run, crew, place) for place in range(len(run.layout.places))]
    numbers = ((part.row, part.place, part.unit, part.asked, part.began, part.ended) for part in parts)
    row, where, unit, asked, began, ended = (
        np.concatenate(columns) for columns in zip(*numbers, strict=True)
    )
    works = np.concatenate([part.works for part in parts])
    told = _Help(row, where, unit, works, asked, began, ended)
    return told.where(np.lexsort((told.unit, -told.place, told.asked)))


def _at(run: Run, crew: Crew, place: int) -> _Help:
    jobs = run.columns.jobs(place)
    jobs = jobs.where(jobs.says("crew", crew.name))
    where, works = np.full(len(jobs), place, dtype=np.int64), jobs.says("task", "work")
    return _Help(jobs.row, where, jobs.unit, works, jobs.asked, jobs.began, jobs.ended)


def _too_many(run: Run, crew: Crew, told: _Help) -> list[Fault]:
    """Find who came when all were elsewhere; at one moment, who is let go goes before who comes."""
    there = told.where(told.began != NONE)
    ended = or_end(there.ended, run.columns.end + 1)
    lasting = there.where(ended > there.began)
    begun, ends = np.sort(lasting.began), np.sort(or_end(lasting.ended, run.columns.end + 1))
    at_it = np.searchsorted(begun, lasting.began, "right") - np.searchsorted(ends, lasting.began, "right")
    return _faults(lasting, at_it > crew.people, f"more than {crew.people} of {crew.name} at once")


def _off_shift(run: Run, crew: Crew, told: _Help) -> list[Fault]:
    if crew.shifts is None:
        return []
    began = (told.began != NONE) & amidst(crew.shifts, run.columns.end, told.began)
    done = ~told.works & (told.ended != NONE) & amidst(crew.shifts, run.columns.end, told.ended)
    return [
        *_faults(told, began, f"came while {crew.name} were off"),
        *_faults(told, done, f"repaired while {crew.name} were off"),
    ]


def _overtaking(run: Run, told: _Help) -> BoolArray:
    """Return who came although one that had asked earlier, and could have used him, still waited."""
    wrong = np.zeros(len(told.row), dtype=np.bool_)
    began = or_end(told.began, run.columns.end + 1)
    latest, instant = np.maximum.accumulate(began) if len(began) else began, _instants(run)
    for late in np.flatnonzero((began < latest) & (told.began != NONE)).tolist():
        first = int(np.searchsorted(latest, began[late], "right"))
        waiting = told.where(np.arange(first, late)[began[first:late] > began[late]])
        if int(began[late]) in instant:  # what took no time may have let others ask afterwards
            waiting = waiting.where(waiting.asked < told.asked[late])
        wrong[late] = any(_could_use(run, waiting, told, late))
    return wrong


def _instants(run: Run) -> frozenset[int]:
    """Return the moments at which somebody came for something that took no time."""
    jobs = [run.columns.jobs(place) for place in range(len(run.layout.places))]
    return frozenset(at for each in jobs for at in each.began[each.began == each.ended].tolist())


def _could_use(run: Run, waiting: _Help, told: _Help, late: int) -> Iterator[bool]:
    moment = int(told.began[late])
    for row in range(len(waiting.row)):
        place, unit = int(waiting.place[row]), int(waiting.unit[row])
        alike = (waiting.asked[row], place, unit) == (told.asked[late], told.place[late], told.unit[late])
        stands = bool(waiting.works[row]) and _stands(run, place, unit, moment)
        yield not alike and int(waiting.asked[row]) <= moment and not stands


def _stands(run: Run, place: int, unit: int, moment: int) -> bool:
    """Whether a machine is down or off at a moment, or has just been."""
    outages = run.columns.outages(place)
    outages = outages.where(outages.unit == unit)
    down = (outages.failed <= moment) & (or_end(outages.repaired, run.columns.end + 1) > moment)
    starts, ends = stretches(run.layout.places[place].shifts, run.columns.end + 1)  # one may begin then
    return bool(down.any() or np.any((starts <= moment) & (ends > moment)))


def _late(run: Run, crew: Crew, told: _Help) -> BoolArray:
    """Return who came neither at once nor when one became free, a shift began, or there was use for him."""
    late = (told.began != NONE) & (told.began > told.asked)
    _, crew_comes = stretches(crew.shifts, run.columns.end)
    late &= ~find(np.unique(np.append(told.ended, crew_comes)), told.began)[1]
    for place in np.unique(told.place[late]).tolist():
        outages = run.columns.outages(place)
        _, comes = stretches(run.layout.places[place].shifts, run.columns.end)
        mine = late & (told.place == place) & told.works
        late[mine] = ~find(np.unique(np.append(outages.repaired, comes)), told.began[mine])[1]
    return np.asarray(late, dtype=np.bool_)


def _of_others(run: Run, place: int) -> list[Fault]:
    """Find people of a crew that is not the one that the station needs for this."""
    station, jobs = run.layout.places[place], run.columns.jobs(place)
    wrong = np.ones(len(jobs), dtype=np.bool_)
    for task, crew in (("work", station.worked_by), ("repair", station.repaired_by)):
        if crew is not None:
            wrong &= ~(jobs.says("task", task) & jobs.says("crew", crew.name))
    wrong |= jobs.unit > station.units
    return faults(jobs, _FILE, wrong, f"not what {station.name} needs anybody for")


def _work(run: Run, place: int) -> list[Fault]:
    """A part is worked on while somebody is there for it, asked for when it came or it could go on."""
    visits, outages = run.columns.visits(place), run.columns.outages(place)
    jobs = run.columns.jobs(place)
    jobs = jobs.where(jobs.says("task", "work"))
    off_from, off_to = stretches(run.layout.places[place].shifts, run.columns.end + 1)  # one may begin then
    found: list[Fault] = []
    for unit in range(1, run.layout.places[place].units + 1):
        on_machine = visits.where((visits.unit == unit) & (visits.started != NONE))
        down, mine = outages.where(outages.unit == unit), jobs.where(jobs.unit == unit)
        finished = on_machine.finished
        done = (finished != NONE) & ~find(np.unique(mine.ended), finished)[1]
        begun = ~find(np.unique(mine.asked), on_machine.started)[1]
        found += faults(on_machine, "visits.csv", done | begun, "worked on by nobody of the crew")
        asked = np.unique(np.concatenate((on_machine.started, down.repaired, off_to)))
        left = np.unique(np.concatenate((finished, down.failed, off_from, [NONE])))
        found += faults(mine, _FILE, ~find(asked, mine.asked)[1], "asked for at another moment")
        found += faults(mine, _FILE, ~find(left, mine.ended)[1], "let go at another moment")
        crew = run.layout.places[place].worked_by
        if crew is not None and crew.shifts is not None:
            off = (finished != NONE) & amidst(crew.shifts, run.columns.end, finished)
            found += faults(on_machine, "visits.csv", off, f"finished while {crew.name} were off")
    return found


def _repairs(run: Run, place: int) -> list[Fault]:
    """Every outage is repaired by somebody who was asked for when it began, and lasts until he is done."""
    outages, jobs = run.columns.outages(place), run.columns.jobs(place)
    jobs = jobs.where(jobs.says("task", "repair"))
    down = _in_order(outages.unit, outages.failed, outages.repaired)
    mended = _in_order(jobs.unit, jobs.asked, jobs.ended)
    if np.array_equal(down, mended):
        return []
    return [Fault(f"the repairs of {run.layout.places[place].name} are not its outages")]


def _in_order(*columns: IntArray) -> IntArray:
    return np.array([column[np.lexsort(columns)] for column in columns], dtype=np.int64)
