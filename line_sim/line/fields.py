"""What the fields of a record hold, said beside each field; `recording` makes rows, columns and views of it.

`Moment | None` is a moment that may not have come. A column is called as its field; that of a duration or
a lag has `_s` behind it.
"""

from enum import StrEnum
from typing import Annotated, Any, NamedTuple, TypeAlias

from line_sim.units import Nanoseconds


class Kind(StrEnum):
    """What a field holds."""

    COUNT = "count"  # a whole number
    ORDINAL = "ordinal"  # a number that counts from 1
    MOMENT = "moment"  # a moment of line time
    DURATION = "duration"  # a length of time, never negative
    LAG = "lag"  # how late something was; negative where it was early
    WORD = "word"  # a text of which there are few different ones
    SCORE = "score"  # a number


Count: TypeAlias = Annotated[int, Kind.COUNT]
Ordinal: TypeAlias = Annotated[int, Kind.ORDINAL]
Moment: TypeAlias = Annotated[Nanoseconds, Kind.MOMENT]
Duration: TypeAlias = Annotated[Nanoseconds, Kind.DURATION]
Lag: TypeAlias = Annotated[Nanoseconds, Kind.LAG]
Word: TypeAlias = Annotated[str, Kind.WORD]
Score: TypeAlias = Annotated[float, Kind.SCORE]


class OneOf(NamedTuple):
    """The only texts that a field may hold."""

    words: tuple[str, ...]


class Extra(NamedTuple):
    """A field that is a column only in runs of a line on which it may be something else than `usual`."""

    usual: Any


class Since(NamedTuple):
    """A column behind a moment's own, for a reader's sake: the time from the moment `start` to it."""

    start: str
    name: str
