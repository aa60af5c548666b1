"""Records and numbers by their address: what a table's row costs to look at is one addition.

Numba passes an array as seven values and counts who uses it. A line consists of two dozen arrays and of
functions of a few lines each, so that this would be all its time. So the arrays stay with Python, which keeps
them alive, and the kernel knows where each begins.

What the functions with `generate` inside take and return has the form that numba wants of an `intrinsic`; it
has no types for that.
"""

from collections.abc import Callable
from typing import Any, TypeAlias, cast

import numpy as np
from numba import from_dtype, types
from numba.core import cgutils
from numba.extending import intrinsic

from line_sim.compiled.kernel.tables.line import LINE

Row: TypeAlias = Any
"""A row of a table; its fields are whole numbers, but for scores."""

Line: TypeAlias = Row
"""The one row of all that there is one of, by which everything is found."""


Rows: TypeAlias = Callable[[Line, int], Row]
"""The rows of a table by their number."""


def rows_of(table: str, dtype: np.dtype[Any]) -> Rows:
    """Return a function of the line and a number: the row of that number in one of its tables."""
    row, size = from_dtype(dtype), dtype.itemsize

    @intrinsic  # type: ignore[untyped-decorator] # numba has no types
    def at(typing: Any, line: Any, number: Any) -> Any:  # noqa: ARG001 - as numba asks
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            begins = builder.load(
                cgutils.get_record_member(builder, arguments[0], line.offset(table), cgutils.intp_t)
            )
            where = builder.add(begins, builder.mul(arguments[1], context.get_constant(types.int64, size)))
            return builder.inttoptr(where, context.get_value_type(signature.return_type))

        return row(line, types.int64), generate

    return cast("Rows", at)


@intrinsic  # type: ignore[untyped-decorator] # numba has no types
def line_at(typing: Any, address: Any) -> Any:  # noqa: ARG001 - as numba asks
    """Return the one row of all that there is one of, by its address."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    return from_dtype(LINE)(types.int64), generate


@intrinsic  # type: ignore[untyped-decorator] # numba has no types
def number_at(typing: Any, address: Any, number: Any) -> Any:  # noqa: ARG001 - as numba asks
    """Return the whole number of a number in a row of them at an address."""

    def generate(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
        return builder.load(_pointer(context, builder, arguments))

    return types.int64(types.int64, types.int64), generate


@intrinsic  # type: ignore[untyped-decorator] # numba has no types
def set_number_at(typing: Any, address: Any, number: Any, value: Any) -> Any:  # noqa: ARG001 - as numba asks
    """Write over the whole number of a number in a row of them at an address."""

    def generate(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
        builder.store(arguments[2], _pointer(context, builder, arguments))
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), generate


def _pointer(context: Any, builder: Any, arguments: Any) -> Any:
    where = builder.add(arguments[0], builder.mul(arguments[1], context.get_constant(types.int64, 8)))
    return builder.inttoptr(where, cgutils.intp_t.as_pointer())
