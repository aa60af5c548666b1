"""What stands in a cell of a latency table, a value and its interval, and what is said below it once."""

from collections.abc import Iterator, Sequence

from line_sim.figures.latency import LatencyRow
from line_sim.figures.statistics.quantiles import QUANTILES, fewest_for_interval
from line_sim.report.words import TimeUnit
from line_sim.units import MILLISECOND, duration_text

STATISTICS = ("mean", "p50", "p90", "p95", "p99", "p99.9", "max")
_UNKNOWN = "unknown"
TENTH = MILLISECOND // 10


def cell(row: LatencyRow, unit: TimeUnit) -> str:
    """Return a value with its interval: `186.8 (179.8-192.5)`; nothing where there is no call."""
    if not row.n:
        return ""
    return f"{_value(row, unit)} {_beside(row, unit)}".strip()


def _value(row: LatencyRow, unit: TimeUnit) -> str:
    """Return the value; calls that timed out may leave it open, of a mean they make a least one."""
    if row.value is not None:
        return unit.text(row.value) + ("*" if row.statistic == "restricted_mean" else "")
    return "> deadline" if row.quantity == "service" else _UNKNOWN


def _beside(row: LatencyRow, unit: TimeUnit) -> str:
    """Return what stands beside a value, its interval; where there is none, a note says why."""
    if row.statistic not in QUANTILES or row.low is None:
        return ""
    if row.high is None:
        return f"(from {unit.text(row.low)})"
    return f"({unit.text(row.low)}-{unit.text(row.high)})"


def notes(rows: Sequence[LatencyRow], picture: float | None) -> Iterator[str]:
    """Yield what a reader of the table must be told once; `picture` (ns) is the time for taking it."""
    if not rows or not rows[0].n:
        return
    of_it = f", {duration_text(round(picture / TENTH) * TENTH)} of it for the picture" if picture else ""
    yield (
        "service: from the call to its answer; response: from when the part was due here to the decision; "
        f"schedule slip: from then to the call{of_it}"
    )
    if any(row.statistic == "restricted_mean" for row in rows):
        yield "* at least: a call that timed out counts with what was waited (the restricted mean)"
    if any(row.value is None and row.quantity != "service" for row in rows if row.statistic in STATISTICS):
        yield f"{_UNKNOWN}: calls that timed out leave it open; where it lies (95 %) stands in brackets"
    lacking = dict.fromkeys(row.statistic for row in rows if row.statistic in QUANTILES and row.low is None)
    needs = [f"{name} needs {fewest_for_interval(QUANTILES[name]):,}" for name in lacking]
    if needs:
        yield f"too few calls for an interval: {', '.join(needs)}"
