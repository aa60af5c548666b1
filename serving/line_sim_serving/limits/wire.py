"""What reading a message costs, found in its bytes without reading it.

A field of two bytes on the wire can become a string, a message or a number of dozens of bytes in memory.
Small messages are reckoned as if all were such; of large ones the fields are counted.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

from google.protobuf.descriptor import FieldDescriptor

Descriptor: TypeAlias = Any  # a generated message's descriptor

WORST = 32
"""Bytes that a byte of a message may cost: of empty strings and messages, 2 bytes each."""

SMALL = 256 << 10
"""Bytes of a message that is not looked into."""

MOST_FIELDS = 50_000
"""Fields that are looked at; the rest counts as if it were the worst."""

FIELD, BULK, PACKED = 96, 5, 24
"""Bytes for a field; for a byte of a long string (the wire's, the message's, Python's, TensorFlow's); for a
byte of packed numbers."""

_VARINT, _EIGHT, _DELIMITED, _FOUR = 0, 1, 2, 5
_FIXED = {_EIGHT: 8, _FOUR: 4}
_TEXT = {FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES}


def reading_cost(message: bytes, descriptor: Descriptor) -> int:
    """Give an upper bound of the bytes that a message takes in memory."""
    if len(message) <= SMALL:
        return len(message) * WORST
    return _Look(message).cost(descriptor)


@dataclass(slots=True)
class _Part:
    """Fields of one message, up to their end."""

    at: int
    end: int
    fields: Any


class _Look:
    def __init__(self, message: bytes) -> None:
        self._message = message

    def cost(self, descriptor: Descriptor) -> int:
        """Go through the fields of a message and of those in it."""
        total = 0
        open_parts = [_Part(0, len(self._message), descriptor.fields_by_number)]
        for _ in range(MOST_FIELDS):
            while open_parts and open_parts[-1].at >= open_parts[-1].end:
                open_parts.pop()
            if not open_parts:
                return total
            part = open_parts[-1]
            tag, at = self._varint(part.at)
            wire, field = tag & 7, part.fields.get(tag >> 3)
            total += FIELD
            if wire == _DELIMITED:
                length, at = self._varint(at)
                part.at = at + length
                if field is not None and field.message_type is not None:
                    open_parts.append(_Part(at, min(part.at, part.end), field.message_type.fields_by_number))
                elif field is None or field.type in _TEXT:
                    total += BULK * min(length, max(0, part.end - at))
                else:
                    total += PACKED * min(length, max(0, part.end - at))
            elif wire == _VARINT:
                _, part.at = self._varint(at)
            else:
                part.at = at + _FIXED.get(wire, 0)
        return total + WORST * sum(max(0, part.end - part.at) for part in open_parts)

    def _varint(self, at: int) -> tuple[int, int]:
        value = shift = 0
        while at < len(self._message) and shift < 64:
            byte = self._message[at]
            value |= (byte & 0x7F) << shift
            at, shift = at + 1, shift + 7
            if byte < 0x80:
                break
        return value, at
