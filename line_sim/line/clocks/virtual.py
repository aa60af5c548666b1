"""Line time: whole nanoseconds, and one documented order of simultaneous events.

At the same moment, first what follows from what has just happened (a part handed on, a machine
taking the next one), then parts that finish, the most downstream station first, then machines that
fail or are repaired, then parts that arrive. So a departure makes room before an arrival looks for it.
"""

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Any

import simpy

from line_sim.inspection.gateway import Gateway, Inquiry
from line_sim.units import Nanoseconds

HAND_OVER = simpy.events.NORMAL
"""Rank of what follows at once; SimPy gives it to every `event.succeed()`."""

FIRST_FINISH = HAND_OVER + 1
"""Rank of the most downstream station's finishing parts; stations upstream have higher ranks."""


class Timer(simpy.Event):
    """An event that happens after a delay, in its rank among the events of that moment."""

    def __init__(self, env: "LineEnvironment", delay: Nanoseconds, rank: int, value: Any = None) -> None:
        self.env = env
        self.callbacks = []
        self._ok = True
        self._value = value
        heappush(env._queue, (env.now + delay, rank, next(env._numbers), self))  # type: ignore[misc] # noqa: SLF001 - as `push`, which would be a call more for every event of a line


class Done(simpy.Event):
    """An event that has already happened: a process that yields it goes on at once, without a queue."""

    def __init__(self, env: simpy.Environment, value: Any = None) -> None:
        self.env = env
        self.callbacks = None  # type: ignore[assignment] # SimPy's own mark of a processed event
        self._ok = True
        self._value = value


class LineEnvironment(simpy.Environment):
    """SimPy's environment on whole nanoseconds, with ranks and an end that the line decides.

    As it is, this is the virtual clock: as fast as possible, for inference that needs no wall time.
    """

    waits_for_answers = False
    """Whether a gateway that needs wall time may be asked."""

    now: Nanoseconds = 0  # a property of SimPy's is too slow to ask it at every step
    """Line time since the start of the run."""

    def __init__(self) -> None:
        super().__init__(initial_time=0)
        self._numbers = count()

    def push(self, event: simpy.Event, delay: Nanoseconds, rank: int) -> None:
        """Let `event` happen after `delay`; simultaneous events go by `rank`, then as pushed."""
        entry = (self.now + delay, rank, next(self._numbers), event)
        heappush(self._queue, entry)  # type: ignore[misc] # SimPy types the rank as its own two

    def happen(self, event: simpy.Event, value: Any = None) -> None:
        """Let `event` happen at this moment with a value: `event.succeed(value)` in fewer calls."""
        event._ok = True  # noqa: SLF001 - as SimPy does
        event._value = value  # noqa: SLF001 - as above
        heappush(self._queue, (self.now, HAND_OVER, next(self._numbers), event))

    def schedule(self, event: simpy.Event, priority: int = HAND_OVER, delay: float = 0) -> None:
        """Schedule for SimPy's own events (`succeed`, the start of a process)."""
        self.push(event, int(delay), priority)

    def after(self, delay: Nanoseconds, rank: int, value: Any = None) -> Timer:
        """Return an event that happens `delay` nanoseconds from now."""
        return Timer(self, delay, rank, value)

    def ask(self, gateway: Gateway, inquiry: Inquiry, rank: int) -> simpy.Event:
        """Put a question; the event happens when its answer comes, and its value is the `Reply`."""
        reply = gateway.ask(inquiry)
        return Timer(self, reply.latency, rank, reply)

    def step(self) -> None:
        """Let the next event happen."""
        self.now, _, _, event = heappop(self._queue)  # type: ignore[assignment] # whole nanoseconds
        callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
        for callback in callbacks:
            callback(event)
        if not event._ok and not event.defused:  # noqa: SLF001 - as simpy.Environment.step does
            raise event._value  # noqa: SLF001

    def run_line(self, *, horizon: Nanoseconds | None, ended: Callable[[], bool]) -> None:
        """Let events happen until `ended()` says so, none is left, or the next lies beyond `horizon`.

        Events at the very moment of the horizon still happen, and line time then stands at the horizon.
        A hand-over that has begun is always completed: an end never tears one in two.
        """
        queue = self._queue
        while queue and not (ended() and self._settled()):
            if horizon is not None and queue[0][0] > horizon:
                break
            self.now, _, _, event = heappop(queue)  # type: ignore[assignment] # whole nanoseconds
            callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
            for callback in callbacks:
                callback(event)
            if not event._ok and not event.defused:  # noqa: SLF001 - as simpy.Environment.step does
                raise event._value  # noqa: SLF001
        if horizon is not None and not ended():
            self.now = horizon

    def _settled(self) -> bool:
        """Whether nothing is left to happen that follows at once from what has just happened."""
        return not self._queue or self._queue[0][:2] > (self.now, HAND_OVER)


__all__ = ["FIRST_FINISH", "HAND_OVER", "Done", "LineEnvironment", "Timer"]
