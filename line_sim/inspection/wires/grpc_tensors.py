"""TensorFlow's tensors as gRPC has them: written for a question, read as labels and scores."""

import itertools
from collections.abc import Sequence
from typing import Any

from line_sim.inspection.wires.classes import (
    MOST_CLASSES,
    Label,
    Tensor,
    one_row,
    raw_numbers,
    refuse_rank,
    size_of,
    whole,
)
from line_sim.inspection.wires.fitting.constants import Constant
from line_sim.inspection.wires.fitting.tensors import TensorKind
from line_sim.inspection.wires.messages.private import Message
from line_sim.inspection.wires.messages.serving import DOUBLE, FLOAT, STRING

INT32, INT64 = 3, 9

TYPES = {
    1: "DT_FLOAT",
    2: "DT_DOUBLE",
    3: "DT_INT32",
    4: "DT_UINT8",
    5: "DT_INT16",
    6: "DT_INT8",
    7: "DT_STRING",
    9: "DT_INT64",
    10: "DT_BOOL",
    14: "DT_BFLOAT16",
    19: "DT_HALF",
    22: "DT_UINT32",
    23: "DT_UINT64",
}
"""DataType numbers of tensorflow/core/framework/types.proto, and their names, which REST has."""

_NUMBER_OF = {name: number for number, name in TYPES.items()}
_FIELDS = {
    "DT_FLOAT": "float_val",
    "DT_DOUBLE": "double_val",
    "DT_INT32": "int_val",
    "DT_UINT8": "int_val",
    "DT_INT64": "int64_val",
    "DT_BOOL": "bool_val",
    "DT_STRING": "string_val",
}
"""Where a TensorProto has the values of a type."""

_SCORES = {FLOAT: ("float_val", "<f"), DOUBLE: ("double_val", "<d")}
_CLASSES = {INT32: ("int_val", "<i"), INT64: ("int64_val", "<q")}
"""DataType to its typed field and the layout of its tensor_content."""


def describe(tensor: Message, dtype: str, shape: Sequence[int]) -> None:
    """Write a tensor's type and shape."""
    tensor.dtype = _NUMBER_OF[dtype]
    tensor.tensor_shape.SetInParent()  # a scalar has a shape, too
    for size in shape:
        tensor.tensor_shape.dim.add(size=size)


def fill(tensor: Message, constant: Constant) -> None:
    """Write a whole tensor."""
    describe(tensor, constant.dtype, constant.shape)
    values = (value.encode() if isinstance(value, str) else value for value in constant.values)
    getattr(tensor, _FIELDS[constant.dtype]).extend(values)


def kinds(tensors: Message) -> dict[str, TensorKind]:
    """Read what a signature says of its tensors."""
    return {alias: _kind(tensors[alias]) for alias in sorted(tensors)}


def _kind(info: Message) -> TensorKind:
    """Read a tensor's type and shape, where that is told; none at all is a shape, too."""
    shape = None
    if info.HasField("tensor_shape") and not info.tensor_shape.unknown_rank:
        shape = tuple(dim.size for dim in info.tensor_shape.dim)
    return TensorKind(_type(info), shape)


def _type(tensor: Message) -> str:
    """Name a tensor's type; of those that nobody needs here, by its number."""
    return TYPES.get(tensor.dtype, f"type {tensor.dtype}")


def labels_in(tensor: Message) -> list[Label]:
    """Read a tensor of strings, or of the numbers of classes, as the labels of one row. Raises ValueError."""
    if tensor.dtype in _CLASSES:
        return [int(number) for number in _row("label", tensor, *_CLASSES[tensor.dtype])]
    if tensor.dtype != STRING:
        raise ValueError(f"the label is {_type(tensor)}; it must be DT_STRING, DT_INT32 or DT_INT64")
    strings = tensor.string_val or _strings(tensor.tensor_content)
    try:
        return [str(label, "utf-8") for label in one_row("label", _whole("label", tensor, strings))]
    except UnicodeDecodeError:
        raise ValueError("the label is not UTF-8") from None


def scores_in(tensor: Message) -> Sequence[float]:
    """Read a tensor of numbers as the scores of one row. Raises ValueError."""
    if tensor.dtype not in _SCORES:
        raise ValueError(f"the score is {_type(tensor)}; it must be DT_FLOAT or DT_DOUBLE")
    return _row("score", tensor, *_SCORES[tensor.dtype])


def _row(what: str, tensor: Message, field: str, layout: str) -> Sequence[float]:
    """Return the numbers of one row, typed or raw."""
    values: Sequence[float] = getattr(tensor, field) or raw_numbers(what, tensor.tensor_content, layout)
    return one_row(what, _whole(what, tensor, values))


def _whole(what: str, tensor: Message, values: Sequence[Any]) -> Tensor[Any]:
    """Hold the values against the shape; fewer than it says stand for all, the last one repeated.

    A tensor without dimensions is taken as it is. Raises ValueError for a shape that they do not fit.
    """
    dimensions = tensor.tensor_shape.dim
    if tensor.tensor_shape.unknown_rank:
        return Tensor(None, values)
    refuse_rank(what, len(dimensions))
    shape = tuple(one.size for one in dimensions)
    size = size_of(shape)
    if 0 < len(values) < size <= MOST_CLASSES:
        values = [*values, *[values[-1]] * (size - len(values))]
    return whole(what, shape, values)


def _strings(content: bytes) -> list[bytes]:
    """Give the strings of a tensor_content: all their lengths as varints, then all their bytes.

    How many there are is not told: the lengths end where what they add up to is all that is left. None
    where that does not come out.
    """
    ends: list[int] = [0]
    at = length = shift = 0
    while at < len(content) and len(ends) <= MOST_CLASSES and shift < 35:
        byte = content[at]
        at += 1
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte >= 0x80:
            continue
        ends.append(ends[-1] + length)
        length = shift = 0
        if ends[-1] >= len(content) - at:
            break
    if shift or ends[-1] != len(content) - at:
        return []
    return [content[at + begin : at + end] for begin, end in itertools.pairwise(ends)]
