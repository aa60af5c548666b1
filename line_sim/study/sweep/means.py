"""The figures of a sweep as tables of variants and replications, for what compares variants."""

from collections.abc import Sequence
from math import nan

import numpy as np
from numpy.typing import NDArray

from line_sim.study.sweep.collected import Runs

Values = NDArray[np.float64]
"""A row a variant, a column a replication."""


def common(runs: Sequence[Runs]) -> int:
    """Return how many replications every variant has: they met the same chance."""
    return min((each.n for each in runs), default=0)


def table_of(runs: Sequence[Runs], kpi: str) -> Values | None:
    """Return a figure of each variant and common replication; None where any run cannot tell it."""
    n = common(runs)
    if not n or any(each.errors for each in runs):
        return None
    rows = [[nan if value is None else value for value in each.values(kpi)[:n]] for each in runs]
    if any(len(row) < n for row in rows):
        return None
    values = np.array(rows)
    return None if np.isnan(values).any() else values
