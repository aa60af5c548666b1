"""A JSON reader that keeps its own stack, and tells mistakes in the words of TensorFlow Serving's.

TensorFlow Serving reads JSON with RapidJSON: nested however deep, with NaN and Infinity, and whatever
follows the value left unread. Python's own reader is 30 times faster and reads what is right; this
one reads the rest: it says what is wrong and where, and survives what is nested too deep. It also takes
large texts apart, so that Python's reads them piece by piece: that one keeps the interpreter lock, and a
hundred megabytes of numbers in one go would hold up every other request for seconds.
"""

import math
import re
from collections.abc import Callable
from typing import Any, NoReturn, TypeAlias

from line_sim_serving.inference.refusal import invalid

EMPTY = "The document is empty."
INVALID_VALUE = "Invalid value."
NO_NAME = "Missing a name for object member."
NO_COLON = "Missing a colon after a name of object member."
NO_MEMBER_COMMA = "Missing a comma or } after an object member."
NO_ELEMENT_COMMA = "Missing a comma or ] after an array element."
NOT_HEX = "Incorrect hex digit after \\u escape in string."
NO_PAIR = "The surrogate pair in string is invalid."
NO_ESCAPE = "Invalid escape character in string."
NO_QUOTE = "Missing a closing quotation mark in string."
CONTROL_CHARACTER = "Invalid encoding in string."
TOO_BIG = "Number too big to be stored in double."
NO_FRACTION = "Miss fraction part in number."
NO_EXPONENT = "Miss exponent in number."

DEEPEST = 4
"""Of what is taken apart: the request, its inputs, a batch, a picture, but not the lines of a picture."""

_END = "\0"  # RapidJSON's streams end with it, so a NUL in the text ends it too
_SPACE = re.compile(r"[ \n\r\t]*")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_HEX = re.compile(r"[0-9a-fA-F]{4}")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DIGITS = re.compile(r"[0-9]+")
_NAMED = re.compile(r"-?(?:NaN|Infinity|Inf(?!i))")
_LITERALS = {"n": ("null", None), "t": ("true", True), "f": ("false", False)}
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_LARGEST, _SMALLEST = 2**64 - 1, -(2**63)


Decode: TypeAlias = Callable[[str, int], tuple[Any, int]]
"""Reads a value at a place of a text, gives it and the place behind; ValueError where there is none."""


class Named(float):
    """NaN or an infinity that was written as such, not as a number too big for a double."""


def read(text: str, decode: Decode | None = None) -> Any:
    """Read the first JSON value of a text. Raises Refusal with the kind of mistake and its byte.

    `decode` reads the pieces where lists and objects are not nested any further, until it fails.
    An integer beyond 64 bits is a float, as everywhere in TensorFlow Serving.
    """
    return _Reader(text, decode).read()


