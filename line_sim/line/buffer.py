"""The hand-over between stations: waiting places, and who waits for whom.

Blocking after service: a part that finds no room stays on its machine, and `put` does not happen
before it has moved on. First come, first served on both sides.
"""

from collections import deque
from collections.abc import Callable
from typing import Protocol

import simpy

from line_sim.line.clocks.virtual import Done, LineEnvironment
from line_sim.line.parts import Part
from line_sim.units import Nanoseconds


class Destination(Protocol):
    """Where a part can be put: the buffer of the next station, or a way off the line."""

    def put(self, part: Part) -> simpy.Event:
        """Return an event that happens when the part has moved there."""


class Buffer:
    """The waiting places in front of a station, its machines not counted.

    `tell` is told of every part that comes in, with line time and the part's number (None: nobody is).
    """

    def __init__(
        self, env: LineEnvironment, places: int, tell: Callable[[Nanoseconds, int], None] | None = None
    ) -> None:
        self._env = env
        self._tell = tell
        self.places = places
        self._waiting: deque[Part] = deque()
        self._blocked: deque[tuple[Part, simpy.Event]] = deque()
        self._takers: deque[simpy.Event] = deque()
        self._moved = Done(env)

    def has_room(self) -> bool:
        """Whether a part put now would move at once, to a place or straight to an idle machine."""
        return bool(self._takers) or len(self._waiting) < self.places

    def put(self, part: Part) -> simpy.Event:
        """Hand a part over; the event happens when it has a place here or a machine has taken it."""
        if self._takers:
            part.queued_at = self._env.now
            if self._tell is not None:
                self._tell(part.queued_at, part.item_id)
            self._env.happen(self._takers.popleft(), part)
            return self._moved
        if len(self._waiting) < self.places:
            part.queued_at = self._env.now
            if self._tell is not None:
                self._tell(part.queued_at, part.item_id)
            self._waiting.append(part)
            return self._moved
        moved = simpy.Event(self._env)
        self._blocked.append((part, moved))
        return moved

    def take_now(self) -> Part | None:
        """Take the next part if there is one."""
        if self._waiting:
            part = self._waiting.popleft()
            if self._blocked:
                self._waiting.append(self._admit())
            return part
        return self._admit() if self._blocked else None

    def take(self) -> simpy.Event:
        """Ask for the next part; the event's value is the part."""
        part = self.take_now()
        if part is not None:
            return Done(self._env, part)
        taker = simpy.Event(self._env)
        self._takers.append(taker)
        return taker

    def withdraw(self, taker: simpy.Event) -> None:
        """Take back a `take` that has not happened: the machine cannot accept a part for now."""
        self._takers.remove(taker)

    def waiting(self) -> list[Part]:
        """Return the parts that stand in the waiting places, the next one first."""
        return list(self._waiting)

    def _admit(self) -> Part:
        """Let the part that has been blocked longest move in."""
        part, moved = self._blocked.popleft()
        part.queued_at = self._env.now
        if self._tell is not None:
            self._tell(part.queued_at, part.item_id)
        self._env.happen(moved)
        return part
