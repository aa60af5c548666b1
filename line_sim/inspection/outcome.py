"""What can come back from one inference call: four frozen values that the line routes.

Whatever says so - a server, a recording, a test - an `Answered` holds a label and a score by the rules here,
or it cannot be made.
"""

import unicodedata
from dataclasses import dataclass
from numbers import Real
from typing import ClassVar, TypeAlias

LONGEST_LABEL = 1_000
"""Characters of the longest label; what is longer is no label, and would not fit into a table's field."""

SCORE_SLACK = 1e-3
"""How far beyond [0, 1] a softmax in low precision may round and still be a score."""

OUT_OF_RANGE = "it must be in [0, 1]"
"""How every reason ends why a number is no score."""

_LINE_SPACING = "\t\n\r"  # a file of labels leaves them behind; a warning then names the label


def checked_label(label: object) -> str:
    """Return a label that says something and can be written. Raises ValueError."""
    if not isinstance(label, str):
        raise ValueError("the label is not a string")  # noqa: TRY004 - one kind for all bad answers
    if not label.strip():
        raise ValueError("the label is empty")
    if len(label) > LONGEST_LABEL:
        raise ValueError(f"the label has {len(label):,} characters; it may have {LONGEST_LABEL:,}")
    for sign in label:
        if unicodedata.category(sign) in {"Cc", "Cs"} and sign not in _LINE_SPACING:
            raise ValueError(f"the label holds U+{ord(sign):04X}, which is no character of a text")
    return label


def checked_score(score: object) -> float:
    """Return a score in [0, 1], rounding errors cut off. Raises ValueError for anything else."""
    if isinstance(score, bool) or not isinstance(score, Real):
        raise ValueError("the score is not a number")  # noqa: TRY004 - as above
    try:
        number = float(score)
    except OverflowError:
        raise ValueError(f"the score is too large a number; {OUT_OF_RANGE}") from None
    if not -SCORE_SLACK <= number <= 1 + SCORE_SLACK:  # so written, NaN is refused, too
        raise ValueError(f"the score is {number:g}; {OUT_OF_RANGE}")
    return min(1.0, max(0.0, number))


@dataclass(frozen=True, slots=True)
class Answered:
    """The network answered in time with its best label and that label's score in [0, 1].

    Raises ValueError for what `checked_label` and `checked_score` refuse.
    """

    name: ClassVar[str] = "answered"
    label: str
    score: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", checked_label(self.label))
        object.__setattr__(self, "score", checked_score(self.score))


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The deadline passed first; the answer, if one ever came, is not known."""

    name: ClassVar[str] = "timed_out"


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The server could not be reached or refused the work."""

    name: ClassVar[str] = "unavailable"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An answer came that holds no usable label and score, or the server could not read the picture."""

    name: ClassVar[str] = "unreadable"
    detail: str = ""


Outcome: TypeAlias = Answered | TimedOut | Unavailable | Unreadable

OUTCOME_NAMES = tuple(kind.name for kind in (Answered, TimedOut, Unavailable, Unreadable))
