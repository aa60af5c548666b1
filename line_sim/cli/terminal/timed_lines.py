"""Plain lines with the time of day: how a run or a study is told where there is no terminal."""

import os
import queue
import sys
import threading
import time

import click

EVERY_S = 5.0
MOST_UNHEARD = 100
PATIENCE_S = 2.0


class TimedLines:
    """Lines on standard output; once nobody can read them there is silence, and the work goes on.

    They are written from a thread of their own: a pipe that nobody reads, or a terminal that is held, stops
    who writes to it, and that must not be the line.
    """

    def __init__(self) -> None:
        self._due = time.monotonic() + EVERY_S
        self._lines: queue.Queue[str] = queue.Queue(MOST_UNHEARD)
        self._writer: threading.Thread | None = None

    def say(self, text: str) -> None:
        """Print a line with the time of day; where a hundred are still unread, it is left out."""
        if self._writer is None:
            self._writer = threading.Thread(target=self._write, name="lines", daemon=True)
            self._writer.start()
        try:
            self._lines.put_nowait(f"{time.strftime('%H:%M:%S')} {text}")
        except queue.Full:
            return

    def settle(self) -> None:
        """Wait until all is written that was said; not for long where nobody reads."""
        until = time.monotonic() + PATIENCE_S
        while self._lines.unfinished_tasks and time.monotonic() < until:
            time.sleep(0.001)

    def due(self) -> bool:
        """Say whether it is time for another word on how far the work is: once every few seconds."""
        if time.monotonic() < self._due:
            return False
        self._due = time.monotonic() + EVERY_S
        return True

    def _write(self) -> None:
        heard = True
        while True:
            line = self._lines.get()
            try:
                if heard:
                    _print(line)
            except (OSError, ValueError):  # the reader has gone, as `| head` does, or a log's disk is full
                heard = False
            finally:
                self._lines.task_done()


def _print(line: str) -> None:
    """Write a line past Python's buffer: who is held up in there could not even be interrupted."""
    stream = sys.stdout
    try:
        descriptor = stream.fileno()
    except (AttributeError, OSError):  # closed before we began, or a test's own
        click.echo(line)
        return
    unwritten = f"{line}\n".encode(stream.encoding, stream.errors or "strict")
    while unwritten:
        unwritten = unwritten[os.write(descriptor, unwritten) :]
