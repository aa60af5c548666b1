"""Rows are taken beside the line: while one round of them becomes text, the kernel makes the next."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self, TypeAlias

from line_sim.compiled.telling import TakesRows
from line_sim.recording.arrays.columns import Rows

Told: TypeAlias = tuple[str, Rows, Sequence[str]]


class Beside(TakesRows):
    """Hands rows to `takes` in a thread of its own, in their order, and at most one round behind.

    Compiled code, numpy and the file system leave the other thread alone meanwhile. Whatever `takes` raises
    is raised at the end of the next round. Leave it, as a context, before what `takes` writes to is closed.
    """

    def __init__(self, takes: TakesRows) -> None:
        self._takes = takes
        self._thread = ThreadPoolExecutor(1)
        self._round: list[Told] = []
        self._last: Future[None] | None = None

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Wait until the round at hand is taken; of a line that was broken off nothing more is."""
        self._thread.shutdown()

    def on_rows(self, kind: str, rows: Rows, words: Sequence[str]) -> None:
        """Keep them for the end of the round: they stay as they are until that of the next one."""
        self._round.append((kind, rows, words))

    def on_round(self) -> None:
        """Have the rows of the round taken, once those of the last one are."""
        told, self._round = self._round, []
        self._settle()
        self._last = self._thread.submit(self._tell, told)

    def on_end(self) -> None:
        """Wait until all is taken."""
        self._settle()
        self._takes.on_end()

    def _settle(self) -> None:
        if self._last is not None:
            self._last.result()

    def _tell(self, told: list[Told]) -> None:
        for kind, rows, words in told:
            self._takes.on_rows(kind, rows, words)
        self._takes.on_round()
