"""The bytes of a tensor to its elements and back, as KServe's v2 protocol lays them out.

Little-endian, row by row, without padding; an element of BYTES is its length in 4 bytes and then itself.
"""

import struct
from collections.abc import Sequence

from line_sim.inspection.wires.classes import MOST_CLASSES, raw_numbers

BYTES, UINT8 = "BYTES", "UINT8"
"""The two datatypes in which a picture's file can be sent."""

LAYOUTS = {"FP16": "<e", "FP32": "<f", "FP64": "<d"}
"""The datatypes that a score may have, and how `struct` reads one."""

NUMBERS = {"INT32": "<i", "INT64": "<q"}
"""The datatypes that the number of a class may have."""

_LENGTH = struct.Struct("<I")


def bytes_element(content: bytes) -> bytes:
    """Write one element of BYTES."""
    return _LENGTH.pack(len(content)) + content


def bytes_elements(buffer: bytes) -> list[bytes]:
    """Part the buffer of a BYTES tensor. Raises ValueError where it does not come out, or holds too many."""
    elements: list[bytes] = []
    at = 0
    while at < len(buffer):
        begins = at + _LENGTH.size
        if begins > len(buffer):
            raise ValueError("the BYTES of the answer end in the middle of a length")
        at = begins + _LENGTH.unpack_from(buffer, at)[0]
        if at > len(buffer):
            raise ValueError("the BYTES of the answer are shorter than they say")
        if len(elements) >= MOST_CLASSES:
            raise ValueError(f"the answer has more than {MOST_CLASSES:,} elements of BYTES")
        elements.append(buffer[begins:at])
    return elements


def raw_values(datatype: str, buffer: bytes) -> Sequence[bytes] | Sequence[float]:
    """Read a buffer of BYTES or of numbers; of datatypes that nobody asks for: none. Raises ValueError."""
    if datatype == BYTES:
        return bytes_elements(buffer)
    if datatype in NUMBERS:
        return raw_numbers("label", buffer, NUMBERS[datatype])
    return raw_numbers("score", buffer, LAYOUTS[datatype]) if datatype in LAYOUTS else ()
