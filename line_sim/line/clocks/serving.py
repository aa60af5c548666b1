"""Modelled servers whose answers hang on questions to come, on the clock of a line."""

from abc import ABC, abstractmethod
from heapq import heapify
from typing import TYPE_CHECKING

from line_sim.inspection.gateway import Inquiry, Reply
from line_sim.inspection.offline.queued import QueuedGateway
from line_sim.inspection.offline.side_by_side import NEVER, SharedCall, SharingGateway, SharingServer
from line_sim.inspection.offline.together import BatchGateway, BatchServer, Request
from line_sim.layout import AFTER_ALL
from line_sim.line.clocks.cue import Cue
from line_sim.units import Nanoseconds

if TYPE_CHECKING:
    from line_sim.line.clocks.virtual import LineEnvironment


class Serving(ABC):
    """One such server on the clock of a line."""

    @abstractmethod
    def put(self, gateway: QueuedGateway, inquiry: Inquiry, answer: Cue, skew: Nanoseconds) -> None:
        """Put a question; `answer` is the cue when its answer comes, and brings the `Reply`."""


def serving_of(env: "LineEnvironment", gateway: QueuedGateway) -> Serving:
    """Return what puts questions to the server of a gateway. Raises TypeError for an unknown kind."""
    if isinstance(gateway, BatchGateway):
        return BatchServing(env, gateway.server)
    if isinstance(gateway, SharingGateway):
        return SharingServing(env, gateway.server)
    raise TypeError(f"no clock knows how {type(gateway).__name__} is asked")


class BatchServing(Serving):
    """A modelled server that puts requests together, on the clock of a line.

    It decides last of all in a moment: when a request has come, and when it said that it would. What is given
    up is so at its deadline, and what is answered is so at the end of its batch, both in the order that they
    would have if they were known at the question.
    """

    def __init__(self, env: "LineEnvironment", server: BatchServer) -> None:
        self._env = env
        self._server = server
        self._cue = Cue(env, self._decide, AFTER_ALL)
        self._planned: set[Nanoseconds] = set()

    def put(self, gateway: QueuedGateway, inquiry: Inquiry, answer: Cue, skew: Nanoseconds) -> None:
        """Queue a question."""
        assert isinstance(gateway, BatchGateway)  # noqa: S101 - for the type checker: see serving_of
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
                _forget(self._env, request.expires_at, waiting.number, waiting.expiry)
            waiting.tell(reply)
            waiting.answer.at(request.inquiry.issued_at + reply.latency, waiting.number)
        again_at = self._server.next_at(now)
        if again_at is not None:
            self._decide_at(again_at)

    def _decide_at(self, moment: Nanoseconds) -> None:
        if moment not in self._planned:
            self._planned.add(moment)
            self._cue.at(moment, self._env.next_number())


class SharingServing(Serving):
    """A modelled server that works on calls side by side, on the clock of a line.

    Each question has one cue, for when it is over: its work done, or given up. When something changes at the
    server, that is put elsewhere. It happens in the order that it would have if known at the question.
    """

    def __init__(self, env: "LineEnvironment", server: SharingServer) -> None:
        self._env = env
        self._server = server
        self._cue = Cue(env, self._decide, AFTER_ALL)
        self._planned: tuple[Nanoseconds, int] | None = None

    def put(self, gateway: QueuedGateway, inquiry: Inquiry, answer: Cue, skew: Nanoseconds) -> None:
        """Queue a question."""
        assert isinstance(gateway, SharingGateway)  # noqa: S101 - for the type checker: see serving_of
        call = SharedCall(gateway, inquiry)
        call.bearer = _Told(answer, self._env.next_number(), skew, Cue(self._env, self._over, answer.rank))
        call.bearer.over.brings = call
        self._server.put(call)
        self._place(call)
        self._decide_at(self._env.now)

    def _over(self, over: Cue) -> None:
        call: SharedCall = over.brings
        told: _Told = call.bearer
        told.placed_at = None
        told.tell(self._server.over(call))
        told.answer.listener(told.answer)
        self._decide_at(self._env.now)

    def _decide(self, _: Cue) -> None:
        self._planned = None
        for call in self._server.decide(self._env.now):
            self._place(call)
        again_at = self._server.next_at()
        if again_at is not None:
            self._decide_at(again_at)

    def _place(self, call: SharedCall) -> None:
        """Let a call be over when its server says so."""
        told: _Told = call.bearer
        if told.placed_at is not None:
            _forget(self._env, told.placed_at, told.number, told.over)
        told.placed_at = None if call.over_at >= NEVER else call.over_at
        if told.placed_at is not None:
            told.over.at(told.placed_at, told.number)

    def _decide_at(self, moment: Nanoseconds) -> None:
        """Let the server decide then, and at no later moment that was thought of."""
        if self._planned is not None:
            if self._planned[0] == moment:
                return
            _forget(self._env, *self._planned, self._cue)
        self._planned = moment, self._env.next_number()
        self._cue.at(*self._planned)


def _forget(env: "LineEnvironment", moment: Nanoseconds, number: int, cue: Cue) -> None:
    """Take a cue back; few things wait at a time on a line, one for each machine or so."""
    env.later.remove((moment, cue.rank, number, cue))
    heapify(env.later)


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


class _Told(_Waiting):
    """The same, with the cue of the call's end and the moment at which that stands in the list of events."""

    __slots__ = ("over", "placed_at")

    def __init__(self, answer: Cue, number: int, skew: Nanoseconds, over: Cue) -> None:
        super().__init__(answer, number, skew)
        self.over = over
        self.placed_at: Nanoseconds | None = None
