"""How long a run takes to settle: MSER-5.

White, Cobb and Spratt, "A comparison of five steady-state truncation heuristics for simulation",
Winter Simulation Conference 2000: cut where the standard error of the mean of the rest is least.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from line_sim.recording.run_columns import IntArray

BATCH = 5
FEWEST_OBSERVATIONS = 100  # 20 batches: fewer leave less than 10 to choose among and to average

Verdict = Literal["found", "insufficient", "run longer"]


@dataclass(frozen=True, slots=True)
class WarmUp:
    """How many observations to leave out, and how far that can be trusted.

    `run longer`: the best cut lies at the edge of the first half, where the search ends, so that the
    run may not have settled at all. `insufficient`: too few observations to say; nothing is cut.
    """

    cut: int
    verdict: Verdict


def mser5(observations: Sequence[float] | IntArray) -> WarmUp:
    """Find the warm-up of a series, searching only in its first half.

    Minimises sum((y - mean)^2) / m^2 over the m batch means of five that remain; the first of equal
    minima wins. Searching further would let a lucky few at the end win (the half-sample rule).
    """
    if len(observations) < FEWEST_OBSERVATIONS:
        return WarmUp(0, "insufficient")
    series = np.asarray(observations, dtype=np.float64)
    batches = series[: len(series) // BATCH * BATCH].reshape(-1, BATCH).mean(axis=1)
    batches = batches - batches[-1]  # small numbers keep their digits when squared; a constant gives 0
    remaining = np.arange(len(batches), 0, -1)
    sums = np.cumsum(batches[::-1])[::-1]
    squares = np.cumsum((batches**2)[::-1])[::-1]
    limit = len(batches) // 2
    errors = (np.maximum(squares - sums**2 / remaining, 0.0) / remaining**2)[: limit + 1]
    best = int(np.argmin(errors))
    return WarmUp(best * BATCH, "run longer" if best == limit else "found")
