"""The columns of chance that a line needs: one for each need and visit, a row for each part."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from line_sim.chance.chance import Chance
from line_sim.chance.need import Need
from line_sim.chance.streams import Draws

Numbers: TypeAlias = NDArray[np.int64]


class Columns:
    """What parts draw, in the order in which it was added: each need gets the next column, or several.

    A column holds whole numbers: times in ns, 0 or 1 for what happens or does not, and for what is chosen the
    code of the word.
    """

    def __init__(self, chance: Chance, code: Callable[[str], int]) -> None:
        self._chance = chance
        self._code = code
        self._drawn: list[tuple[Draws[Any], int, int, Numbers | None]] = []

    def __len__(self) -> int:
        return len(self._drawn)

    def add(self, need: Need[Any], visits: int = 1) -> int:
        """Return the column of a need for a part's first visit; those of further visits follow it."""
        first, draws = len(self._drawn), need.of(self._chance)
        codes = np.array([self._code(word) for word in draws.options]) if draws.options else None
        self._drawn += [(draws, visit, need.by.attempt, codes) for visit in range(1, visits + 1)]
        return first

    def fill(self, columns: Numbers, first: int) -> None:
        """Write the values of parts from a number on, as many as there is room for; shape [columns, parts]."""
        for row, (draws, visit, attempt, codes) in zip(columns, self._drawn, strict=True):
            told = draws.column(first, len(row), visit, attempt)
            row[:] = told if codes is None else codes[told]
