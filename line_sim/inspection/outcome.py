"""What can come back from one inference call: four frozen values that the line routes."""

from dataclasses import dataclass
from typing import ClassVar, TypeAlias


@dataclass(frozen=True, slots=True)
class Answered:
    """The network answered in time with its best label and that label's score in [0, 1]."""

    name: ClassVar[str] = "answered"
    label: str
    score: float


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
