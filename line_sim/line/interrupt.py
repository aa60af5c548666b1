"""Stopping a run at the user's wish, without tearing anything in two.

A wish is remembered, and the line stops before its next event; a line that waits for the world outside
is woken. Before the first part there is nothing to save: there a wish is raised at once.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager


class Interrupt:
    """A wish to stop, which a signal handler may raise at any moment."""

    def __init__(self) -> None:
        self._wished = False
        self._stop: Callable[[], None] = lambda: None
        self._at_once = False

    @property
    def wished(self) -> bool:
        """Whether anybody has wished to stop."""
        return self._wished

    @wished.setter
    def wished(self, wished: bool) -> None:
        self._wished = wished
        if wished:
            self._stop()

    def stops(self, stop: Callable[[], None]) -> None:
        """Have `stop` called by a wish from now on, at once if there has been one.

        It must be safe to call from a signal handler.
        """
        self._stop = stop
        if self._wished:
            stop()

    def wish(self) -> None:
        """Ask the line to stop; raises KeyboardInterrupt inside of `at_once`."""
        self.wished = True
        if self._at_once:
            self._at_once = False
            raise KeyboardInterrupt

    @contextmanager
    def at_once(self) -> Generator[None]:
        """Let a wish break off what is done inside, at once where it came before."""
        if self._wished:
            raise KeyboardInterrupt
        self._at_once = True
        try:
            yield
        finally:
            self._at_once = False
