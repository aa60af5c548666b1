"""The machines of a line as rows of a chart, and the visits of each that lie in a stretch."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from line_sim.layout import Layout
from line_sim.recording.rows import PIECE
from line_sim.recording.run_columns import NONE, BoolArray, RunColumns, Visits, or_end
from line_sim.report.page.playback.stretch import Stretch


class Row(NamedTuple):
    """A machine: the place of its station, its unit, its name."""

    place: int
    unit: int
    name: str


def rows_of(layout: Layout) -> tuple[Row, ...]:
    """Return the machines in the order of the places."""
    return tuple(_rows(layout))


def _rows(layout: Layout) -> Iterator[Row]:
    for place, station in enumerate(layout.places):
        for unit in range(1, station.units + 1):
            yield Row(place, unit, f"{station.name} {unit}" if station.units > 1 else station.name)


def near(run: RunColumns, place: int, stretch: Stretch) -> Visits:
    """Return visits to a place, one after another: all of parts that were there in a stretch, and few more.

    Whoever looks for some of them need not look at all those of a long run.
    """
    visits, first, end = run.visits(place), None, 0
    for begin, piece in zip(range(0, len(visits), PIECE), visits.pieces(PIECE), strict=False):
        if piece.queued.min() <= stretch.end:
            left = piece.left
            if left.max() >= stretch.start or left.min() == NONE:
                first, end = begin if first is None else first, begin + len(piece)
    return visits.stretch(first or 0, end)


def visits_on(run: RunColumns, row: Row, stretch: Stretch, some: Visits) -> Visits:
    """Return those of some visits to a machine that reach into a stretch, in the order of their beginnings.

    Of those of one moment all but the last took no time at all.
    """

    def reaches(visits: Visits) -> BoolArray:
        on = (visits.unit == row.unit) & (visits.started != NONE) & (visits.started <= stretch.end)
        return np.asarray(on & (or_end(visits.left, run.end) >= stretch.start))

    visits = some.those(reaches)
    return visits.sorted_by(visits.started, or_end(visits.left, run.end + 1), visits.item)
