"""How far the export is: a bar on a terminal, plain lines elsewhere, nothing when quiet."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


@dataclass(frozen=True)
class Reporter:
    """Tells a person what is going on, on the console given."""

    console: Console
    quiet: bool

    def say(self, line: str) -> None:
        """Tell something once."""
        if not self.quiet:
            self.console.print(line, highlight=False)

    @contextmanager
    def counting(self, what: str, total: int) -> Iterator[Callable[[int], None]]:
        """Give a function to be told of every few pictures done."""
        if self.quiet or not self.console.is_terminal:
            began = time.monotonic()
            yield lambda _: None
            self.say(f"{what}: {total} in {time.monotonic() - began:.0f} s")
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self.console) as progress:
            task = progress.add_task(what, total=total)
            yield lambda done: progress.advance(task, done)
