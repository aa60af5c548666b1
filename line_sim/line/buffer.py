"""The hand-over between stations: waiting places, and who waits for whom.

Blocking after service: a part that finds no room stays on its machine until it has moved on. First come,
first served on both sides.
"""

from collections import deque
from collections.abc import Callable
from typing import Protocol

from line_sim.line.clocks.virtual import Cue, LineEnvironment
from line_sim.line.parts import Part


class Destination(Protocol):
    """Where a part can be put: the buffer of the next station, or a way off the line."""

    def put(self, part: Part, moved: Cue | None) -> bool:
        """Hand a part over. True: it has moved at once. False: `moved` is the cue when it has, if any."""


class Buffer:
    """The waiting places in front of a station, its machines not counted.

    `comes_in` is called with every part that comes in (None: nobody cares).
    """

    def __init__(
        self, env: LineEnvironment, places: int, comes_in: Callable[[Part], None] | None = None
    ) -> None:
        self._env = env
        self._places = places
        self._comes_in = comes_in
        self._waiting: deque[Part] = deque()
        self._blocked: deque[tuple[Part, Cue | None]] = deque()
        self._takers: deque[Cue] = deque()

    def has_room(self) -> bool:
        """Whether a part put now would move at once, to a place or straight to an idle machine."""
        return bool(self._takers) or len(self._waiting) < self._places

    def put(self, part: Part, moved: Cue | None) -> bool:
        """Hand a part over: to a machine that waits for one, into a place, or to those who wait for room."""
        if not self._takers and len(self._waiting) >= self._places:
            self._blocked.append((part, moved))
            return False
        part.queued_at = self._env.now
        if self._comes_in is not None:
            self._comes_in(part)
        if self._takers:
            taker = self._takers.popleft()
            taker.brings = part
            taker.follow()
        else:
            self._waiting.append(part)
        return True

    def take(self) -> Part | None:
        """Take the next part if there is one."""
        if self._waiting:
            part = self._waiting.popleft()
            if self._blocked:
                self._waiting.append(self._admit())
            return part
        return self._admit() if self._blocked else None

    def wait(self, offered: Cue) -> None:
        """Wait for a part where there is none: `offered` is the cue that brings it."""
        self._takers.append(offered)

    def withdraw(self, offered: Cue) -> bool:
        """Wait no longer: the machine cannot accept a part for now. False: it has been given one already."""
        if offered not in self._takers:
            return False
        self._takers.remove(offered)
        return True

    def waiting(self) -> list[Part]:
        """Return the parts that stand in the waiting places, the next one first."""
        return list(self._waiting)

    def _admit(self) -> Part:
        """Let the part that has been blocked longest move in."""
        part, moved = self._blocked.popleft()
        part.queued_at = self._env.now
        if self._comes_in is not None:
            self._comes_in(part)
        if moved is not None:
            moved.follow()
        return part
