"""Columns in as few bytes as tell them: the smallest number once, and of each how far it lies beyond.

Numbers of parts that follow each other, units, codes of words and what is the same in every row take a
quarter of their bytes or none; what a long run costs is the writing of them.
"""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[Any]

FEWEST = 2**12
"""Fewer rows are left as they are: looking at them takes longer."""

_TYPES = tuple(np.dtype(kind) for kind in (np.uint8, np.uint16, np.uint32))


def narrow(column: Numbers) -> tuple[int, np.dtype[Any] | None]:
    """Return the smallest number of a column, and a type for how far each lies beyond it.

    None: none does. The column's own type: it would not become shorter, and is to be kept as it is.
    """
    if len(column) < FEWEST:
        return 0, column.dtype
    numbers = _numbers(column)
    least, most = int(numbers.min()), int(numbers.max())
    if least == most:
        return least, None
    for kind in _TYPES:
        if kind.itemsize < column.itemsize and most - least < 2 ** (8 * kind.itemsize):
            return least, kind
    return 0, column.dtype


def shorten(column: Numbers, least: int, beyond: Numbers) -> None:
    """Write how far the numbers of a column lie beyond the smallest one, in the type that `narrow` told."""
    np.subtract(_numbers(column), least, out=beyond, dtype=np.int64, casting="unsafe")


def widen(least: int, beyond: Numbers, column: Numbers) -> None:
    """Fill a column again from what `shorten` has written of it: nothing where no number lies beyond."""
    numbers = _numbers(column)
    if len(beyond):
        np.add(beyond, least, out=numbers, dtype=np.int64, casting="unsafe")
    else:
        numbers[:] = least


def _numbers(column: Numbers) -> Numbers:
    """Return the bits of scores as whole numbers: NaN is a number then, and -0.0 another than 0.0."""
    return column.view(np.int64) if column.dtype == np.float64 else column
