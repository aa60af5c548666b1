"""Configuration messages of TensorFlow Serving that its Python package leaves out, made at run time.

Names, numbers and types of the fields are those of `session_bundle_config.proto` and `ssl_config.proto`,
so that the same text files can be read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, wrappers_pb2

MessageClass: TypeAlias = Any  # generated at run time
_Field = descriptor_pb2.FieldDescriptorProto
_WRAPPERS = "google/protobuf/wrappers.proto"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, number and type; `wrapper` names a message such as `Int64Value`."""

    name: str
    number: int
    type: int = _Field.TYPE_STRING
    repeated: bool = False
    wrapper: str = ""


def message_class(name: str, fields: Sequence[Field]) -> MessageClass:
    """Make a message class of the package `tensorflow.serving`, in a pool of its own."""
    file = descriptor_pb2.FileDescriptorProto(
        name=f"{name}.proto", package="tensorflow.serving", syntax="proto3", dependency=[_WRAPPERS]
    )
    message = file.message_type.add(name=name)
    for field in fields:
        label = _Field.LABEL_REPEATED if field.repeated else _Field.LABEL_OPTIONAL
        if field.wrapper:
            message.field.add(
                name=field.name,
                number=field.number,
                label=label,
                type=_Field.TYPE_MESSAGE,
                type_name=f".google.protobuf.{field.wrapper}",
            )
        else:
            message.field.add(
                name=field.name, number=field.number, label=label, type=_Field.Type.ValueType(field.type)
            )
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(wrappers_pb2.DESCRIPTOR.serialized_pb)
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"tensorflow.serving.{name}"))


SSLConfig: MessageClass = message_class(
    "SSLConfig",
    [
        Field("server_key", 1),
        Field("server_cert", 2),
        Field("custom_ca", 3),
        Field("client_verify", 4, _Field.TYPE_BOOL),
    ],
)

BatchingParameters: MessageClass = message_class(
    "BatchingParameters",
    [
        Field("max_batch_size", 1, wrapper="Int64Value"),
        Field("batch_timeout_micros", 2, wrapper="Int64Value"),
        Field("max_enqueued_batches", 3, wrapper="Int64Value"),
        Field("num_batch_threads", 4, wrapper="Int64Value"),
        Field("thread_pool_name", 5, wrapper="StringValue"),
        Field("allowed_batch_sizes", 6, _Field.TYPE_INT64, repeated=True),
        Field("pad_variable_length_inputs", 7, _Field.TYPE_BOOL),
        Field("enable_large_batch_splitting", 8, wrapper="BoolValue"),
        Field("max_execution_batch_size", 9, wrapper="Int64Value"),
    ],
)
