"""JSON requests as TensorFlow Serving reads them: the text, its strings, its values in error texts."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from json.encoder import encode_basestring  # the public way, `dumps`, is twice as slow for a bare string
from typing import Any

from line_sim_serving.inference.refusal import invalid
from line_sim_serving.rest.values.json_reader import Named, read

LONGEST_SHOWN = 256
"""Bytes of a value that an error text shows; the token that passes them is the last."""

LARGE = 1 << 20
"""Characters of a text that is read piece by piece; one of this size takes Python about 30 ms."""

_DECODER = json.JSONDecoder(parse_constant=Named)
_SPACE = re.compile(r"[ \n\r\t]*")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_object(body: bytes) -> dict[str, Any]:
    """Read a request's body, which must be one JSON object; text behind it is left unread.

    Bytes that are not UTF-8 live on in strings (as lone surrogates), for `text_bytes` to give back.
    Raises Refusal.
    """
    if not body:
        raise invalid("JSON Parse error: The document is empty")
    value = _read(body.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape"))
    if not isinstance(value, dict):
        raise invalid(f"JSON Value: {shown(value)} Is not object")
    return value


def _read(text: str) -> Any:
    """Read with Python's own reader; where it fails, or would let something through, with the slow one."""
    if _SURROGATE.search(text):
        return read(text)
    if len(text) > LARGE:
        return read(text, _DECODER.raw_decode)
    space = _SPACE.match(text)
    try:
        return _DECODER.raw_decode(text, space.end() if space else 0)[0]
    except (ValueError, RecursionError):  # also integers of too many digits, and depth
        return read(text)


def text_bytes(text: str) -> bytes:
    """Give a JSON string's bytes, as they were sent."""
    return text.encode("utf-8", "surrogateescape")


def quoted(value: bytes) -> str:
    """Write bytes as a JSON string; like TensorFlow Serving, what is not UTF-8 goes out as it is."""
    return encode_basestring(value.decode("utf-8", "surrogateescape"))


def type_name(value: Any) -> str:
    """Name a value's JSON type as error texts do."""
    if value is None:
        return "Null"
    if isinstance(value, bool):
        return str(value)
    names: dict[type, str] = {dict: "Object", list: "Array", str: "String"}
    return names.get(type(value), "Number")


def shown(value: Any) -> str:
    """Write a value for an error text: objects over several lines, cut after 256 bytes."""
    written: list[str] = []
    size = 0
    for piece in _pieces(value):
        if size >= LONGEST_SHOWN:
            break
        written.append(piece)
        size += len(text_bytes(piece))
    return "".join(written)


def _pieces(value: Any) -> Iterator[str]:
    """Write a value token by token, with a stack of its own: it may be nested deeper than Python's."""
    stack = [(iter([("", value)]), "")]
    while stack:
        members, closing = stack[-1]
        found = next(members, None)
        if found is None:
            stack.pop()
            yield closing
            continue
        before, member = found
        yield before + _opening(member)
        depth = len(stack)
        stack.append((_members(member, depth), _closing(member, depth - 1)))


def _members(value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    """Give each member with what stands before it: comma, line and name."""
    if isinstance(value, dict):
        for place, (name, member) in enumerate(value.items()):
            yield f"{',' if place else ''}{_line(depth)}{encode_basestring(name)}: ", member
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield ", " if place else "", member


def _opening(value: Any) -> str:
    if isinstance(value, dict):
        return "{"
    if isinstance(value, list):
        return "["
    if isinstance(value, str):
        return encode_basestring(value)
    return _shown_float(value) if isinstance(value, float) else json.dumps(value)


def _closing(value: Any, depth: int) -> str:
    if isinstance(value, dict):
        return (_line(depth) if value else "") + "}"
    return "]" if isinstance(value, list) else ""


def _line(depth: int) -> str:
    return "\n" + "    " * depth


def _shown_float(value: float) -> str:
    """Write the fewest digits that read back; exponents only below 1e-6 and from 1e21 on."""
    if 1e-6 <= abs(value) < 1e21:
        digits = format(Decimal(repr(value)), "f")
        return digits if "." in digits else digits + ".0"
    return json.dumps(value).replace("e+", "e").replace("e-0", "e-")
