"""The parts' ways in the order of time: each part's visits one behind the other, wherever they are.

A part may come to a place more than once, so that neither a part and a place name a visit, nor does the
order of the places say which visit came first: the times do.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from line_sim.analysis.audit.quick.some import Some
from line_sim.layout import Layout
from line_sim.recording.run_columns import NONE, BoolArray, IntArray, Visits

_LATER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Steps:
    """The visits of some parts, a part behind the other, each one's in the order of time.

    `these` are the parts, by their places among `RunColumns.parts`, `who` is the part of a step, `place` that
    of the station (NONE: unknown), `visit` the number that the visit is told with, `rounds` how often the
    part is told to have been repaired; `first` and `last` say which steps are a part's first, and its last so
    far.
    """

    these: range
    who: IntArray
    place: IntArray
    visit: IntArray
    rounds: IntArray
    queued: IntArray
    left: IntArray
    _order: IntArray
    _tables: tuple["_Table", ...]

    @property
    def row(self) -> IntArray:
        """The line of each, read where something is wrong."""
        return _joined(self._tables, lambda visits: visits.row)[self._order]

    @property
    def first(self) -> BoolArray:
        """Which steps are their part's first."""
        return np.append(True, self.who[1:] != self.who[:-1])[: len(self.who)]

    @property
    def last(self) -> BoolArray:
        """Which steps are their part's last so far."""
        return np.append(self.who[1:] != self.who[:-1], True)[: len(self.who)]

    @property
    def number(self) -> IntArray:
        """Which of its part's visits to the place each step is, counted from 1."""
        number = np.ones(len(self.who), dtype=np.int64)  # of those always on along the line: nowhere twice
        back = (self.who[1:] == self.who[:-1]) & (self.place[1:] <= self.place[:-1])
        if back.any():
            doubt = np.isin(self.who, self.who[1:][back])
            number[doubt] = _numbered(self.who[doubt], self.place[doubt])
        return number

    def by_place(self, told: IntArray) -> Iterator[tuple[int, IntArray, IntArray]]:
        """Yield what is told of the steps, place by place: the place, rows of its table, and theirs."""
        back = np.empty_like(told)
        back[self._order] = told
        begin = 0
        for table in self._tables:
            end = begin + len(table.rows)
            yield table.place, table.rows, back[begin:end]
            begin = end


@dataclass(frozen=True, slots=True)
class _Table:
    """The visits of some parts to a place, and which rows of the place's table they are."""

    place: int
    rows: IntArray
    who: IntArray
    visits: Visits


def steps_of(some: Some, turns: IntArray) -> Steps:
    """Return the steps of some parts; `turns` are those of the places."""
    these = some.these
    tables = tuple(_Table(place, told.rows, told.who, told.table) for place, told in some.visits.items())
    who = np.concatenate([table.who for table in tables])
    places = np.array([table.place for table in tables], dtype=np.int64)
    place = np.repeat(places, [len(table.who) for table in tables])
    queued = _joined(tables, lambda visits: visits.queued)
    left, visit = _joined(tables, lambda visits: visits.left), _joined(tables, lambda visits: visits.visit)
    # the tables' order is that of time, more often than not; numbers of so few parts numpy sorts by counting
    order = np.argsort((who - these.start).astype(np.uint16), kind="stable")
    ordered = who[order], queued[order]
    doubt = _in_doubt(*ordered)
    if doubt is not None:
        mine, row = order[doubt], _joined(tables, lambda visits: visits.row)
        started = _joined(tables, lambda visits: visits.started)
        finished = _joined(tables, lambda visits: visits.finished)
        times = (np.where(some[mine] == NONE, _LATER, some[mine]) for some in (left, finished, started))
        order[doubt] = mine[np.lexsort((row[mine], turns[place[mine]], *times, queued[mine], who[mine]))]
        ordered = who[order], queued[order]
    rounds = _joined(tables, lambda visits: visits.reworked)
    visit, rounds = (_in_order(column, order) for column in (visit, rounds))
    return Steps(these, ordered[0], place[order], visit, rounds, ordered[1], left[order], order, tables)


def _numbered(who: IntArray, place: IntArray) -> IntArray:
    """Return which of its part's visits to its place each step is, counted from 1."""
    order = np.lexsort((place, who))
    who, place = who[order], place[order]
    count = np.arange(len(order))
    new = np.append(True, (who[1:] != who[:-1]) | (place[1:] != place[:-1]))[: len(order)]
    number = np.empty_like(count)
    number[order] = count - np.maximum.accumulate(np.where(new, count, 0)) + 1
    return number


def _in_order(column: IntArray, order: IntArray) -> IntArray:
    """Return a column in an order; most are the same in every row, and so in any."""
    return column[order] if len(column) and np.any(column != column[0]) else column


def _joined(tables: Sequence[_Table], column: Callable[[Visits], IntArray]) -> IntArray:
    return np.concatenate([column(table.visits) for table in tables])


def _in_doubt(who: IntArray, queued: IntArray) -> BoolArray | None:
    """Return all steps of the parts whose steps are not, one after the other, queued ever later."""
    early = (who[1:] == who[:-1]) & (queued[1:] <= queued[:-1])
    if not early.any():
        return None
    return np.isin(who, who[1:][early])


def turns_of(layout: Layout) -> IntArray:
    """Return which place is first where visits without length fall into one moment.

    First is the place from which the other can be reached, and not back. Places on one way round have
    the same turn: there the rows of the file decide, which are written as visits end.
    """
    reached = np.eye(len(layout.places) + 1, dtype=np.bool_)  # the last row and column: unknown stations
    for way in layout.ways:
        if isinstance(way.to, int):
            reached[way.start, way.to] = True
    for place in range(len(layout.places)):
        reached |= reached[:, [place]] & reached[[place], :]
    return np.asarray(np.count_nonzero(reached, axis=0), dtype=np.int64)
