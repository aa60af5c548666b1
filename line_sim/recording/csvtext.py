"""Single CSV fields: exact decimal seconds, quoted text, and back.

RFC 4180 with CRLF line ends: the separator it asks for, and the same bytes on every machine.
"""

import re

from line_sim.inspection.outcome import checked_score
from line_sim.units import LATEST, Nanoseconds, seconds_from_text, seconds_text

LINE_END = "\r\n"
LARGEST = 10**18 - 1
"""No whole number of a run is larger."""

_LATEST = seconds_text(LATEST)
_needs_quotes = re.compile(r'[",\r\n]').search


def text_field(text: str) -> str:
    """Quote a text if it holds a comma, a quote or a line end; leave any other as it is."""
    if _needs_quotes(text) is None:
        return text
    return '"' + text.replace('"', '""') + '"'


def line_ends(text: str | bytes) -> int:
    """Return how many lines end in a text, whichever way: as the CSV reader and an editor count."""
    text = text.encode(errors="replace") if isinstance(text, str) else text
    return text.count(b"\n") + text.count(b"\r") - text.count(b"\r\n")


def time_field(nanoseconds: Nanoseconds | None) -> str:
    """Write seconds with nine places; None is an empty field.

    Slicing digits takes half the time of dividing, and most of what recording costs is this.
    """
    if nanoseconds is None:
        return ""
    digits = str(nanoseconds)
    if len(digits) > 9 and nanoseconds > 0:
        return f"{digits[:-9]}.{digits[-9:]}"
    return seconds_text(nanoseconds)


def required_time(field: str) -> Nanoseconds:
    """Read a time that must be there, to the nanosecond. Raises ValueError."""
    if len(field) >= len(_LATEST) and _beyond(field):
        raise ValueError(f"{field!r:.40} is longer than two centuries")
    if field[-10:-9] == ".":  # nine places, as we write them: the fast way
        digits = field[:-10] + field[-9:]
        if digits.isdecimal() and digits.isascii() and len(field) > 10:
            return int(digits)
    return seconds_from_text(field)


def _beyond(field: str) -> bool:
    digits = field.removeprefix("-")
    return digits.replace(".", "").isdecimal() and (len(digits), digits) > (len(_LATEST), _LATEST)


def duration_value(field: str) -> Nanoseconds:
    """Read a time that cannot be negative. Raises ValueError."""
    duration = required_time(field)
    if duration < 0:
        raise ValueError(f"{field!r} is a negative duration")
    return duration


def count_value(field: str) -> int:
    """Read a whole number of at least 0. Raises ValueError."""
    if not (field.isdecimal() and field.isascii()):
        raise ValueError(f"{field!r} is not a whole number")
    if len(field) > len(str(LARGEST)):
        raise ValueError(f"{field!r} is too large a number")
    return int(field)


def ordinal_value(field: str) -> int:
    """Read a number that counts from 1, such as a unit. Raises ValueError."""
    number = count_value(field)
    if number < 1:
        raise ValueError(f"{field!r} must be at least 1")
    return number


def score_field(score: float | None) -> str:
    """Write the shortest decimal that reads back as the same float; None is an empty field."""
    return "" if score is None else repr(float(score))


def score_value(field: str) -> float | None:
    """Read a score, by the rule of every answer, or None. Raises ValueError."""
    return checked_score(float(field)) if field else None


def word_value(field: str, allowed: tuple[str, ...]) -> str:
    """Read one of a few words. Raises ValueError with all of them."""
    if field not in allowed:
        raise ValueError(f"{field!r} is none of {', '.join(word or '(empty)' for word in allowed)}")
    return field
