"""What stands in a cell of a latency table, a value and its interval, and what is said below it once."""

from collections.abc import Iterator, Sequence

from line_sim.figures.latency import LatencyRow
from line_sim.figures.statistics.lack import Reason
from line_sim.figures.statistics.quantiles import QUANTILES
from line_sim.report.words import TimeUnit
from line_sim.units import MILLISECOND, Nanoseconds, duration_text

STATISTICS = ("mean", "p50", "p90", "p95", "p99", "p99.9", "max")
_UNKNOWN = "unknown"
TENTH = MILLISECOND // 10


def cell(row: LatencyRow, unit: TimeUnit, deadline: Nanoseconds | None) -> str:
    """Return a value with its interval: `186.8 (179.8-192.5)`; nothing where there is no call."""
    if not row.n:
        return ""
    return f"{_value(row, unit, deadline)} {_beside(row, unit)}".strip()


def _value(row: LatencyRow, unit: TimeUnit, deadline: Nanoseconds | None) -> str:
    """Return the value; calls that timed out may leave it open, of a mean they make a least one."""
    if row.value is not None:
        return unit.text(row.value) + ("*" if row.statistic == "restricted_mean" else "")
    if row.quantity != "service":
        return _UNKNOWN
    early = row.waited is not None and row.given_up_early(deadline)
    return f"> {unit.text(row.waited)}" if early and row.waited is not None else "> deadline"


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
    yield from _without_interval(rows)


_WHY: dict[Reason, str] = {
    "few": "too few calls for an interval",
    "alike": "no interval, as neighbouring calls resemble each other",
    "rare": "no interval, as too few outages were seen",
    "scatter": "no interval, as it scatters too much",
    "same": "no interval, as nothing varied",
    "hours": "no interval, as not all work at the same hours",
}


def _without_interval(rows: Sequence[LatencyRow]) -> Iterator[str]:
    """Yield why quantiles have no interval, a line for each reason."""
    lacking = [row for row in rows if row.statistic in STATISTICS and row.low is None and row.lack]
    for reason, words in _WHY.items():
        mine = [row for row in lacking if row.lack and row.lack.reason == reason]
        if not mine:
            continue
        if reason == "few":
            told = dict.fromkeys(f"{row.statistic} {row.lack.short}" for row in mine if row.lack)
        else:
            told = {}
            for quantity in dict.fromkeys(row.quantity for row in mine):
                names = [row.statistic for row in mine if row.quantity == quantity]
                told[f"{quantity.replace('_', ' ')} {', '.join(names)}"] = None
        yield f"{words}: {'; '.join(told) if reason != 'few' else ', '.join(told)}"
