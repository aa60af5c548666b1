"""Some parts after others, with all that is told of them."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from line_sim.analysis.by_part import TOGETHER, ByPart, OfSome
from line_sim.recording.run_columns import Items, RunColumns, Visits


class Some(NamedTuple):
    """Some parts, by their places among `RunColumns.parts`, and what is told of them.

    `visits` are those to each place.
    """

    these: range
    items: OfSome[Items]
    visits: Mapping[int, OfSome[Visits]]


def some_after_others(columns: RunColumns) -> Iterator[Some]:
    """Yield all parts with what is told of them, so many at a time that a million need little memory."""
    items = ByPart(columns.items, columns.parts)
    by_part = {place: ByPart(columns.visits(place), columns.parts) for place in columns.places}
    for begin in range(0, len(columns.parts), TOGETHER):
        these = range(begin, min(begin + TOGETHER, len(columns.parts)))
        yield Some(these, items.of(these), {place: visits.of(these) for place, visits in by_part.items()})
