"""Records counted in groups that no figure tells apart: by the words in them, and by when things happened.

The conditions of figures ask for words. So they are asked of one record of each group when somebody looks,
and not of every part that goes by: a part costs an addition, however many figures there are.
"""

from bisect import bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Generic, TypeVar, get_type_hints

from line_sim.units import Nanoseconds

R = TypeVar("R", bound=tuple[Any, ...])

Moments = tuple[Nanoseconds | None, ...]


class Stretches:
    """Line time cut wherever a figure may begin or end: moments of one stretch count alike.

    The beginning of a stretch stands for the moments in it; `last` is where the last one begins.
    """

    def __init__(self, *beginnings: Nanoseconds) -> None:
        self._beginnings = sorted({0, *beginnings})
        self.last = self._beginnings[-1]

    def cut(self, beginning: Nanoseconds) -> None:
        """Let a stretch begin; it must be later than all that has been counted."""
        if beginning not in self._beginnings:
            insort(self._beginnings, beginning)
            self.last = self._beginnings[-1]

    def of(self, moment: Nanoseconds) -> Nanoseconds:
        """Return the beginning of a moment's stretch."""
        return self._beginnings[bisect_right(self._beginnings, moment) - 1]


@dataclass(slots=True)
class Group(Generic[R]):
    """Some records: one of them, the moments that stand for theirs, and how many they are."""

    record: R
    moments: Moments
    count: int = 0


class Groups(Generic[R]):
    """How many records of one sort there were; another thread may look at any time."""

    def __init__(self, sort: type[R]) -> None:
        kinds = get_type_hints(sort)  # of a NamedTuple: its fields in order
        self._words = itemgetter(*(place for place, kind in enumerate(kinds.values()) if kind is str))
        self._groups: dict[Moments, dict[Any, Group[R]]] = {}

    def add(self, record: R, moments: Moments) -> None:
        """Count a record; each moment is the beginning of its stretch, or None: it never came."""
        try:
            self._groups[moments][self._words(record)].count += 1
        except KeyError:
            self._groups.setdefault(moments, {})[self._words(record)] = Group(record, moments, 1)

    def __iter__(self) -> Iterator[Group[R]]:
        for alike in tuple(self._groups.values()):
            yield from tuple(alike.values())

    def by(self, *fields: str) -> dict[tuple[str, ...], int]:
        """Return how many records hold each combination of words in some fields."""
        counts: dict[tuple[str, ...], int] = {}
        for group in self:
            words = tuple(getattr(group.record, field) for field in fields)
            counts[words] = counts.get(words, 0) + group.count
        return counts
