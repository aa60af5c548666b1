"""The progress bar of a run on a terminal."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from line_sim.cli.terminal.counting import Counting
from line_sim.scenario import Scenario


class Bar(Counting):
    """A progress bar for a terminal."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn(self.unit + "{task.fields[trouble]}"),
            TimeRemainingColumn(),
        )
        self._progress = Progress(*columns, console=Console(), transient=True, refresh_per_second=4)
        self._task: TaskID | None = None

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

    def show(self) -> None:
        """Move the bar."""
        if self._task is None:
            self._task = self._progress.add_task("line", total=self.total, trouble="")
        self._progress.update(self._task, completed=self.done, trouble=self.trouble)
