"""Limits of buckets that fit what is counted in them: a deadline, a budget."""

from line_sim.units import MICROSECOND, MILLISECOND, SECOND, Nanoseconds

PERCENT_OF_DEADLINE = (5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90, 95, 100)
"""The last limit is the deadline itself: what is beyond it is only known to be longer."""

NO_DEADLINE = (
    *(step * MILLISECOND for step in (1, 2, 5, 10, 20, 50, 100, 200, 500)),
    *(step * SECOND for step in (1, 2, 5, 10)),
)
"""Where there is no deadline: from a network's fastest answer to one that nobody waits for."""

PERCENT_OF_BUDGET = (5, 10, 25, 50, 75, 100, 150, 200, 500, 1000, 5000)


def latency_limits(deadline: Nanoseconds | None) -> tuple[Nanoseconds, ...]:
    """Return limits for the latencies of calls that are given up at `deadline` (None: never)."""
    return NO_DEADLINE if deadline is None else _shares(deadline, PERCENT_OF_DEADLINE)


def skew_limits(budget: Nanoseconds) -> tuple[Nanoseconds, ...]:
    """Return limits for how late calls are sent, on both sides of the budget."""
    return _shares(budget, PERCENT_OF_BUDGET)


def _shares(whole: Nanoseconds, percents: tuple[int, ...]) -> tuple[Nanoseconds, ...]:
    """Return the shares in whole nanoseconds, each once; from 10 us on in whole microseconds."""
    step = MICROSECOND if whole >= 10 * MILLISECOND else 1
    shares = (whole if percent == 100 else whole * percent // (100 * step) * step for percent in percents)
    return tuple(sorted({share for share in shares if share > 0}))
