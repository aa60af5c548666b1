"""A modelled server that puts requests together, as TensorFlow Serving and Triton do.

Requests wait in one queue, in the order in which they came. Whenever all that happens in a moment has
happened, and as long as a worker is free and either `max` requests wait or the oldest has waited for
`wait`, the worker begins on the first `max` of them, or on all that wait: a batch. What it takes follows
from its size and from the draw of its oldest request; all its answers come the `overhead` after its end.

A request is given up at its deadline, unless its answer comes at that moment. With `after_deadline: stops`
one that waits then leaves the queue, before a batch may begin; a batch ends early when all of it is given
up. With `keeps_computing` nothing of the kind: it stays, counts and is worked on.

When a request is answered hangs on those to come. So the server is told what moment it is, and says what
has been decided, and when it wants to be asked again: the line's clock does so.
"""

import heapq
from bisect import bisect_left
from collections import deque
from dataclasses import dataclass
from typing import Any

from line_sim.chance import needs
from line_sim.chance.chance import Chance
from line_sim.chance.streams import Draws
from line_sim.inspection.gateway import Inquiry, Reply
from line_sim.inspection.offline.queued import Mend, QueuedGateway, as_it_is
from line_sim.scenario.gateways.modelled import ModelledOptions
from line_sim.units import Nanoseconds

NEVER = 1 << 62


class BatchDraws:
    """What batches take, by their size and by the draws of their oldest request at a station."""

    def __init__(self, options: ModelledOptions, station: str, chance: Chance) -> None:
        self._sizes = list(options.times)
        self._draws: list[Draws[Nanoseconds]] = [each.of(chance) for each in needs.batches(station, options)]
        self._pads = options.batching is not None and options.batching.pads

    def of(self, size: int, inquiry: Inquiry) -> Nanoseconds:
        """Return what a batch of so many takes.

        Between two sizes that are given it lies in proportion, rounded down to a nanosecond; where batches
        are padded it is that of the next. One time alone is that of every size.
        """
        at = bisect_left(self._sizes, size)
        if at == len(self._sizes):
            at -= 1
        upper = self._drawn(at, inquiry)
        if self._pads or self._sizes[at] <= size:
            return upper
        below, above = self._sizes[at - 1], self._sizes[at]
        lower = self._drawn(at - 1, inquiry)
        return lower + (upper - lower) * (size - below) // (above - below)

    def _drawn(self, at: int, inquiry: Inquiry) -> Nanoseconds:
        return self._draws[at].of(inquiry.item_id, inquiry.visit, inquiry.attempt)


class BatchGateway(QueuedGateway):
    """One inspection's way to a server that puts requests together; `mend` has the last word on a reply."""

    def __init__(
        self,
        server: "BatchServer",
        options: ModelledOptions,
        *,
        station: str,
        good_label: str,
        chance: Chance,
        mend: Mend = as_it_is,
    ) -> None:
        super().__init__(server, options, station=station, good_label=good_label, chance=chance, mend=mend)
        self.server: BatchServer = server
        self.times = BatchDraws(options, station, chance)


@dataclass(slots=True, eq=False)
class Request:
    """A question in the queue; `bearer` is whatever whoever put it wants to have back.

    `expires_at` is when it is given up unless it has been answered, `given_up` whether it was.
    """

    gateway: BatchGateway
    inquiry: Inquiry
    bearer: Any = None
    given_up: bool = False

    @property
    def expires_at(self) -> Nanoseconds:
        """The moment of its deadline."""
        inquiry = self.inquiry
        return NEVER if inquiry.deadline is None else inquiry.issued_at + inquiry.deadline


class BatchServer:
    """The queue and the workers of such a server; see the module. It knows no clock and is told the time."""

    def __init__(self, options: ModelledOptions) -> None:
        self._most = options.most
        self._wait = 0 if options.batching is None else options.batching.wait
        self._keeps_computing = options.after_deadline == "keeps_computing"
        self._overhead = options.overhead
        self._free_at: list[Nanoseconds] = [0] * options.servers
        self._waiting: deque[Request] = deque()

    def put(self, request: Request) -> None:
        """Queue a request; they must come in the order of their line time."""
        self._waiting.append(request)

    def give_up(self, request: Request) -> Reply:
        """Return what becomes of a request that expires without an answer; told at that moment."""
        request.given_up = True
        if not self._keeps_computing and request in self._waiting:
            self._waiting.remove(request)
        return request.gateway.given_up(request.inquiry)

    def decide(self, now: Nanoseconds) -> list[tuple[Request, Reply]]:
        """Begin on batches, once all of this moment has happened; return what will be answered, and when.

        That is at the moment of the question plus the latency of the reply. Whoever is not told of will be
        given up before its batch ends.
        """
        told: list[tuple[Request, Reply]] = []
        while self._waiting and self._begins_at(now) <= now:
            told += self._begin(now)
        return told

    def next_at(self, now: Nanoseconds) -> Nanoseconds | None:
        """Return when it must decide again if no request comes before; None where nothing waits."""
        return self._begins_at(now) if self._waiting else None

    def _begins_at(self, now: Nanoseconds) -> Nanoseconds:
        """Return when the next batch begins if no request comes or goes before."""
        full = len(self._waiting) >= self._most
        ready_at = now if full else self._waiting[0].inquiry.issued_at + self._wait
        return max(self._free_at[0], ready_at)

    def _begin(self, now: Nanoseconds) -> list[tuple[Request, Reply]]:
        size = min(self._most, len(self._waiting))
        batch = [self._waiting.popleft() for _ in range(size)]
        ends_at = now + batch[0].gateway.times.of(size, batch[0].inquiry)
        last = max(each.expires_at for each in batch)
        heapq.heapreplace(self._free_at, ends_at if self._keeps_computing else min(ends_at, last))
        there_at = ends_at + self._overhead
        return [
            (each, each.gateway.answered(each.inquiry, there_at - each.inquiry.issued_at))
            for each in batch
            if there_at <= each.expires_at and not each.given_up
        ]
