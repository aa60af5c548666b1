"""The audit of modelled servers that work on calls side by side: the same from docs/sharing.md once more.

Where a call is always the same work all is exact: moment by moment, what is left of each call in service.
Else only its rows tell when it left its place; then none may be answered before it can have got one.
"""

import heapq
from collections.abc import Sequence

from line_sim.analysis.audit.check import Fault
from line_sim.analysis.audit.queues.asked import OTHERWISE, Asked
from line_sim.layout import Server
from line_sim.units import Nanoseconds

_BILLIONTHS = 10**9


class _Inside:
    """A call at the server, and what is left of it: billionths of a nanosecond of lone work."""

    __slots__ = ("call", "left", "told")

    def __init__(self, call: Asked, work: Nanoseconds) -> None:
        self.call = call
        self.left = work * _BILLIONTHS
        self.told = False


class SideBySide:
    """The queue and the places of one server; `seen` are the calls that were looked at."""

    def __init__(self, server: Server, calls: Sequence[Asked], until: Nanoseconds) -> None:
        self.seen = 0
        self._server = server
        self._until = until
        known = [call for call in calls if call.issued < until]
        self._to_come = sorted(known, key=_as_likely, reverse=True)
        self._inside: list[_Inside] = []
        self._now = self._idle_since = 0

    def faults(self) -> list[Fault]:
        """Return the first calls that were answered otherwise: what follows them cannot be told."""
        ((_, service),) = self._server.times
        if service is None or any(adds is None for _, adds in self._server.rests):
            return self._too_early()
        while (moment := self._next_moment()) is not None:
            if moment >= self._until or self._is_open():
                break
            wrong = self._to(moment)
            if wrong:
                return [Fault(OTHERWISE, "calls.csv", tuple(sorted(wrong)))]
            self._take_in(service)
        return []

    @property
    def _served(self) -> list[_Inside]:
        return self._inside[: self._server.workers]

    @property
    def _speed(self) -> int:
        return self._server.speeds[len(self._served) - 1]

    def _next_moment(self) -> Nanoseconds | None:
        ends = [self._now + -(-one.left // self._speed) for one in self._served]
        expire = [one.call.expires for one in self._inside if not one.told]
        comes = [self._to_come[-1].issued] if self._to_come else []
        return min([*ends, *expire, *comes], default=None)

    def _is_open(self) -> bool:
        """Whether calls of one moment, some of them in service, may stand in another order: no file tells."""
        served = self._served
        if len(served) == len(self._inside):
            return False
        moment = self._inside[len(served)].call.issued
        tied = [one.call for one in self._inside if one.call.issued == moment]
        return served[-1].call.issued == moment and not all(call.answered for call in tied)

    def _to(self, moment: Nanoseconds) -> list[int]:
        """Let what is done or expires at a moment leave; return the rows that say otherwise."""
        served, speed = self._served, self._speed if self._inside else 0
        for one in served:
            one.left -= speed * (moment - self._now)
        self._now = moment
        done = [one for one in served if one.left <= 0]
        expired = [one for one in self._inside if one.call.expires == moment and not one.told]
        given_up = [one for one in expired if one not in done]
        there_at = moment + self._server.overhead
        wrong = [one.call.row for one in done if not one.told and not one.call.over_at(there_at)]
        wrong += [one.call.row for one in given_up if not one.call.gave_up]
        for one in given_up:
            one.told = True
        gone = done if self._server.keeps else done + given_up
        self.seen += len(given_up) + sum(not one.told for one in done)
        if gone:
            self._inside = [one for one in self._inside if one not in gone]
            self._idle_since = self._idle_since if self._inside else moment
        return wrong

    def _take_in(self, service: Nanoseconds) -> None:
        rest = -1 if self._inside else self._now - self._idle_since
        more = [adds or 0 for after, adds in self._server.rests if after <= rest]
        work = service + (more[-1] if more else 0)
        while self._to_come and self._to_come[-1].issued == self._now:
            self._inside.append(_Inside(self._to_come.pop(), work))

    def _too_early(self) -> list[Fault]:
        """Return the first call that was answered before it can have got a place.

        One that was given up may have been done, its answer on the way: then it left the overhead before.
        """
        places = [0] * self._server.workers
        for call in reversed(self._to_come):
            if not call.answered and self._server.keeps:
                break  # nobody tells when its work is done
            self.seen += 1
            begins = max(call.issued, places[0])
            left = call.returned - self._server.overhead
            if call.answered and left < begins:
                return [Fault(OTHERWISE, "calls.csv", (call.row,))]
            if left > begins:
                heapq.heapreplace(places, left)
        return []


def _as_likely(call: Asked) -> tuple[Nanoseconds, Nanoseconds, int]:
    """Order calls as they came; of one moment first those that were over first, as their work is the same."""
    return call.issued, call.returned, call.row
