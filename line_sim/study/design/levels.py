"""The values of an axis: listed, or a range of times, shares or numbers.

They are written `[1, 2, 3]`, `{from: 100 ms, to: 400 ms, points: 7}` or `100ms..400ms/7`, and on the
command line `1,2,3` as well.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor, isfinite, log10
from typing import Any, Literal

from line_sim.errors import ScenarioError
from line_sim.scenario.document import file_place, read_yaml
from line_sim.units import SECOND, UNITS, duration_text, parse_duration

Plain = Any
"""A value as it is written in a scenario file."""

Kind = Literal["number", "share", "time"]

MOST_LEVELS = 1_000
_RANGE = re.compile(r"\s*([^,\[\]{}]+?)\s*\.\.\s*([^,\[\]{}/]+?)\s*(?:/\s*([0-9]{1,9})\s*)?")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_FORMS = "it must be a list of values, a range such as 100ms..400ms/7, or {from, to, points}"
_FINER = 3
"""The digits to which the steps of a range are told: 142.86 ms, where they are 42.857... ms."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that was written: of nanoseconds where it is a time; `whole` where it is written as such."""

    number: Fraction
    kind: Kind
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """Values that are named one by one."""

    values: tuple[Plain, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """From one number to another, both included; of times in nanoseconds.

    `whole`: both were written as whole numbers, so that a key that wants those gets no others.
    """

    low: Fraction
    high: Fraction
    kind: Kind
    whole: bool
    points: int | None


Levels = Listed | Range


def read_levels(written: object) -> Levels:
    """Read the values of an axis as a study file has them. Raises ValueError, "it must ...", for others."""
    match written:
        case Listed() | Range():
            return written
        case list() | tuple():
            return _listed(list(written))
        case Mapping():
            return _mapping(written)
        case str() if found := _RANGE.fullmatch(written):
            low, high, points = found.groups()
            return _range(low, high, None if points is None else int(points))
        case _:
            raise ValueError(_FORMS)


def read_typed(text: str) -> Levels:
    """Read `1,2,3`, `100ms..400ms/7` or `[...]` as typed. Raises ValueError as `read_levels` does."""
    if _RANGE.fullmatch(text):
        return read_levels(text)
    inside = text.strip()
    try:
        document = read_yaml(inside if _one_list(inside) else f"[{inside}]", "values", _TYPED)
    except ScenarioError as error:
        raise ValueError(f"it is no list of values: {error}") from None
    if document.mistakes:
        raise ValueError(document.mistakes[0].text)
    return read_levels(document.data)


_TYPED = file_place("values", 1, 1)


def _one_list(text: str) -> bool:
    """Whether a text is a list in brackets, and not several lists behind one another."""
    if not text.startswith("["):
        return False
    try:
        return isinstance(read_yaml(text, "values", _TYPED).data, list)
    except ScenarioError:
        return False


def _listed(values: list[Plain]) -> Listed:
    if not values:
        raise ValueError("it must have at least one value")
    if len(values) > MOST_LEVELS:
        raise ValueError(f"it must have at most {MOST_LEVELS:,} values")
    plain = tuple(_plain(value) for value in values)
    seen: list[object] = []
    for value in plain:
        if _same(value) in seen:
            raise ValueError(f"it must name each value once, and {value} stands there twice")
        seen.append(_same(value))
    return Listed(plain)


def _plain(value: Plain) -> Plain:
    """Return a value as a scenario file has it: there, shares are numbers."""
    found = quantity(value)
    return float(found.number) if found and found.kind == "share" else value


def _same(value: Plain) -> object:
    found = None if isinstance(value, bool) else quantity(value)
    if found is None:
        return (type(value).__name__, repr(value))
    return (found.kind, found.number)


def _mapping(written: Mapping[Any, Any]) -> Range:
    unknown = [str(key) for key in written if key not in ("from", "to", "points")]
    if unknown:
        raise ValueError(f"{_FORMS}; it has the unknown key {unknown[0]}")
    if "from" not in written or "to" not in written:
        raise ValueError(f"{_FORMS}; it has no {'from' if 'from' not in written else 'to'}")
    return _range(written["from"], written["to"], written.get("points"))


def _range(low: object, high: object, points: object) -> Range:
    ends = [quantity(end) for end in (low, high)]
    for end, written in zip(ends, (low, high), strict=True):
        if end is None:
            raise ValueError(f"its ends must be numbers, times or percentages, and {written} is none")
    one, other = (end for end in ends if end is not None)
    if one.kind != other.kind:
        raise ValueError(f"its ends must be of one kind, and {low} is a {one.kind}, {high} a {other.kind}")
    if one.number >= other.number:
        raise ValueError(f"it must go up, and {low} is not below {high}")
    if points is not None and (isinstance(points, bool) or not isinstance(points, int)):
        raise ValueError("points must be a whole number")
    if points is not None and not 2 <= points <= MOST_LEVELS:
        raise ValueError(f"points must be from 2 to {MOST_LEVELS:,}")
    return Range(one.number, other.number, one.kind, one.whole and other.whole, points)


def quantity(value: object) -> Quantity | None:
    """Read a number, a share such as `5 %` or a time such as `200 ms`; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, float) and not isfinite(value):
        return None
    text = str(value).strip()
    if _NUMBER.fullmatch(text):
        return Quantity(Fraction(text), "number", re.fullmatch(r"[+-]?[0-9]+", text) is not None)
    if text.endswith("%") and _NUMBER.fullmatch(text[:-1].strip()):
        return Quantity(Fraction(text[:-1].strip()) / 100, "share")
    try:
        return Quantity(Fraction(parse_duration(text)), "time") if text.endswith(tuple(UNITS)) else None
    except ValueError:
        return None


def values_of(levels: Levels, wants_whole: bool | None) -> tuple[Plain, ...]:
    """Return the values of an axis of a grid; `wants_whole`: whether its key wants whole numbers, if known.

    The steps of a range are told to three digits more than they have before the first that counts; its ends
    are exact. Raises ValueError for a range that does not say how many it is.
    """
    if isinstance(levels, Listed):
        return levels.values
    steps = _count(levels) - 1
    exact = [levels.low + (levels.high - levels.low) * step / steps for step in range(steps + 1)]
    if levels.whole and wants_whole and any(number.denominator > 1 for number in exact):
        reach = f"{levels.low}..{levels.high}"
        raise ValueError(f"its key wants whole numbers, and {reach} in {steps + 1} points are none")
    grain = _grain((levels.high - levels.low) / steps)
    inner = [_to(number, grain) for number in exact[1:-1]]
    return tuple(_written(number, levels) for number in (exact[0], *inner, exact[-1]))


def _count(levels: Range) -> int:
    if levels.points is not None:
        return levels.points
    if levels.whole and levels.high - levels.low < MOST_LEVELS:
        return int(levels.high - levels.low) + 1
    raise ValueError("it must say how many values it is, as in 100ms..400ms/7 or {from, to, points: 7}")


def value_in(levels: Levels, at: float, wants_whole: bool | None) -> Plain:
    """Return the value at a place of an axis from 0 (its begin) to 1: of a Latin hypercube."""
    share = Fraction(min(max(at, 0.0), 1 - 2**-53))
    if isinstance(levels, Listed):
        return levels.values[floor(share * len(levels.values))]
    reach = levels.high - levels.low
    if levels.whole and wants_whole is not False:
        return int(levels.low + floor(share * (reach + 1)))
    return _written(_to(levels.low + share * reach, _grain(reach)), levels)


def _grain(step: Fraction) -> Fraction:
    return Fraction(10) ** (floor(log10(step)) - _FINER)


def _to(number: Fraction, grain: Fraction) -> Fraction:
    """Return a number to a grain, unless it is as short as it is."""
    return round(number / grain) * grain


def _written(number: Fraction, levels: Range) -> Plain:
    if levels.kind == "time":
        return duration_text(round(number))
    return int(number) if levels.whole and number.denominator == 1 else float(number)


def number_of(value: Plain) -> float | None:
    """Return a value as a number, of seconds where it is a time; None where it is none."""
    found = quantity(value)
    if found is None:
        return None
    return float(found.number / SECOND if found.kind == "time" else found.number)


def is_time(value: Plain) -> bool:
    """Whether a value is a time with its unit."""
    found = quantity(value)
    return found is not None and found.kind == "time"


def ends_of(levels: Range) -> tuple[Plain, Plain]:
    """Return both ends of a range as they are written."""
    if levels.kind == "share":
        return f"{float(levels.low * 100)} %", f"{float(levels.high * 100)} %"
    return _written(levels.low, levels), _written(levels.high, levels)
