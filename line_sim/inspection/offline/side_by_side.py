"""A modelled server that works on calls side by side: limited processor sharing, LPS(K, mu(n)).

Calls wait in one queue, in the order in which they came; up to `places` are in service. With n of them there
the whole server does mu(n) seconds of lone work a second, each of them an equal share of it. What a call is
in work is its draw (part, visit, attempt), and what waking up adds where the server has had nothing to do.

All is whole numbers. Work is kept in billionths of a nanosecond of lone work, a speed is billionths of that
alone (`Sharing.speeds`), so that what is done in a nanosecond is the speed itself. A call is over at the
first whole nanosecond at which nothing is left of it: that alone is rounded, up, by less than a nanosecond.
As all calls in service have got the same since they are there together, one number tells how far each is.

In one moment: calls whose work is done are answered, also at their deadline, and others that expire are given
up, each in the order of its question; when all else has happened, those that came take the free places. With
`after_deadline: stops` a call that is given up leaves at once, from the queue or its place. With
`keeps_computing` it stays and is worked on.

An answer is there the `overhead` after its work is done, when its place has been free for as long.

When a call is over hangs on those to come. So the server says when the next one will be if nothing changes,
and is told what moment it is: the line's clock does so.
"""

from bisect import bisect_right, insort
from collections import deque
from dataclasses import dataclass
from typing import Any

from line_sim.chance import needs
from line_sim.chance.chance import Chance
from line_sim.inspection.gateway import Inquiry, Reply
from line_sim.inspection.offline.queued import Mend, QueuedGateway, as_it_is
from line_sim.scenario.gateways.modelled import ModelledOptions
from line_sim.scenario.gateways.sharing import WHOLE, Sharing
from line_sim.units import Nanoseconds

NEVER = 1 << 62


class SharingGateway(QueuedGateway):
    """One inspection's way to such a server."""

    def __init__(
        self,
        server: "SharingServer",
        options: ModelledOptions,
        *,
        station: str,
        good_label: str,
        chance: Chance,
        mend: Mend = as_it_is,
    ) -> None:
        super().__init__(server, options, station=station, good_label=good_label, chance=chance, mend=mend)
        self.server: SharingServer = server
        self._service = needs.inference(station, options).of(chance)
        self._waking = [each.of(chance) for each in needs.waking(station, options)]

    def work(self, inquiry: Inquiry, rested: int) -> Nanoseconds:
        """Return how long a call takes that is alone; `rested`: how many of the rests the server has had."""
        which = inquiry.item_id, inquiry.visit, inquiry.attempt
        more = self._waking[rested - 1].of(*which) if rested else 0
        return self._service.of(*which) + more


@dataclass(slots=True, eq=False)
class SharedCall:
    """A question at the server; `bearer` is whatever whoever put it wants to have back.

    `over_at` is when it will be over if nothing changes, `answered` whether its work is done then; else it is
    given up. `work` is known once its moment is over, `until` where the server has to get for it to be done.
    """

    gateway: SharingGateway
    inquiry: Inquiry
    bearer: Any = None
    over_at: Nanoseconds = NEVER
    answered: bool = False
    given_up: bool = False
    work: int = 0
    until: int = 0

    @property
    def expires_at(self) -> Nanoseconds:
        """The moment of its deadline."""
        inquiry = self.inquiry
        return NEVER if inquiry.deadline is None else inquiry.issued_at + inquiry.deadline

    def __lt__(self, other: "SharedCall") -> bool:
        """Whether its work will be done before that of another in service."""
        return self.until < other.until


