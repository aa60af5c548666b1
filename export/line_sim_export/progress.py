"""How far the export is: a bar on a terminal, plain lines elsewhere, nothing when quiet."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

EVERY_S = 30.0  # between two lines where there is no terminal


@dataclass(frozen=True)
class Reporter:
    """Tells a person what is going on, on the console given."""

    console: Console
    quiet: bool

    def say(self, line: str) -> None:
        """Tell something once."""
        if not self.quiet:
            self.console.print(line, highlight=False)

    def warn(self, line: str) -> None:
        """Tell on stderr, quiet or not, what somebody should look at."""
        click.echo(f"line-sim export: warning: {line}", err=True)

    @contextmanager
    def counting(self, what: str, total: int, unit: str = "pictures") -> Iterator[Callable[[int], None]]:
        """Give a function to be told of every few things done."""
        if self.quiet or not self.console.is_terminal:
            began = time.monotonic()
            yield self.lines(what, total, unit, began)
            self.say(f"{what}: {total} {unit} in {time.monotonic() - began:.0f} s")
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self.console) as progress:
            task = progress.add_task(what, total=total)
            yield lambda done: progress.advance(task, done)

    def lines(self, what: str, total: int, unit: str, began: float) -> Callable[[int], None]:
        """Return what tells now and then, in a line, how far it is and how long the rest may take."""
        told, done = began, 0

        def advance(more: int) -> None:
            nonlocal told, done
            done += more
            now = time.monotonic()
            if now - told >= EVERY_S and 0 < done < total:
                told = now
                left = (now - began) / done * (total - done)
                self.say(f"{what}: {done} of {total} {unit}, about {left:.0f} s left")

        return advance
