"""A server by its law: limited processor sharing, LPS(K, mu(n)), as an exact clock of work.

Up to K calls are worked on at once, others wait in order. With n of them in service the whole server does
mu(n) seconds of lone work a second, shared equally. K = 1 is first come, first served; mu(n) = n with K = c
is c servers; K without end is processor sharing. Avi-Itzhak and Halfin 1988; Zhang, Dai and Zwart 2009.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Idle:
    """A call that comes after nothing was done for `after` seconds or longer takes `adds` more work."""

    after: float
    adds: float


def added(idle: Sequence[Idle], rest: float) -> float:
    """Return what a call takes more after so many seconds without any, by the last step that was reached."""
    return next((step.adds for step in reversed(idle) if rest >= step.after), 0.0)


@dataclass(frozen=True, slots=True)
class Law:
    """What a server does with calls; times in seconds.

    `speeds[n - 1]` is mu(n), for n up to the number of places. `overhead` is the part of a latency that
    keeps no place of the server: the way there and back, writing and reading. `keeps_computing`: a call that
    was given up is worked on all the same.
    """

    places: int
    speeds: tuple[float, ...]
    overhead: float = 0.0
    idle: tuple[Idle, ...] = ()
    keeps_computing: bool = False

    def speed(self, busy: int) -> float:
        """Return mu of so many calls in service."""
        return self.speeds[min(busy, len(self.speeds)) - 1]


class Sharing:
    """A server of a law at work; whoever drives it tells when calls come and go, in the order of time."""

    def __init__(self, law: Law, now: float = 0.0) -> None:
        self._law = law
        self._now = now
        self._served: dict[int, float] = {}
        self._waiting: deque[tuple[int, float]] = deque()
        self._idle_since = now

    @property
    def next_end(self) -> float | None:
        """When the next call is done, if none comes or goes before; None: nothing is in service."""
        if not self._served:
            return None
        busy = len(self._served)
        return self._now + max(0.0, min(self._served.values())) * busy / self._law.speed(busy)

    def enter(self, at: float, call: int, work: float) -> None:
        """Take a call with so many seconds of lone work."""
        self._advance(at)
        if not self._served:
            work += added(self._law.idle, at - self._idle_since)
        self._waiting.append((call, work))
        self._fill()

    def leave(self, at: float, call: int) -> None:
        """Let a call that is here go, done or not."""
        self._advance(at)
        if call in self._served:
            self._drop(call)
        self._waiting = deque(entry for entry in self._waiting if entry[0] != call)

    def finish(self) -> tuple[float, int]:
        """Go to the next end; return when it is and whose. Raises RuntimeError where there is none."""
        end = self.next_end
        if end is None:
            raise RuntimeError("nothing is in service")
        call = min(self._served, key=self._served.__getitem__)
        self._advance(end)
        self._drop(call)
        return end, call

    def _drop(self, call: int) -> None:
        del self._served[call]
        self._fill()
        if not self._served:
            self._idle_since = self._now

    def _fill(self) -> None:
        while self._waiting and len(self._served) < self._law.places:
            call, work = self._waiting.popleft()
            self._served[call] = work

    def _advance(self, to: float) -> None:
        busy = len(self._served)
        if busy and to > self._now:
            done = (to - self._now) * self._law.speed(busy) / busy
            self._served = {call: left - done for call, left in self._served.items()}
        self._now = max(self._now, to)
