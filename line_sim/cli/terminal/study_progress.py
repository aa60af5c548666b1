"""What a study shows while it runs: a bar on a terminal, plain lines elsewhere."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from line_sim.cli.terminal.timed_lines import TimedLines

MINUTE_S, HOUR_S = 60, 3600


class StudyNarrator:
    """Tells nothing; its subclasses do. Open (as a context manager) while the study runs."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def stage(self, text: str) -> None:
        """Say what is being done now."""

    def counted(self, done: int, most: int) -> None:
        """Say how many runs are over, of how many at most."""


class StudyBar(StudyNarrator):
    """A progress bar for a terminal."""

    def __init__(self, unit: str) -> None:
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn(unit), TimeRemainingColumn())
        self._progress = Progress(*columns, console=Console(), transient=True, refresh_per_second=4)
        self._task = self._progress.add_task("study", total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def stage(self, text: str) -> None:
        """Print a line above the bar."""
        self._progress.console.print(text, markup=False, highlight=False)

    def counted(self, done: int, most: int) -> None:
        """Move the bar."""
        self._progress.update(self._task, completed=done, total=most)


class StudyLines(StudyNarrator):
    """Plain lines with the time of day, at most one every few seconds."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._lines = TimedLines()
        self._begun: tuple[float, int] | None = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lines.settle()

    def stage(self, text: str) -> None:
        """Print a line."""
        self._lines.say(text)

    def counted(self, done: int, most: int) -> None:
        """Print a line if the last one was some seconds ago."""
        now = time.monotonic()
        since, first = self._begun = self._begun or (now, done)
        if self._lines.due():
            self.stage(f"{done} of {most} {self._unit}{_left(now - since, done - first, most - done)}")


def _left(took_s: float, done: int, more: int) -> str:
    """Say how long the rest takes at the pace so far; nothing as long as there is none."""
    if done <= 0 or more <= 0:
        return ""
    seconds = took_s / done * more
    for size, unit in ((HOUR_S, "h"), (MINUTE_S, "min")):
        if seconds >= size:
            return f", about {seconds / size:.1f} {unit} left"
    return f", about {seconds:.0f} s left"


def study_narrator(unit: str, *, quiet: bool) -> StudyNarrator:
    """Choose how a study is told; `unit` names what is counted."""
    if quiet:
        return StudyNarrator()
    return StudyBar(unit) if Console().is_terminal else StudyLines(unit)
