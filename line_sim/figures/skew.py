"""How late calls were sent against the line's own pace, and whether that is within the run's budget.

A call's latency is measured whatever its skew is; but calls that leave late overlap at the server
otherwise than on a real line, so a run whose skew is large says less about contention.
"""

from dataclasses import dataclass

import numpy as np

from line_sim.figures.statistics.quantiles import QUANTILES, rank
from line_sim.layout import Layout
from line_sim.recording.run_columns import RunColumns
from line_sim.units import Nanoseconds


@dataclass(frozen=True, slots=True)
class Skew:
    """Order statistics of the skew of all calls, in ns (None without calls), and the budget for p99."""

    n: int
    p50: Nanoseconds | None
    p99: Nanoseconds | None
    max: Nanoseconds | None
    budget: Nanoseconds

    @property
    def within(self) -> bool:
        """Whether at least 99 of 100 calls kept to the budget."""
        return self.p99 is None or self.p99 <= self.budget


def skew(run: RunColumns, layout: Layout) -> Skew | None:
    """Return the skew of a run's calls; None for a clock that knows no wall time."""
    if layout.run.clock in {"", "virtual"}:
        return None
    ordered = np.sort(np.concatenate([run.calls(place).skew for place in run.places]))
    n = len(ordered)
    if n == 0:
        return Skew(0, None, None, None, layout.run.skew_budget)
    p50, p99 = (int(ordered[rank(QUANTILES[name], n) - 1]) for name in ("p50", "p99"))
    return Skew(n, p50, p99, int(ordered[-1]), layout.run.skew_budget)
