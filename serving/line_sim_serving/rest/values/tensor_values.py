"""JSON values to tensors: one shape, one type, or the reason why not.

Whole lists are flattened and checked at C speed; only where something is wrong is the value gone
through in its own order, to find the first mistake and name it as TensorFlow Serving does.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any, TypeAlias

import grpc
import numpy as np

from line_sim_serving.inference.refusal import Refusal, invalid
from line_sim_serving.limits.shapes import MOST_DIMENSIONS
from line_sim_serving.rest.values.base64_values import decode_base64
from line_sim_serving.rest.values.data_types import BOOL, NUMBERS, STRING, NumberType, data_type_name
from line_sim_serving.rest.values.json_reader import TOO_BIG, Named
from line_sim_serving.rest.values.json_text import shown, text_bytes, type_name

TensorProto: TypeAlias = Any  # the generated message class; its module carries no types
Shape: TypeAlias = tuple[int, ...]


class TooDeep(Exception):  # noqa: N818 - it becomes a refusal that names the input
    """Lists are nested deeper than any tensor may be."""


def shape_of(value: Any) -> Shape:
    """Give the shape that a value has if it is regular: the lengths of all first lists.

    Raises TooDeep.
    """
    shape: list[int] = []
    while isinstance(value, list):
        shape.append(len(value))
        if len(shape) > MOST_DIMENSIONS:
            raise TooDeep
        if not value:
            break
        value = value[0]
    return tuple(shape)


def fill_tensor(proto: TensorProto, value: Any, data_type: int) -> None:
    """Write a value into an empty TensorProto. Raises Refusal, TooDeep."""
    shape = shape_of(value)
    flat = flatten(value, shape)
    if flat is None or not fits(flat, data_type):
        raise first_mistake(value, shape, data_type) or invalid(f"JSON Value: {shown(value)} is no tensor")
    write_tensor(proto, shape, flat, data_type)


def flatten(value: Any, shape: Shape) -> list[Any] | None:
    """Give the elements in order; None where some list is missing or has another length."""
    level = [value]
    for size in shape:
        if any(type(part) is not list or len(part) != size for part in level):
            return None
        level = list(chain.from_iterable(level))
    return None if list in set(map(type, level)) else level


def fits(flat: Sequence[Any], data_type: int) -> bool:
    """Tell whether all elements can be of a type."""
    kinds = set(map(type, flat))
    if data_type == STRING:
        return kinds <= {str, dict}
    if data_type == BOOL:
        return kinds <= {bool}
    if data_type not in NUMBERS:
        return not flat
    number = NUMBERS[data_type]
    if number.is_float:
        return kinds <= {int, float, Named}
    return kinds <= {int} and (not flat or (number.low <= min(flat) and max(flat) <= number.high))


def write_tensor(proto: TensorProto, shape: Shape, flat: Sequence[Any], data_type: int) -> None:
    """Write elements that fit into an empty TensorProto. Raises Refusal."""
    proto.dtype = data_type
    for size in shape:
        proto.tensor_shape.dim.add(size=size)
    if data_type == STRING:
        proto.string_val.extend(text_bytes(one) if type(one) is str else decode_base64(one) for one in flat)
    elif data_type == BOOL:
        proto.tensor_content = np.array(flat, np.bool_).tobytes()
    elif flat:
        proto.tensor_content = _numbers(flat, NUMBERS[data_type])


def _numbers(flat: Sequence[Any], number: NumberType) -> bytes:
    """Lay numbers out as TensorFlow does; too large ones for float32 are infinite, for int8 wrap around."""
    wide = np.float64 if number.is_float else number.layout if number.layout.itemsize == 8 else np.int64
    try:
        values = np.array(flat, wide)
    except OverflowError:  # an integer of more than 308 digits among floats
        raise invalid(f"JSON Parse error: {TOO_BIG}") from None
    if number.is_float and any(
        type(flat[place]) is not Named for place in np.flatnonzero(np.isinf(values)).tolist()
    ):
        raise invalid(f"JSON Parse error: {TOO_BIG}")
    with np.errstate(over="ignore"):
        return values.astype(number.layout).tobytes()


def first_mistake(value: Any, shape: Shape, data_type: int, level: int = 0) -> Refusal | None:
    """Find the first mistake in a value that is not regular or not of its type."""
    if not isinstance(value, list):
        return _wrong_element(value, shape, data_type, level)
    if level >= len(shape):
        return invalid(f"Encountered list at unexpected level: {level} expected < {len(shape)}")
    if len(value) != shape[level]:
        return invalid(
            f"Encountered list at unexpected size: {len(value)} at level: {level} "
            f"expected size: {shape[level]}"
        )
    found = (first_mistake(part, shape, data_type, level + 1) for part in value)
    return next(filter(None, found), None)


def _wrong_element(value: Any, shape: Shape, data_type: int, level: int) -> Refusal | None:
    if level != len(shape):
        return invalid(
            f"JSON Value: {shown(value)} found at incorrect level: {level + 1} "
            f"in the JSON DOM. Expected at level: {len(shape)}"
        )
    if isinstance(value, dict) and data_type == STRING:
        try:
            decode_base64(value)
        except Refusal as refusal:
            return refusal
        return None
    if fits([value], data_type):
        return None
    name = data_type_name(data_type)
    if isinstance(value, dict) or data_type in NUMBERS or data_type in {STRING, BOOL}:
        return invalid(f"JSON Value: {shown(value)} Type: {type_name(value)} is not of expected type: {name}")
    return Refusal(grpc.StatusCode.UNIMPLEMENTED, f"Conversion of JSON Value: {shown(value)} to type: {name}")
