"""How far a run has come: told part by part by SimPy's line, round by round by the compiled one."""

from typing import NamedTuple, Protocol

from line_sim.line.records import Call, Item
from line_sim.units import Nanoseconds


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
