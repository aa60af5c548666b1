"""Where parts go: from each visit to the next one, or off the line, as the rows of the run tell it.

Nothing is taken for granted: a part's next place is that of its next row, its end that of items.csv. Of rows
of one moment the first in the file is the first that was over. What no row tells of is unknown, and is not
made up: the last steps of a killed run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from line_sim.analysis.by_part import TOGETHER, ByPart, OfSome
from line_sim.layout import Exit, Kind, Lane, Layout, Way
from line_sim.recording.run_columns import NONE, IntArray, Items, RunColumns, Visits

STAYS, UNKNOWN, FIRST_WAY = 0, 1, 2
"""How a visit ended: the part has not left; it has, and no row says where to; the first of the ways."""

_LATER = np.iinfo(np.int64).max
_NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Journeys:
    """The ways to draw, and how every visit that is drawn ended, by its line of visits.csv, in order."""

    ways: tuple[Way, ...]
    _lines: IntArray
    _ends: IntArray

    def of(self, visits: Visits) -> IntArray:
        """Return how each of some visits ended: STAYS, UNKNOWN, or FIRST_WAY and the index of its way."""
        return self._ends[np.searchsorted(self._lines, visits.row)]


def journeys(
    run: RunColumns, layout: Layout, drawn: Sequence[Visits], visits: Sequence[ByPart[Visits]]
) -> Journeys:
    """Return where every visit led to that is drawn, of all to each place.

    The ways that any part took are drawn, too: where there are some that are not drawn otherwise, all parts
    are looked at, so many at a time, and else those alone that are drawn.
    """
    parts = run.parts
    items = ByPart(run.items, parts)
    shown = [parts.place(table.item) for table in drawn if len(table)]
    first, last = (min(map(np.min, shown)), max(map(np.max, shown))) if shown else (0, -1)
    drawn_ways = np.array([*(_is_told(way, layout) for way in layout.ways), True])  # the last is _NOWHERE
    told_by_none = np.array([*(way.to is Exit.HALT for way in layout.ways), False])
    table, told = _table(layout), [_Steps(*np.zeros((3, 0), dtype=np.int64))]
    for begin in range(0, len(parts), TOGETHER):
        these = range(begin, min(begin + TOGETHER, len(parts)))
        is_drawn = first < these.stop and last >= these.start
        if is_drawn or not (drawn_ways | told_by_none).all():
            steps = _steps([place.of(these) for place in visits], items.of(these), table)
            drawn_ways[steps.way] = True
            told += [steps] if is_drawn else []
    line, left, way = (np.concatenate(columns) for columns in zip(*told, strict=True))
    order = np.argsort(line, kind="stable")
    numbers = np.flatnonzero(drawn_ways[:-1]).tolist()
    codes = np.full(len(layout.ways) + 1, UNKNOWN, dtype=np.int64)  # the last one is that of _NOWHERE
    codes[numbers] = FIRST_WAY + np.arange(len(numbers))
    ends = np.where(left == NONE, STAYS, codes[way])
    return Journeys(tuple(layout.ways[number] for number in numbers), line[order], ends[order])


class _Steps(NamedTuple):
    """Some visits: the line of each, when it was left, and the index of the way that was taken then."""

    line: IntArray
    left: IntArray
    way: IntArray


def _steps(visits: Sequence[OfSome[Visits]], items: OfSome[Items], table: IntArray) -> _Steps:
    """Return the visits of some parts, and which way of a table each took; _NOWHERE where there is none."""
    start = np.repeat(np.arange(len(visits)), [len(some.who) for some in visits])
    rows = [(some.who, some.table.queued, some.table.left, some.table.row) for some in visits]
    who, queued, left, line = (np.concatenate(columns) for columns in zip(*rows, strict=True))
    order = np.lexsort((line, np.where(left == NONE, _LATER, left), queued, who))
    to = _ends(items, who, len(visits))
    goes_on = who[order][1:] == who[order][:-1]
    to[order[:-1][goes_on]] = start[order][1:][goes_on]
    return _Steps(line, left, table[start, to])


def _is_told(way: Way, layout: Layout) -> bool:
    """Whether a way is drawn although no part took it: not what an inspection may do, and seldom does."""
    return way.lane is Lane.SHIP or layout.places[way.start].kind is Kind.REVIEW or way.lane is Lane.REVIEW


def _table(layout: Layout) -> IntArray:
    """Return the index of the way that leads from each place to each end; _NOWHERE where there is none."""
    places = len(layout.places)
    table = np.full((places, places + len(Exit) + 1), _NOWHERE, dtype=np.int64)  # the last one is no end
    for number, way in enumerate(layout.ways):
        table[way.start, _code(way.to, places)] = number
    return table


def _code(to: int | Exit, places: int) -> int:
    """Tell an end by a number: places by theirs, then those who are shipped and scrapped."""
    return to if isinstance(to, int) else places + list(Exit).index(to)


def _ends(items: OfSome[Items], who: IntArray, places: int) -> IntArray:
    """Return where the part of each visit left the line in the end; _NOWHERE where no row says it."""
    first = int(min(who.min(initial=_LATER), items.who.min(initial=_LATER)))
    ends = np.full(max(who.max(initial=first), items.who.max(initial=first)) - first + 1, _NOWHERE)
    codes = [_code(Exit.SHIPPED, places), _code(Exit.SCRAPPED, places)]
    told = np.select([items.table.shipped, items.table.scrapped], codes, _NOWHERE)
    ends[items.who[::-1] - first] = told[::-1]  # of a part told of twice the first row counts
    return ends[who - first]
