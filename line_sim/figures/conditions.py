"""Conditions on what a row says, as data: asked of whole columns, or of one record as it comes.

    overkill = Is("true_state", "good") & (Is("lane", "review") | Is("disposition", "scrapped"))
    overkill.of(run.items)    # a mask over the columns
    overkill.holds(item)      # the same of one record: the live count asks no other question

A field has the same name in the record and in the table.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import attrgetter
from typing import Protocol

import numpy as np

from line_sim.recording.rows import BoolArray


class Rows(Protocol):
    """Rows of a table that can be asked which of them say one of some words in a field."""

    def __len__(self) -> int:
        """Return how many there are."""

    def says(self, field: str, *words: str) -> BoolArray:
        """Return for each row whether the field holds one of the words."""


class Condition(ABC):
    """Something that is true of a row or is not."""

    @abstractmethod
    def of(self, rows: Rows) -> BoolArray:
        """Return for each row whether it holds."""

    @abstractmethod
    def closure(self) -> Callable[[object], bool]:
        """Return a function that says of one record whether it holds."""

    @cached_property
    def holds(self) -> Callable[[object], bool]:
        """Whether it holds of one record; made once, so that asking costs little."""
        return self.closure()

    def __and__(self, other: "Condition") -> "Condition":
        return Every((self, other))

    def __or__(self, other: "Condition") -> "Condition":
        return Either((self, other))

    def __invert__(self) -> "Condition":
        return Not(self)


@dataclass(frozen=True)
class Is(Condition):
    """A field holds this word, or one of these; the empty word stands where nothing has happened."""

    field: str
    words: tuple[str, ...]

    def __init__(self, field: str, *words: str) -> None:
        object.__setattr__(self, "field", field)
        object.__setattr__(self, "words", words)

    def of(self, rows: Rows) -> BoolArray:
        """Return for each row whether it holds."""
        return rows.says(self.field, *self.words)

    def closure(self) -> Callable[[object], bool]:
        """Return a function that says of one record whether it holds."""
        read, words = attrgetter(self.field), frozenset(self.words)
        return lambda record: read(record) in words

    def __str__(self) -> str:
        return f"{self.field} is {' or '.join(word or 'empty' for word in self.words)}"


@dataclass(frozen=True)
class Every(Condition):
    """All of these hold; of none at all, always."""

    conditions: tuple[Condition, ...]

    def of(self, rows: Rows) -> BoolArray:
        """Return for each row whether it holds."""
        masks = (condition.of(rows) for condition in self.conditions)
        return reduce(np.logical_and, masks, np.ones(len(rows), dtype=np.bool_))

    def closure(self) -> Callable[[object], bool]:
        """Return a function that says of one record whether it holds."""
        match [condition.holds for condition in self.conditions]:
            case [first, second]:
                return lambda record: first(record) and second(record)
            case tests:
                return lambda record: all(test(record) for test in tests)

    def __str__(self) -> str:
        return " and ".join(map(_within, self.conditions)) or "always"


@dataclass(frozen=True)
class Either(Condition):
    """At least one of these holds."""

    conditions: tuple[Condition, ...]

    def of(self, rows: Rows) -> BoolArray:
        """Return for each row whether it holds."""
        masks = (condition.of(rows) for condition in self.conditions)
        return reduce(np.logical_or, masks, np.zeros(len(rows), dtype=np.bool_))

    def closure(self) -> Callable[[object], bool]:
        """Return a function that says of one record whether it holds."""
        match [condition.holds for condition in self.conditions]:
            case [first, second]:
                return lambda record: first(record) or second(record)
            case tests:
                return lambda record: any(test(record) for test in tests)

    def __str__(self) -> str:
        return " or ".join(map(_within, self.conditions)) or "never"


@dataclass(frozen=True)
class Not(Condition):
    """This does not hold."""

    condition: Condition

    def of(self, rows: Rows) -> BoolArray:
        """Return for each row whether it holds."""
        return ~self.condition.of(rows)

    def closure(self) -> Callable[[object], bool]:
        """Return a function that says of one record whether it holds."""
        holds = self.condition.holds
        return lambda record: not holds(record)

    def __str__(self) -> str:
        if isinstance(self.condition, Is):
            return str(self.condition).replace(" is ", " is not ", 1)
        return f"not ({self.condition})"


ALWAYS = Every(())


def _within(condition: Condition) -> str:
    return f"({condition})" if isinstance(condition, Either) else str(condition)
