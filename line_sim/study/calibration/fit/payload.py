"""What a byte more costs: lone calls with pictures of several sizes, by least squares."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from line_sim.study.calibration.observed import Round

LEAST_SPREAD = 1.2
"""The largest picture must be so many times the smallest; else nothing is said."""


@dataclass(frozen=True, slots=True)
class Slope:
    """Seconds a byte, with the standard error, over pictures of these sizes."""

    seconds_per_byte: float
    error: float
    smallest: int
    largest: int
    calls: int


def slope_in(rounds: Sequence[Round]) -> Slope | None:
    """Return the slope; None where the pictures are all of about one size.

    Each round counts from its own mean, so that a drift from round to round is none of a byte's doing.
    """
    sizes, times = [], []
    for one in rounds:
        calls = [call for stretch in one.of("sizes") for call in stretch.calls]
        if len(calls) > 1:
            payloads = np.array([call.payload for call in calls], dtype=np.float64)
            took = np.array([call.latency for call in calls])
            sizes.append(payloads - payloads.mean())
            times.append(took - took.mean())
    every = [call.payload for one in rounds for stretch in one.of("sizes") for call in stretch.calls]
    if not every or max(every) < LEAST_SPREAD * min(every):
        return None
    x, y = np.concatenate(sizes), np.concatenate(times)
    slope = float(x @ y / (x @ x))
    freedom = max(1, x.size - len(sizes) - 1)
    error = float(np.sqrt(((y - slope * x) ** 2).sum() / freedom / (x @ x)))
    return Slope(slope, error, min(every), max(every), x.size)
