"""The few messages of TensorFlow Serving's Predict, without TensorFlow and without its API.

They lie in a descriptor pool of their own, have the names and numbers of the published .proto files, and
carry only the fields that a picture, a label, a score and a trace need. What else comes in is ignored.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

Message: TypeAlias = Any  # a message or message class made at run time: no types

PREDICTION_SERVICE = "tensorflow.serving.PredictionService"
PREDICT = f"/{PREDICTION_SERVICE}/Predict"
FLOAT, STRING, INT64 = 1, 7, 9
"""DataType numbers of tensorflow/core/framework/types.proto."""

_Field = descriptor_pb2.FieldDescriptorProto
_KINDS = {
    "int32": _Field.TYPE_INT32,
    "int64": _Field.TYPE_INT64,
    "string": _Field.TYPE_STRING,
    "bytes": _Field.TYPE_BYTES,
    "float": _Field.TYPE_FLOAT,
}
_MESSAGES: dict[str, dict[str, tuple[int, str, bool]]] = {  # name: field: number, kind, repeated
    "Version": {"value": (1, "int64", False)},
    "Dim": {"size": (1, "int64", False)},
    "Shape": {"dim": (2, "Dim", True)},
    "Tensor": {
        "dtype": (1, "int32", False),
        "tensor_shape": (2, "Shape", False),
        "float_val": (5, "float", True),
        "string_val": (8, "bytes", True),
        "int64_val": (10, "int64", True),
    },
    "ModelSpec": {
        "name": (1, "string", False),
        "version": (2, "Version", False),
        "signature_name": (3, "string", False),
    },
    "Named": {"key": (1, "string", False), "value": (2, "Tensor", False)},
    "PredictRequest": {
        "model_spec": (1, "ModelSpec", False),
        "inputs": (2, "Named", True),
        "output_filter": (3, "string", True),
    },
    "PredictResponse": {"outputs": (1, "Named", True), "model_spec": (2, "ModelSpec", False)},
}
"""A map is, on the wire, a repeated message of key and value: so are `inputs` and `outputs` here."""


def _classes() -> dict[str, Message]:
    file = descriptor_pb2.FileDescriptorProto(name="predict.proto", package="wire", syntax="proto3")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, (number, kind, repeated) in fields.items():
            message.field.add(
                name=field,
                number=number,
                label=_Field.LABEL_REPEATED if repeated else _Field.LABEL_OPTIONAL,
                type=_KINDS.get(kind, _Field.TYPE_MESSAGE),
                type_name=None if kind in _KINDS else f".wire.{kind}",
            )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"wire.{name}"))
        for name in _MESSAGES
    }


_CLASSES = _classes()


def write_request(picture: bytes, outputs: tuple[str, ...] = ("label", "score", "trace")) -> bytes:
    """Write a PredictRequest as line-sim does: one JPEG, DT_STRING of shape [1], and the outputs wanted."""
    request = _CLASSES["PredictRequest"](output_filter=outputs)
    request.model_spec.name = "inception_v3"
    request.model_spec.signature_name = "inspect"
    image = request.inputs.add(key="image").value
    image.dtype = STRING
    image.tensor_shape.dim.add(size=1)
    image.string_val.append(picture)
    return bytes(request.SerializeToString())


def read_request(written: bytes) -> tuple[bytes, frozenset[str]]:
    """Read the picture and the outputs wanted (empty: all). Raises ValueError if it is not one picture."""
    request = _CLASSES["PredictRequest"].FromString(written)
    pictures = [one for named in request.inputs for one in named.value.string_val]
    if len(pictures) != 1:
        raise ValueError(f"one picture is wanted, not {len(pictures)}")
    return pictures[0], frozenset(request.output_filter)


def write_response(label: str, score: float, trace: tuple[int, ...], wanted: frozenset[str]) -> bytes:
    """Write a PredictResponse with those of label, score and trace that are wanted."""
    response = _CLASSES["PredictResponse"]()
    response.model_spec.name = "inception_v3"
    response.model_spec.signature_name = "inspect"
    response.model_spec.version.value = 1
    values: dict[str, tuple[int, str, Sequence[object]]] = {
        "label": (STRING, "string_val", [label.encode()]),
        "score": (FLOAT, "float_val", [score]),
        "trace": (INT64, "int64_val", trace),
    }
    for name, (dtype, field, value) in values.items():
        if wanted and name not in wanted:
            continue
        tensor = response.outputs.add(key=name).value
        tensor.dtype = dtype
        tensor.tensor_shape.dim.add(size=len(value))
        getattr(tensor, field).extend(value)
    return bytes(response.SerializeToString())


def read_trace(written: bytes) -> tuple[int, ...]:
    """Read a PredictResponse's trace; see `server.Answer`."""
    response = _CLASSES["PredictResponse"].FromString(written)
    return tuple(next(one.value.int64_val for one in response.outputs if one.key == "trace"))
