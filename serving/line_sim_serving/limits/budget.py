"""The memory that all requests share: what does not fit waits, and what never could is refused.

There are two shares, because TensorFlow keeps what its tensors once took: one for messages and what is made
of them, one for what is decoded and computed. A request takes from the first before the second, so that no
two can wait for each other.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

import grpc

from line_sim_serving.inference.patience import Patience
from line_sim_serving.inference.refusal import Refusal, invalid

LOOK_EVERY_S = 0.25
MIB = 1 << 20


class Hold:
    """What one request has of a budget, until it ends; for one thread at a time."""

    def __init__(self, budget: "Budget") -> None:
        self._budget = budget
        self.size = 0
        self.wanted = 0

    def take(self, size: int, patience: Patience, what: str = "") -> None:
        """Take so many bytes more, and wait for them if others have them.

        Raises Refusal: INVALID_ARGUMENT where the request would need more than there is at all, and
        RESOURCE_EXHAUSTED where it would wait for somebody who waits for it.
        """
        self._budget.grow(self, size, patience, what)

    @property
    def most(self) -> int:
        """What all requests together may have."""
        return self._budget.most

    def take_now(self, size: int) -> None:
        """Take so many bytes more at once. Raises Refusal RESOURCE_EXHAUSTED where others have them."""
        self._budget.grow_now(self, size)


class Budget:
    """So many bytes for one thing that all requests do; safe for many threads."""

    def __init__(self, most: int, what: str) -> None:
        self.most = most
        self._what = what
        self._changed = threading.Condition()
        self._used = 0
        self._waiting: list[Hold] = []

    @contextmanager
    def hold(self) -> Iterator[Hold]:
        """Give a hold on nothing yet; all of it is free again after the block."""
        hold = Hold(self)
        try:
            yield hold
        finally:
            self.release(hold)

    def release(self, hold: Hold) -> None:
        """Free what a hold has."""
        with self._changed:
            self._used -= hold.size
            hold.size = 0
            if self._waiting:
                self._changed.notify_all()

    def grow(self, hold: Hold, size: int, patience: Patience, what: str) -> None:
        """Give a hold more; see `Hold.take`."""
        with self._changed:
            if self._used + size <= self.most and (hold.size or not self._waiting):
                self._give(hold, size)
                return
            if hold.size + size > self.most:
                raise invalid(self._too_large(hold.size + size, what))
            self._wait(hold, size, patience)

    def grow_now(self, hold: Hold, size: int) -> None:
        """Give a hold more at once, or refuse it."""
        with self._changed:
            if self._used + size > self.most:
                raise self._busy()
            self._give(hold, size)

    def _wait(self, hold: Hold, size: int, patience: Patience) -> None:
        """Wait in line. Who waits keeps what it has, so the line may only be as long as all can be served."""
        hold.wanted = size
        self._waiting.append(hold)
        try:
            if any(self._held_by_waiting() + one.wanted > self.most for one in self._waiting):
                raise self._busy()
            while self._waiting[0] is not hold or self._used + size > self.most:
                left = patience.left_ms() / 1000
                self._changed.wait(min(left, LOOK_EVERY_S) if left else LOOK_EVERY_S)
            self._give(hold, size)
        finally:
            self._waiting.remove(hold)
            self._changed.notify_all()

    def _held_by_waiting(self) -> int:
        return sum(one.size for one in self._waiting)

    def _give(self, hold: Hold, size: int) -> None:
        self._used += size
        hold.size += size

    def _too_large(self, size: int, what: str) -> str:
        because = f" ({what})" if what else ""
        return (
            f"the request needs {size // MIB:,} MiB{because} {self._what}; all requests together may have "
            f"{self.most // MIB:,} MiB for that (--request_memory_mb)"
        )

    def _busy(self) -> Refusal:
        text = f"the {self.most // MIB:,} MiB {self._what} (--request_memory_mb) are in use by other requests"
        return Refusal(grpc.StatusCode.RESOURCE_EXHAUSTED, text)


@dataclass(frozen=True, slots=True)
class Budgets:
    """The two shares."""

    messages: Budget
    tensors: Budget

    @classmethod
    def of(cls, size: int) -> Self:
        """Share so many bytes out: a quarter for messages."""
        return cls(
            Budget(size // 4, "to read it and answer"), Budget(size - size // 4, "to decode and compute it")
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """What requests may take of memory, all together and in the bytes of a single one."""

    budgets: Budgets
    max_request: int
