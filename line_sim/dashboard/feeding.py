"""The simulator's side of the live screen: takes frames and hands them to the drawing process.

Nothing here waits for the screen: a frame for which there is no room in the pipe is dropped, and when
the drawing process has gone the run goes on without.
"""

import os
import select
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from line_sim.dashboard.frame import Frame
from line_sim.dashboard.keys import Terminal

FIRST_AFTER_S = 1.0
"""A run that is over sooner gets no screen: it would only flash."""

FRAME_EVERY_S = 0.25
PATIENCE_S = 3.0
NORMAL_SCREEN = "\x1b[?1049l\x1b[?25h"
"""What a terminal must be told when the drawing process could not: leave its screen, show the cursor."""


class Feeder:
    """Starts the drawing process with the first frame and sends it one every quarter of a second.

    `frame` is asked from a thread of its own; None as long as there is nothing to show.
    """

    def __init__(self, frame: Callable[[], Frame | None], command: tuple[str, ...] | None = None) -> None:
        self._frame = frame
        self._command = command or (sys.executable, "-m", "line_sim.dashboard")
        self._over = threading.Event()
        self._ticker = threading.Thread(target=self._tick, name="live screen", daemon=True)
        self._screen: subprocess.Popen[bytes] | None = None
        self._terminal = Terminal()
        self._unsent = b""
        self.failed = False

    def start(self) -> None:
        """Begin to look for frames."""
        self._ticker.start()

    def close(self) -> None:
        """Send the last frame and take the screen down; may be called again."""
        if self._over.is_set():
            return
        self._over.set()
        if self._ticker.ident is not None:
            self._ticker.join()
        if self._screen is not None:
            self._take_down(self._screen)

    def _tick(self) -> None:
        wait = FIRST_AFTER_S
        while not self._over.wait(wait) and not self.failed:
            wait = FRAME_EVERY_S
            try:
                frame = self._frame()
                if frame is not None:
                    self._show(frame)
            except Exception:  # noqa: BLE001 - no room for a process, say; whatever it is, the run goes on
                self._fail(self._screen)

    def _show(self, frame: Frame) -> None:
        if self._screen is None:
            self._screen = self._started()
            os.set_blocking(self._pipe(self._screen), False)
        if not self._unsent:
            self._unsent = self._line(frame)
        try:
            self._unsent = self._unsent[os.write(self._pipe(self._screen), self._unsent) :]
        except BlockingIOError:
            pass
        except OSError:
            self._fail(self._screen)

    def _line(self, frame: Frame) -> bytes:
        """Write a frame, and whether what is typed now is for this run."""
        return replace(frame, heard=self._terminal.in_front).line().encode()

    def _started(self) -> subprocess.Popen[bytes]:
        """Start the drawing process; keys come from a copy of our terminal, its input is frames."""
        keys = None if self._terminal.descriptor is None else os.dup(self._terminal.descriptor)
        try:
            return subprocess.Popen(  # noqa: S603 - our own program
                (*self._command, *(() if keys is None else (str(keys), str(os.getpid())))),
                stdin=subprocess.PIPE,
                pass_fds=() if keys is None else (keys,),
                start_new_session=True,  # Ctrl-C is for the simulator alone, also while this one starts
            )
        finally:
            if keys is not None:
                os.close(keys)

    def _take_down(self, screen: subprocess.Popen[bytes]) -> None:
        """Send what is unsent and the last frame, close the pipe, and wait for the end of the drawing."""
        frame = None if self.failed else self._frame()
        unsent = self._unsent + (self._line(frame) if frame else b"")
        pipe = self._pipe(screen)
        with suppress(OSError):  # a drawing process that is stuck leaves no room: then there is no last frame
            while unsent and select.select([], [pipe], [], PATIENCE_S)[1]:
                unsent = unsent[os.write(pipe, unsent) :]
        with suppress(OSError):
            screen.stdin.close()  # type: ignore[union-attr] # it was made with a pipe
        try:
            ended_well = screen.wait(PATIENCE_S) == 0
        except subprocess.TimeoutExpired:
            screen.kill()
            screen.wait()
            ended_well = False
        if not ended_well and not self.failed:
            self._fail(screen)

    def _fail(self, screen: subprocess.Popen[bytes] | None) -> None:
        """Give the terminal back to the user, and go on without a screen."""
        self.failed = True
        if screen is None:  # it never came
            return
        screen.kill()
        with suppress(OSError, ValueError):
            sys.stdout.write(NORMAL_SCREEN)
            sys.stdout.flush()
        self._terminal.restore()

    @staticmethod
    def _pipe(screen: subprocess.Popen[bytes]) -> int:
        return screen.stdin.fileno()  # type: ignore[union-attr] # as above
