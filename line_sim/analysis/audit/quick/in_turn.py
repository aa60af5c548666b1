"""Single machines that took their parts one behind the other: proved of all visits, in one reading.

Most machines of most runs did, and then several checks hold of them at once and need not look row by row.
What is not proved here is no fault: there the checks look for themselves, and tell what they find.

A moment that has not come (NONE) is later than all others: read without a sign it is the greatest number.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from line_sim.figures.window import Window
from line_sim.layout import Layout
from line_sim.recording.run_columns import NONE, IntArray, RunColumns, Visits
from line_sim.units import Nanoseconds

_PIECE = 2**15
"""Rows that are looked at together: those of two machines fit into a processor's own memory."""

_FEW_PLACES = 2**12
"""So many waiting places at most: so many rows before a piece are read again with it."""

_Moments: TypeAlias = npt.NDArray[np.uint64]
_NEVER = np.uint64(NONE % 2**64)


class Proved(NamedTuple):
    """What is known of all visits to a place; what is false is only not known.

    `in_turn`: on one machine, in the order of the rows, each for some time, all told by the run's end; so
    many `starts` and `departures` there were, so many `finished`, and for so long of the window a part was
    `held`. Of such visits only are the others known:
    - `never_down`: none of them was
    - `with_room`: never more waited than there are places
    - `at_once`: each part left when it was finished
    - `prompt`: each was started when it was there and the one before had left
    - `kept_busy`: each but the first was started when the one before had left
    - `handed_on`: each left when the part of the same row was queued at the next place
    - `let_go`: each left when finished, or later when the next place had room because a part left that
    """

    in_turn: bool = False
    starts: int = 0
    finished: int = 0
    departures: int = 0
    held: Nanoseconds = 0
    never_down: bool = False
    with_room: bool = False
    at_once: bool = False
    prompt: bool = False
    kept_busy: bool = False
    handed_on: bool = False
    let_go: bool = False

    def is_let_go(self, after: IntArray, following: int) -> bool:
        """Whether parts left when they were finished, or when there was room where they went.

        `after` says where they went; `following` is the next place.
        """
        return self.at_once or (self.let_go and bool(np.all(after[: self.departures] == following)))


UNKNOWN = Proved()


def proved_of(columns: RunColumns, layout: Layout, window: Window) -> dict[int, Proved]:
    """Return what is proved, by place; those of which nothing is are left out."""
    told = {place: columns.visits(place) for place in range(len(layout.places)) if _is_plain(layout, place)}
    machines = {
        place: _Machine(visits, layout.places[place].buffer, columns.end, window)
        for place, visits in told.items()
    }
    most = max(map(len, told.values()), default=0)
    for begin in range(0, most, _PIECE):
        rows = range(begin, min(begin + _PIECE, most))
        behind = None
        for place in reversed(range(len(layout.places))):
            machine, piece = machines.get(place), None
            if machine is not None:
                piece = machine.look(rows, behind)
                if piece is None:
                    del machines[place]
            behind = piece
    return {place: machine.proved for place, machine in machines.items()}


def _is_plain(layout: Layout, place: int) -> bool:
    """Whether a place is one machine with one queue of few waiting places."""
    station, rework = layout.places[place], layout.rework
    queues = (rework is not None and rework.to == place) or station.belt is not None or station.is_gate
    return station.units == 1 and not queues and station.buffer <= _FEW_PLACES


class _Piece(NamedTuple):
    """Some visits to a machine, and before them so many rows as others are held against."""

    queued: _Moments
    started: _Moments
    finished: _Moments
    left: _Moments
    room: int
    is_first: bool
    behind: "_Piece | None"
    """The same rows of the next place."""

    @property
    def starts(self) -> int:
        """How many were started, if those stand before the others."""
        return int(np.searchsorted(self.own(self.started), _NEVER))

    def own(self, moments: _Moments) -> _Moments:
        """Return the moments of these visits."""
        return self.of_earlier(moments, 0)

    def of_earlier(self, moments: _Moments, rows: int) -> _Moments:
        """Return the moments of those that stand so many rows before each."""
        return moments[self.room + 1 - rows : len(moments) - rows]


