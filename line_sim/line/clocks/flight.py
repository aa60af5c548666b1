"""Calls in flight: when each was really sent, when its answer came, and how far the line may go meanwhile.

A call that is issued at line time t and sent at wall time w has the *offset* w - t. As long as it is
out, an event at line time e may happen only when more than e - t has passed since w, that is when it
is later than e + offset on the wall. Then the answer, whenever it comes, belongs behind the event:
it is put in at t + latency exactly, and never in the past.

Why that is safe between threads: `hold` reads the wall clock, and `stop` stamps the latency, under the
same lock. So a call that `hold` has seen unanswered at wall time x has a latency of at least x - w.
"""

import threading

from line_sim.inspection.gateway import Inquiry, LiveGateway, Reply
from line_sim.line.clocks.silence import LOOK_AGAIN, SilentServers
from line_sim.line.clocks.virtual import Cue
from line_sim.line.clocks.wall import Pace, Wall
from line_sim.units import MICROSECOND, MILLISECOND, Nanoseconds

OPEN = 0
"""What `hold` returns where nothing holds: wall times are above 0."""

UNSENT = 50 * MICROSECOND
"""Least wall time between two looks at a call whose request has not left: less would keep it from leaving."""

LONG_UNSENT = MILLISECOND
"""The most: looks come as much further apart as it has not left for longer, a picture being made, say."""

NO_TIME = 1
"""The least that an answer from outside takes, in ns, also by a clock that has not gone on meanwhile: what
happens in the moment of its call does not wait for it, so it belongs behind all of that."""


class Flight:
    """One call in flight. It is the stopwatch that its gateway starts and stops.

    `answer` is the cue that brings its answer, `number` its place among those of the same moment and rank.
    """

    def __init__(
        self,
        calls: "CallsInFlight",
        gateway: LiveGateway,
        inquiry: Inquiry,
        answer: Cue,
        number: int,
    ) -> None:
        self.gateway = gateway
        self.inquiry = inquiry
        self.answer = answer
        self.number = number
        self.reply: Reply | None = None
        self.error: BaseException | None = None
        self.offset: Nanoseconds | None = None
        self.latency: Nanoseconds | None = None
        self.skew: Nanoseconds = 0
        self.pace: Nanoseconds | None = None  # the largest offset of those it should keep pace with
        self.put_at: Nanoseconds = 0  # when the question was put, by the wall
        self._calls = calls
        self._sent_at: Nanoseconds = 0

    def start(self) -> None:
        """Note that the request leaves now; another start, such as of a second try, counts for nothing."""
        self._calls.sent(self)

    def stop(self) -> Nanoseconds:
        """Note that the answer is here now; return the time since the start."""
        return self._calls.answered(self)

    def land(self, reply: Reply) -> None:
        """Bring the answer to the line; its latency is what the stopwatch says."""
        if self.latency is None:
            kind = type(self.gateway).__name__
            self.fail(TypeError(f"{kind} answered without starting and stopping the stopwatch"))
            return
        self.reply = reply._replace(latency=self.latency, skew=self.skew)
        self._calls.landed(self)

    def fail(self, error: BaseException) -> None:
        """Bring the line what the gateway raised."""
        self.error = error
        self._calls.landed(self)

    def keep_up_with(self, offset: Nanoseconds) -> None:
        """Measure the skew against a call of this offset, too; only the calls' lock holder does."""
        self.pace = offset if self.pace is None else max(self.pace, offset)

    @property
    def ended_at(self) -> Nanoseconds | None:
        """Wall time at which the answer was there, or the call given up; None: neither yet."""
        return None if self.latency is None else self._sent_at + self.latency

    def leaves(self, now: Nanoseconds) -> Nanoseconds:
        """Set the skew against the pace and return the offset; only the calls' lock holder does."""
        self._sent_at = now
        offset = now - self.inquiry.issued_at
        self.skew = 0 if self.pace is None else offset - self.pace
        return offset

    def arrives(self, now: Nanoseconds) -> Nanoseconds:
        """Set the latency; only the calls' lock holder does."""
        self.latency = max(NO_TIME, now - self._sent_at)
        return self.latency

    def opens_at(self, event_at: Nanoseconds, now: Nanoseconds) -> Nanoseconds | None:
        """Return the wall time before which this call lets an event not happen; None: before its answer."""
        issued_at = self.inquiry.issued_at
        if event_at <= issued_at:
            return OPEN
        if self.latency is not None:
            return OPEN if event_at < issued_at + self.latency else None
        if self.offset is None:  # it leaves now at the earliest
            patience = max(UNSENT, min(LONG_UNSENT, (now - self.put_at) // 4))
            return now + max(event_at - issued_at + 1, patience)
        return event_at + self.offset + 1


class CallsInFlight:
    """All the calls that are out, and the servers that do not answer: both hold the line.

    Skew: how late a call was really sent against the pace of the others that were out when it was
    issued (or sent before it since), of a server that does not answer, and against `pace` where the line
    follows the wall anyway. A call that is out alone sets the pace itself: its skew is 0.
    """

    def __init__(self, wall: Wall, pace: Pace | None = None) -> None:
        self._wall = wall
        self._pace = pace
        self._lock = threading.Lock()
        self._landed: list[Flight] = []
        self._silent = SilentServers()
        self.out: list[Flight] = []

    def issue(self, flight: Flight) -> None:
        """Count a call as out, though its request has not left yet."""
        issued_at = flight.inquiry.issued_at
        with self._lock:
            flight.put_at = self._wall.now()
            if self._pace is not None:
                flight.keep_up_with(self._pace.due(issued_at) - issued_at)
            for offset in self._silent.offsets():
                flight.keep_up_with(offset)
            for other in self.out:
                if other.offset is not None:
                    flight.keep_up_with(other.offset)
            self.out.append(flight)

    def sent(self, flight: Flight) -> None:
        """Stamp the start of a call."""
        with self._lock:
            if flight.offset is not None:
                return
            flight.offset = flight.leaves(self._wall.now())
            for other in self.out:
                if other.offset is None:
                    other.keep_up_with(flight.offset)

    def answered(self, flight: Flight) -> Nanoseconds:
        """Stamp the end of a call."""
        with self._lock:
            return flight.arrives(self._wall.now())

    def landed(self, flight: Flight) -> None:
        """Bring a call to an end and wake the line."""
        with self._lock:
            self._landed.append(flight)
        self._wall.wake()

    def take_landed(self) -> list[Flight]:
        """Return the calls that have come to an end since the last time; they are not out any more."""
        if not self._landed:
            return []
        with self._lock:
            landed, self._landed = self._landed, []
            for flight in landed:
                self.out.remove(flight)
                if self._pace is None:  # else all of line time keeps pace anyway
                    self._silent.hear(flight)
        return landed

    def hold(self, event_at: Nanoseconds | None) -> Nanoseconds | None:
        """Say whether an event at this line time may happen now: `OPEN`, or the wall time to look again.

        None: nobody knows when, something will wake the line. None as the event is the one that only an
        answer can bring.
        """
        if event_at is None:
            return None
        with self._lock:
            now = self._wall.now()
            openings = [flight.opens_at(event_at, now) for flight in self.out]
        offsets = self._silent.offsets()
        openings += [event_at + offset for offset in offsets]
        if self._pace is not None:
            openings.append(self._pace.due(event_at))
        known = [opening for opening in openings if opening is not None]
        if len(known) < len(openings):
            return None
        latest = max(known, default=OPEN)
        if latest <= now:
            return OPEN
        return min(latest, now + LOOK_AGAIN) if offsets else latest
