"""Who is told of a compiled line: rows at a time, never a part alone."""

from collections.abc import Sequence
from typing import Any, Protocol

from numpy.typing import NDArray


class TakesRows(Protocol):
    """Who takes what the line tells, round by round; the fields: `line_sim.compiled.kernel.tables.rows`."""

    def on_rows(self, kind: str, rows: NDArray[Any], words: Sequence[str], /) -> None:
        """Take rows of an item, visit, call or outage, once a round.

        They stay as they are until the next round has ended; the words become more.
        """

    def on_round(self) -> None:
        """All rows of a round have been told; most care not."""
        return

    def on_end(self) -> None:
        """All rows have been told; most care not."""
        return
