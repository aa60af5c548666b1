"""Line time: whole nanoseconds, and what happens in one moment in the order of ranks.

Which rank a thing has is the layout's business. At the same moment, first comes what follows from what has
just happened (a part handed on, a machine taking the next one), then whatever has a later rank.
"""

from collections import deque
from collections.abc import Callable
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any

import simpy

from line_sim.inspection.gateway import Gateway, Inquiry, Reply
from line_sim.inspection.offline.together import BatchGateway, BatchServer, Request
from line_sim.layout import AFTER_ALL, HAND_OVER
from line_sim.units import LATEST, Nanoseconds

NEVER = 1 << 62
"""A moment that no run gets to: 146 years, in nanoseconds."""


class Cue:
    """Calls one listener when its moment has come, and may do so again and again.

    A machine waits for one thing at a time. With a cue of its own for each it makes no event and no process
    for every part, which is most of what SimPy's own take. `rank` is that among the things of one moment,
    `brings` what the listener is to know.
    """

    __slots__ = ("_at_once", "_env", "_later", "_next_number", "brings", "listener", "rank")

    def __init__(
        self, env: "LineEnvironment", listener: Callable[["Cue"], None], rank: int = HAND_OVER
    ) -> None:
        self.listener = listener
        self.rank = rank
        self.brings: Any = None
        self._env = env
        self._at_once, self._later, self._next_number = env.at_once, env.later, env.next_number

    def after(self, delay: Nanoseconds) -> None:
        """Call after a delay."""
        heappush(self._later, (self._env.now + delay, self.rank, self._next_number(), self))

    def at(self, moment: Nanoseconds, number: int) -> None:
        """Call at a moment, in the order among others as if it had been known when the number was given."""
        heappush(self._later, (moment, self.rank, number, self))

    def follow(self) -> None:
        """Call at this moment, after all else that follows at once already."""
        self._at_once.append(self)


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
        self._serving: dict[BatchServer, Serving] = {}

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
        if isinstance(gateway, BatchGateway):
            self.queue(gateway, inquiry, answer)
            return
        answer.brings = reply = gateway.ask(inquiry)
        answer.after(reply.latency)

    def queue(self, gateway: BatchGateway, inquiry: Inquiry, answer: Cue, skew: Nanoseconds = 0) -> None:
        """Put a question to a server that answers several at a time, in its own time."""
        serving = self._serving.get(gateway.server)
        if serving is None:
            serving = self._serving[gateway.server] = Serving(self, gateway.server)
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


class Serving:
    """A modelled server that puts requests together, on the clock of a line.

    It decides last of all in a moment: when a request has come, and when it said that it would. What is given
    up is so at its deadline, and what is answered is so at the end of its batch, both in the order that they
    would have if they were known at the question.
    """

    def __init__(self, env: LineEnvironment, server: BatchServer) -> None:
        self._env = env
        self._server = server
        self._cue = Cue(env, self._decide, AFTER_ALL)
        self._planned: set[Nanoseconds] = set()

    def put(self, gateway: BatchGateway, inquiry: Inquiry, answer: Cue, skew: Nanoseconds) -> None:
        """Queue a question."""
        request = Request(gateway, inquiry)
        request.bearer = waiting = _Waiting(answer, self._env.next_number(), skew)
        if inquiry.deadline is not None:
            waiting.expiry = Cue(self._env, self._give_up, answer.rank)
            waiting.expiry.brings = request
            waiting.expiry.at(request.expires_at, waiting.number)
        self._server.put(request)
        self._decide_at(self._env.now)

    def _give_up(self, expiry: Cue) -> None:
        request = expiry.brings
        waiting: _Waiting = request.bearer
        waiting.tell(self._server.give_up(request))
        waiting.answer.listener(waiting.answer)

    def _decide(self, _: Cue) -> None:
        now = self._env.now
        self._planned.discard(now)
        for request, reply in self._server.decide(now):
            waiting: _Waiting = request.bearer
            if waiting.expiry is not None:
                self._forget(request.expires_at, waiting.number, waiting.expiry)
            waiting.tell(reply)
            waiting.answer.at(request.inquiry.issued_at + reply.latency, waiting.number)
        again_at = self._server.next_at(now)
        if again_at is not None:
            self._decide_at(again_at)

    def _decide_at(self, moment: Nanoseconds) -> None:
        if moment not in self._planned:
            self._planned.add(moment)
            self._cue.at(moment, self._env.next_number())

    def _forget(self, moment: Nanoseconds, number: int, cue: Cue) -> None:
        """Take a cue back; few things wait at a time on a line, one for each machine or so."""
        later = self._env.later
        later.remove((moment, cue.rank, number, cue))
        heapify(later)


class _Waiting:
    """What a question waits with: the cue of its answer, its number among all things, and its skew."""

    __slots__ = ("answer", "expiry", "number", "skew")

    def __init__(self, answer: Cue, number: int, skew: Nanoseconds) -> None:
        self.answer = answer
        self.number = number
        self.skew = skew
        self.expiry: Cue | None = None

    def tell(self, reply: Reply) -> None:
        """Let the answer bring a reply."""
        self.answer.brings = reply._replace(skew=self.skew) if self.skew else reply


def _happen(event: simpy.Event) -> None:
    """Let an event of SimPy's own happen, as simpy.Environment.step does."""
    callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
    for callback in callbacks:
        callback(event)
    if not event._ok and not event.defused:  # noqa: SLF001 - as above
        raise event._value  # noqa: SLF001
