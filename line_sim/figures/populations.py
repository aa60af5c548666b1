"""What figures are over, calls or parts, and which of a run's count: by a moment after the warm-up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from line_sim.figures.conditions import ALWAYS, Condition, Is
from line_sim.figures.statistics.neighbours import Neighbours
from line_sim.figures.window import Window
from line_sim.layout import Layout
from line_sim.recording.rows import are_in_order
from line_sim.recording.run_columns import NONE, BoolArray, Calls, IntArray, Items, RunColumns
from line_sim.truth import GOOD as TRULY_GOOD


class Over(StrEnum):
    """What is counted one by one; time is not, but cut into stretches."""

    CALLS = "calls"
    PARTS = "parts"
    TIME = "time"


class Moment(StrEnum):
    """The moment that says whether a row counts: it must not lie before the end of the warm-up.

    A call has `issued_at`, a part that left `left_at`. `INSPECTED` is when a part's last inspection was
    finished, at a gate its stay there: it stands in no record, but the visits tell it.
    """

    ISSUED = "issued"
    INSPECTED = "last inspection finished"
    LEFT = "left"


GOOD = Is("true_state", TRULY_GOOD)
SHIPPED = Is("disposition", "shipped")
SCRAPPED = Is("disposition", "scrapped")
LOST = Is("disposition", "lost")
GONE = Is("disposition", "shipped", "scrapped")
REVIEWED = Is("lane", "review")
EVALUATED = ~Is("evaluation", "")
STOPPED = REVIEWED | SCRAPPED
"""Sent to review, or scrapped by the inspection."""
WITH_ANSWER = Is("inference_outcome", "answered")
"""Of a part: its last inspection got a usable answer."""
TIMED_OUT = Is("outcome", "timed_out")
TIMED = Is("outcome", "answered", "timed_out")
"""Of a call: it has a latency, be it only the beginning of one."""
USELESS = ~TIMED
"""Of a call: it met no server, or an answer that nobody could read."""
WITHOUT_PICTURE = Is("status", "NO_PICTURE")
"""Of a call: nothing was sent, since the part's picture could not be read."""


@dataclass(frozen=True)
class Population:
    """Some calls or parts: their name in summary.json, their words, which they are, what they count by."""

    name: str
    words: str
    over: Over
    of: Condition
    moment: Moment


EVERY_CALL = Population("calls", "calls", Over.CALLS, ALWAYS, Moment.ISSUED)
TIMED_CALLS = Population("timed_calls", "calls", Over.CALLS, TIMED, Moment.ISSUED)
SHIPPED_PARTS = Population("shipped", "parts shipped", Over.PARTS, SHIPPED, Moment.LEFT)
GONE_PARTS = Population("left", "parts that left", Over.PARTS, GONE, Moment.LEFT)
INSPECTED_PARTS = Population("inspected", "parts inspected", Over.PARTS, EVALUATED, Moment.INSPECTED)
GOOD_INSPECTED_PARTS = Population(
    "good_inspected", "good parts inspected", Over.PARTS, EVALUATED & GOOD, Moment.INSPECTED
)
POPULATIONS = (
    *(EVERY_CALL, TIMED_CALLS),
    *(SHIPPED_PARTS, GONE_PARTS, INSPECTED_PARTS, GOOD_INSPECTED_PARTS),
)
"""All of them, in the order in which their sizes are told."""

Rows: TypeAlias = Calls | Items


def those(values: npt.NDArray[Any], which: BoolArray) -> npt.NDArray[Any]:
    """Return the values for which a mask is true: mostly all of them, as they are, so that to look pays."""
    return values if which.all() else values.compress(which)


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
                for calls in self.run.calls(place).pieces():
                    yield calls, population.of.of(calls) & self.window.settled(calls.issued)
        else:
            begin = 0
            for items in self.run.items.pieces():
                which = population.of.of(items)
                if which.any():
                    which &= self._settled(population.moment, items, begin)
                yield items, which
                begin += len(items)

    def in_order(
        self, population: Population, column: Callable[[Any], Any], order: Callable[[Any], IntArray]
    ) -> npt.NDArray[Any]:
        """Return a column of the rows that count, in the order of another."""
        told: npt.NDArray[Any] | None = None
        n, last, ordered = 0, NONE, True
        for rows, counts in self.rows(population):
            if told is not None and not counts.any():
                continue
            values, keys = those(column(rows), counts), those(order(rows), counts)
            if told is None:
                told = np.empty(self._most(population), dtype=values.dtype)
            told[n : (n := n + len(values))] = values
            if ordered and len(keys):
                ordered, last = last <= keys[0] and are_in_order(keys), keys[-1]
        told = np.zeros(0, dtype=np.int64) if told is None else told[:n]
        if ordered:
            return told
        keys = np.concatenate([order(rows)[counts] for rows, counts in self.rows(population)])
        return told[np.argsort(keys, kind="stable")]

    def _most(self, population: Population) -> int:
        """Return how many rows may count at most."""
        if population.over is Over.CALLS:
            return sum(len(self.run.calls(place)) for place in self.run.places)
        return len(self.run.items)

    def _settled(self, moment: Moment, items: Items, begin: int) -> BoolArray:
        """Return which of some parts count, of which the first stands in the row `begin`."""
        if moment is Moment.LEFT:
            return self.window.settled(items.left)
        return self.window.settled(self._inspected[begin : begin + len(items)])

    @cached_property
    def answers(self) -> Neighbours:
        """How long the calls took, in the order in which they were made, at all inspections together."""
        pieces = [(calls.issued[counts], calls.latency[counts]) for calls, counts in self._timed_calls()]
        issued, latency = (np.concatenate(columns) for columns in zip(*pieces, strict=True))
        return Neighbours(latency[np.argsort(issued, kind="stable")])

    def _timed_calls(self) -> Iterator[tuple[Calls, BoolArray]]:
        for place in self.run.places:
            calls = self.run.calls(place)
            yield calls, TIMED.of(calls) & self.window.settled(calls.issued)

    @cached_property
    def _inspected(self) -> IntArray:
        """Return for each part when its last inspection so far was finished, NONE before the first."""
        parts = self.run.parts
        last = np.full(len(parts), NONE, dtype=np.int64)
        for place, station in enumerate(self.layout.places):
            if station.decides:
                visits = self.run.visits(place)
                np.maximum.at(last, parts.place(visits.item), visits.finished)
        return last[parts.place(self.run.items.item)]
