"""What the other side said, fit for an error's text: short, on one terminal, without control characters."""

from collections.abc import Iterable

LONGEST_TEXT = 1_000
"""Characters of somebody else's text that are passed on; TensorFlow Serving cuts its own at about as many."""

_MOST_NAMES = 20
_LONGEST_NAME = 100


def told(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return somebody else's text, cut where it is long, with what no terminal should get written out."""
    return "".join(map(_shown, _cut(text, longest)))


def told_in_line(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return somebody else's text as `told` does, and on one line."""
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in told(text, longest))


def listed(names: Iterable[str]) -> str:
    """Write names, sorted and quoted, the first twenty where there are more."""
    known = sorted(names)
    shown = ", ".join(repr(_cut(name, _LONGEST_NAME)) for name in known[:_MOST_NAMES])
    more = f" and {len(known) - _MOST_NAMES:,} more" if len(known) > _MOST_NAMES else ""
    return f"{shown}{more}" if known else "none"


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}... ({len(text):,} characters)"


def _shown(sign: str) -> str:
    return sign if sign.isprintable() or sign in "\n\t" else repr(sign)[1:-1]
