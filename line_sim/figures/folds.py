"""How a figure is made of a run's rows, as data: shares, means, rates per hour, averages over time.

Each fold knows how its value and its interval are made, and what a comparison part by part or stretch
by stretch needs of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias, TypeVar, runtime_checkable

import numpy as np

from line_sim.figures.conditions import Condition
from line_sim.figures.flow import Throughput, batch_rates, shipped_per_hour, throughput
from line_sim.figures.populations import Over, Population, Rows, Settled, those
from line_sim.figures.statistics.batch_means import (
    BATCHES,
    FEWEST_IN_BATCHES,
    interval_of_mean,
    means_of_batches,
)
from line_sim.figures.statistics.lack import Lack, other_hours
from line_sim.figures.statistics.measured import Average, Measured
from line_sim.figures.statistics.neighbours import Neighbours, alike
from line_sim.figures.statistics.quantiles import exact_sum
from line_sim.figures.statistics.rates import Rate
from line_sim.figures.stops.outages import lacking_outages
from line_sim.figures.wip import all_stayed_until, stays
from line_sim.recording.run_columns import BoolArray, Calls, FloatArray, IntArray
from line_sim.units import SECOND

IntervalKind: TypeAlias = Literal["Wilson", "batch means", "none"]


M_co = TypeVar("M_co", bound=Measured, covariant=True)


class Fold(Protocol[M_co]):
    """A way from the rows of a run to a figure."""

    @property
    def over(self) -> Over:
        """What it is over."""

    @property
    def interval(self) -> IntervalKind:
        """How the interval of a single run is made."""

    def measure(self, settled: Settled) -> M_co:
        """Return the figure of a run."""

    def value(self, settled: Settled) -> float | None:
        """Return the value alone, without looking how sure it is: exactly what `measure` has."""


class Column(Protocol):
    """Reads times in ns from rows."""

    def __call__(self, rows: Any) -> IntArray:
        """Return one time a row."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A ratio of two sums, row by row: the part that each row is of, what it adds above and below."""

    item: IntArray
    over: FloatArray
    under: FloatArray


@runtime_checkable
class Ratio(Protocol):
    """A figure that is a ratio of sums over calls or parts, so that two runs compare part by part."""

    def terms(self, settled: Settled) -> Terms:
        """Return what each row adds."""


@runtime_checkable
class InStretches(Protocol):
    """A figure of line time, so that two runs compare stretch by stretch."""

    def stretches(self, settled: Settled) -> FloatArray | None:
        """Return its value in each of 20 equal stretches of the window; None where there is too little."""


@dataclass(frozen=True)
class Share:
    """Those of a population for which something holds, among all of it.

    `by_answers`: whether it holds is a matter of how long the answers took, so that what neighbouring calls
    have in common counts here, too, also where too few were seen to show it.
    """

    some: Condition
    among: Population
    by_answers: bool = False
    interval: IntervalKind = "Wilson"

    @property
    def which(self) -> Condition:
        """What holds of those that are counted, the population's condition included."""
        return self.among.of & self.some

    @property
    def over(self) -> Over:
        """What it is over."""
        return self.among.over

    def measure(self, settled: Settled) -> Rate:
        """Count both, and see how many neighbours say as much as one."""
        holds = settled.in_order(self.among, self.some.of, _order)
        like_each_other = alike(holds)
        if self.by_answers:
            like_each_other = max(like_each_other, settled.answers.alike)
        return Rate(int(np.count_nonzero(holds)), len(holds), like_each_other)

    def count(self, settled: Settled) -> Rate:
        """Count both alone."""
        pieces = [(self.some.of(rows) & counts, counts) for rows, counts in settled.rows(self.among)]
        some, n = (sum(map(np.count_nonzero, masks)) for masks in zip(*pieces, strict=True))
        return Rate(int(some), int(n))

    def value(self, settled: Settled) -> float | None:
        """Return the share alone."""
        return self.count(settled).value

    def terms(self, settled: Settled) -> Terms:
        """Return 1 above for each row for which it holds, 1 below for each row."""
        pieces = [
            (rows.item[counts], self.some.of(rows)[counts]) for rows, counts in settled.rows(self.among)
        ]
        item, holds = (np.concatenate(columns) for columns in zip(*pieces, strict=True))
        return Terms(item, holds.astype(np.float64), np.ones(len(item)))


