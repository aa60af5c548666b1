"""How long somebody waits for an answer: work that nobody waits for is not done."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import grpc

from line_sim_serving.inference.refusal import Refusal


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Patience:
    """Until `deadline` on `time.monotonic` (None: for ever), and while `is_waiting` says so.

    `is_waiting` may be called from any thread and must not block.
    """

    deadline: float | None = None
    is_waiting: Callable[[], bool] = _always

    @classmethod
    def of(cls, seconds: float, is_waiting: Callable[[], bool] = _always) -> Self:
        """Start to wait now, for so many seconds."""
        return cls(time.monotonic() + seconds, is_waiting)

    def left_ms(self) -> int:
        """Give the milliseconds that are left, at least 1; 0 means for ever.

        Raises Refusal where nobody waits any more: DEADLINE_EXCEEDED, or CANCELLED.
        """
        if self.deadline is not None and self.deadline <= time.monotonic():
            raise Refusal(grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline passed before the request was run")
        if not self.is_waiting():
            raise Refusal(grpc.StatusCode.CANCELLED, "the client is gone")
        if self.deadline is None:
            return 0
        return max(1, math.ceil((self.deadline - time.monotonic()) * 1000))


FOR_EVER = Patience()
