"""Quantiles and a histogram of counted latencies, near enough for a screen: to about one percent."""

import math
from collections.abc import Iterable, Sequence

from line_sim.live.durations import FINENESS, Durations
from line_sim.units import SECOND, Nanoseconds

STEPS = 48

Counted = Sequence[tuple[Nanoseconds, int]]
"""Limits in order, and how many lie up to each that are beyond the one before it."""


def merged(durations: Iterable[Durations]) -> Counted:
    """Return the counts of several inspections as one."""
    return sorted(pair for each in durations for pair in each.within())


def quantile(counted: Counted, longer: int, share: float) -> float | None:
    """Return a quantile in seconds; `longer` more are only known to be longer than was waited.

    None where it lies among those, or there is nothing to tell.
    """
    known = sum(count for _, count in counted)
    wanted = math.ceil(share * (known + longer))
    if not known or wanted > known:
        return None
    below = 0
    for limit, count in counted:
        below += count
        if below >= wanted:
            return _middle(limit) / SECOND
    return None


def histogram(counted: Counted, longest: Nanoseconds) -> tuple[int, ...]:
    """Return the counts in equal steps from 0 to `longest`."""
    counts = [0] * STEPS
    if longest > 0:
        for limit, count in counted:
            counts[min(STEPS - 1, int(_middle(limit) / longest * STEPS))] += count
    return tuple(counts)


def _middle(limit: Nanoseconds) -> float:
    """Return what stands for the durations up to a limit: half a percent less."""
    return limit * math.exp(-0.5 / FINENESS)
