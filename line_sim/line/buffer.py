"""The hand-over between stations: waiting places, and who waits for whom.

Blocking after service: a part that finds no room stays on its machine until it has moved on. First come,
first served on both sides.
"""

from collections import deque
from collections.abc import Callable
from typing import Protocol

from line_sim.line.clocks.virtual import LineEnvironment, Recurring
from line_sim.line.parts import Part


class Destination(Protocol):
    """Where a part can be put: the buffer of the next station, or a way off the line."""

    def put(self, part: Part, moved: Recurring | None) -> bool:
        """Hand a part over. True: it has moved at once. False: `moved` (None: nobody) hears when it has."""


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
        self._blocked: deque[tuple[Part, Recurring | None]] = deque()
        self._takers: deque[Recurring] = deque()

    def has_room(self) -> bool:
        """Whether a part put now would move at once, to a place or straight to an idle machine."""
        return bool(self._takers) or len(self._waiting) < self._places

    def put(self, part: Part, moved: Recurring | None) -> bool:
        """Hand a part over: to a machine that waits for one, into a place, or to those who wait for room."""
        if self._takers:
            self._enter(part)
            self._takers.popleft().happen(part)
            return True
        if len(self._waiting) < self._places:
            self._enter(part)
            self._waiting.append(part)
            return True
        self._blocked.append((part, moved))
        return False

    def take(self) -> Part | None:
        """Take the next part if there is one."""
        if self._waiting:
            part = self._waiting.popleft()
            if self._blocked:
                self._waiting.append(self._admit())
            return part
        return self._admit() if self._blocked else None

    def wait(self, offered: Recurring) -> None:
        """Wait for a part where there is none: `offered` happens with the part as its value."""
        self._takers.append(offered)

    def withdraw(self, offered: Recurring) -> bool:
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
        self._enter(part)
        if moved is not None:
            moved.happen()
        return part

    def _enter(self, part: Part) -> None:
        part.queued_at = self._env.now
        if self._comes_in is not None:
            self._comes_in(part)
