"""Tensors on the wire and in memory: TensorProto to numpy array and back.

Both of TensorProto's encodings are read, as TensorFlow itself reads them; answers are written in
typed fields only, as TensorFlow Serving does, because its clients read `float_val` and `string_val`.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from line_sim_serving.limits.shapes import (
    MOST_DIMENSIONS,
    MOST_FILLED,
    check_filled,
    checked_shape,
)
from line_sim_serving.limits.strings import STRING
from line_sim_serving.models.runner import Array
from line_sim_serving.models.runtime import dtypes

TensorProto: TypeAlias = Any  # the generated message class; its module carries no types

DT_STRING = 7

STRING_SIZE = 32
"""Bytes of a string beside its own: TensorFlow's object, and the pointer to Python's."""

_FIELDS = {
    "float32": "float_val",
    "float64": "double_val",
    "int8": "int_val",
    "int16": "int_val",
    "int32": "int_val",
    "uint8": "int_val",
    "uint16": "int_val",
    "int64": "int64_val",
    "uint32": "uint32_val",
    "uint64": "uint64_val",
    "bool": "bool_val",
    "string": "string_val",
    "half": "half_val",
    "float16": "half_val",
    "bfloat16": "half_val",
    "complex64": "scomplex_val",
    "complex128": "dcomplex_val",
}


class TensorError(ValueError):
    """A tensor that cannot be read from the wire or written to it."""


def array_cost(proto: TensorProto) -> int:
    """Give the bytes that the array takes beside its message; nothing is made for it yet."""
    size: int = math.prod(max(0, dim.size) for dim in proto.tensor_shape.dim[: MOST_DIMENSIONS + 1])
    if proto.tensor_content:
        return STRING * min(size, len(proto.tensor_content)) if proto.dtype == DT_STRING else 0
    return 2 * min(size * STRING_SIZE, MOST_FILLED)


def to_array(proto: TensorProto) -> Array:
    """Read a TensorProto; strings become an object array of bytes. Raises TensorError, LimitError."""
    name, dtype = _types(proto.dtype)
    shape = _shape(proto.tensor_shape, dtype)
    if proto.tensor_content:
        return _from_content(proto.tensor_content, name, dtype, shape)
    values = _typed_values(proto, name, dtype)
    size = math.prod(shape)
    if len(values) < size:
        values = _repeat_last(values, size, dtype)
    return values[:size].reshape(shape)


def to_proto(array: Array, number: int, proto: TensorProto) -> None:
    """Write an array into an empty TensorProto as typed fields, full length, never `tensor_content`.

    `number` is the DataType of the signature's output. Raises TensorError for handles and variants.
    """
    name = _head(array, number, proto)
    flat = array.reshape(-1)
    if name in _PACKED:
        proto.MergeFromString(_packed(_PACKED[name], flat))
    else:
        getattr(proto, _FIELDS[name]).extend(_VALUES.get(name, _plain)(flat))


def to_content(array: Array, number: int, proto: TensorProto) -> None:
    """Write an array into an empty TensorProto as `tensor_content`. Raises TensorError as `to_proto`."""
    name = _head(array, number, proto)
    if name == "string":
        strings = list(array.reshape(-1))
        lengths = b"".join(_as_varint(len(one)) for one in strings)
        proto.tensor_content = lengths + b"".join(strings)
    else:
        proto.tensor_content = array.tobytes()


def _head(array: Array, number: int, proto: TensorProto) -> str:
    """Write dtype and shape; gives the dtype's name."""
    name, _ = _types(number)
    proto.dtype = number
    for size in array.shape:
        proto.tensor_shape.dim.add(size=size)
    return name


def _types(number: int) -> tuple[str, np.dtype[Any]]:
    """Name a DataType and give its numpy type."""
    try:
        dtype = dtypes.as_dtype(number)
        numpy_type: np.dtype[Any] = np.dtype(dtype.as_numpy_dtype)
    except (TypeError, KeyError) as error:
        raise TensorError(f"dtype {number} is not one that can be sent") from error
    if dtype.name not in _FIELDS:
        raise TensorError(f"dtype {dtype.name} is not one that can be sent")
    return str(dtype.name), numpy_type


