"""What brings a machine's stops about: a clock for each way, run by work, by the calendar or by parts.

Its compiled twin is `line_sim.compiled.kernel.stops`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable

from line_sim.chance.streams import Draws
from line_sim.line.clocks.virtual import Cue, LineEnvironment
from line_sim.units import SECOND, Nanoseconds

After = Callable[[Nanoseconds], Nanoseconds]
"""When a machine that works from now on has worked for so long."""


class OutageDraws:
    """One machine's up times and repair times in one way, counted outage by outage."""

    def __init__(self, up: Draws[Nanoseconds], repair: Draws[Nanoseconds]) -> None:
        self._up = up
        self._repair = repair
        self._ups = 0
        self._repairs = 0

    def next_up(self) -> Nanoseconds:
        """Return how long the machine stays up this time; at least a nanosecond, so that time moves on."""
        self._ups += 1
        return max(1, self._up.of(self._ups))

    def next_parts(self) -> int:
        """Return how many parts it makes this time, at least one; n parts are drawn as n seconds."""
        self._ups += 1
        return max(1, round(self._up.of(self._ups) / SECOND))

    def next_repair(self) -> Nanoseconds:
        """Return how long this repair takes."""
        self._repairs += 1
        return self._repair.of(self._repairs)


class WayClock(ABC):
    """One way in which a machine stops.

    `fails` and `repaired` are the cues of its stops and of their ends; `failed_at` is when it stopped the
    machine (None: it does not now).
    """

    def __init__(
        self,
        env: LineEnvironment,
        name: str,
        draws: OutageDraws,
        rank: int,
        fail: Callable[["WayClock"], None],
        go_on: Callable[["WayClock"], None],
    ) -> None:
        self.name = name
        self.draws = draws
        self.failed_at: Nanoseconds | None = None
        self._env = env
        self.fails = Cue(env, lambda _: fail(self), rank)
        self.repaired = Cue(env, lambda _: go_on(self), rank)

    @abstractmethod
    def begin(self) -> None:
        """Be good for a while from now on: draw for how long."""

    def stops_at(self, after: After, duration: Nanoseconds) -> Nanoseconds | None:  # noqa: ARG002 - as others do
        """Return when it stops a machine that now begins to work for so long; None: not while it does."""
        return None

    def works(self, worked: Nanoseconds, stops_at: Nanoseconds | None) -> None:  # noqa: B027 - most care not
        """Age by the work that will be done up to a stop at that moment (None: up to its end)."""

    def has_had_enough(self) -> bool:
        """Count a part that the machine has finished, and say whether it stops behind it."""
        return False


class OperatingClock(WayClock):
    """Runs only while the machine works."""

    def begin(self) -> None:
        """Draw the time that it may work."""
        self._left = self.draws.next_up()

    def stops_at(self, after: After, duration: Nanoseconds) -> Nanoseconds | None:
        """Return when the time is used up; a part that is finished at that moment is finished first."""
        self._due = after(self._left) if self._left < duration else None
        return self._due

    def works(self, worked: Nanoseconds, stops_at: Nanoseconds | None) -> None:
        """Use up time; the machine fails where that is what stops it, or another way at that moment."""
        self._left -= worked
        if stops_at is not None and self._due == stops_at:
            self.fails.after(stops_at - self._env.now)


class CalendarClock(WayClock):
    """Runs always: while the machine works, waits, is blocked, is off, or is down in another way."""

    def begin(self) -> None:
        """Draw when it fails."""
        up = self.draws.next_up()
        self._at = self._env.now + up
        self.fails.after(up)

    def stops_at(self, after: After, duration: Nanoseconds) -> Nanoseconds | None:  # noqa: ARG002 - as others do
        """Return when it fails, whatever the machine does."""
        return self._at


class PartsClock(WayClock):
    """Counts the parts that the machine finishes."""

    def begin(self) -> None:
        """Draw how many parts it may make."""
        self._left = self.draws.next_parts()

    def has_had_enough(self) -> bool:
        """Count a part."""
        self._left -= 1
        return not self._left


CLOCKS: dict[str, type[WayClock]] = {
    "operating": OperatingClock,
    "calendar": CalendarClock,
    "parts": PartsClock,
}
"""By what a scenario says that up counts."""
