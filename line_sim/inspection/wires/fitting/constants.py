"""Inputs of a model that are the same for every part: a threshold, a mode, a switch."""

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

from line_sim.inspection.wires.fitting.tensors import (
    BOOL,
    DOUBLE,
    FLOAT,
    INT32,
    INT64,
    STRING,
    UINT8,
    TensorKind,
)
from line_sim.units import counted

Scalar: TypeAlias = bool | int | float | str
Given: TypeAlias = Scalar | tuple[Scalar, ...]
"""What somebody wrote for an input: one value, or several in a row."""

_WHOLE = {INT32: (-(2**31), 2**31 - 1), INT64: (-(2**63), 2**63 - 1), UINT8: (0, 255)}
_LARGEST_FLOAT = 3.4028235e38
_WORDS = {
    FLOAT: "a number from -3.4e+38 to 3.4e+38",
    DOUBLE: "a number",
    BOOL: "true or false",
    STRING: "a text",
    **{dtype: f"a whole number from {low} to {high}" for dtype, (low, high) in _WHOLE.items()},
}


@dataclass(frozen=True, slots=True)
class Constant:
    """An input with its values, flat in the order of rows."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    values: tuple[Scalar, ...]

    @property
    def nested(self) -> Any:
        """The values as lists within lists, a scalar as itself."""
        found: list[Any] = list(self.values)
        for size in reversed(self.shape):
            found = [found[start : start + size] for start in range(0, len(found), size)]
        return found[0]


def constant(name: str, given: Given, kind: TensorKind) -> Constant:
    """Return an input as its kind wants it. Raises ValueError where what was given does not fit."""
    values = given if isinstance(given, tuple) else (given,)
    if kind.dtype not in _WORDS:
        raise ValueError(f"the input {name!r} is {kind}; only {', '.join(_WORDS)} can be given")
    for value in values:
        if not _fits(value, kind.dtype):
            raise ValueError(f"the input {name!r} is {kind}, and {_shown(value)} is not {_WORDS[kind.dtype]}")
    cast = float if kind.dtype in {FLOAT, DOUBLE} else None
    shape = _shape(name, kind, len(values), alone=not isinstance(given, tuple))
    return Constant(name, kind.dtype, shape, tuple(cast(value) if cast else value for value in values))


def _fits(value: Scalar, dtype: str) -> bool:
    if isinstance(value, bool) or dtype == BOOL:
        return isinstance(value, bool) and dtype == BOOL
    if isinstance(value, str) or dtype == STRING:
        return isinstance(value, str) and dtype == STRING
    if dtype in _WHOLE:
        low, high = _WHOLE[dtype]
        return isinstance(value, int) and low <= value <= high
    return math.isfinite(value) and (dtype == DOUBLE or abs(value) <= _LARGEST_FLOAT)


def _shape(name: str, kind: TensorKind, count: int, *, alone: bool) -> tuple[int, ...]:
    """Return the shape of so many values: open sizes are 1, but the last of them takes what is left over."""
    if kind.shape is None:
        return () if alone else (count,)
    known = math.prod(size for size in kind.shape if size != -1)
    opened = [place for place, size in enumerate(kind.shape) if size == -1]
    sizes = [1 if size == -1 else size for size in kind.shape]
    if opened and known and count % known == 0:
        sizes[opened[-1]] = count // known
    if math.prod(sizes) != count or min(sizes, default=1) < 1:
        raise ValueError(f"the input {name!r} is {kind}, and {counted(count, 'values')} cannot fill it")
    return tuple(sizes)


def _shown(value: Scalar) -> str:
    return repr(value) if isinstance(value, str) else str(value).lower()
