"""The columns of chance that a line needs: one for each purpose, place and visit, a row for each part."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from line_sim.chance.streams import BLOCK, BLOCK_BITS, Draws

Numbers: TypeAlias = NDArray[np.int64]
Code: TypeAlias = Callable[[Any], int]

ATTEMPT = 1


class Columns:
    """Draws by part, in the order in which they were added: each gets the next column, or several.

    A column holds whole numbers: times in ns, 0 or 1 for what happens or does not, codes of words.
    """

    def __init__(self) -> None:
        self._draws: list[tuple[Draws[Any], int, int, Code]] = []

    def __len__(self) -> int:
        return len(self._draws)

    def add(self, draws: Draws[Any], *, visits: int = 1, attempt: int = 0, code: Code = int) -> int:
        """Return the column of some draws for a part's first visit; those of further visits follow it."""
        first = len(self._draws)
        self._draws += [(draws, visit, attempt, code) for visit in range(1, visits + 1)]
        return first

    def fill(self, columns: Numbers, first: int) -> None:
        """Write the values of parts from a number on, as many as there is room for; shape [columns, parts]."""
        for row, (draws, visit, attempt, code) in zip(columns, self._draws, strict=True):
            row[:] = _column(draws, first, len(row), visit, attempt, code)


def _column(draws: Draws[Any], first: int, count: int, visit: int, attempt: int, code: Code) -> list[int]:
    blocks = range(first >> BLOCK_BITS, (first + count - 1 >> BLOCK_BITS) + 1)
    told = [code(value) for block in blocks for value in draws.block(block, visit, attempt)]
    skipped = first - blocks.start * BLOCK
    return told[skipped : skipped + count]
