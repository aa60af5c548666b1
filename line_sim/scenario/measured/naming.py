"""The unit that the name of a column says: `latency_ms`, `duration (ms)`, `elapsedMillis`."""

import re

_WORDS = {
    "ns": ("ns", "nanos", "nanosecond", "nanoseconds"),
    "us": ("us", "\u00b5s", "\u03bcs", "micros", "microsecond", "microseconds"),
    "ms": ("ms", "msec", "msecs", "millis", "millisecond", "milliseconds"),
    "s": ("s", "sec", "secs", "second", "seconds"),
    "min": ("min", "mins", "minute", "minutes"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
}
_UNIT_OF = {word: unit for unit, words in _WORDS.items() for word in words}
_WIDEST, _MOST_SHOWN = 40, 20
_BEHIND = " \t)]}>."
_LAST_WORD = re.compile("[A-Z]?[a-z\u00b5\u03bc]+$|[A-Z]+$")


def unit_of(column: str) -> str | None:
    """Return the unit that a column's name ends in; None where it says nothing."""
    name = column.rstrip(_BEHIND)
    match = _LAST_WORD.search(name)
    if match is None:
        return None
    word, before = match[0], name[: match.start()]
    begins = not before[-1:].isalpha() or (word[0].isupper() and before[-1].islower())
    return _UNIT_OF.get(word.lower()) if begins else None


def not_one_of(header: list[str], column: str, file: object) -> str:
    """Say why a column cannot be taken from a table with this header, behind "it "."""
    if column in header:
        return f"stands {header.count(column)} times in the header of {file}; give each column its own name"
    if not header:
        return f"is no column of {file}; it has none"
    if len(header) == 1 and (other := next((sign for sign in ";\t|" if sign in header[0]), None)):
        return f"is no column of {file}, whose fields are parted by {other!r}; save it with commas"
    if not any(any(map(str.isalpha, name)) for name in header):
        return f"is no column of {file}, which begins with numbers; put a row of names on top"
    return f"is no column of {file}; it has {_listed(header)}"


def _listed(header: list[str]) -> str:
    shown = [name if len(name) <= _WIDEST else f"{name[: _WIDEST - 3]}..." for name in header[:_MOST_SHOWN]]
    return ", ".join(shown) + (f" and {len(header) - _MOST_SHOWN} more" if len(header) > _MOST_SHOWN else "")


_METRICS = frozenset(("metric", "metric_name", "__name__", "_field"))


def metric_place(header: list[str]) -> int | None:
    """Return the place of the column that says which of several quantities a row tells, if any."""
    return next((place for place, name in enumerate(header) if name.lower() in _METRICS), None)
