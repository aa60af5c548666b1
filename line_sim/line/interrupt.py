"""Stopping a run at the user's wish, without tearing anything in two.

Most of the time a wish is remembered and the line stops before its next event. While the line waits
for a real answer the wish must count at once, so there it is raised.
"""

from collections.abc import Generator
from contextlib import contextmanager


class Interrupt:
    """A wish to stop, which a signal handler may raise at any moment."""

    def __init__(self) -> None:
        self.wished = False
        self._at_once = False

    def wish(self) -> None:
        """Ask the line to stop; raises KeyboardInterrupt when it waits for an answer right now."""
        self.wished = True
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
