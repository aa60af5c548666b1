"""What is demanded of a design, and how well that has to be known."""

import re
from dataclasses import dataclass
from typing import Literal

from line_sim.figures.names import unit_of
from line_sim.study.design.levels import Quantity, quantity
from line_sim.units import SECOND

Sign = Literal[">=", "<="]

_BOUND = re.compile(r"\s*(>=|<=)\s*(.+)")


@dataclass(frozen=True, slots=True)
class Bound:
    """`>= 13500`, as it is written: before it is known of which figure."""

    sign: Sign
    limit: Quantity


@dataclass(frozen=True, slots=True)
class Demand:
    """What a figure's mean has to be, in the figure's own unit.

    Within the tolerance of the limit either answer is right; None: none was stated.
    """

    kpi: str
    sign: Sign
    limit: float
    unit: str
    tolerance: float | None = None


def read_bound(written: object) -> Bound:
    """Read `>= 13500`, `<= 0.5 %`, `<= 200 ms`. Raises ValueError, "it must ...", for anything else."""
    match = _BOUND.fullmatch(written) if isinstance(written, str) else None
    limit = quantity(match[2]) if match else None
    if match is None or limit is None:
        raise ValueError('it must be ">= 13500", "<= 0.5 %" or "<= 200 ms", in quotes')
    return Bound(">=" if match[1] == ">=" else "<=", limit)


def read_quantity(written: object) -> Quantity:
    """Read `100`, `0.1 %`, `5 ms`, 0 or more. Raises ValueError, "it must ...", for anything else."""
    found = quantity(written)
    if found is None or found.number < 0:
        raise ValueError("it must be a number, a percentage or a time, 0 or more")
    return found


def demand_of(kpi: str, bound: Bound, tolerance: Quantity | None) -> Demand:
    """Return what is demanded of a figure. Raises ValueError where it is said in a unit that it has not."""
    limit = _in_unit(bound.limit, kpi)
    far = None if tolerance is None else tolerance_of(kpi, tolerance, limit)
    return Demand(kpi, bound.sign, limit, unit_of(kpi), far)


def tolerance_of(kpi: str, tolerance: Quantity, limit: float) -> float:
    """Return a tolerance in the figure's unit: a percentage is of the limit, unless the figure is a share.

    Raises ValueError where it is said in a unit that the figure has not.
    """
    if tolerance.kind == "share" and unit_of(kpi) != "share":
        return float(tolerance.number) * abs(limit)
    return _in_unit(tolerance, kpi)


def _in_unit(said: Quantity, kpi: str) -> float:
    """Return a number in the unit of a figure; a bare number is in that."""
    unit = unit_of(kpi)
    fits = {"share": unit == "share", "time": unit == "s", "number": True}[said.kind]
    if not fits:
        raise ValueError(f"{kpi} is told in {_UNITS[unit]}, not as a {said.kind}")
    return float(said.number / SECOND if said.kind == "time" else said.number)


_UNITS = {"UPH": "units per hour", "share": "shares, such as 0.5 %", "s": "seconds", "parts": "parts"}
