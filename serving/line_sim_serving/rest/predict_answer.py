"""The answer to a Predict request over REST: tensors to JSON, in the form that the request had."""

import base64
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from line_sim_serving.inference.refusal import invalid
from line_sim_serving.rest.predict_body import Format
from line_sim_serving.rest.values.data_types import BOOL, NUMBERS, STRING, data_type_name
from line_sim_serving.rest.values.decimals import decimal_texts
from line_sim_serving.rest.values.json_text import quoted

BYTES_SUFFIX = "_bytes"
"""Strings of an output whose name ends so are written in base64."""


def predict_answer(outputs: Mapping[str, Any], form: Format) -> str:
    """Write named TensorProtos of typed fields: bare where there is one, else by name. Raises Refusal."""
    if not outputs:
        raise invalid("Cannot convert empty tensor map to JSON")
    names = sorted(outputs)
    if form is Format.ROW:
        _check_batches(outputs)
        columns = [_nested(name, outputs[name], _shape(outputs[name])[1:]) for name in names]
        rows = columns[0] if len(names) == 1 else [_object(names, row) for row in zip(*columns, strict=True)]
        value = f"[{', '.join(rows)}]"
    else:
        values = ["".join(_nested(name, outputs[name], _shape(outputs[name]))) for name in names]
        value = values[0] if len(names) == 1 else _object(names, values)
    return f'{{\n    "{form}": {value}\n}}'


def _check_batches(outputs: Mapping[str, Any]) -> None:
    """Refuse outputs that cannot be parted into the same number of rows."""
    expected: int | None = None
    for name in sorted(outputs):
        shape = _shape(outputs[name])
        if not shape:
            raise invalid(f"Tensor name: {name} has no shape information ")
        if expected is not None and shape[0] != expected:
            raise invalid(
                f"Tensor name: {name} has inconsistent batch size: {shape[0]} expecting: {expected}"
            )
        expected = shape[0]


def _shape(tensor: Any) -> tuple[int, ...]:
    return tuple(dim.size for dim in tensor.tensor_shape.dim)


def _object(names: Sequence[str], values: Sequence[str]) -> str:
    members = (f"{quoted(name.encode())}: {value}" for name, value in zip(names, values, strict=True))
    return f"{{{', '.join(members)}}}"


def _nested(name: str, tensor: Any, shape: tuple[int, ...]) -> list[str]:
    """Write a tensor as lists of the given shape, one after the other.

    With the whole shape that is one text; without the first dimension one for each row.
    """
    texts = _element_texts(name, tensor)
    count = math.prod(_shape(tensor))
    for place, size in reversed(list(enumerate(shape))):
        count = count // size if size else _outer(tensor, shape, place)
        texts = [f"[{', '.join(texts[at * size : (at + 1) * size])}]" for at in range(count)]
    return texts


def _outer(tensor: Any, shape: tuple[int, ...], place: int) -> int:
    """Give how many lists there are at one place of a shape: the product of the dimensions before it."""
    whole = _shape(tensor)
    return math.prod(whole[: len(whole) - len(shape) + place])


def _element_texts(name: str, tensor: Any) -> list[str]:
    """Write each element. Raises Refusal for types that have no JSON form."""
    if tensor.dtype == STRING:
        if name.endswith(BYTES_SUFFIX):
            return [f'{{"b64": "{base64.b64encode(value).decode()}"}}' for value in tensor.string_val]
        return [quoted(value) for value in tensor.string_val]
    if tensor.dtype == BOOL:
        return ["true" if value else "false" for value in tensor.bool_val]
    number = NUMBERS.get(tensor.dtype)
    if number is None:
        raise invalid(f"Failed to write JSON value for tensor type: {data_type_name(tensor.dtype)}")
    values = getattr(tensor, number.field)
    return decimal_texts(np.array(values, number.layout)) if number.is_float else [str(one) for one in values]
