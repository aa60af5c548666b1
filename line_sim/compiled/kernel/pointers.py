"""Records and numbers by their address: what a table's row costs to look at is one addition.

Numba passes an array as seven values and counts who uses it. A line consists of two dozen arrays and of functions
of a few lines each, so that this would be all its time. So the arrays stay with Python, which keeps them alive, and
the kernel knows where each begins.
"""

from typing import Any, TypeAlias

import numpy as np
from numba import from_dtype, types
from numba.core import cgutils
from numba.extending import intrinsic

Row: TypeAlias = Any
"""A row of a table; its fields are whole numbers, but for scores."""

Line: TypeAlias = Row
"""The one row of all that there is one of, by which everything is found."""


def record_at(dtype: np.dtype[Any]) -> Any:
    """Return a function of an address and a number: the row of that number in a table of such rows there."""
    row, size = from_dtype(dtype), dtype.itemsize

    @intrinsic
    def at(typing, address, number):  # noqa: ANN001, ANN202, ARG001 - numba's own form
        def generate(context, builder, signature, arguments):  # noqa: ANN001, ANN202
            where = builder.add(
                arguments[0], builder.mul(arguments[1], context.get_constant(types.int64, size))
            )
            return builder.inttoptr(where, context.get_value_type(signature.return_type))

        return row(types.int64, types.int64), generate

    return at


@intrinsic
def number_at(typing, address, number):  # noqa: ANN001, ANN201, ARG001 - numba's own form
    """Return the whole number of a number in a row of them at an address."""

    def generate(context, builder, _, arguments):  # noqa: ANN001, ANN202
        return builder.load(_pointer(context, builder, arguments))

    return types.int64(types.int64, types.int64), generate


@intrinsic
def set_number_at(typing, address, number, value):  # noqa: ANN001, ANN201, ARG001 - numba's own form
    """Write over the whole number of a number in a row of them at an address."""

    def generate(context, builder, _, arguments):  # noqa: ANN001, ANN202
        builder.store(arguments[2], _pointer(context, builder, arguments))
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), generate


def _pointer(context, builder, arguments):  # noqa: ANN001, ANN202 - as above
    where = builder.add(arguments[0], builder.mul(arguments[1], context.get_constant(types.int64, 8)))
    return builder.inttoptr(where, cgutils.intp_t.as_pointer())
