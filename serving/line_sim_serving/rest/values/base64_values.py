"""Binary strings in JSON: `{"b64": "..."}`."""

import binascii
import re
from typing import Any

from line_sim_serving.inference.refusal import invalid
from line_sim_serving.rest.values.json_text import shown, text_bytes

_SPACE = re.compile(rb"\s+")
_PADDING = b"=."


def is_base64(value: Any) -> bool:
    """Tell whether a value is a binary string: an object with the one key `b64`, which holds a string."""
    return isinstance(value, dict) and len(value) == 1 and isinstance(value.get("b64"), str)


def decode_base64(value: Any) -> bytes:
    """Give the bytes that an object stands for. Raises Refusal."""
    if not is_base64(value):
        raise invalid(f"JSON Value: {shown(value)} not formatted correctly for base64 data")
    text = text_bytes(value["b64"])
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error:
        return _decode_leniently(text)


def _decode_leniently(text: bytes) -> bytes:
    """Decode what is right too: without padding, with dots for padding, with white space."""
    text = _SPACE.sub(b"", text)
    core = text.rstrip(_PADDING)
    needed = -len(core) % 4
    if len(text) - len(core) not in {0, needed}:
        raise invalid("Unable to base64 decode")
    try:
        return binascii.a2b_base64(core + b"=" * needed, strict_mode=True)
    except binascii.Error:
        raise invalid("Unable to base64 decode") from None
