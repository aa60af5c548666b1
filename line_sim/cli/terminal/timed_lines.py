"""Plain lines with the time of day: how a run or a study is told where there is no terminal."""

import time

import click

EVERY_S = 5.0


class TimedLines:
    """Lines on standard output; once nobody can read them there is silence, and the work goes on."""

    def __init__(self) -> None:
        self._due = time.monotonic() + EVERY_S
        self._heard = True

    def say(self, text: str) -> None:
        """Print a line with the time of day."""
        if self._heard:
            try:
                click.echo(f"{time.strftime('%H:%M:%S')} {text}")
            except OSError:  # the reader has gone, as `| head` does, or the disk of a log is full
                self._heard = False

    def due(self) -> bool:
        """Say whether it is time for another word on how far the work is: once every few seconds."""
        if time.monotonic() < self._due:
            return False
        self._due = time.monotonic() + EVERY_S
        return True
