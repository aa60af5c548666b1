"""Machines that break down.

Operating time: a machine ages only while it works. Calendar time: it fails whether it works, waits
or is blocked. Either way an interrupted part stays on the machine and resumes after the repair
(preempt-resume), and a part that is finished may still leave a machine that is down.
"""

from collections.abc import Callable
from typing import Any

from line_sim.chance.chance import Chance
from line_sim.chance.purposes import Purpose
from line_sim.line.clocks.virtual import Cue
from line_sim.line.machines import Machine
from line_sim.line.records import Outage
from line_sim.scenario.model import Breakdowns
from line_sim.units import Nanoseconds


class OutageDraws:
    """One machine's up times and repair times, counted outage by outage."""

    def __init__(self, chance: Chance, station: str, unit: int, breakdowns: Breakdowns) -> None:
        place = f"{station}/{unit}"
        self._up = chance.durations(Purpose.UP_TIME, place, breakdowns.up)
        self._repair = chance.durations(Purpose.REPAIR_TIME, place, breakdowns.repair)
        self._ups = 0
        self._repairs = 0

    def next_up(self) -> Nanoseconds:
        """Return how long the machine stays up this time; at least a nanosecond, so that time moves on."""
        self._ups += 1
        return max(1, self._up.of(self._ups))

    def next_repair(self) -> Nanoseconds:
        """Return how long this repair takes."""
        self._repairs += 1
        return self._repair.of(self._repairs)


class FailingMachine(Machine):
    """A machine with breakdowns; the two ways of counting its up time are its subclasses.

    `outage_rank` is that of its failures and repairs among simultaneous events.
    """

    def __init__(self, *args: Any, draws: OutageDraws, outage_rank: int) -> None:
        super().__init__(*args)
        self._draws = draws
        self._outage_rank = outage_rank
        self._interrupted = Cue(self.env, self._fail, self.rank)
        self._repaired = Cue(self.env, self._go_on, outage_rank)
        self._failed_at: Nanoseconds | None = None
        self._then: Callable[[], None] = self._resume
        self._interrupted_at: Nanoseconds = 0
        self._left_to_do: Nanoseconds = 0

    def _work_until_failure(self, duration: Nanoseconds, done: Nanoseconds) -> None:
        """Do that much of the work and then fail."""
        self._left_to_do = duration - done
        self._interrupted.after(done)

    def _fail(self, interrupted: Cue) -> None:
        """Be interrupted in the work, and go down."""
        raise NotImplementedError

    def _resume(self) -> None:
        """Go on with the interrupted work."""
        self.down += self.env.now - self._interrupted_at
        self.work(self._left_to_do)

    def _go_down(self, failed_at: Nanoseconds, repaired_at: Nanoseconds, then: Callable[[], None]) -> None:
        """Be down until the repair is done; `then` is what comes after it."""
        self._failed_at = failed_at
        self._then = then
        if self._steps.down is not None:
            self._steps.down(self.env.now, self.station, self.unit)
        self._repaired.after(repaired_at - self.env.now)

    def _go_on(self, _: Cue) -> None:
        assert self._failed_at is not None  # noqa: S101 - for the type checker: it was down
        failed_at, self._failed_at = self._failed_at, None
        self._tell(failed_at, self.env.now)
        self._then()

    def _tell(self, failed_at: Nanoseconds, repaired_at: Nanoseconds) -> None:
        if self._steps.outage is not None:
            self._steps.outage(Outage(self.station, self.unit, failed_at, repaired_at))

    def _down_so_far(self) -> Nanoseconds:
        return self.down + (0 if self._failed_at is None else self.env.now - self._failed_at)

    def outages(self) -> list[Outage]:
        """Return the outages that have begun but have not been told."""
        return [] if self._failed_at is None else [Outage(self.station, self.unit, self._failed_at, None)]


class OperatingTimeMachine(FailingMachine):
    """A machine whose up time runs only while it works."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._up_left = self._draws.next_up()

    def work(self, duration: Nanoseconds) -> None:
        """Work until the up time is used up, be repaired, resume; at a tie the part is finished first."""
        if duration > self._up_left:
            self._work_until_failure(duration, self._up_left)
        else:
            self._up_left -= duration
            super().work(duration)

    def _fail(self, _: Cue) -> None:
        now = self._interrupted_at = self.env.now
        self._go_down(now, now + self._draws.next_repair(), self._resume)

    def _resume(self) -> None:
        self._up_left = self._draws.next_up()
        super()._resume()


class CalendarTimeMachine(FailingMachine):
    """A machine whose up time runs by the clock, whatever it does."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._fails_at = self._draws.next_up()
        self._alarm: Cue | None = None
        self._alarm_at: Nanoseconds = 0
        self._heard = Cue(self.env, self._take_up)

    def seek(self) -> None:
        """Take the next part, or wait for one; accept none while down."""
        while self._fails_at <= self.env.now:
            if self._goes_down(self.seek):
                return
        super().seek()

    def _wait(self) -> None:
        """Wait for a part, and for the next failure meanwhile."""
        super()._wait()
        if self._alarm is None or self._alarm_at != self._fails_at:  # it outlasts the parts until then
            self._alarm_at = self._fails_at
            self._alarm = Cue(self.env, self._fail_idle, self._outage_rank)
            self._alarm.after(self._fails_at - self.env.now)

    def _accept(self, offered: Cue) -> None:
        """Begin on a part a turn later: whoever listens to two things hears of one when others have moved."""
        self._heard.brings = offered.brings
        self._heard.follow()

    def _take_up(self, heard: Cue) -> None:
        self._begin(heard.brings)

    def _fail_idle(self, alarm: Cue) -> None:
        """Fail, if it is this failure that the machine waits for and no part has been handed to it."""
        if alarm is self._alarm and self._buffer.withdraw(self._offered):
            self.seek()

    def work(self, duration: Nanoseconds) -> None:
        """Work until the next failure, be repaired, resume; at a tie the part is finished first."""
        if self.env.now + duration > self._fails_at:
            self._work_until_failure(duration, max(0, self._fails_at - self.env.now))
        else:
            super().work(duration)

    def _fail(self, _: Cue) -> None:
        self._interrupted_at = self.env.now
        if not self._goes_down(self._resume):
            self._resume()

    def _goes_down(self, then: Callable[[], None]) -> bool:
        """Begin the outage at hand; False where it is over already, unnoticed behind a blocked part."""
        failed_at, repaired_at = self._next_outage()
        if repaired_at > self.env.now:
            self._go_down(failed_at, repaired_at, then)
            return True
        self._tell(failed_at, repaired_at)
        return False

    def outages(self) -> list[Outage]:
        """Return those not told, also the ones that nobody has noticed yet behind a blocked part."""
        unnoticed = []
        while self._fails_at <= self.env.now:
            failed_at, repaired_at = self._next_outage()
            over = repaired_at <= self.env.now
            unnoticed.append(Outage(self.station, self.unit, failed_at, repaired_at if over else None))
        return super().outages() + unnoticed

    def _next_outage(self) -> tuple[Nanoseconds, Nanoseconds]:
        """Return when the outage at hand begins and ends, and look ahead to the one after it."""
        failed_at = self._fails_at
        repaired_at = failed_at + self._draws.next_repair()
        self._fails_at = repaired_at + self._draws.next_up()
        return failed_at, repaired_at