def _shape(proto: Any, dtype: np.dtype[Any]) -> tuple[int, ...]:
    if proto.unknown_rank or any(dim.size < 0 for dim in proto.dim):
        raise TensorError("the shape is not fully known")
    return checked_shape([dim.size for dim in proto.dim], dtype.itemsize)


def _from_content(content: bytes, name: str, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Array:
    """Read raw bytes without copying them; the size must fit exactly."""
    if name == "string":
        return _object_array(_split_strings(content, math.prod(shape))).reshape(shape)
    if len(content) != math.prod(shape) * dtype.itemsize:
        raise TensorError(f"{len(content)} bytes of content do not fill the shape {list(shape)}")
    return np.frombuffer(content, dtype).reshape(shape)


def _split_strings(content: bytes, count: int) -> list[bytes]:
    """Take apart the layout of strings in `tensor_content`: all lengths as varints, then all bytes."""
    lengths, at = [], 0
    if count > len(content):
        raise TensorError("the content holds fewer strings than the shape")
    for _ in range(count):
        length, at = _varint(content, at)
        lengths.append(length)
    if sum(lengths) != len(content) - at:
        raise TensorError("the content's strings do not fill it")
    strings = []
    for length in lengths:
        strings.append(content[at : at + length])
        at += length
    return strings


def _varint(content: bytes, at: int) -> tuple[int, int]:
    """Read one little-endian base-128 number; gives the number and the place behind it."""
    value = shift = 0
    while at < len(content) and shift < 64:
        byte = content[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
    raise TensorError("a string's length in the content cannot be read")


def _typed_values(proto: TensorProto, name: str, dtype: np.dtype[Any]) -> Array:
    """Read a typed field as a flat array."""
    values = getattr(proto, _FIELDS[name])
    if name == "string":
        return _object_array(values)
    if _FIELDS[name] == "half_val":
        return np.array(values, np.int64).astype(np.uint16).view(dtype)
    if name.startswith("complex"):
        part = np.float32 if name == "complex64" else np.float64
        return np.array(values[: len(values) // 2 * 2], part).view(dtype)
    if dtype.kind in "iu":
        return np.array(values, np.uint64 if name == "uint64" else np.int64).astype(dtype)
    return np.array(values, dtype)


def _repeat_last(values: Array, size: int, dtype: np.dtype[Any]) -> Array:
    """Fill up as TensorFlow does: the last value repeated, zeros (empty strings) where there is none."""
    if len(values) == 0:
        values = _object_array([b""]) if dtype.kind == "O" else np.zeros(1, dtype)
    itemsize = STRING_SIZE + len(values[-1]) if dtype.kind == "O" else dtype.itemsize
    check_filled(size, itemsize, len(values))
    return np.concatenate([values, np.repeat(values[-1:], size - len(values))])


def _object_array(strings: Sequence[bytes]) -> Array:
    """Hold byte strings in an array; numpy's own byte type would cut trailing zeros off."""
    array = np.empty(len(strings), object)
    array[:] = strings
    return array


_PACKED = {"float32": (5, "<f4"), "float64": (6, "<f8")}
"""Field number and layout where the wire holds the very bytes of the array."""


def _packed(field: tuple[int, str], flat: Array) -> bytes:
    """Write a packed field at once: a million floats take 1 ms instead of 60 one by one."""
    number, layout = field
    body = flat.astype(layout, copy=False).tobytes()
    return bytes([number << 3 | 2]) + _as_varint(len(body)) + body if body else b""


def _as_varint(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def _plain(flat: Array) -> list[Any]:
    return list(flat.tolist())


def _bit_patterns(flat: Array) -> list[Any]:
    return list(flat.view(np.uint16).tolist())


def _pairs(flat: Array) -> list[Any]:
    """Real and imaginary parts by turns."""
    return list(flat.view(flat.real.dtype).tolist())


_VALUES: dict[str, Callable[[Array], list[Any]]] = {
    "half": _bit_patterns,
    "float16": _bit_patterns,
    "bfloat16": _bit_patterns,
    "complex64": _pairs,
    "complex128": _pairs,
}