class _Reader:
    def __init__(self, text: str, decode: Decode | None) -> None:
        self._text = text + _END
        self._decode = decode
        self._open: list[list[Any] | dict[str, Any]] = []
        self._names: list[str] = []

    def read(self) -> Any:
        at = self._skip(0)
        if self._text[at] in "]},:" + _END:
            self._refuse(EMPTY, at)
        while True:
            value, at, complete = self._begin(at)
            while complete:
                if not self._open:
                    return value
                value, at, complete = self._put(value, self._skip(at))

    def _begin(self, at: int) -> tuple[Any, int, bool]:
        """Read a scalar, or open a container; gives the value, the place behind, whether it is complete."""
        first = self._text[at]
        if self._decode is not None and first in '[{"' and not self._is_nested(at):
            try:
                return *self._decode(self._text, at), True
            except (ValueError, RecursionError):
                self._decode = None
        if first == "[":
            self._open.append([])
            at = self._skip(at + 1)
            return (self._open.pop(), at + 1, True) if self._text[at] == "]" else (None, at, False)
        if first == "{":
            self._open.append({})
            at = self._skip(at + 1)
            if self._text[at] == "}":
                return self._open.pop(), at + 1, True
            return None, self._name(at), False
        return *self._scalar(at), True

    def _is_nested(self, at: int) -> bool:
        """Tell whether a value is worth taking apart: the request, its members, lists of lists in them."""
        if self._text[at] == "{":
            return len(self._open) < 2
        return self._text[at] == "[" and len(self._open) < DEEPEST and self._text[self._skip(at + 1)] in "[{"

    def _put(self, value: Any, at: int) -> tuple[Any, int, bool]:
        """Put a complete value into its container, and close that if it ends here."""
        inner = self._open[-1]
        if isinstance(inner, dict):
            inner[self._names.pop()] = value
            closing, missing = "}", NO_MEMBER_COMMA
        else:
            inner.append(value)
            closing, missing = "]", NO_ELEMENT_COMMA
        if self._text[at] == closing:
            return self._open.pop(), at + 1, True
        if self._text[at] != ",":
            self._refuse(missing, at)
        at = self._skip(at + 1)
        return None, self._name(at) if closing == "}" else self._element(at), False

    def _element(self, at: int) -> int:
        if self._text[at] == "]":
            self._refuse(INVALID_VALUE, at)
        return at

    def _name(self, at: int) -> int:
        """Read a member's name and the colon; gives the place of its value."""
        if self._text[at] != '"':
            self._refuse(NO_NAME, at)
        name, at = self._string(at)
        at = self._skip(at)
        if self._text[at] != ":":
            self._refuse(NO_COLON, at)
        self._names.append(name)
        return self._skip(at + 1)

    def _scalar(self, at: int) -> tuple[Any, int]:
        first = self._text[at]
        if first == '"':
            return self._string(at)
        if first in _LITERALS:
            return self._literal(at)
        return self._number(at)

    def _literal(self, at: int) -> tuple[Any, int]:
        word, value = _LITERALS[self._text[at]]
        for letter in word:
            if self._text[at] != letter:
                self._refuse(INVALID_VALUE, at)
            at += 1
        return value, at

    def _number(self, at: int) -> tuple[float, int]:
        named = _NAMED.match(self._text, at)
        if named:
            return Named(named[0]), named.end()
        whole = _INTEGER.match(self._text, at)
        if whole is None:
            self._refuse(INVALID_VALUE, at + (self._text[at] == "-"))
        end = self._exponent(self._fraction(whole.end()))
        token = self._text[at:end]
        if end == whole.end() and len(token) <= 20 and _SMALLEST <= int(token) <= _LARGEST:
            return int(token), end
        value = float(token)
        if math.isinf(value):
            self._refuse(TOO_BIG, at)
        return value, end

    def _fraction(self, at: int) -> int:
        return self._digits(at + 1, NO_FRACTION) if self._text[at] == "." else at

    def _exponent(self, at: int) -> int:
        if self._text[at] not in "eE":
            return at
        at += 1
        return self._digits(at + (self._text[at] in "+-"), NO_EXPONENT)

    def _digits(self, at: int, missing: str) -> int:
        digits = _DIGITS.match(self._text, at)
        if digits is None:
            self._refuse(missing, at)
        return digits.end()

    def _string(self, at: int) -> tuple[str, int]:
        parts: list[str] = []
        at += 1
        while True:
            plain = _PLAIN.match(self._text, at)
            if plain is not None:  # it always matches, be it nothing
                parts.append(plain[0])
                at = plain.end()
            stop = self._text[at]
            if stop == '"':
                return "".join(parts), at + 1
            if stop != "\\":
                self._refuse(NO_QUOTE if stop == _END else CONTROL_CHARACTER, at)
            part, at = self._escape(at)
            parts.append(part)

    def _escape(self, at: int) -> tuple[str, int]:
        letter = self._text[at + 1]
        if letter in _ESCAPES:
            return _ESCAPES[letter], at + 2
        if letter != "u":
            self._refuse(NO_ESCAPE, at)
        unit = self._unit(at, at)
        if not 0xD800 <= unit <= 0xDFFF:
            return chr(unit), at + 6
        if unit > 0xDBFF or self._text[at + 6 : at + 8] != "\\u":
            self._refuse(NO_PAIR, at)
        low = self._unit(at + 6, at)
        if not 0xDC00 <= low <= 0xDFFF:
            self._refuse(NO_PAIR, at)
        return chr(0x10000 + ((unit - 0xD800) << 10 | low - 0xDC00)), at + 12

    def _unit(self, at: int, blame: int) -> int:
        digits = _HEX.match(self._text, at + 2)
        if digits is None:
            self._refuse(NOT_HEX, blame)
        return int(digits[0], 16)

    def _skip(self, at: int) -> int:
        space = _SPACE.match(self._text, at)
        return at if space is None else space.end()

    def _refuse(self, kind: str, at: int) -> NoReturn:
        offset = len(self._text[:at].encode("utf-8", "surrogateescape"))
        raise invalid(f"JSON Parse error: {kind} at offset: {offset}")
