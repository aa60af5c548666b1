"""The audit of modelled servers that take one request after the other, or put them together.

Said again from docs/scenario.md, from the calls alone and without the server's own queue: batch after batch,
when it must have begun, who must have been in it, and when each of them must have been told. Where a batch
takes the same every time that is an exact moment; otherwise its end is read off its calls, and must be the
same for all that were answered.
"""

import heapq
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from line_sim.analysis.audit.check import Fault
from line_sim.analysis.audit.queues.asked import OTHERWISE, Asked
from line_sim.layout import Server
from line_sim.units import Nanoseconds

_NEVER = 2**62


@dataclass(frozen=True, slots=True)
class _Batch:
    """Calls that were worked on together; `end` is None where nobody can tell it."""

    calls: list[Asked]
    end: Nanoseconds | None


class Together:
    """The queue of one server; `seen` are the calls that were looked at."""

    def __init__(self, server: Server, calls: Iterable[Asked], until: Nanoseconds) -> None:
        self.seen = 0
        self._server = server
        self._to_come = deque(calls)
        self._waiting: list[Asked] = []
        self._free_at = [0] * server.workers
        self._until = until
        self._began = 0

    def faults(self) -> list[Fault]:
        """Return the first calls that were answered otherwise: what follows them cannot be told."""
        while (start := self._next_start()) is not None:
            gone = [call for call in self._waiting if self._is_gone(call, start)]
            wrong = [call for call in gone if not call.gave_up]
            self._waiting = [call for call in self._waiting if not self._is_gone(call, start)]
            batch = None if wrong else self._batch(start)
            if batch is not None:
                wrong = [call for call in batch.calls if not self._as_told(call, batch.end, start)]
            if wrong:
                return [Fault(OTHERWISE, "calls.csv", tuple(sorted(call.row for call in wrong)))]
            if batch is None or batch.end is None:
                break
            self.seen += len(gone) + len(batch.calls)
            last = max(call.expires for call in batch.calls)
            heapq.heapreplace(self._free_at, batch.end if self._server.keeps else min(batch.end, last))
        return []

    def _as_told(self, call: Asked, end: Nanoseconds | None, start: Nanoseconds) -> bool:
        if call.expires <= start:  # it was given up in the queue, and is worked on all the same
            return call.gave_up
        return end is None or (call.over_at(end + self._server.overhead) and end >= start)

    def _is_gone(self, call: Asked, now: Nanoseconds) -> bool:
        return call.expires <= now and not self._server.keeps

    def _next_start(self) -> Nanoseconds | None:
        """Return when the next batch begins; None where there is none, or none that can be told."""
        now = max(self._began, self._free_at[0])  # batches begin one after the other
        while True:
            while self._to_come and self._to_come[0].issued <= now:
                self._waiting.append(self._to_come.popleft())
            there = [call for call in self._waiting if not self._is_gone(call, now)]
            if now >= self._until:
                return None
            if there and (len(there) >= self._server.most or there[0].issued + self._server.wait <= now):
                self._began = now
                return now
            moments = [there[0].issued + self._server.wait] if there else []
            moments += [self._to_come[0].issued] if self._to_come else []
            if not moments:
                return None
            now = min(moments)

    def _batch(self, start: Nanoseconds) -> _Batch | None:
        """Take the next batch out of the queue; None where the files do not say which of several it was."""
        size = min(self._server.most, len(self._waiting))
        last = self._waiting[size - 1].issued
        sure = [call for call in self._waiting if call.issued < last]
        tied = [call for call in self._waiting if call.issued == last]
        lasts = self._lasts(size)
        if lasts is None and len(sure) + len(tied) > size and not all(call.answered for call in tied):
            return None  # it may be one that was given up in the batch, or one in the queue
        overhead = self._server.overhead
        told_at = start + lasts + overhead if lasts is not None else _told_at(sure, tied, size)
        tied = _most_likely(tied, told_at)
        chosen, left = tied[: size - len(sure)], tied[size - len(sure) :]
        if chosen and left and not chosen[-1].answered and left[0].expires != chosen[-1].expires:
            return None
        calls = sure + chosen
        self._waiting = sorted([*left, *(call for call in self._waiting if call.issued > last)])
        if told_at is None and not self._server.keeps and not overhead:
            told_at = max(call.expires for call in calls) + 1  # all were given up before it ended
        return _Batch(calls, None if told_at is None else told_at - overhead)

    def _lasts(self, size: int) -> Nanoseconds | None:
        """Return how long a batch of so many takes; None where that is not the same every time."""
        times = self._server.times
        at = min(bisect_left([each for each, _ in times], size), len(times) - 1)
        (above, upper), (below, lower) = times[at], times[max(0, at - 1)]
        if self._server.pads or above <= size or upper is None or lower is None:
            return upper
        return lower + (upper - lower) * (size - below) // (above - below)


def _told_at(sure: list[Asked], tied: list[Asked], size: int) -> Nanoseconds | None:
    """Return when a batch of so many was told, from those of it that were answered; None where none was.

    Where all of it came in one moment together with others, it is the first one that enough of these had.
    """
    ends = sorted({call.returned for call in sure or tied if call.answered})
    ends = ends or sorted({call.returned for call in tied if call.answered})
    enough = size - len(sure)
    fitting = (end for end in ends if sum(call.over_at(end) for call in tied) >= enough)
    return next(fitting, ends[0] if ends else None)


def _most_likely(tied: list[Asked], told_at: Nanoseconds | None) -> list[Asked]:
    """Put first, of calls of one moment, those over as the batch says: no file tells their order."""

    def unlikely(call: Asked) -> tuple[bool, bool, Nanoseconds]:
        return told_at is None or not call.over_at(told_at), not call.answered, call.returned

    return sorted(tied, key=unlikely)
