"""Stopping a run at the user's wish, without tearing anything in two.

A wish is remembered, and the line stops before its next event; a line that waits for the world outside
is woken. Before the first part there is nothing to save: there a wish is raised at once.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager


class Interrupt:
    """A wish to stop, which a signal handler may raise at any moment.

    `wakes` is called with every wish; it must be safe to call from a signal handler.
    """

    def __init__(self) -> None:
        self.wished = False
        self.wakes: Callable[[], None] = lambda: None
        self._at_once = False

    def wish(self) -> None:
        """Ask the line to stop; raises KeyboardInterrupt inside of `at_once`."""
        self.wished = True
        self.wakes()
        if self._at_once:
            self._at_once = False
            raise KeyboardInterrupt

    @contextmanager
    def at_once(self) -> Generator[None]:
        """Let a wish break off what is done inside."""
        self._at_once = True
        try:
            yield
        finally:
            self._at_once = False
