"""The columns of chance that a line needs: one for each need and visit, a row for each part."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, TypeAlias

import numpy as np

from line_sim.chance.chance import Chance
from line_sim.chance.need import Need
from line_sim.compiled.answers import Foreknown, Numbers

Made: TypeAlias = Callable[[int, int], Numbers]
"""Makes the values of so many parts from a number on."""


class Columns:
    """What parts bring with them, in the order in which it was added: each gets the next column, or several.

    A column holds whole numbers: times in ns, 0 or 1 for what happens or does not, and for what is chosen the
    code of the word.
    """

    def __init__(self, chance: Chance, code: Callable[[str], int]) -> None:
        self._chance = chance
        self._code = code
        self._made: list[Made] = []

    def __len__(self) -> int:
        return len(self._made)

    def add(self, need: Need[Any], visits: int = 1) -> int:
        """Return the column of a need for a part's first visit; those of further visits follow it."""
        first, draws = len(self._made), need.of(self._chance)
        codes = np.array([self._code(word) for word in draws.options]) if draws.options else None

        def made(start: int, count: int, visit: int) -> Numbers:
            told = draws.column(start, count, visit, need.by.attempt)
            return told if codes is None else codes[told]

        self._made += [partial(made, visit=visit) for visit in range(1, visits + 1)]
        return first

    def add_known(self, answers: Foreknown) -> tuple[int, int]:
        """Return the columns of the latencies and of the outcomes of answers that are known beforehand."""
        first, known = len(self._made), lru_cache(1)(answers.known)
        self._made += [
            lambda start, count: known(start, count)[0],
            lambda start, count: known(start, count)[1],
        ]
        return first, first + 1

    def fill(self, columns: Numbers, first: int) -> None:
        """Write the values of as many parts from a number on as there is room for; shape [columns, parts]."""
        for row, made in zip(columns, self._made, strict=True):
            row[:] = made(first, len(row))
