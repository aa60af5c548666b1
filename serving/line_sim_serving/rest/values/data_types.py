"""TensorFlow's data types as far as JSON has a form for them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

STRING = 7
BOOL = 10

_NAMES = (  # noqa: SIM905 - as a list they would fill a page
    "invalid float double int32 uint8 int16 int8 string complex64 int64 bool qint8 quint8 qint32 bfloat16 "
    "qint16 quint16 uint16 complex128 half resource variant uint32 uint64"
).split()


@dataclass(frozen=True, slots=True)
class NumberType:
    """How numbers of one type lie in memory, which field of TensorProto holds them, and their range.

    `low` and `high` bound the JSON integers that are taken, not the values that the type can hold:
    TensorFlow Serving reads the small integers as int32.
    """

    layout: np.dtype[Any]
    field: str
    low: int = 0
    high: int = 0

    @property
    def is_float(self) -> bool:
        """Whether any JSON number will do."""
        return self.layout.kind == "f"


_INT32 = (-(2**31), 2**31 - 1)

NUMBERS = {
    1: NumberType(np.dtype("<f4"), "float_val"),
    2: NumberType(np.dtype("<f8"), "double_val"),
    3: NumberType(np.dtype("<i4"), "int_val", *_INT32),
    4: NumberType(np.dtype("u1"), "int_val", *_INT32),
    5: NumberType(np.dtype("<i2"), "int_val", *_INT32),
    6: NumberType(np.dtype("i1"), "int_val", *_INT32),
    9: NumberType(np.dtype("<i8"), "int64_val", -(2**63), 2**63 - 1),
    22: NumberType(np.dtype("<u4"), "uint32_val", 0, 2**32 - 1),
    23: NumberType(np.dtype("<u8"), "uint64_val", 0, 2**64 - 1),
}
"""By the number of the DataType. Other types (half, complex, uint16 ..) have no JSON form."""


def data_type_name(number: int) -> str:
    """Name a DataType as TensorFlow's error texts do: float, int32, half."""
    return _NAMES[number] if 0 <= number < len(_NAMES) else f"unknown dtype enum ({number})"