@dataclass(frozen=True)
class Mean:
    """The mean duration over a population, in s; `order` (ns) says which observations are neighbours.

    `disturbed`: outages change it, so that a run which saw too few cannot say how sure it is.
    """

    among: Population
    duration: Column
    order: Column
    disturbed: bool = True
    interval: IntervalKind = "batch means"

    @property
    def over(self) -> Over:
        """What it is over."""
        return self.among.over

    def measure(self, settled: Settled) -> Average:
        """Return the mean, and its interval by batches of neighbours."""
        in_order = settled.in_order(self.among, self.duration, self.order)
        n, mean = len(in_order), _mean_s([in_order])
        if mean is None:
            return Average(None, n=0)
        batches, dependent = means_of_batches(in_order), Neighbours(in_order).alike > 1
        stretches = None if batches is None else batches / SECOND
        sure = interval_of_mean(mean, stretches, n, self.over.value, dependent=dependent)
        lack = _lacking(settled) if self.disturbed else None
        return Average(mean, sure if isinstance(sure, Lack) else lack or sure, n)

    def value(self, settled: Settled) -> float | None:
        """Return the mean alone."""
        return _mean_s([those(self.duration(rows), counts) for rows, counts in settled.rows(self.among)])

    def terms(self, settled: Settled) -> Terms:
        """Return each row's duration in s above, 1 below."""
        pieces = [
            (rows.item[counts], self.duration(rows)[counts]) for rows, counts in settled.rows(self.among)
        ]
        item, durations = (np.concatenate(columns) for columns in zip(*pieces, strict=True))
        return Terms(item, durations / SECOND, np.ones(len(item)))


@dataclass(frozen=True)
class HourlyRate:
    """Departures per hour of the window, of the parts for which something holds."""

    of: Condition
    over: Over = Over.TIME
    interval: IntervalKind = "batch means"

    def measure(self, settled: Settled) -> Throughput:
        """Count them and tell the rate."""
        return throughput(settled.run, settled.window, self.of, settled.layout)

    def value(self, settled: Settled) -> float | None:
        """Return the rate alone."""
        counts = (np.count_nonzero(which) for _, which in self._counted(settled))
        return shipped_per_hour(int(sum(counts)), settled.window)

    def stretches(self, settled: Settled) -> FloatArray | None:
        """Return the rates of 20 stretches."""
        return batch_rates((those(*each) for each in self._counted(settled)), settled.window)

    def _counted(self, settled: Settled) -> Iterator[tuple[IntArray, BoolArray]]:
        for items in settled.run.items.pieces():
            left = items.left
            yield left, self.of.of(items) & settled.window.left_within(left)


@dataclass(frozen=True)
class TimeAverage:
    """The mean number of parts on the line over the window, of those for which something holds."""

    of: Condition
    over: Over = Over.TIME
    interval: IntervalKind = "batch means"

    def measure(self, settled: Settled) -> Average:
        """Return the average, and its interval by stretches of the window."""
        window = settled.window
        if window.length <= 0:
            return Average(None)
        n, stretches, (before, stayed) = self._stretches(settled)
        mean = (stayed - before) / window.length
        sure = interval_of_mean(mean, stretches, n, "parts", dependent=True)
        if window.uneven:
            sure = other_hours()
        return Average(mean, sure if isinstance(sure, Lack) else _lacking(settled) or sure)

    def value(self, settled: Settled) -> float | None:
        """Return the average alone."""
        window = settled.window
        if window.length <= 0:
            return None
        before, stayed = all_stayed_until(stays(settled.run, self.of), [window.start, window.end])
        return (stayed - before) / window.length

    def stretches(self, settled: Settled) -> FloatArray | None:
        """Return the averages of 20 stretches."""
        return self._stretches(settled)[1]

    def _stretches(self, settled: Settled) -> tuple[int, FloatArray | None, tuple[int, int]]:
        """Return how many parts came, the averages, and how long all had stayed up to the window's edges."""
        n, window = 0, settled.window

        def counted() -> Iterator[tuple[IntArray, IntArray]]:
            nonlocal n
            for came, went in stays(settled.run, self.of):
                n += len(came)
                yield came, went

        edges = window.stretches(BATCHES)
        stayed = all_stayed_until(counted(), [window.start, window.end, *(edges or ())])
        whole = stayed[0], stayed[1]
        if edges is None or n < FEWEST_IN_BATCHES:
            return n, None, whole
        by_edges = np.array(stayed[2:], dtype=np.float64)
        return n, np.asarray(np.diff(by_edges) / np.diff(edges), dtype=np.float64), whole


@dataclass(frozen=True)
class Elsewhere:
    """A figure that is not made of the run's rows alone, such as what replays of them tell."""

    over: Over = Over.TIME
    interval: IntervalKind = "none"

    def measure(self, settled: Settled) -> Average:  # noqa: ARG002 - the run's rows do not tell it
        """Tell nothing: whoever makes it says it."""
        return Average(None)

    def value(self, settled: Settled) -> float | None:  # noqa: ARG002 - as above
        """Tell nothing."""
        return None


def _order(rows: Rows) -> IntArray:
    """Return what puts rows into the order of time: when a call was made, the number of a part."""
    return rows.issued if isinstance(rows, Calls) else rows.item


def _mean_s(durations: Sequence[IntArray]) -> float | None:
    """Return the mean of durations in s, told in pieces; None of none."""
    n = sum(map(len, durations))
    return sum(map(exact_sum, durations)) / n / SECOND if n else None


def _lacking(settled: Settled) -> Lack | None:
    return lacking_outages(settled.run, settled.layout, settled.window)
