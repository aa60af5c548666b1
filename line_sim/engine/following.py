"""How far a run has come: told part by part by SimPy's line, round by round by the compiled one."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from line_sim.inspection.outcome import Answered
from line_sim.line.records import Call, Item
from line_sim.units import Nanoseconds

Rows: TypeAlias = npt.NDArray[Any]


class HowFar(NamedTuple):
    """How many parts have left or were lost, until which line time, and how many calls brought no answer."""

    parts: int = 0
    at: Nanoseconds = 0
    unanswered: int = 0


class Follower(Protocol):
    """Follows a run on either line."""

    def on_item(self, item: Item, /) -> None:
        """A part has left SimPy's line."""

    def on_call(self, call: Call, /) -> None:
        """A call of SimPy's line is over."""

    def come_to(self, far: HowFar, /) -> None:
        """The compiled line has come so far; it says so now and then, and nothing part by part."""


class Taker(Protocol):
    """Takes what the compiled line tells, round by round: rows of a step, whose texts stand in `words`."""

    def on_rows(self, kind: str, rows: Rows, words: Sequence[str], /) -> None:
        """Take rows of the step `kind`; the array is used again afterwards."""

    def on_round(self) -> None:
        """With every story of a part, the visits that it had have come."""


class Takers:
    """Several who take the same rows, one after the other."""

    def __init__(self, *takers: Taker) -> None:
        self._takers = takers

    def on_rows(self, kind: str, rows: Rows, words: Sequence[str]) -> None:
        """Hand them on."""
        for taker in self._takers:
            taker.on_rows(kind, rows, words)

    def on_round(self) -> None:
        """Say so to all."""
        for taker in self._takers:
            taker.on_round()


class Rounds:
    """Counts rows, and tells followers after each round how far the run has come."""

    def __init__(self, followers: Sequence[Follower]) -> None:
        self._followers = followers
        self._far = HowFar()

    def on_rows(self, kind: str, rows: Rows, words: Sequence[str]) -> None:
        """Count parts and calls."""
        far = self._far
        if kind == "item" and len(rows):
            latest = max(far.at, int(rows["left_at"].max()))
            self._far = far._replace(parts=far.parts + len(rows), at=latest)
        elif kind == "call":
            answered = words.index(Answered.name) if Answered.name in words else -1
            missing = int(np.count_nonzero(rows["outcome"] != answered))
            self._far = far._replace(unanswered=far.unanswered + missing)

    def on_round(self) -> None:
        """Tell them."""
        for follower in self._followers:
            follower.come_to(self._far)