class _Machine:
    """What is known of a machine so far."""

    def __init__(self, visits: Visits, room: int, end: Nanoseconds, window: Window) -> None:
        self._visits = visits
        self._room = room
        self._end = np.uint64(end)
        last = min(window.end, end)
        self._window = np.uint64(min(window.start, last)), np.uint64(last)
        self._held = 0
        self._told = [0, 0, 0]
        self._never_down = True
        self._facts = dict(_FACTS)

    @property
    def proved(self) -> Proved:
        """What is known after all pieces."""
        facts = {name: name in self._facts for name in _FACTS}
        starts, finished, departures = self._told
        return Proved(
            in_turn=True,
            never_down=self._never_down,
            starts=starts,
            finished=finished,
            departures=departures,
            held=self._held,
            **facts,
        )

    def look(self, rows: range, behind: _Piece | None) -> _Piece | None:
        """Return some visits, as far as there are any; None where they are not in turn."""
        visits = self._visits.stretch(rows.start, rows.stop)
        queued, started, finished, left = self._moments(rows)
        piece = _Piece(queued, started, finished, left, self._room, rows.start == 0, behind)
        if not _is_in_turn(piece):
            return None
        told = [self._told_of(piece.own(moments)) for moments in piece[:4]]
        if None in told or not _is_on_the_machine(visits.unit, told[1] or 0):
            return None
        self._told = [before + (more or 0) for before, more in zip(self._told, told[1:], strict=True)]
        self._held += self._held_in(piece)
        self._never_down = self._never_down and not visits.down.any()
        self._facts = {name: holds for name, holds in self._facts.items() if holds(piece)}
        return piece._replace(behind=None)  # or it would keep all places behind it in memory

    def _moments(self, rows: range) -> Iterator[_Moments]:
        """Yield the moments of some rows; before the first all was over, behind the last there is nothing."""
        first, there = rows.start - self._room - 1, len(self._visits)
        visits = self._visits.stretch(max(first, 0), rows.stop)
        before, behind = max(0, -first), max(0, rows.stop - max(there, first))
        for column in (visits.queued, visits.started, visits.finished, visits.left):
            moments = column.view(np.uint64)
            if before or behind:
                edges = np.zeros(before, dtype=np.uint64), np.full(behind, _NEVER)
                moments = np.concatenate((edges[0], moments, edges[1]))
            yield moments

    def _held_in(self, piece: _Piece) -> int:
        """Return for how long of the window these parts were on the machine."""
        begin, end = self._window
        started, left = piece.own(piece.started), piece.own(piece.left)
        inside = slice(int(np.searchsorted(left, begin)), int(np.searchsorted(started, end)))
        return int(np.sum(np.minimum(left[inside], end) - np.maximum(started[inside], begin)))

    def _told_of(self, moments: _Moments) -> int | None:
        """Return how many moments came, of some in order; None where one did behind the run's end."""
        told = int(np.searchsorted(moments, self._end, side="right"))
        return told if np.all(moments[told : told + 1] == _NEVER) else None


def _is_in_turn(piece: _Piece) -> bool:
    """Whether each part came behind the one before, and was started when that had left, for some time."""
    queued, started, finished, left = map(piece.own, piece[:4])
    starts = piece.starts
    steps = (
        (piece.of_earlier(piece.queued, 1), queued),
        (queued, started),
        (piece.of_earlier(piece.left, 1), started),
        (started[starts:], finished[starts:]),
        (finished, left),
    )
    in_order = all(bool(np.all(earlier <= later)) for earlier, later in steps)
    return in_order and bool(np.all(started[:starts] < finished[:starts]))


def _is_on_the_machine(units: IntArray, starts: int) -> bool:
    """Whether those that were started were on the only machine, and the others were on none."""
    return bool(np.all(units[:starts] == 1)) and bool(np.all(units[starts:] == NONE))


def _with_room(piece: _Piece) -> bool:
    return bool(np.all(piece.of_earlier(piece.started, piece.room) <= piece.own(piece.queued)))


def _at_once(piece: _Piece) -> bool:
    return np.array_equal(piece.own(piece.left), piece.own(piece.finished))


def _prompt(piece: _Piece) -> bool:
    ready = np.maximum(piece.own(piece.queued), piece.of_earlier(piece.left, 1))
    return np.array_equal(piece.own(piece.started), ready)


def _kept_busy(piece: _Piece) -> bool:
    started = slice(1 if piece.is_first else 0, piece.starts)
    return np.array_equal(piece.own(piece.started)[started], piece.of_earlier(piece.left, 1)[started])


def _handed_on(piece: _Piece) -> bool:
    return piece.behind is not None and np.array_equal(
        piece.own(piece.left), piece.behind.own(piece.behind.queued)
    )


def _let_go(piece: _Piece) -> bool:
    if piece.behind is None:
        return False
    freed = piece.behind.of_earlier(piece.behind.left, piece.behind.room + 1)
    return np.array_equal(piece.own(piece.left), np.maximum(piece.own(piece.finished), freed))


_FACTS: dict[str, Callable[[_Piece], bool]] = {
    "with_room": _with_room,
    "at_once": _at_once,
    "prompt": _prompt,
    "kept_busy": _kept_busy,
    "handed_on": _handed_on,
    "let_go": _let_go,
}
