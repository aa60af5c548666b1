"""Printing what a run came to."""

from pathlib import Path

from rich.console import Console, RenderableType

from line_sim.report.summary_text import summary_text
from line_sim.simulation import RunResult

NARROWEST = 80


class _Page(Console):
    """A console that leaves it to the command line what a reader who has gone means."""

    def on_broken_pipe(self) -> None:
        """Raise what rich would make an exit code of its own."""
        raise  # noqa: PLE0704 - rich calls this while it handles the BrokenPipeError


def show_result(result: RunResult, page: Path) -> None:
    """Print the summary for a person, and where the files and the page are."""
    console = show_page(summary_text(result.summary), f"Files: {result.folder}")
    console.print(f"Page:  {page}", markup=False, soft_wrap=True)


def show_page(page: RenderableType, last_line: str = "") -> Console:
    """Print a page for a person and a last line that is not wrapped; return the console."""
    console = _Page(highlight=False)
    if not console.is_terminal:  # a pipe has no width: what people and scripts read stays the same
        console = _Page(highlight=False, width=NARROWEST)
    console.print(page)
    if last_line:
        console.print(f"\n{last_line}", markup=False, soft_wrap=True)
    return console
