"""The drawing process: reads frames from its standard input, draws each, and leaves the last one readable."""

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TextIO

from rich.console import Console
from rich.live import Live
from rich.text import Text

from line_sim.dashboard.drawing import draw
from line_sim.dashboard.frame import Frame

PERIOD_S = 0.1
"""Time between two drawings: a camera's wait goes on counting between two frames."""


def main() -> None:
    """Draw until the frames end. The simulator decides on Ctrl-C; this process only follows."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    console = Console(highlight=False)
    show(sys.stdin, console, time.monotonic)


def show(frames: TextIO, console: Console, clock: Callable[[], float]) -> None:
    """Draw every frame as it comes, and in between as time passes; then print the last one."""
    latest: Frame | None = None
    came_at = clock()
    lines = _Lines(frames.fileno())
    with Live(console=console, screen=True, auto_refresh=False) as live:
        while not lines.ended:
            newest = lines.newest(PERIOD_S)
            if newest is not None:
                latest, came_at = Frame.read(newest), clock()
            if latest is not None:
                live.update(_picture(aged(latest, clock() - came_at), console), refresh=True)
    if latest is not None:
        console.print(_picture(latest, console))


class _Lines:
    """The lines that arrive at a file descriptor, of which only the newest matters."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = b""
        self.ended = False

    def newest(self, patience_s: float) -> str | None:
        """Wait a little; return the last whole line that has come, if one has."""
        found = None
        if select.select([self._descriptor], [], [], patience_s)[0]:
            data = os.read(self._descriptor, 1 << 16)
            self.ended = not data
            *whole, self._rest = (self._rest + data).split(b"\n")
            found = whole[-1] if whole else None
        return None if found is None else found.decode()


def aged(frame: Frame, seconds: float) -> Frame:
    """Let the open calls and the wall clock of a frame go on."""
    stations = tuple(
        replace(
            station,
            waits_s=tuple(wait + seconds for wait in station.waits_s),
            silent_s=None if station.silent_s is None else station.silent_s + seconds,
        )
        for station in frame.stations
    )
    return replace(frame, stations=stations, wall_s=frame.wall_s + seconds)


def _picture(frame: Frame, console: Console) -> Text:
    unicode = (console.encoding or "").lower().startswith("utf")
    return draw(frame, console.width, max(1, console.height - 1), unicode=unicode)
