"""Floating-point numbers as TensorFlow Serving writes them into JSON."""

from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

_FULL = {"f4": "%.9g", "f8": "%.17g"}


def decimal_texts(values: Array) -> list[str]:
    """Write each number of a flat float32 or float64 array.

    Six digits where they read back as the same number, else as many as every number of the type
    needs; with `.0` where nothing else would tell a reader that it is no integer.
    """
    numbers = values.tolist()
    texts = ("%g " * len(numbers) % tuple(numbers)).split()
    read_back = np.array([float(text) for text in texts], values.dtype)
    full = _FULL[values.dtype.str[1:]]
    for place in np.flatnonzero(read_back != values):  # NaN too: it differs from itself
        texts[place] = full % numbers[place]
    return [text if _NOT_WHOLE.intersection(text) else _whole(text) for text in texts]


_NOT_WHOLE = frozenset(".e")
_NAMED = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def _whole(text: str) -> str:
    return _NAMED.get(text) or text + ".0"
