"""Wall time: a clock that never goes back, and a sleep that anybody may cut short."""

import queue
import time
from contextlib import suppress
from typing import Protocol

from line_sim.units import HOUR, SECOND, Nanoseconds

_LONGEST = 24 * HOUR  # beyond 292 years a lock takes no timeout


class Wall(Protocol):
    """Where a line that answers to the world outside gets its wall time from."""

    def now(self) -> Nanoseconds:
        """Return wall time since some moment in the past; it never goes back."""

    def wait(self, until: Nanoseconds | None) -> None:
        """Return when it is `until`, or at once when woken (before or meanwhile); None: when woken.

        It may return earlier: who waits looks again.
        """

    def wake(self) -> None:
        """End the wait that goes on, or else the next one; from any thread and any signal handler."""


class WallClock:
    """The machine's own clock.

    `SimpleQueue.put` may be called from a signal handler that has broken into `get` itself, which is
    true of no lock or condition.
    """

    def __init__(self) -> None:
        self._calls_to_wake: queue.SimpleQueue[None] = queue.SimpleQueue()

    @staticmethod
    def now() -> Nanoseconds:
        """Return wall time since some moment in the past."""
        return time.perf_counter_ns()

    def wait(self, until: Nanoseconds | None) -> None:
        """Sleep, a day at most; the system wakes the thread up to a tenth of a millisecond late."""
        timeout = None if until is None else min(max(0, until - self.now()), _LONGEST) / SECOND
        with suppress(queue.Empty):
            self._calls_to_wake.get(timeout=timeout)
            while True:
                self._calls_to_wake.get_nowait()

    def wake(self) -> None:
        """Wake the line's thread."""
        self._calls_to_wake.put(None)


class Pace:
    """Line time at wall pace: `factor` seconds of line time pass in a second of wall time."""

    def __init__(self, started: Nanoseconds, factor: float) -> None:
        self._started = started
        self._factor = factor

    def due(self, at: Nanoseconds) -> Nanoseconds:
        """Return the wall time at which it should be `at` on the line."""
        return self._started + (at if self._factor == 1 else round(at / self._factor))
