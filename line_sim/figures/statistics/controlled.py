"""The mean of batches freed of what chance did to things whose mean is known: control variates.

A control is what happened in a batch less what was to be expected of it, so that its mean is known to be 0.
The batches are regressed on their controls, and the mean is told where all controls are 0. Lavenberg and
Welch, Management Science 27, 1981; for batches of one run Nelson, Operations Research 38, 1990. Each control
costs a degree of freedom. What is left counts for less where neighbours resemble each other (`batch_means`).
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from line_sim.figures.statistics.batch_means import lag_1, worth
from line_sim.recording.run_columns import FloatArray
from line_sim.special import students_t

_APART = 1e-9
"""Controls that hang together more closely than this (the reciprocal condition) cannot be told apart."""


@dataclass(frozen=True, slots=True)
class Controlled:
    """The mean where every control is 0, and its 95 % interval.

    `shifts` are by how much each control moved the mean of the batches to get there.
    """

    mean: float
    low: float
    high: float
    shifts: tuple[float, ...]

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


def controlled(batches: FloatArray, controls: FloatArray) -> Controlled | None:
    """Return the mean of batches freed of their controls, a row of `controls` each.

    None where there are no controls or too few batches for them, and where one never varies or says no more
    than the others.
    """
    number, n = controls.shape
    freedom = n - number - 1
    if not number or freedom < 1:
        return None
    seen = controls.mean(axis=1)
    scatter = controls - seen[:, None]
    sizes = np.sqrt((scatter**2).sum(axis=1))
    if not sizes.all() or 1 / np.linalg.cond(scatter / sizes[:, None]) < _APART:
        return None
    slopes = np.linalg.lstsq(scatter.T / sizes, batches - batches.mean(), rcond=None)[0] / sizes
    left = batches - batches.mean() - slopes @ scatter
    share = worth(lag_1(left.tolist()), n) / n
    away = float(seen @ np.linalg.solve(scatter @ scatter.T, seen))
    error = sqrt(float(left @ left) / freedom / share * (1 / n + away))
    half = students_t.quantile(max(1.0, freedom * share), 0.975) * error
    shifts = tuple((-slopes * seen).tolist())
    mean = float(batches.mean()) + sum(shifts)
    return Controlled(mean, mean - half, mean + half, shifts)
