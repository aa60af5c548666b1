"""Pieces of text by their place behind an address; what is read or written beyond its end must have room.

The first letter of a piece is its lowest byte, as on every processor that code is compiled for here.
"""

from collections.abc import Callable
from typing import Any, TypeAlias, cast

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

Piece: TypeAlias = Any
"""Four letters or eight, as one number."""


def _reads(kind: Any) -> Callable[[int, Piece], Piece]:
    """Return a function of an address and a place: the piece that begins there."""

    @intrinsic  # type: ignore[untyped-decorator] # numba has no types
    def read(typing: Any, address: Any, place: Any) -> Any:  # noqa: ARG001 - as numba asks
        def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
            return builder.load(_pointer(builder, arguments, kind), align=1)

        return kind(types.int64, types.uint64), generate

    return cast("Callable[[int, Piece], Piece]", read)


def _writes(kind: Any) -> Callable[[int, Piece, Piece], None]:
    """Return a function of an address, a place and a piece, which writes it there."""

    @intrinsic  # type: ignore[untyped-decorator] # numba has no types
    def write(typing: Any, address: Any, place: Any, piece: Any) -> Any:  # noqa: ARG001 - as numba asks
        def generate(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
            builder.store(arguments[2], _pointer(builder, arguments, kind), align=1)
            return context.get_dummy_value()

        return types.void(types.int64, types.uint64, kind), generate

    return cast("Callable[[int, Piece, Piece], None]", write)


def _pointer(builder: Any, arguments: Any, kind: Any) -> Any:
    where = builder.add(arguments[0], arguments[1])
    return builder.inttoptr(where, ir.IntType(kind.bitwidth).as_pointer())


code_at = _reads(types.int32)
eight_at = _reads(types.uint64)
set_four_at = _writes(types.uint32)
set_eight_at = _writes(types.uint64)
