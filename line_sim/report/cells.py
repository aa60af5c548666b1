"""What stands in a cell of a latency table: a value and its interval, or why there is none."""

from line_sim.figures.latency import LatencyRow
from line_sim.figures.statistics.quantiles import QUANTILES
from line_sim.report.words import TimeUnit
from line_sim.units import Nanoseconds

STATISTICS = ("mean", "p50", "p90", "p95", "p99", "p99.9", "max")


def cell(row: LatencyRow, unit: TimeUnit, deadline: Nanoseconds | None) -> str:
    """Return a value with its interval: `186.8 (179.8-192.5)`; nothing where there is no call."""
    if not row.n:
        return ""
    return f"{_value(row, unit, deadline)} {_beside(row, unit)}".strip()


def _value(row: LatencyRow, unit: TimeUnit, deadline: Nanoseconds | None) -> str:
    """Return the value; where calls that timed out leave it open, the interval beside it tells all."""
    if row.value is not None:
        return unit.text(row.value)
    if row.waited is not None:
        return f"> {unit.text(row.waited)}" if row.given_up_early(deadline) else "> deadline"
    return "unknown" if row.high is None else ""


def _beside(row: LatencyRow, unit: TimeUnit) -> str:
    """Return what stands beside a value: its interval, or why there is none."""
    if row.statistic == "restricted_mean":
        return "(restricted)"
    if row.statistic not in QUANTILES:
        return ""
    if row.low is None:
        return f"({row.lack.short})" if row.lack else ""
    high = "" if row.high is None else unit.text(row.high)
    return f"({unit.text(row.low)}-{high})"
