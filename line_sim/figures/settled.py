"""A run after its warm-up: which calls and parts count, asked for by population."""

from collections.abc import Iterator
from functools import cached_property
from typing import TypeAlias

import numpy as np

from line_sim.figures.populations import Moment, Over, Population
from line_sim.figures.window import Window
from line_sim.layout import Layout
from line_sim.recording.run_columns import NONE, BoolArray, Calls, IntArray, Items, RunColumns

Rows: TypeAlias = Calls | Items


class Settled:
    """The rows of a run that count for a figure: those whose moment is not before the end of the warm-up.

    Figures about single calls and parts go on to the end of the run, see `Window`.
    """

    def __init__(self, run: RunColumns, layout: Layout, window: Window) -> None:
        self.run = run
        self.layout = layout
        self.window = window

    def rows(self, population: Population) -> Iterator[tuple[Rows, BoolArray]]:
        """Yield the rows of a population a table at a time, with a mask that says which of them count."""
        if population.over is Over.CALLS:
            for place in self.run.places:
                calls = self.run.calls(place)
                yield calls, population.of.of(calls) & self.window.settled(calls.issued)
        else:
            items = self.run.items
            yield items, population.of.of(items) & self._settled_parts[population.moment]

    @cached_property
    def _settled_parts(self) -> dict[Moment, BoolArray]:
        return {
            Moment.LEFT: self.window.settled(self.run.items.left),
            Moment.INSPECTED: self.window.settled(self._inspected()),
        }

    def _inspected(self) -> IntArray:
        """Return for each part when its last inspection so far was finished, NONE before the first."""
        parts = self.run.parts
        last = np.full(len(parts), NONE, dtype=np.int64)
        for place, station in enumerate(self.layout.places):
            if station.inspects:
                visits = self.run.visits(place)
                np.maximum.at(last, parts.place(visits.item), visits.finished)
        return last[parts.place(self.run.items.item)]
