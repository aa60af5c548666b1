"""CallerThreads that put the line's questions, one for each camera that waits for a real server."""

import queue
import threading
from types import TracebackType
from typing import Protocol, Self

from line_sim.line.clocks.flight import Flight


class Callers(Protocol):
    """Whoever puts a question while the line goes on; open (as a context manager) while it does."""

    def __enter__(self) -> Self:
        """Be ready."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put no more questions; an answer that comes later is nobody's."""

    def ask(self, flight: Flight) -> None:
        """Have a question put now; the flight hears of its start, its stop and its end."""


class CallerThreads:
    """As many threads as calls may be out, so that no question ever waits for another one's answer.

    They are daemons: a call that hangs cannot keep the process from ending.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._flights: queue.SimpleQueue[Flight | None] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        """Start them, before the first part."""
        for number in range(1, self._size + 1):
            threading.Thread(target=self._work, name=f"camera call {number}", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Send them home, without waiting for those that are in a call."""
        for _ in range(self._size):
            self._flights.put(None)

    def ask(self, flight: Flight) -> None:
        """Give the question to a thread that has nothing to do."""
        self._flights.put(flight)

    def _work(self) -> None:
        while (flight := self._flights.get()) is not None:
            put_question(flight)


def put_question(flight: Flight) -> None:
    """Put one question; whatever comes of it ends the flight."""
    try:
        reply = flight.gateway.ask(flight.inquiry, flight)
    except BaseException as error:  # noqa: BLE001 - it is raised again where the line is
        flight.fail(error)
    else:
        flight.land(reply)
