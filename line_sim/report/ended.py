"""How a study ended: the words of `ended` in its JSON, the same in every study that says them."""

from typing import Final

ALL_DONE: Final = "all done"
REACHED = "precision reached"
ANSWERED, NO_DESIGN, UNDECIDED = "answered", "no design", "undecided"
UNDER_WAY: Final = "under way"
"""It is not over: written by those that write down every step."""

INTERRUPTED: Final = "interrupted"
FAILED: Final = "failed"
"""Something failed in its middle, whose error said why."""

BROKEN_OFF = "broken off"
"""What a sweep says for `failed`: scripts are written against it."""

EARLY = frozenset({INTERRUPTED, FAILED, BROKEN_OFF})
"""Before its end: what is told is not all of it."""
