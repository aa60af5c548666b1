"""Durations: nanoseconds inside, seconds in files, words for people; and how many of what.

Line time is a whole number of nanoseconds everywhere, so that sums are exact and a file read back
gives the very same numbers. Seconds appear as decimal text with nine places.
"""

import math
import re
from decimal import Decimal, InvalidOperation, Overflow
from typing import TypeAlias

Nanoseconds: TypeAlias = int

MICROSECOND = 1_000
MILLISECOND = 1_000_000
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 3600 * SECOND
LONGEST = 100 * 365 * 24 * HOUR  # a century: anything longer is a typing error

LATEST = 2 * LONGEST
"""No moment of a run comes later, in ns; an int64 holds it, and whatever is added to it once."""

UNITS = {
    "ns": 1,
    "us": MICROSECOND,
    "ms": MILLISECOND,
    "s": SECOND,
    "min": MINUTE,
    "h": HOUR,
}
_NOT_ONE = "is not a duration; write 250 ms, 1.5 s, 20 min, 2 h or a number of seconds"
_MOST_LETTERS = 1_000
_TOO_LONG = "is longer than a century"
_PLURAL = re.compile(r"s\b")
_OTHER_DIGITS = "is not a duration; its digits must be 0 to 9, as in 250 ms"
_DURATION = re.compile(r"\s*([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?)\s*([^\W\d]*)\s*")


class NotADurationError(ValueError):
    """What was written is no duration that we take; `why` continues "VALUE "."""

    def __init__(self, value: object, why: str) -> None:
        written = f"{value!r:.50}" if len(repr(value)) <= 50 else f"{value!r:.47}..."
        super().__init__(f"{written} {why}")
        self.why = why


def parse_duration(value: object) -> Nanoseconds:
    """Read `250 ms`, `1.5 s`, `20 min`, `2 h` or a bare number of seconds.

    Rounds to the nearest nanosecond. Raises NotADurationError, with what is allowed, for anything else and
    for durations beyond a century.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise NotADurationError(value, _NOT_ONE)
    if isinstance(value, float) and not math.isfinite(value):
        raise NotADurationError(value, "is not a duration; it must be a finite number of seconds")
    if isinstance(value, int) and abs(value) > LONGEST:
        raise NotADurationError("a number of seconds", _TOO_LONG)
    match = _DURATION.fullmatch(str(value)) if len(str(value)) <= _MOST_LETTERS else None
    if match is None:
        raise NotADurationError(value, _OTHER_DIGITS if _has_other_digits(str(value)) else _NOT_ONE)
    number, unit = match.groups()
    if unit and unit not in UNITS:
        raise NotADurationError(
            value, f"has the unknown unit {unit[:20]!r}; the units are {', '.join(UNITS)}"
        )
    try:
        nanoseconds = int((Decimal(number) * UNITS[unit or "s"]).to_integral_value())
    except (InvalidOperation, Overflow):
        nanoseconds = LONGEST + 1
    if abs(nanoseconds) > LONGEST:
        raise NotADurationError(value, _TOO_LONG)
    return nanoseconds


def _has_other_digits(text: str) -> bool:
    """Whether a text has the digits of another script, or full-width ones, which look like ours."""
    return any(sign.isdecimal() and not sign.isascii() for sign in text)


def seconds_text(nanoseconds: Nanoseconds) -> str:
    """Write nanoseconds as exact decimal seconds with nine places: 1500000000 gives `1.500000000`."""
    sign = "-" if nanoseconds < 0 else ""
    whole, rest = divmod(abs(nanoseconds), SECOND)
    return f"{sign}{whole}.{rest:09d}"


def seconds_from_text(text: str) -> Nanoseconds:
    """Read back what `seconds_text` wrote; exact for up to nine decimal places.

    Raises ValueError when the text is not a plain decimal number of seconds.
    """
    sign = -1 if text.startswith("-") else 1
    whole, _, rest = text.removeprefix("-").partition(".")
    if not (whole + rest).isascii() or not whole.isdigit() or (rest and not rest.isdigit()) or len(rest) > 9:
        raise ValueError(f"{text!r:.40} is not a decimal number of seconds")
    return sign * (int(whole) * SECOND + int(rest.ljust(9, "0")))


def duration_text(nanoseconds: Nanoseconds) -> str:
    """Say a duration exactly, in the largest unit that keeps it short: `250 ms`, `1.5 s`, `20 min`."""
    if nanoseconds == 0:
        return "0 s"
    for unit, finest in _SHORT_IN.items():
        if abs(nanoseconds) >= UNITS[unit] and nanoseconds % finest == 0:
            return f"{Decimal(nanoseconds) / UNITS[unit]:f} {unit}"
    return f"{nanoseconds} ns" if abs(nanoseconds) < SECOND else f"{Decimal(nanoseconds) / SECOND:f} s"


_SHORT_IN = {"h": HOUR, "min": MINUTE, "s": MILLISECOND, "ms": MICROSECOND, "us": 1}
"""The finest step, in ns, that a unit still says with at most three decimal places."""


def milliseconds_text(nanoseconds: Nanoseconds | float, places: int = 1) -> str:
    """Round to milliseconds for a person: 103456789 gives `103.5 ms`."""
    return f"{nanoseconds / MILLISECOND:.{places}f} ms"


def counted(number: int, what: str) -> str:
    """Write how many of what, which is said in the plural: `1 call`, `2,000 good parts inspected`."""
    return f"{number:,} {noun(number, what)}"


def every(number: int, what: str) -> str:
    """Write that all of them are meant: `all 2,000 calls`, `the only call`."""
    return f"the only {noun(number, what)}" if number == 1 else f"all {counted(number, what)}"


def noun(number: int, what: str) -> str:
    """Return the words for so many: of exactly one, the first word that ends in s is without it."""
    return _PLURAL.sub("", what, count=1) if number == 1 else what
