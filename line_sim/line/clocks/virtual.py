"""Line time: whole nanoseconds, and what happens in one moment in the order of ranks.

Which rank a thing has is the layout's business. At the same moment, first comes what follows from what has
just happened (a part handed on, a machine taking the next one), then whatever has a later rank.

Its compiled twins are `line_sim.compiled.kernel.events` and `.advance`.
"""

from collections import deque
from heapq import heappop, heappush
from itertools import count

import simpy

from line_sim.inspection.gateway import Gateway, Inquiry
from line_sim.inspection.offline.queued import QueuedGateway
from line_sim.layout import HAND_OVER
from line_sim.line.clocks.cue import Cue
from line_sim.line.clocks.serving import Serving, serving_of
from line_sim.units import LATEST, Nanoseconds

__all__ = ["NEVER", "Cue", "LineEnvironment"]

NEVER = 1 << 62
"""A moment that no run gets to: 146 years, in nanoseconds."""


class LineEnvironment(simpy.Environment):
    """SimPy's environment on whole nanoseconds, with ranks and an end that the line decides.

    `at_once` holds what follows at once, in the order in which it was asked for; `later` is a heap of
    (moment, rank, number, what). Cues enter themselves there; SimPy's events and processes live beside them.

    As it is, this is the virtual clock: as fast as possible, for inference that needs no wall time.
    """

    waits_for_answers = False
    """Whether a gateway that needs wall time may be asked."""

    now: Nanoseconds = 0  # a property of SimPy's is too slow to ask it at every step
    """Line time since the start of the run."""

    def __init__(self) -> None:
        super().__init__(initial_time=0)
        self.over = False
        self.at_once: deque[Cue | simpy.Event] = deque()
        self.later: list[tuple[Nanoseconds, int, int, Cue | simpy.Event]] = []
        self.next_number = count().__next__
        self._serving: dict[object, Serving] = {}

    def stop(self) -> None:
        """Let nothing happen any more that does not follow at once; from any thread and signal handler."""
        self.over = True

    def schedule(self, event: simpy.Event, priority: int = HAND_OVER, delay: float = 0) -> None:
        """Schedule for SimPy's own events: `succeed`, a timeout, the start of a process."""
        if priority == HAND_OVER and not delay:
            self.at_once.append(event)
        else:
            heappush(self.later, (self.now + int(delay), priority, self.next_number(), event))

    def ask(self, gateway: Gateway, inquiry: Inquiry, answer: Cue) -> None:
        """Put a question; `answer` is the cue when its answer comes, and brings the `Reply`."""
        if isinstance(gateway, QueuedGateway):
            self.queue(gateway, inquiry, answer)
            return
        answer.brings = reply = gateway.ask(inquiry)
        answer.after(reply.latency)

    def queue(self, gateway: QueuedGateway, inquiry: Inquiry, answer: Cue, skew: Nanoseconds = 0) -> None:
        """Put a question to a server whose answers hang on questions to come."""
        serving = self._serving.get(gateway.server)
        if serving is None:
            serving = self._serving[gateway.server] = serving_of(self, gateway)
        serving.put(gateway, inquiry, answer, skew)

    def next_at(self) -> Nanoseconds | None:
        """Return the moment of what happens next; None where nothing does."""
        if self.at_once:
            return self.now
        return self.later[0][0] if self.later else None

    def step(self) -> None:
        """Let the next thing happen."""
        if self.at_once:
            happens = self.at_once.popleft()
        else:
            self.now, _, _, happens = heappop(self.later)
        if isinstance(happens, Cue):
            happens.listener(happens)
        else:
            _happen(happens)

    def run_line(self, *, horizon: Nanoseconds | None) -> None:
        """Let things happen until the line is over, nothing is left, or the next lies beyond `horizon`.

        Without one, nothing happens beyond `LATEST`: no file could tell of it.

        What happens at the very moment of the horizon still does, and line time then stands at the horizon.
        A hand-over that has begun is always completed: an end never tears one in two.
        """
        at_once, later, last = self.at_once, self.later, LATEST if horizon is None else horizon
        while at_once or (later and not self.over):
            if at_once:  # from here on as `step`, which would be a call more for every event of a line
                happens = at_once.popleft()
            else:
                if later[0][0] > last:
                    break
                self.now, _, _, happens = heappop(later)
            if isinstance(happens, Cue):
                happens.listener(happens)
            else:
                _happen(happens)
        if horizon is not None and not self.over:
            self.now = horizon


def _happen(event: simpy.Event) -> None:
    """Let an event of SimPy's own happen, as simpy.Environment.step does."""
    callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
    for callback in callbacks:
        callback(event)
    if not event._ok and not event.defused:  # noqa: SLF001 - as above
        raise event._value  # noqa: SLF001
