"""KServe's v2 messages over gRPC, without anybody's generated classes.

Every package that brings generated ones registers them under the name `inference`, and two of them cannot
live in one process. So these lie in a descriptor pool of their own. They have the numbers of the published
`grpc_predict_v2.proto` (github.com/kserve/kserve, docs/predict-api/v2), which Triton's `grpc_service.proto`
and MLServer's `dataplane.proto` share, and carry only the fields that a question about one picture needs;
what else comes in is left unread.
"""

from typing import Any, TypeAlias

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

Message: TypeAlias = Any  # a message or message class made at run time: no types

SERVICE = "inference.GRPCInferenceService"
SERVER_READY = f"/{SERVICE}/ServerReady"
SERVER_METADATA = f"/{SERVICE}/ServerMetadata"
MODEL_READY = f"/{SERVICE}/ModelReady"
MODEL_METADATA = f"/{SERVICE}/ModelMetadata"
MODEL_INFER = f"/{SERVICE}/ModelInfer"

_Field = descriptor_pb2.FieldDescriptorProto
_KINDS = {
    "bool": _Field.TYPE_BOOL,
    "int64": _Field.TYPE_INT64,
    "float": _Field.TYPE_FLOAT,
    "double": _Field.TYPE_DOUBLE,
    "string": _Field.TYPE_STRING,
    "bytes": _Field.TYPE_BYTES,
}
_MANY = "*"
_MESSAGES: dict[str, dict[str, tuple[int, str]]] = {  # name: field: number, kind
    "ServerReadyRequest": {},
    "ServerReadyResponse": {"ready": (1, "bool")},
    "ServerMetadataRequest": {},
    "ServerMetadataResponse": {"name": (1, "string"), "version": (2, "string")},
    "ModelReadyRequest": {"name": (1, "string"), "version": (2, "string")},
    "ModelReadyResponse": {"ready": (1, "bool")},
    "ModelMetadataRequest": {"name": (1, "string"), "version": (2, "string")},
    "TensorMetadata": {"name": (1, "string"), "datatype": (2, "string"), "shape": (3, "int64*")},
    "ModelMetadataResponse": {
        "name": (1, "string"),
        "versions": (2, "string*"),
        "inputs": (4, "TensorMetadata*"),
        "outputs": (5, "TensorMetadata*"),
    },
    "InferParameter": {"int64_param": (2, "int64")},
    "NamedParameter": {"key": (1, "string"), "value": (2, "InferParameter")},
    "InferTensorContents": {
        "fp32_contents": (6, "float*"),
        "fp64_contents": (7, "double*"),
        "bytes_contents": (8, "bytes*"),
    },
    "InferTensor": {
        "name": (1, "string"),
        "datatype": (2, "string"),
        "shape": (3, "int64*"),
        "contents": (5, "InferTensorContents"),
    },
    "InferRequestedOutputTensor": {"name": (1, "string"), "parameters": (2, "NamedParameter*")},
    "ModelInferRequest": {
        "model_name": (1, "string"),
        "model_version": (2, "string"),
        "parameters": (4, "NamedParameter*"),
        "inputs": (5, "InferTensor*"),
        "outputs": (6, "InferRequestedOutputTensor*"),
        "raw_input_contents": (7, "bytes*"),
    },
    "ModelInferResponse": {
        "model_name": (1, "string"),
        "model_version": (2, "string"),
        "outputs": (5, "InferTensor*"),
        "raw_output_contents": (6, "bytes*"),
    },
}
"""A map is, on the wire, a repeated message of key and value, and a oneof is its fields: so it is here.

`InferTensor` is an input of a question as well as an output of an answer: both have the same fields.
"""


def _classes() -> dict[str, Message]:
    file = descriptor_pb2.FileDescriptorProto(name="kserve.proto", package="wire", syntax="proto3")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, (number, kind) in fields.items():
            one = kind.removesuffix(_MANY)
            message.field.add(
                name=field,
                number=number,
                label=_Field.LABEL_REPEATED if kind.endswith(_MANY) else _Field.LABEL_OPTIONAL,
                type=_KINDS.get(one, _Field.TYPE_MESSAGE),
                type_name=None if one in _KINDS else f".wire.{one}",
            )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"wire.{name}"))
        for name in _MESSAGES
    }


_CLASSES = _classes()


def message(name: str, /, **fields: Any) -> Message:
    """Make a message of this name, such as `ModelInferRequest`."""
    return _CLASSES[name](**fields)


def written(name: str, /, **fields: Any) -> bytes:
    """Write a message of this name."""
    return serialised(message(name, **fields))


def serialised(made: Message) -> bytes:
    """Return the bytes of a message."""
    serial: bytes = made.SerializeToString()
    return serial


def parsed(name: str, body: bytes) -> Message:
    """Read a message of this name. Raises ValueError where the bytes are none."""
    try:
        return _CLASSES[name].FromString(body)
    except DecodeError:
        raise ValueError(f"the answer is not a {name}") from None
