"""Whether a failed call is made again: never beyond its deadline, and never so often that it does harm.

A server that fails because it has too much to do is not helped by clients that ask twice. So retries
draw on a budget that only questions fill, as in gRPC's retry throttling (proposal A6).
"""

import threading
from dataclasses import dataclass

from line_sim.units import MILLISECOND, Nanoseconds

MOST_SAVED = 10.0
"""Retries that can be saved up; the budget begins full, so that a short outage is bridged at once."""

GOLDEN = 0.6180339887498949


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """At most `attempts` calls for one question, where its status is in `on` and the budget allows.

    `budget` is the share of questions that may be asked again in the long run. Before the n-th retry
    passes `backoff * 2**(n-1)`, at most `longest_backoff`, less up to half of it so that cameras which
    failed together do not come back together.
    """

    attempts: int = 1
    budget: float = 0.2
    on: tuple[str, ...] = ("UNAVAILABLE",)
    backoff: Nanoseconds = 10 * MILLISECOND
    longest_backoff: Nanoseconds = 1000 * MILLISECOND

    def pause(self, retry: int, item_id: int) -> Nanoseconds:
        """Return how long to wait before a part's n-th retry, counted from 1.

        Spread by the golden ratio over the parts: no dice, and neighbours are far apart.
        """
        full = min(self.longest_backoff, self.backoff << (retry - 1))
        return full - int(full / 2 * ((item_id * GOLDEN) % 1))


class RetryBudget:
    """Retries that may still be made; several threads draw on it."""

    def __init__(self, share: float) -> None:
        self._share = share
        self._saved = MOST_SAVED
        self._lock = threading.Lock()

    def earn(self) -> None:
        """Note a new question."""
        with self._lock:
            self._saved = min(MOST_SAVED, self._saved + self._share)

    def spend(self) -> bool:
        """Take one retry; False when there is none left."""
        with self._lock:
            if self._saved < 1:
                return False
            self._saved -= 1
            return True
