"""The drawing process: reads frames from its standard input, draws each, and leaves the last one readable.

`python -m line_sim.dashboard [TERMINAL SIMULATOR]`: the descriptor that keys come from, and whom `q` ends.
"""

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TextIO

from rich.console import Console
from rich.live import Live
from rich.text import Text

from line_sim.dashboard.drawing import draw
from line_sim.dashboard.frame import Frame
from line_sim.dashboard.keys import Keyboard
from line_sim.dashboard.legend import hint, legend

PERIOD_S = 0.1
"""Time between two drawings: a camera's wait goes on counting between two frames."""

SILENT_S = 2.0
"""After so long without a frame the simulator stands still (Ctrl-Z): the terminal is left to others."""


def main() -> None:
    """Draw until the frames end. The simulator decides on Ctrl-C; this process only follows."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    console = Console(highlight=False)
    terminal, simulator = (int(word) for word in sys.argv[1:3]) if len(sys.argv) > 2 else (None, None)
    with Keyboard(terminal) as keyboard:
        show(sys.stdin, console, time.monotonic, keyboard, lambda: _end(simulator))


def _end(simulator: int | None) -> None:
    """End the run as Ctrl-C does; the simulator may have gone."""
    if simulator is not None and os.getppid() == simulator:
        os.kill(simulator, signal.SIGINT)


@dataclass(frozen=True, slots=True)
class View:
    """What the keys have made of the screen: a picture that stands, the legend over it, the end asked for."""

    frozen: bool = False
    explained: bool = False
    ending: bool = False

    def after(self, keys: str) -> "View":
        """Return the view after some keys."""
        view = self
        for key in keys:
            match key:
                case "q" | "Q":
                    view = replace(view, ending=True)
                case "p" | "P":
                    view = replace(view, frozen=not view.frozen)
                case "?":
                    view = replace(view, explained=not view.explained)
                case _:
                    view = replace(view, explained=False)
        return view


def show(
    frames: TextIO,
    console: Console,
    clock: Callable[[], float],
    keyboard: Keyboard | None = None,
    end: Callable[[], None] = lambda: None,
) -> None:
    """Draw every frame as it comes, and in between as time passes; then print the last one."""
    keyboard, view = keyboard or Keyboard(None), View()
    latest: Frame | None = None
    shown: Frame | None = None
    came_at = clock()
    lines = _Lines(frames.fileno())
    with Live(console=console, screen=True, auto_refresh=False) as live:
        while not lines.ended:
            newest = lines.newest(PERIOD_S, keyboard.heard)
            if newest is not None:
                latest, came_at = Frame.read(newest), clock()
            silent = clock() - came_at > SILENT_S
            keyboard.hear(latest is not None and latest.heard and not silent)
            before, view = view, view.after(keyboard.typed())
            if view.ending and not before.ending:
                end()
            if latest is None or silent:
                continue
            if not view.frozen or shown is None:
                shown = aged(latest, clock() - came_at)
            live.update(_picture(shown, console, view, keys=bool(keyboard.heard)), refresh=True)
    if latest is not None:
        console.print(_picture(latest, console))


class _Lines:
    """The lines that arrive at a file descriptor, of which only the newest matters."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = b""
        self.ended = False

    def newest(self, patience_s: float, also: tuple[int, ...] = ()) -> str | None:
        """Wait a little, less where there is something in `also`; return the last whole line."""
        found = None
        if self._descriptor in select.select([self._descriptor, *also], [], [], patience_s)[0]:
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


def _picture(frame: Frame, console: Console, view: View | None = None, *, keys: bool = False) -> Text:
    unicode = (console.encoding or "").lower().startswith("utf")
    width, height = console.width, max(1, console.height - 1)
    if view is not None and view.explained:
        return legend(width, height)
    told = hint(width, frozen=view.frozen, ending=view.ending) if view is not None and keys else ""
    return draw(frame, width, height, unicode=unicode, hint=told)
