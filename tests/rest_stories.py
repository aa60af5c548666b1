"""What the tests of the REST API have in common: JSON in, tensors out, without a server."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from generated import predict_pb2
from line_sim_serving.inference.refusal import Refusal
from line_sim_serving.rest.predict_body import Format, fill_inputs
from line_sim_serving.rest.values.data_types import BOOL, NUMBERS, STRING
from line_sim_serving.rest.values.json_text import read_object

FLOAT, DOUBLE, INT32, UINT8, INT16, INT8 = 1, 2, 3, 4, 5, 6
INT64, HALF, UINT32, UINT64 = 9, 19, 22, 23


def inputs_of(body: str | bytes, types: Mapping[str, int]) -> tuple[dict[str, Any], Format]:
    """Read a Predict body; gives each input as nested lists, and the form."""
    inputs = predict_pb2.PredictRequest().inputs
    text = body.encode() if isinstance(body, str) else body
    form = fill_inputs(inputs, read_object(text), types)
    return {name: values_of(tensor) for name, tensor in inputs.items()}, form


def values_of(tensor: Any) -> Any:
    """Give a TensorProto's values as nested lists."""
    shape = [dim.size for dim in tensor.tensor_shape.dim]
    if tensor.dtype not in {
        STRING,
        BOOL,
        *NUMBERS,
    }:  # JSON has no value of such a type: an empty list at most
        assert not tensor.tensor_content
        flat = np.empty(0)
    elif tensor.dtype == STRING:
        flat = np.empty(len(tensor.string_val), object)
        flat[:] = list(tensor.string_val)
    else:
        layout = np.dtype(np.bool_) if tensor.dtype == BOOL else NUMBERS[tensor.dtype].layout
        flat = np.frombuffer(tensor.tensor_content, layout)
    return flat.reshape(shape).tolist()


def refused(body: str | bytes, types: Mapping[str, int]) -> str:
    """Give the text with which a Predict body is refused, and its code where that is a rare one."""
    try:
        inputs_of(body, types)
    except Refusal as refusal:
        return (
            refusal.text
            if refusal.code.name == "INVALID_ARGUMENT"
            else f"{refusal.code.name}: {refusal.text}"
        )
    raise AssertionError(f"{body!r} was taken")


def outputs(**tensors: tuple[int, tuple[int, ...], list[Any]]) -> Any:
    """Make the outputs of a response in typed fields: dtype, shape and values."""
    response = predict_pb2.PredictResponse()
    for name, (dtype, shape, values) in tensors.items():
        tensor = response.outputs[name]
        tensor.dtype = dtype
        for size in shape:
            tensor.tensor_shape.dim.add(size=size)
        field = {STRING: "string_val", BOOL: "bool_val", HALF: "half_val"}
        getattr(tensor, field.get(dtype) or NUMBERS[dtype].field).extend(values)
    return response.outputs


def value_in(answer: str) -> Any:
    """Read an answer's one value as a client would."""
    (value,) = json.loads(answer).values()
    return value
