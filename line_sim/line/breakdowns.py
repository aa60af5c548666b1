"""Machines that break down in one way, counted in time; those that stop in others are in `stops`.

Operating time: a machine ages only while it works. Calendar time: it fails whether it works, waits
or is blocked. Either way an interrupted part stays on the machine and resumes after the repair
(preempt-resume), and a part that is finished may still leave a machine that is down.

A failure is an event like any other and has its rank: what a part that is finished in the same moment sets
going has happened by then, so that the machine may fail on the next part before anything is done to it.

Its compiled twin is `line_sim.compiled.kernel.stops`.
"""

from abc import ABC, abstractmethod
from typing import Any

from line_sim.chance import needs
from line_sim.chance.chance import Chance
from line_sim.line.clocks.virtual import Cue
from line_sim.line.machines import Machine
from line_sim.line.records import Outage
from line_sim.line.stops.clocks import OutageDraws
from line_sim.scenario.stops.breakdowns import Way
from line_sim.units import Nanoseconds


def draws_of(chance: Chance, station: str, unit: int, way: Way, name: str = "") -> OutageDraws:
    """Return the chance of a machine's stops in one way: each that has a name has its own."""
    up, repair = needs.outages(station, unit, way, name)
    return OutageDraws(up.of(chance), repair.of(chance))


class FailingMachine(Machine, ABC):
    """A machine with breakdowns; the two ways of counting its up time are its subclasses.

    `outage_rank` is that of its failures and repairs among simultaneous events.
    """

    def __init__(self, *args: Any, draws: OutageDraws, outage_rank: int) -> None:
        super().__init__(*args)
        self._draws = draws
        self._fails = Cue(self.env, self._fail, outage_rank)
        self._repaired = Cue(self.env, self._go_on, outage_rank)
        self._failed_at: Nanoseconds | None = None
        self._left_to_do: Nanoseconds | None = None  # of the work that the failure interrupts

    @abstractmethod
    def _begin_up_time(self) -> None:
        """Draw how long the machine stays up from now on."""

    def _fail(self, _: Cue) -> None:
        """Go down, whatever the machine does, until the repair is done."""
        self._failed_at = self.env.now
        if self._steps.down is not None:
            self._steps.down(self.env.now, self.station, self.unit)
        self._repaired.after(self._draws.next_repair())

    def _go_on(self, _: Cue) -> None:
        """Be up again: go on with the interrupted work, if there is any."""
        assert self._failed_at is not None  # noqa: S101 - for the type checker: it was down
        if self._steps.outage is not None:
            self._steps.outage(Outage(self.station, self.unit, self._failed_at, self.env.now))
        down, self._failed_at = self.env.now - self._failed_at, None
        self._begin_up_time()
        left, self._left_to_do = self._left_to_do, None
        if left is not None:
            self.down += down
            self.work(left)

    def _down_so_far(self) -> Nanoseconds:
        if self._failed_at is None or self._left_to_do is None:
            return self.down
        return self.down + self.env.now - self._failed_at

    def outages(self) -> list[Outage]:
        """Return the outages that have begun but have not been told."""
        return [] if self._failed_at is None else [Outage(self.station, self.unit, self._failed_at, None)]


class OperatingTimeMachine(FailingMachine):
    """A machine whose up time runs only while it works."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._begin_up_time()

    def _begin_up_time(self) -> None:
        self._up_left = self._draws.next_up()

    def work(self, duration: Nanoseconds) -> None:
        """Work until the up time is used up, be repaired, resume; at a tie the part is finished first."""
        if duration > self._up_left:
            self._left_to_do = duration - self._up_left
            self._fails.after(self._up_left)
        else:
            self._up_left -= duration
            super().work(duration)


class CalendarTimeMachine(FailingMachine):
    """A machine whose up time runs by the clock, whatever it does."""

    def start(self) -> None:
        """Be up, and take the first part."""
        self._begin_up_time()
        super().start()

    def _begin_up_time(self) -> None:
        up = self._draws.next_up()
        self._fails_at = self.env.now + up
        self._fails.after(up)

    def seek(self) -> None:
        """Take the next part, or wait for one; while down, neither."""
        if self._failed_at is None:
            super().seek()

    def work(self, duration: Nanoseconds) -> None:
        """Work until the next failure, be repaired, resume; at a tie the part is finished first."""
        up_left = self._fails_at - self.env.now
        if duration > up_left:
            self._left_to_do = duration - up_left
        else:
            super().work(duration)

    def _fail(self, fails: Cue) -> None:
        """Go down; an idle machine waits for no part then."""
        if self.part is None:
            self._buffer.withdraw(self._offered)
        super()._fail(fails)

    def _go_on(self, repaired: Cue) -> None:
        super()._go_on(repaired)
        if self.part is None:
            self.seek()