class SharingServer:
    """The queue and the places of such a server; see the module. It knows no clock and is told the time."""

    def __init__(self, options: ModelledOptions) -> None:
        sharing = options.shared or Sharing.of_servers(options.servers)
        self._speeds = sharing.speeds
        self._stops = options.after_deadline == "stops"
        self._rests = [rest.after for rest in options.rests]
        self._overhead = options.overhead
        self._came: list[SharedCall] = []
        self._queue: deque[SharedCall] = deque()
        self._working: list[SharedCall] = []
        self._due: list[SharedCall] = []
        self._given: int = 0
        self._reckoned_to: Nanoseconds = 0
        self._idle_since: Nanoseconds = 0

    def put(self, call: SharedCall) -> None:
        """Take a question; they must come in the order of their line time, and `decide` follows."""
        call.over_at = call.expires_at
        self._came.append(call)

    def over(self, call: SharedCall) -> Reply:
        """Return what becomes of a question whose `over_at` has come."""
        inquiry = call.inquiry
        if call.answered:
            self._due = [due for due in self._due if due is not call]  # it may have left long since
            return call.gateway.answered(inquiry, call.over_at - inquiry.issued_at)
        call.given_up = True
        return call.gateway.given_up(inquiry)

    def decide(self, now: Nanoseconds) -> list[SharedCall]:
        """Give away places, once all of this moment has happened; return whose `over_at` has changed."""
        if self._stops and any(call.given_up for call in self._queue):
            self._queue = deque(call for call in self._queue if not call.given_up)
        self._reckon(now)
        if self._stops and any(call.given_up for call in self._working):
            self._working = [call for call in self._working if not call.given_up]
            self._note_idleness(now)
        self._let_in(now)
        self._fill()
        return self._look_ahead()

    def next_at(self) -> Nanoseconds | None:
        """Return when it must decide again if nothing comes before; None where nobody waits for it."""
        waits = any(not call.given_up for calls in (self._working, self._queue) for call in calls)
        return self._next_done() if waits else None

    @property
    def _speed(self) -> int:
        return self._speeds[len(self._working) - 1]

    def _next_done(self) -> Nanoseconds:
        left = self._working[0].until - self._given
        return self._reckoned_to - (-left // self._speed)

    def _reckon(self, now: Nanoseconds) -> None:
        """Work up to a moment; what was worked on for nobody may have been done before it."""
        while self._working and (done_at := self._next_done()) <= now:
            self._work_until(done_at)
            while self._working and self._working[0].until <= self._given:
                left = self._working.pop(0)
                self._due = [due for due in self._due if due is not left]  # when it is over stays as it is
            self._note_idleness(done_at)
            self._fill()
            if done_at == now:  # who got a place just now may need no work, and has not been told yet
                return
        self._work_until(now)

    def _work_until(self, moment: Nanoseconds) -> None:
        if self._working:
            self._given += self._speed * (moment - self._reckoned_to)
        self._reckoned_to = moment

    def _note_idleness(self, moment: Nanoseconds) -> None:
        if not self._working and not self._queue:
            self._idle_since = moment

    def _let_in(self, now: Nanoseconds) -> None:
        """Queue what has come; all of one moment find the server asleep, or none."""
        idle = not self._working and not self._queue
        rested = bisect_right(self._rests, now - self._idle_since) if idle else 0
        for call in self._came:
            call.work = WHOLE * call.gateway.work(call.inquiry, rested)
        self._queue.extend(self._came)
        self._came.clear()

    def _fill(self) -> None:
        while self._queue and len(self._working) < len(self._speeds):
            call = self._queue.popleft()
            call.until = self._given + call.work
            insort(self._working, call)

    def _look_ahead(self) -> list[SharedCall]:
        """Say who will be done next, and take back who was thought to be; return whose end has changed."""
        before, self._due = self._due, []
        moments = [(call, call.over_at) for call in before]
        for call in before:
            call.answered, call.over_at = False, call.expires_at
        if self._working:
            done_at = self._next_done()
            reached = self._given + self._speed * (done_at - self._reckoned_to)
            over_at = done_at + self._overhead
            for call in self._working:
                if call.until > reached:
                    break
                if not call.given_up and over_at <= call.expires_at:
                    moments += [] if call in before else [(call, call.over_at)]
                    call.answered, call.over_at = True, over_at
                    self._due.append(call)
        return [call for call, moment in moments if call.over_at != moment]
