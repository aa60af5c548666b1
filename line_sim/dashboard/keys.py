"""Keys that are typed while the line runs: heard by the drawing process, on the terminal of the run.

Letter by letter and unseen (cbreak): Ctrl-C and Ctrl-Z still are the terminal's and reach the simulator. A
run in the background hears nothing and leaves the terminal as it is: there it belongs to the shell.
"""

import os
import select
import termios
import tty
from contextlib import suppress
from types import TracebackType
from typing import Any, Self


class Keyboard:
    """The keys of a terminal, open as a context manager; None is a run without one."""

    def __init__(self, terminal: int | None) -> None:
        self._terminal = terminal
        self._before: list[Any] | None = None
        self._hearing = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._terminal is not None and self._hearing and self._before is not None:
            with suppress(termios.error, OSError):  # it has gone
                termios.tcsetattr(self._terminal, termios.TCSAFLUSH, self._before)

    @property
    def heard(self) -> tuple[int, ...]:
        """What to wait for: the terminal as long as its keys are heard."""
        return (self._terminal,) if self._terminal is not None and self._hearing else ()

    def hear(self, wanted: bool) -> None:
        """Begin or cease to hear keys. At the end the terminal is set as it was, if it is heard then."""
        if self._terminal is None or wanted == self._hearing:
            return
        self._hearing = wanted
        if wanted:
            try:
                self._before = self._before or termios.tcgetattr(self._terminal)
                tty.setcbreak(self._terminal, termios.TCSANOW)
            except (termios.error, OSError):
                self._terminal = None

    def typed(self) -> str:
        """Return the keys that have been typed since, without waiting."""
        if not self.heard or not select.select(self.heard, [], [], 0)[0]:
            return ""
        try:
            data = os.read(self.heard[0], 64)
        except OSError:
            data = b""
        if not data:  # it has gone, or only what is written there can be seen
            self._terminal = None
        return data.decode(errors="replace")


class Terminal:
    """The simulator's own side: which terminal its keys come from, and how that was before."""

    def __init__(self, descriptor: int = 0) -> None:
        self._descriptor = descriptor
        self._before: list[Any] | None = None
        with suppress(termios.error, OSError):
            if os.isatty(descriptor):
                self._before = termios.tcgetattr(descriptor)

    @property
    def descriptor(self) -> int | None:
        """Where keys come from; None where there is no terminal."""
        return None if self._before is None else self._descriptor

    @property
    def in_front(self) -> bool:
        """Whether what is typed is meant for this run, and not for a shell or another job."""
        if self._before is None:
            return False
        try:
            return os.tcgetpgrp(self._descriptor) == os.getpgrp()
        except OSError:  # it is not the terminal that this process belongs to
            return False

    def restore(self) -> None:
        """Set the terminal as it was, where it is ours to set: a job in the background would be stopped."""
        if self._before is not None and self.in_front:
            with suppress(termios.error, OSError):
                termios.tcsetattr(self._descriptor, termios.TCSANOW, self._before)
