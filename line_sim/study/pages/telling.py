"""Figures on a page: what each is called, and its numbers in the unit that a reader wants."""

from collections.abc import Sequence

from line_sim.figures.names import unit_of
from line_sim.report.studies.charts import Axis
from line_sim.study.replications.text import value_text
from line_sim.study.student import Estimate

_UNITS = {"share": "%"}
MINUS = "\N{MINUS SIGN}"
MOST_DOTS = 400
"""Runs that a chart shows one by one: the first so many."""
_CLOSE = "\N{NO-BREAK SPACE}"


def unit_text(name: str) -> str:
    """Return the unit that its numbers are shown in."""
    unit = unit_of(name)
    return _UNITS.get(unit, unit)


def shown(name: str, value: float | None) -> float | None:
    """Return a value in the unit that it is shown in: a share as percent."""
    return None if value is None else value * factor(name)


def factor(name: str) -> float:
    """Return what a value is multiplied with to be shown."""
    return 100.0 if unit_of(name) == "share" else 1.0


def axis_of(name: str) -> Axis:
    """Return the axis of a figure, whose name the chart has as its title."""
    unit = unit_text(name)
    return Axis(unit, unit=unit)


def number(name: str, value: float | None, like: float | None = None) -> str:
    """Write a value with its unit's mark, to the digits that something `like` it leaves a meaning."""
    if value is None:
        return ""
    return value_text(value, unit_of(name), like).replace("-", MINUS).replace(" %", f"{_CLOSE}%")


def with_unit(name: str, value: float | None, like: float | None = None) -> str:
    """Write a value with its unit: `10,650 UPH`, `1.2 %`."""
    text, unit = number(name, value, like), unit_text(name)
    return text if not text or text.endswith("%") else f"{text} {unit}"


def interval(name: str, ends: Sequence[float | None], like: float) -> str:
    """Write an interval; empty where there is none."""
    low, high = ends
    if low is None or high is None:
        return ""
    return f"{number(name, low, like)} to {number(name, high, like)}"


def signed(name: str, value: float, like: float | None = None) -> str:
    """Write a difference with its sign."""
    text = number(name, abs(value), like)
    return text if value == 0 else f"{'+' if value > 0 else MINUS}{text}"


def ends_of(found: Estimate | None) -> tuple[float | None, float | None]:
    """Return the ends of an estimate's interval; None where there is none."""
    return (None, None) if found is None or found.interval is None else found.interval
