"""The stations of a line as a recursion from part to part: when each comes in, is begun, and leaves.

A part comes in when it wants to and there is a place: not before the part that came `buffer` before it was
begun. It is begun when a machine is free: not before so many have left that one is. It leaves when it is
done and can come in further on. So its moments follow from those of the parts before it, and no event is
needed (Chen & Chen, "A fast simulation approach for tandem queueing systems", WSC 1990).
"""

from collections import deque
from heapq import heappop, heappush
from typing import Protocol

from line_sim.analysis.what_if.replay.works import Work
from line_sim.units import Nanoseconds


class Stage(Protocol):
    """A station; parts must be let in in the order in which they want to come in."""

    def opens(self) -> Nanoseconds:
        """Return the moment from which the next part could come in."""

    def enter(self, wanted: Nanoseconds, item: int) -> Nanoseconds:
        """Let a part come in that wants to from a moment on; return when it does."""

    def empty(self) -> None:
        """Let every part leave that is still there."""


def stage_of(units: int, buffer: int, work: Work) -> Stage:
    """Return a station of so many machines and waiting places."""
    return Lone(buffer, work) if units == 1 else Parallel(units, buffer, work)


class Lone:
    """A station of one machine."""

    def __init__(self, buffer: int, work: Work) -> None:
        self._done_of = work.done
        self._leave = work.leave
        self._places = buffer
        self._begun: deque[Nanoseconds] = deque(maxlen=buffer)
        self._free: Nanoseconds = 0
        self._item = 0  # the part on the machine, and when it is done
        self._done: Nanoseconds = 0

    def opens(self) -> Nanoseconds:
        """Return the moment from which the next part could come in."""
        if self._places:
            return self._begun[0] if len(self._begun) == self._places else 0
        self.empty()
        return self._free

    def enter(self, wanted: Nanoseconds, item: int) -> Nanoseconds:
        """Let a part come in that wants to from a moment on; return when it does."""
        free = self._leave(self._done, self._item) if self._item else self._free
        begun = self._begun
        if self._places:
            came = begun[0] if len(begun) == self._places and begun[0] > wanted else wanted
            at = max(free, came)
            begun.append(at)
        else:
            came = at = max(free, wanted)
        self._item = item
        self._done = self._done_of(at, item)
        return came

    def empty(self) -> None:
        """Let the part leave that is on the machine."""
        if self._item:
            self._free = self._leave(self._done, self._item)
            self._item = 0


class Parallel:
    """A station of several machines; of those done at one moment the one asked about first leaves."""

    def __init__(self, units: int, buffer: int, work: Work) -> None:
        self._work = work
        self._places = buffer
        self._begun: deque[Nanoseconds] = deque(maxlen=buffer)
        self._free: list[Nanoseconds] = [0] * units
        self._busy: list[tuple[Nanoseconds, Nanoseconds, int, int]] = []
        self._count = 0

    def opens(self) -> Nanoseconds:
        """Return the moment from which the next part could come in."""
        if self._places:
            return self._begun[0] if len(self._begun) == self._places else 0
        return self._next_free()

    def enter(self, wanted: Nanoseconds, item: int) -> Nanoseconds:
        """Let a part come in that wants to from a moment on; return when it does."""
        came = max(wanted, self.opens())
        at = max(came, self._next_free())
        heappop(self._free)
        self._begun.append(at)
        self._count += 1
        heappush(self._busy, (self._work.done(at, item), self._work.asked(at, item), self._count, item))
        return came

    def _next_free(self) -> Nanoseconds:
        """Return when the next machine is free, which the parts that leave before then decide."""
        while self._busy and not (self._free and self._free[0] <= self._busy[0][0]):
            self._let_leave()
        return self._free[0]

    def _let_leave(self) -> None:
        """Let the part leave that is done first."""
        done, _, _, item = heappop(self._busy)
        heappush(self._free, self._work.leave(done, item))

    def empty(self) -> None:
        """Let every part leave that is on a machine."""
        while self._busy:
            self._let_leave()
