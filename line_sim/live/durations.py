"""Durations counted between limits that rise by one percent, so that few numbers stand for any many.

Whoever needs other limits names them when the count begins: they are among the fine ones, and counts up to
them are exact. The figures to quote are made from the run's files, to the nanosecond.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from line_sim.units import HOUR, MICROSECOND, Nanoseconds

FINENESS = 100  # limits for every factor e
SHORTEST = MICROSECOND
LONGEST = 24 * HOUR
"""Where no limit is the last: nobody waits longer for an answer."""

Limits = tuple[Nanoseconds, ...]


class Snapshot(NamedTuple):
    """How many durations were at most each limit, how many there are, and what all of them come to."""

    at_most: tuple[int, ...]
    n: int
    total: Nanoseconds


class Durations:
    """How many durations there were between any two limits (and beyond the last), and their sum."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._counts = [0] * (len(limits) + 1)
        self._total: Nanoseconds = 0

    def add(self, duration: Nanoseconds) -> None:
        """Count a duration; one on a limit is within it, as Prometheus has it."""
        self._counts[bisect_left(self.limits, duration)] += 1
        self._total += duration

    def add_beyond(self, at_least: Nanoseconds) -> None:
        """Count a duration of which no more is known than that it is longer: beyond every limit."""
        self._counts[-1] += 1
        self._total += at_least

    def within(self) -> list[tuple[Nanoseconds, int]]:
        """Return how much was counted up to each limit and beyond the one before, where there is some."""
        return [(limit, n) for limit, n in zip(self.limits, tuple(self._counts), strict=False) if n]

    def snapshot(self, limits: Limits) -> Snapshot:
        """Return the counts of now up to some of the limits."""
        sums = tuple(accumulate(tuple(self._counts)))
        return Snapshot(
            tuple(sums[bisect_left(self.limits, limit)] for limit in limits), sums[-1], self._total
        )


def together(snapshots: Sequence[Snapshot]) -> Snapshot:
    """Add counts of the same limits."""
    at_most = (sum(counts) for counts in zip(*(each.at_most for each in snapshots), strict=True))
    return Snapshot(tuple(at_most), sum(each.n for each in snapshots), sum(each.total for each in snapshots))


@cache
def fine_limits(coarse: Limits, longest: Nanoseconds | None = None) -> Limits:
    """Return limits that rise by one percent up to `longest` (None: a day), with the coarse ones."""
    longest = LONGEST if longest is None else longest
    steps = int(FINENESS * math.log(max(longest, SHORTEST) / SHORTEST)) + 1
    fine = (round(SHORTEST * math.exp(step / FINENESS)) for step in range(steps + 1))
    return tuple(sorted({*coarse, longest, *(limit for limit in fine if limit <= longest)}))
