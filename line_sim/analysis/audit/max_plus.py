"""The departures of a saturated line, from its service times alone: no simulation, no chance.

The max-plus recursion for blocking after service (Baccelli, Cohen, Olsder and Quadrat,
Synchronization and Linearity, 1992): with D[i,j] the moment part j leaves station i, S its service
time there and B[i+1] the places in front of the next station,

    D[i,j] = max( max(D[i-1,j], D[i,j-1]) + S[i,j], D[i+1, j-B[i+1]-1] ).
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np

from line_sim.analysis.audit.belts import cells_of
from line_sim.analysis.audit.check import Check, Fault, Run, faults, verdict
from line_sim.analysis.audit.hours import WorkedVisits, worked_visits
from line_sim.layout import Layout
from line_sim.recording.rows import PIECE, are_in_order
from line_sim.recording.run_columns import NONE, IntArray
from line_sim.scenario.fields import Belt
from line_sim.units import Nanoseconds, counted

_MOST_CELLS = 2_000_000
"""Places of belts times parts that the recursion goes through: a second."""

_BLOCK = 4096  # parts that are numbers of Python's at a time


def max_plus_departures(
    service: Sequence[Sequence[Nanoseconds]], buffers_between: Sequence[int], start: Nanoseconds = 0
) -> list[list[Nanoseconds]]:
    """Return when each part leaves each station: a row a station, a column a part, as in `service`.

    `buffers_between[i]` counts the places between station i and the next; the first part starts at
    `start`. Single machines, first come first served; the last station is never blocked.
    """
    columns = [np.array(times, dtype=np.int64) for times in service]
    return [times.tolist() for times in departures(columns, buffers_between, start)]


def departures(
    service: Sequence[IntArray], buffers_between: Sequence[int], start: Nanoseconds = 0
) -> list[IntArray]:
    """Do the same with columns, part by part, in the memory of the columns."""
    leaves = [np.empty_like(times) for times in service]
    steps = _Recursion(len(service), buffers_between, start)
    parts = len(service[0]) if service else 0
    for begin in range(0, parts, _BLOCK):
        block = [times[begin : begin + _BLOCK].tolist() for times in service]
        for moments, column in zip(leaves, zip(*steps.follow(block), strict=True), strict=True):
            moments[begin : begin + _BLOCK] = column
    return leaves


class Recorded(Protocol):
    """What a run tells of a station: departures (NONE: the part has not left) and service times, in order.

    They are asked for some parts at a time: `range(first, last)`, counted from 0, as far as there are rows.
    """

    def __len__(self) -> int:
        """Return of how many parts it tells."""

    def left(self, parts: range) -> IntArray:
        """Return the departures of some parts."""

    def service(self, parts: range) -> IntArray:
        """Return their service times."""


def is_followed(stations: Sequence[Recorded], buffers_between: Sequence[int], start: Nanoseconds) -> bool:
    """Return whether recorded departures are those of the recursion.

    Nothing is walked through: the departures are put into its right-hand side, many at a time, and
    must be what comes out. That proves it: each departure hangs on those of earlier parts and stations alone,
    so that from part to part and station to station all that was put in has been the recursion's so far.
    Stations tell of ever fewer parts along the line where parts are still on it.
    """
    if any(len(behind) < len(ahead) for behind, ahead in pairwise(stations)):
        return False
    rows = max(map(len, stations), default=0)
    pieces = (range(begin, min(begin + PIECE, rows)) for begin in range(0, rows, PIECE))
    return all(_is_followed(stations, buffers_between, start, piece) for piece in pieces)


def _is_followed(
    stations: Sequence[Recorded], buffers_between: Sequence[int], start: Nanoseconds, parts: range
) -> bool:
    """Return whether the departures of some parts are."""
    upstream = np.full(len(parts), start, dtype=np.int64)  # saturated: always a part
    for number, station in enumerate(stations):
        told = range(parts.start, max(parts.start, min(parts.stop, len(station))))
        moments = station.left(told)
        holds = [upstream[: len(told)], _later(station, 1, told, start)]
        due = np.maximum(*holds) + station.service(told)
        if number < len(buffers_between):
            holds.append(_later(stations[number + 1], buffers_between[number] + 1, told, start))
            due = np.maximum(due, holds[-1])
        too_early = np.minimum.reduce(holds) == NONE
        if np.any((moments != NONE) & ((moments != due) | too_early)):
            return False
        upstream = moments
    return True


def _later(station: Recorded, by: int, parts: range, start: Nanoseconds) -> IntArray:
    """Return the departure of the part that came so many parts before, for each part; before all, `start`."""
    moved = np.full(len(parts), NONE, dtype=np.int64)
    first = max(0, by - parts.start)
    moved[:first] = start
    known = station.left(range(max(0, parts.start - by), min(max(0, parts.stop - by), len(station))))
    moved[first : first + len(known)] = known
    return moved


class _Recursion:
    """The recursion at a part: of each station only the last departures that can still hold one up."""

    def __init__(self, stations: int, buffers_between: Sequence[int], start: Nanoseconds) -> None:
        self._start = start
        self._room = [places + 1 for places in buffers_between]
        self._own = [start] * stations
        self._ahead = [[start] * room for room in self._room]  # of the station behind each buffer, in a ring
        self._part = 0

    def follow(self, block: Sequence[Sequence[Nanoseconds]]) -> Iterator[list[Nanoseconds]]:
        """Yield the departures of part after part."""
        own, ahead, room = self._own, self._ahead, self._room
        last = len(own) - 1
        for times in zip(*block, strict=True):
            handed_on = self._start  # a saturated line: the next part is always there
            for station, service in enumerate(times):
                leaves = max(handed_on, own[station]) + service
                if station < last:
                    leaves = max(leaves, ahead[station][self._part % room[station]])
                own[station] = handed_on = leaves
                if station:
                    ahead[station - 1][self._part % room[station - 1]] = leaves
            self._part += 1
            yield own.copy()


def sample_path(run: Run) -> Check:
    """On a saturated line of single reliable machines every departure is that of the max-plus recursion.

    An accumulating belt is so many stations more, without buffers. Where all keep the same hours it holds of
    their working time.
    """
    layout, belts = run.layout, _belts(run.layout)
    if needs := _lacks(layout):
        return Check(True, f"does not apply: it needs {needs}")
    if starts := _proved_starts(run):
        return Check(True, _followed(starts))
    stations = [_Station(run, place) for place in range(len(layout.line))]
    parts = max(map(len, stations))
    if not len(stations[0]):
        return Check(True, "no part has started")
    if parts * sum(belt.places for belt in belts) > _MOST_CELLS:
        return Check(True, "does not apply: too many places of belts for so many parts")
    buffers, start = [station.buffer for station in layout.line[1:]], int(stations[0].of(range(1)).started[0])
    found: list[Fault] = []
    if belts or not is_followed(stations, buffers, start):
        tables = [station.of(range(len(station))) for station in stations]
        for table, moments in zip(tables, _expected(layout, tables, parts), strict=True):
            left = table.left
            wrong = (left != NONE) & (left != moments[: len(table)])
            found += faults(table, "visits.csv", wrong, "left at another moment than the recursion says")
    return verdict(found, _followed(parts))


def _belts(layout: Layout) -> list[Belt]:
    return [station.belt for station in layout.line if station.belt is not None]


def _lacks(layout: Layout) -> str:
    """Return what the line would have to be for the recursion to hold; nothing where it holds."""
    plain = all(station.units == 1 and not station.inspects and not station.fails for station in layout.line)
    if not (layout.saturated and plain):
        return "a saturated line of single machines that never fail"
    if not all(belt.accumulates for belt in _belts(layout)):
        return "belts that accumulate"
    if layout.calendars and (_belts(layout) or len({station.shifts for station in layout.line}) > 1):
        return "stations that all work at the same hours, without belts"
    return ""


def _followed(parts: int) -> str:
    return f"{counted(parts, 'parts')}, out of every station at the moment the max-plus recursion says"


def _proved_starts(run: Run) -> int:
    """Return how many parts were started where what is proved of all stations is the recursion; 0 elsewhere.

    A part is then queued when it leaves the station ahead, started when the one before it has left, too, and
    let go when there is room; at the first station there always was a part.
    """
    *others, last = (run.known(place) for place in range(len(run.layout.line)))
    first = (*others, last)[0]
    followed = all(known.prompt and known.handed_on and known.let_go for known in others)
    if run.layout.calendars or not (followed and first.kept_busy and last.prompt and last.at_once):
        return 0
    return first.starts


class _Station:
    """What a run tells of a station, by its working time, in the order in which parts were started."""

    def __init__(self, run: Run, place: int) -> None:
        self._run = run
        self._place = place
        visits = run.columns.visits(place)
        started = visits.where(visits.started != NONE)
        if all(are_in_order(piece.started, piece.item) for piece in started.pieces(again=1)):
            self._visits = started
        else:
            self._visits = started.sorted_by(started.started, started.item)

    def __len__(self) -> int:
        return len(self._visits)

    def of(self, parts: range) -> WorkedVisits:
        """Return the visits of some parts."""
        return worked_visits(self._run, self._place, self._visits.stretch(parts.start, parts.stop))

    def left(self, parts: range) -> IntArray:
        """Return the departures of some parts."""
        return self.of(parts).left

    def service(self, parts: range) -> IntArray:
        """Return their service times."""
        return _service(self.of(parts))


def _expected(layout: Layout, tables: list[WorkedVisits], parts: int) -> list[IntArray]:
    """Return when each part leaves each station: by the recursion of a line whose belts are stations."""
    service: list[IntArray] = []
    room: list[int] = []
    stations = []
    for station, table in zip(layout.line, tables, strict=True):
        cells = [] if station.belt is None else cells_of(station.belt)
        service += [np.full(parts, cell, dtype=np.int64) for cell in cells]
        room += [0] * (len(cells) + 1) if cells else [station.buffer]
        stations.append(len(service))
        service.append(_padded(_service(table), parts))
    first = tables[0].started if layout.line[0].belt is None else tables[0].queued
    found = departures(service, room[1:], int(first[0]))
    return [found[station] for station in stations]


def _service(visits: WorkedVisits) -> IntArray:
    finished = visits.finished
    return np.where(finished == NONE, 0, finished - visits.started)


def _padded(times: IntArray, length: int) -> IntArray:
    """Fill up with zeros for the parts that have not come so far; nothing that happened hangs on them."""
    return np.append(times[:length], np.zeros(max(0, length - len(times)), dtype=np.int64))
