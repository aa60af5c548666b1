"""Line time: whole nanoseconds, and simultaneous events in the order of their ranks.

Which rank an event has is the layout's business. At the same moment, first what follows from what has just
happened (a part handed on, a machine taking the next one), then whatever has a later rank.
"""

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Any

import simpy

from line_sim.inspection.gateway import Gateway, Inquiry
from line_sim.layout import HAND_OVER
from line_sim.units import Nanoseconds

NEVER = 1 << 62
"""A moment that no run gets to: 146 years, in nanoseconds."""


class Timer(simpy.Event):
    """An event that happens after a delay, in its rank among the events of that moment."""

    def __init__(self, env: "LineEnvironment", delay: Nanoseconds, rank: int) -> None:
        self.env = env
        self.callbacks = []
        self._ok = True
        self._value = None
        env.push(self, delay, rank)


class Recurring(simpy.Event):
    """An event that happens again and again, and always tells the same listener; nobody else may wait for it.

    A machine waits for one thing at a time. With an event of its own for each it need not make new ones for
    every part, which is half the work of a SimPy process. `brings` is what the event has to say.
    """

    env: "LineEnvironment"

    def __init__(self, env: "LineEnvironment", listener: Callable[["Recurring"], None]) -> None:
        self.env = env
        self.callbacks = None  # type: ignore[assignment] # SimPy's own mark of a processed event
        self._ok = True
        self._value = None
        self.brings: Any = None
        self._listeners = [listener]

    def after(self, delay: Nanoseconds, rank: int, value: Any = None) -> None:
        """Let it happen after a delay, in its rank among the events of that moment."""
        self.callbacks = self._listeners  # SimPy only goes through them
        self.brings = value
        env = self.env
        heappush(env._queue, (env.now + delay, rank, env._next(), self))  # type: ignore[misc] # noqa: SLF001 - as `push`, which would be a call more for every event of a line

    def at(self, moment: Nanoseconds, rank: int, number: int, value: Any) -> None:
        """Let it happen at a moment, as if that had been known when the number was given."""
        self.callbacks = self._listeners
        self.brings = value
        heappush(self.env._queue, (moment, rank, number, self))  # type: ignore[misc] # noqa: SLF001 - as above

    def happen(self, value: Any = None) -> None:
        """Let it happen at this moment, as what follows at once."""
        self.callbacks = self._listeners
        self.brings = value
        env = self.env
        heappush(env._queue, (env.now, HAND_OVER, env._next(), self))  # type: ignore[misc] # noqa: SLF001 - as above


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
        self.over = False
        self._next = count().__next__

    def stop(self) -> None:
        """Let no event happen any more that does not follow at once; from any thread and signal handler."""
        self.over = True

    def push(self, event: simpy.Event, delay: Nanoseconds, rank: int) -> None:
        """Let `event` happen after `delay`; simultaneous events go by `rank`, then as pushed."""
        entry = (self.now + delay, rank, self._next(), event)
        heappush(self._queue, entry)  # type: ignore[misc] # SimPy types the rank as its own two

    def schedule(self, event: simpy.Event, priority: int = HAND_OVER, delay: float = 0) -> None:
        """Schedule for SimPy's own events (`succeed`, the start of a process)."""
        self.push(event, int(delay), priority)

    def after(self, delay: Nanoseconds, rank: int) -> Timer:
        """Return an event that happens `delay` nanoseconds from now."""
        return Timer(self, delay, rank)

    def ask(self, gateway: Gateway, inquiry: Inquiry, rank: int, answer: Recurring) -> None:
        """Put a question; `answer` happens when its answer comes, and brings the `Reply`."""
        reply = gateway.ask(inquiry)
        answer.after(reply.latency, rank, reply)

    def step(self) -> None:
        """Let the next event happen."""
        self.now, _, _, event = heappop(self._queue)  # type: ignore[assignment] # whole nanoseconds
        callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
        for callback in callbacks:
            callback(event)
        if not event._ok and not event.defused:  # noqa: SLF001 - as simpy.Environment.step does
            raise event._value  # noqa: SLF001

    def run_line(self, *, horizon: Nanoseconds | None) -> None:
        """Let events happen until the line is over, none is left, or the next lies beyond `horizon`.

        Events at the very moment of the horizon still happen, and line time then stands at the horizon.
        A hand-over that has begun is always completed: an end never tears one in two.
        """
        queue, last = self._queue, NEVER if horizon is None else horizon
        while queue and not (self.over and self._settled()):
            entry = heappop(queue)
            at, _, _, event = entry
            if at > last:
                heappush(queue, entry)
                break
            self.now = at  # type: ignore[assignment] # whole nanoseconds
            callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
            for callback in callbacks:  # as `step`, which would be a call more for every event
                callback(event)
            if not event._ok and not event.defused:  # noqa: SLF001 - as simpy.Environment.step does
                raise event._value  # noqa: SLF001
        if horizon is not None and not self.over:
            self.now = horizon

    def _settled(self) -> bool:
        """Whether nothing is left to happen that follows at once from what has just happened."""
        return not self._queue or self._queue[0][:2] > (self.now, HAND_OVER)
