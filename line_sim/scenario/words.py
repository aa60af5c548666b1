"""How a scenario's times are told in a few words."""

from line_sim.scenario.mix.by_variant import ByVariant, PartTime
from line_sim.scenario.times import Constant, Time
from line_sim.units import MICROSECOND, MILLISECOND, SECOND, Nanoseconds, duration_text


def time_text(time: PartTime) -> str:
    """Say a time in a few words: `180 ms`, `exponential, mean 1 s`."""
    if isinstance(time, Constant):
        return duration_text(time.value)
    if isinstance(time, ByVariant):
        return "; ".join(f"{name} {time_text(each)}" for name, each in time.by_variant.items())
    return f"{time.words}, mean {duration_text(_rounded(time.mean_ns))}"


def _rounded(mean_ns: float) -> Nanoseconds:
    """Round a mean to what a person reads: whole milliseconds from a second on, else whole microseconds."""
    step = MILLISECOND if mean_ns >= SECOND else MICROSECOND
    return round(mean_ns / step) * step or round(mean_ns)


def count_text(count: Time) -> str:
    """Say a number of parts, which is kept as so many seconds: `200`, `uniform, mean 150`."""
    if isinstance(count, Constant):
        return f"{count.value // SECOND:,}"
    return f"{count.words}, mean {count.mean_ns / SECOND:,.4g}"
