"""Who asks: how long somebody waits, and what the request has of the memory that all share."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from line_sim_serving.inference.patience import Patience
from line_sim_serving.inference.refusal import invalid
from line_sim_serving.limits.budget import Budgets, Hold
from line_sim_serving.limits.pixels import UNTOLD
from line_sim_serving.limits.strings import strings_cost

FREE = 1 << 20
"""Bytes of an answer that nothing is taken for."""


@dataclass(frozen=True, slots=True)
class Caller:
    """One request's patience, and its holds on memory, which end with it. All methods raise Refusal."""

    patience: Patience
    messages: Hold
    tensors: Hold

    @classmethod
    @contextmanager
    def of(cls, budgets: Budgets, patience: Patience) -> Iterator[Self]:
        """Give a caller that holds nothing yet."""
        with budgets.messages.hold() as messages, budgets.tensors.hold() as tensors:
            yield cls(patience, messages, tensors)

    def take(self, size: int) -> None:
        """Take bytes for a message, or what is made of it, before they are needed."""
        if size:
            self.messages.take(size, self.patience)

    def take_pictures(self, strings: Iterable[bytes]) -> None:
        """Take what the pictures among strings cost once they are decoded; no `take` may come after it."""
        cost = strings_cost(strings, enough=self.tensors.most)
        if cost.size >= UNTOLD:
            raise invalid(f"{cost.what} is not decoded here")
        if cost.size:
            self.tensors.take(cost.size, self.patience, cost.what)

    def take_outputs(self, size: int) -> None:
        """Take what it costs to write an answer."""
        if size > FREE:
            self.tensors.take(size, self.patience)
