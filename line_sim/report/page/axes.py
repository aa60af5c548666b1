"""Axes of a chart: round ticks, and where a value stands, in percent of the way."""

import math
from typing import NamedTuple

from line_sim.report.words import TimeUnit, week_moment
from line_sim.scenario.stops.week import DAY
from line_sim.units import HOUR, MINUTE, SECOND, Nanoseconds

_ROUND = (1, 2, 5, 10)
_LEAST = 1e-9
_LAST_LONG = 95.0  # percent of the way: what is written at a mark behind that finds no room
_CLOCK_STEPS = (
    *(step * SECOND for step in (1, 2, 5, 10, 15, 30)),
    *(step * MINUTE for step in (1, 2, 5, 10, 15, 30)),
    *(step * HOUR for step in (1, 2, 3, 6, 12)),
)


class Tick(NamedTuple):
    """A mark on an axis: where it stands, in percent, and what is written there."""

    at: float
    text: str


class Axis(NamedTuple):
    """An axis from `low` to `high`; a logarithmic one has `low` above 0."""

    low: float
    high: float
    log: bool = False

    def place(self, value: float) -> float:
        """Return where a value stands, in percent from the low end, kept within the axis."""
        if self.log:
            share = math.log(max(value, _LEAST) / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return round(100 * min(max(share, 0.0), 1.0), 3)

    def ticks(self, unit: TimeUnit | None = None, most: int = 6) -> tuple[Tick, ...]:
        """Return a few round marks; `unit` is that of an axis of nanoseconds."""
        size = unit.size if unit else 1
        low, high = self.low / size, self.high / size
        values = _decades(low, high) if self.log else _multiples(low, high, most)
        return tuple(Tick(self.place(value * size), f"{value:,.10g}") for value in values)

    def days(self, week: Nanoseconds, most: int = 5) -> tuple[Tick, ...]:
        """Return round days and times on an axis of line time; its 0 is at `week` (ns after Monday 00:00)."""
        wanted = (self.high - self.low) / most
        step = next((step for step in _CLOCK_STEPS if step >= wanted), round_up(max(wanted / DAY, 1.0)) * DAY)
        first, last = math.ceil((self.low + week) / step), math.floor((self.high + week) / step)
        moments = [round(number * step) - week for number in range(first, last + 1)]
        end = round(self.high)
        ticks = (Tick(self.place(moment), week_moment(moment, week, end)) for moment in moments)
        return tuple(tick for tick in ticks if tick.at <= _LAST_LONG)


def _multiples(low: float, high: float, most: int) -> list[float]:
    """Return the multiples of a round step from low to high, at most `most` steps."""
    step = round_up((high - low) / most)
    first, last = math.ceil(low / step - _LEAST), math.floor(high / step + _LEAST)
    return [float(f"{number * step:.12g}") for number in range(first, last + 1)]


def _decades(low: float, high: float) -> list[float]:
    """Return powers of ten, with 2 and 5 between them where they are few."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    factors = (1, 2, 5) if last - first <= 2 else (1,)
    every = [float(f"{factor * 10.0**power:.12g}") for power in range(first, last + 1) for factor in factors]
    return [value for value in every if low * (1 - _LEAST) <= value <= high * (1 + _LEAST)]


def round_up(value: float) -> float:
    """Return the next of 1, 2, 5 times a power of ten that is not below a value above 0."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(factor for factor in _ROUND if factor * power >= value * (1 - _LEAST)) * power
