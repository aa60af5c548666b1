"""Message classes of one protocol, made from a table of field numbers in a descriptor pool of their own.

Generated classes register themselves by name in a pool that the whole process shares, and bring the
packages that they lie in: TensorFlow Serving's those of TensorFlow, gigabytes; two packages with KServe's
cannot live in one process. A private pool with the same numbers reads and writes the same bytes, needs
nothing but protobuf, and clashes with nobody's.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

Message: TypeAlias = Any  # a message or message class made at run time: no types
Field: TypeAlias = tuple[int, str] | tuple[int, str, str]
"""A field's number, its kind, and the name of its oneof where it is in one.

A kind is a scalar or another message's name; `*` behind it: any number of them; `map ` before it: a map
from strings.
"""
Table: TypeAlias = Mapping[str, Mapping[str, Field]]
"""Messages by name, their fields by name."""

_Field = descriptor_pb2.FieldDescriptorProto
_SCALARS = {
    "bool": _Field.TYPE_BOOL,
    "int32": _Field.TYPE_INT32,
    "uint32": _Field.TYPE_UINT32,
    "int64": _Field.TYPE_INT64,
    "uint64": _Field.TYPE_UINT64,
    "float": _Field.TYPE_FLOAT,
    "double": _Field.TYPE_DOUBLE,
    "string": _Field.TYPE_STRING,
    "bytes": _Field.TYPE_BYTES,
}
_PACKAGE = "wire"


class Messages:
    """The messages of one table. A field that the table leaves out is left unread when it comes in."""

    def __init__(self, table: Table) -> None:
        file = descriptor_pb2.FileDescriptorProto(name="wire.proto", package=_PACKAGE, syntax="proto3")
        for name, fields in table.items():
            _describe(file.message_type.add(name=name), fields)
        pool = descriptor_pool.DescriptorPool()
        pool.Add(file)
        self._classes: dict[str, Message] = {
            name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}"))
            for name in table
        }

    def message(self, name: str, /, **fields: Any) -> Message:
        """Make a message of this name."""
        return self._classes[name](**fields)

    def written(self, name: str, /, **fields: Any) -> bytes:
        """Write a message of this name."""
        return serialised(self.message(name, **fields))

    def parsed(self, name: str, body: bytes) -> Message:
        """Read a message of this name. Raises ValueError where the bytes are none."""
        try:
            return self._classes[name].FromString(body)
        except DecodeError:
            raise ValueError(f"the answer is not a {name}") from None


def serialised(made: Message) -> bytes:
    """Return the bytes of a message."""
    serial: bytes = made.SerializeToString()
    return serial


def _describe(message: Message, fields: Mapping[str, Field]) -> None:
    oneofs: dict[str, int] = {}
    for name, (number, kind, *oneof) in fields.items():
        is_map = kind.startswith("map ")
        field = _add(message, name, number, _map_entry(message, name, kind[4:]) if is_map else kind)
        for choice in oneof:
            if choice not in oneofs:
                oneofs[choice] = len(oneofs)
                message.oneof_decl.add(name=choice)
            field.oneof_index = oneofs[choice]


def _add(message: Message, name: str, number: int, kind: str) -> Message:
    one = kind.removesuffix("*")
    return message.field.add(
        name=name,
        number=number,
        label=_Field.LABEL_OPTIONAL if one == kind else _Field.LABEL_REPEATED,
        type=_SCALARS.get(one, _Field.TYPE_MESSAGE),
        type_name=None if one in _SCALARS else f".{_PACKAGE}.{one}",
    )


def _map_entry(message: Message, field: str, value: str) -> str:
    """Add the message that a map is made of, named as protobuf wants it; return the field's kind."""
    entry = message.nested_type.add(name="".join(word.title() for word in field.split("_")) + "Entry")
    entry.options.map_entry = True
    _add(entry, "key", 1, "string")
    _add(entry, "value", 2, value)
    return f"{message.name}.{entry.name}*"
