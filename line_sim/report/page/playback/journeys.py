"""Where parts go: from each visit to the next one, or off the line, as the rows of the run tell it.

Nothing is taken for granted: a part's next place is that of its next row, its end that of items.csv. Of rows
of one moment the first in the file is the first that was over. What no row tells of is unknown, and is not
made up: the last steps of a killed run.
"""

from dataclasses import dataclass

import numpy as np

from line_sim.layout import Exit, Kind, Lane, Layout, Way
from line_sim.recording.run_columns import NONE, IntArray, RunColumns, Visits

STAYS, UNKNOWN, FIRST_WAY = 0, 1, 2
"""How a visit ended: the part has not left; it has, and no row says where to; the first of the ways."""

_LATER = np.iinfo(np.int64).max
_NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Journeys:
    """The ways to draw, and how every visit ended, by the line of visits.csv on which it stands."""

    ways: tuple[Way, ...]
    by_line: IntArray

    def of(self, visits: Visits) -> IntArray:
        """Return how each of some visits ended: STAYS, UNKNOWN, or FIRST_WAY and the index of its way."""
        return self.by_line[visits.row]


def journeys(run: RunColumns, layout: Layout) -> Journeys:
    """Return where every visit led to."""
    tables = [run.visits(place) for place in range(len(layout.places))]
    start = np.repeat(np.arange(len(tables)), [len(table) for table in tables])
    rows = [(table.item, table.queued, table.left, table.row) for table in tables]
    item, queued, left, line = (np.concatenate(columns) for columns in zip(*rows, strict=True))
    order = np.lexsort((line, np.where(left == NONE, _LATER, left), queued, item))
    to = _ends(run, item, len(tables))
    goes_on = item[order][1:] == item[order][:-1]
    to[order[:-1][goes_on]] = start[order][1:][goes_on]
    taken = _taken(start, to, layout.ways, len(tables))
    used = set(np.unique(taken).tolist())
    drawn = [n for n, way in enumerate(layout.ways) if n in used or _is_told(way, layout)]
    codes = np.full(len(layout.ways) + 1, UNKNOWN, dtype=np.int64)  # the last one is that of _NOWHERE
    codes[drawn] = FIRST_WAY + np.arange(len(drawn))
    by_line = np.zeros(int(line.max(initial=0)) + 1, dtype=np.int64)
    by_line[line] = np.where(left == NONE, STAYS, codes[taken])
    return Journeys(tuple(layout.ways[n] for n in drawn), by_line)


def _is_told(way: Way, layout: Layout) -> bool:
    """Whether a way is drawn although no part took it: not what an inspection may do, and seldom does."""
    return way.lane is Lane.SHIP or layout.places[way.start].kind is Kind.REVIEW or way.lane is Lane.REVIEW


def _taken(start: IntArray, to: IntArray, ways: tuple[Way, ...], places: int) -> IntArray:
    """Return the index of the way that leads from each place to each end; _NOWHERE where there is none."""
    known = {(way.start, _code(way.to, places)): number for number, way in enumerate(ways)}
    pairs, which = np.unique(np.stack((start, to)), axis=1, return_inverse=True)
    numbers = [known.get((a, b), _NOWHERE) for a, b in pairs.T.tolist()]
    return np.array(numbers, dtype=np.int64)[which.reshape(-1)]


def _code(to: int | Exit, places: int) -> int:
    """Tell an end by a number: places by theirs, then those who are shipped and scrapped."""
    return to if isinstance(to, int) else places + list(Exit).index(to)


def _ends(run: RunColumns, item: IntArray, places: int) -> IntArray:
    """Return where each part left the line in the end; _NOWHERE where no row says it."""
    items = run.items.sorted_by(run.items.item)
    if not len(items):
        return np.full(len(item), _NOWHERE, dtype=np.int64)
    at = np.clip(np.searchsorted(items.item, item), 0, len(items) - 1)
    told = items.item[at] == item
    shipped, scrapped = told & items.shipped[at], told & items.scrapped[at]
    codes = [_code(Exit.SHIPPED, places), _code(Exit.SCRAPPED, places)]
    return np.select([shipped, scrapped], codes, _NOWHERE).astype(np.int64)
