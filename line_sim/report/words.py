"""Numbers as a person reads them: milliseconds, units per hour, percent."""

from collections.abc import Iterable
from dataclasses import dataclass

from line_sim.figures.statistics.measured import Average
from line_sim.figures.statistics.rates import Rate
from line_sim.scenario.stops.week import WEEK, moment_text
from line_sim.units import HOUR, MILLISECOND, MINUTE, SECOND, Nanoseconds, counted


@dataclass(frozen=True, slots=True)
class TimeUnit:
    """A unit that a column of times is told in, without repeating it."""

    name: str
    size: Nanoseconds

    def text(self, time: Nanoseconds) -> str:
        """Write a time to about four digits: `103.5`, `1,234`; seconds to the hundredth, beside long ones."""
        value = time / self.size
        if self.size >= SECOND and abs(value) < 100:
            return f"{value:.2f}"
        return f"{value:,.1f}" if abs(value) < 1000 else f"{value:,.0f}"


def unit_for(times: Iterable[Nanoseconds]) -> TimeUnit:
    """Choose the unit of a column of times by the longest: the finest that needs no five digits for it."""
    longest = max(times, default=0)
    return next((unit for unit, most in _UNITS if longest < most), TimeUnit("h", HOUR))


_UNITS = (
    (TimeUnit("ms", MILLISECOND), 10 * SECOND),
    (TimeUnit("s", SECOND), 1 * HOUR),
    (TimeUnit("min", MINUTE), 24 * HOUR),
)
"""Units, and from what time on the next one is taken."""

_ALONE = tuple(zip((unit for unit, _ in _UNITS), (SECOND, 2 * MINUTE, 2 * HOUR), strict=True))
"""The same for a time that stands alone and not in a column."""


def length(time: Nanoseconds) -> str:
    """Write how long something lasted: `40.0 ms`, `12.34 s`, `75.00 min`, `30.00 h`."""
    unit = _unit_alone(time)
    return f"{unit.text(time)} {unit.name}"


def _unit_alone(time: Nanoseconds) -> TimeUnit:
    return next((unit for unit, most in _ALONE if abs(time) < most), TimeUnit("h", HOUR))


def span(time: Nanoseconds) -> str:
    """Write a stretch of line time roughly: `75.2 s`, `12.5 min`, `3.0 h`."""
    if time < 2 * MINUTE:
        return f"{time / SECOND:.1f} s"
    return f"{time / MINUTE:.1f} min" if time < 2 * HOUR else f"{time / HOUR:,.1f} h"


def moment(time: Nanoseconds, end: Nanoseconds) -> str:
    """Write a moment of a run that lasts until `end`: `43.662 s`, of a longer one `11:18:43.662`."""
    if end < LONG_RUN:
        return f"{time / SECOND:,.3f} s"
    whole, thousandths = divmod(time // MILLISECOND, 1000)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}.{thousandths:03}"


def week_moment(time: Nanoseconds, week: Nanoseconds, end: Nanoseconds) -> str:
    """Tell a moment by day and time: `Mon 06:00`; of a run beyond the week, `week 2, Mon 06:00`.

    Line time 0 is at `week` (ns since Monday 00:00).
    """
    at = week + time
    number = f"week {at // WEEK + 1}, " if week + end > WEEK else ""
    return number + moment_text(at // SECOND * SECOND)


LONG_RUN = 5 * MINUTE
"""The moments of a run that lasts so long are told as a clock tells them."""


def uph(rate: float) -> str:
    """Write units per hour: `12,345 UPH`; one place where there are few."""
    return f"{rate:,.0f} UPH" if rate >= 100 else f"{rate:.1f} UPH"


def percent(share: float) -> str:
    """Write a share: 0.123 gives `12.3 %`."""
    return f"{100 * share:.1f} %"


_COUNTED = frozenset({"few", "rare"})
"""Reasons that say nothing without what was counted, and how many of it."""


def average(average: Average, unit: str) -> tuple[str, str]:
    """Write a mean of seconds or of parts, and its interval: `12.34 s`, `95 %: 11.90 to 12.80`.

    Where there is none, why: `no interval: 5 parts, and 40 are needed`.
    """
    values = [value for value in (average.value, *(average.ci or ())) if value is not None]
    if unit == "s":
        times = [round(SECOND * value) for value in values]
        size = _unit_alone(max(times))
        unit, numbers = size.name, [size.text(time) for time in times]
    else:
        numbers = [f"{value:,.1f}" for value in values]
    lack = average.lack
    without = f"no interval: {lack.text if lack.reason in _COUNTED else lack.short}" if lack else ""
    return f"{numbers[0]} {unit}", f"95 %: {' to '.join(numbers[1:])}" if average.ci else without


def rate(rate: Rate, of: str) -> str:
    """Write a rate with its interval: `3 of 298 calls, 1.0 % (95 %: 0.3 to 2.9)`."""
    if rate.value is None:
        return f"no {of}"
    return f"{rate.count:,} of {counted(rate.n, of)}, {percent(rate.value)} ({_how_sure(rate)})"


def _how_sure(rate: Rate) -> str:
    if rate.ci is None:
        return f"no interval: {rate.lack.short}" if rate.lack else "no interval"
    return f"95 %: {100 * rate.ci[0]:.1f} to {100 * rate.ci[1]:.1f}"
