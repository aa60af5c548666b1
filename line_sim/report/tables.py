"""Tables of a text for a person: drawn as such where there is room, as a list on a narrow screen.

A page reads their rows and draws none of them: what draws on a terminal is imported by the drawing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.table import Table

_GAP = 2
_NAME = 10
"""What the first column may be squeezed to before the table becomes a list."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a name and its cells, under headings; `corner` stands above the names."""

    corner: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "Iterator[RenderableType]":
        """Draw the table, or where it would be cut each row in words."""
        from rich.text import Text  # noqa: PLC0415 - see above

        if self._needed() <= options.max_width:
            yield self._table()
            return
        if self.corner:
            yield Text(self.corner, style="dim")
        for name, cells in self.rows:
            told = [f"{heading} {cell}" for heading, cell in zip(self.headings, cells, strict=True) if cell]
            yield Text(f"{name}: {', '.join(told)}")

    def _needed(self) -> int:
        """Return the width below which cells would be cut."""
        columns = zip(self.headings, *(cells for _, cells in self.rows), strict=True)
        names = [self.corner, *(name for name, _ in self.rows)]
        return min(_NAME, max(map(len, names))) + sum(_GAP + max(map(len, column)) for column in columns)

    def _table(self) -> "Table":
        from rich.table import Table  # noqa: PLC0415 - see above
        from rich.text import Text  # noqa: PLC0415 - see above

        table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="dim")
        table.add_column(self.corner, overflow="fold", min_width=5)
        for heading in self.headings:
            table.add_column(heading, justify="right", no_wrap=True)
        for name, cells in self.rows:
            table.add_row(Text(name), *cells)
        return table
