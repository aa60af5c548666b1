"""Parts that went straight along the line: proved of some of them at once.

Each is told of once, with one visit to each place up to the last, from where it may leave the line as it did;
it came to each, behind the first, when it left the one before, and later than there. Where that does not hold
of some parts nothing is wrong so far: they are followed step by step.
"""

from itertools import pairwise

import numpy as np

from line_sim.analysis.audit.quick.some import Some
from line_sim.analysis.by_part import OfSome
from line_sim.layout import Exit, Layout
from line_sim.recording.run_columns import IntArray, Items, Visits

_NO_WAY = range(0)


class Along:
    """The way straight along a line."""

    def __init__(self, layout: Layout) -> None:
        self._places = _places(layout)
        self._shipped, self._scrapped = (layout.leading_to(way) for way in (Exit.SHIPPED, Exit.SCRAPPED))

    def way_of(self, some: Some) -> range:
        """Return the places that each of some parts came to, one after the other; none if in doubt."""
        seen = [place for place, told in some.visits.items() if len(told.rows)]
        places = self._places[: len(seen)]
        if seen != [*places] or not places:
            return _NO_WAY
        told = [some.visits[place] for place in places]
        once = all(_is_about_each(who, some.these) for who in (some.items.who, *(each.who for each in told)))
        on_time = once and _are_first(told) and _are_in_time(told, some.items)
        return places if on_time and self._left_as_told(places[-1], some.items) else _NO_WAY

    def _left_as_told(self, place: int, items: OfSome[Items]) -> bool:
        """Whether parts left the line where they may, never repaired."""
        out, away = place in self._shipped, place in self._scrapped
        repaired = items.table.tells("reworked") and bool(items.table.reworked.any())
        off_the_line = (out or not items.table.shipped.any()) and (away or not items.table.scrapped.any())
        return off_the_line and not repaired


def _places(layout: Layout) -> range:
    """Return the places behind each other from the entry on, up to where nobody comes back from."""
    ways = {(way.start, way.to) for way in layout.ways}
    last = layout.entry
    while (last, last + 1) in ways and last + 1 != layout.bench:
        last += 1
    return _NO_WAY if layout.entry == layout.bench else range(layout.entry, last + 1)


def _is_about_each(who: IntArray, these: range) -> bool:
    """Whether rows are about these parts, each about the next."""
    return len(who) == len(these) and np.array_equal(who, np.arange(these.start, these.stop))


def _are_first(told: list[OfSome[Visits]]) -> bool:
    """Whether all visits are their parts' first to the place, before any repair."""
    return all(
        not (table.tells("visit") and np.any(table.visit != 1))
        and not (table.tells("reworked") and table.reworked.any())
        for table, _, _ in told
    )


def _are_in_time(told: list[OfSome[Visits]], items: OfSome[Items]) -> bool:
    """Whether parts came to each place when they left the one before, and later than there."""
    tables = [visits.table for visits in told]
    return (
        bool(np.all(items.table.arrived <= tables[0].queued))
        and all(
            np.array_equal(ahead.left, behind.queued) and bool(np.all(ahead.queued < behind.queued))
            for ahead, behind in pairwise(tables)
        )
        and np.array_equal(items.table.left, tables[-1].left)
    )
