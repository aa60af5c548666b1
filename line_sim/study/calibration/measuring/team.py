"""Callers, a thread each, and the calls that they make through a gateway, timed where the request leaves."""

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import NamedTuple, Self, TypeVar

from line_sim.inspection.gateway import FIRST_ATTEMPT, Inquiry, LiveGateway, Reply
from line_sim.inspection.outcome import Answered, TimedOut
from line_sim.truth import GOOD
from line_sim.units import SECOND, Nanoseconds

Result = TypeVar("Result")
Job = Callable[[], None]

LONGEST_CALL_S = 60.0
"""Seconds after which a call that should be answered counts as failed."""


class Team:
    """Threads that do jobs, as many at a time as there are threads; daemons: none keeps the process."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        """Start them."""
        for number in range(1, self._size + 1):
            threading.Thread(target=self._work, name=f"caller {number}", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Send them home, without waiting for those that are in a call."""
        for _ in range(self._size):
            self._jobs.put(None)

    def have(self, job: Callable[[], Result]) -> "Future[Result]":
        """Have a job done now."""
        future: Future[Result] = Future()

        def done() -> None:
            try:
                future.set_result(job())
            except BaseException as error:  # noqa: BLE001 - it is raised again where the result is asked for
                future.set_exception(error)

        self._jobs.put(done)
        return future

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


class Timed(NamedTuple):
    """A call by the monotonic clock, in seconds, and what came of it."""

    sent: float
    ended: float
    reply: Reply

    @property
    def answered(self) -> bool:
        """Whether there was an answer that can be read."""
        return isinstance(self.reply.outcome, Answered)

    @property
    def given_up(self) -> bool:
        """Whether its deadline passed."""
        return isinstance(self.reply.outcome, TimedOut)


class _Watch:
    """A stopwatch that keeps when it was started and stopped."""

    def __init__(self) -> None:
        self.started = self.stopped = 0

    def start(self) -> None:
        self.started = time.perf_counter_ns()

    def stop(self) -> Nanoseconds:
        self.stopped = time.perf_counter_ns()
        return self.stopped - self.started


def ask(gateway: LiveGateway, item: int, patience: float = LONGEST_CALL_S) -> Timed:
    """Ask about one picture, at most so many seconds."""
    watch = _Watch()
    inquiry = Inquiry(item, FIRST_ATTEMPT, GOOD, "", 0, round(patience * SECOND))
    reply = gateway.ask(inquiry, watch)
    return Timed(watch.started / SECOND, watch.stopped / SECOND, reply)
