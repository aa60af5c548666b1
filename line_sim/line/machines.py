"""Machines and their breakdowns: how a machine takes a part, works on it, and fails.

Operating time: a machine ages only while it works. Calendar time: it fails whether it works, waits
or is blocked. Either way an interrupted part stays on the machine and resumes after the repair
(preempt-resume), and a part that is finished may still leave a machine that is down.
"""

from collections.abc import Callable, Iterable
from typing import Any, cast

import simpy
from simpy.events import ProcessGenerator

from line_sim.chance.chance import Chance
from line_sim.chance.purposes import Purpose
from line_sim.line.buffer import Buffer
from line_sim.line.clocks.virtual import LineEnvironment, Timer
from line_sim.line.parts import Part
from line_sim.line.records import Outage
from line_sim.line.steps import Steps
from line_sim.scenario.model import Breakdowns
from line_sim.units import Nanoseconds


class Machine:
    """One of a station's parallel machines, one that never fails.

    `part`, `started_at`, `finished_at` and `down` tell what is on it now.
    """

    def __init__(self, env: LineEnvironment, station: str, unit: int, rank: int) -> None:
        self.env = env
        self.station = station
        self.unit = unit
        self.rank = rank
        self.part: Part | None = None
        self.started_at: Nanoseconds = 0
        self.finished_at: Nanoseconds | None = None
        self.down: Nanoseconds = 0

    def take_now(self, buffer: Buffer) -> Part | None:
        """Begin on the next part if there is one."""
        part = buffer.take_now()
        if part is not None:  # as `begin`, which would be a call more for every visit
            self.part = part
            self.started_at = self.env.now
            self.finished_at = None
            self.down = 0
        return part

    def take(self, buffer: Buffer) -> ProcessGenerator:
        """Wait for the next part and begin on it."""
        part: Part = yield buffer.take()
        self.begin(part)
        return part

    def begin(self, part: Part) -> None:
        """Note that the machine starts on a part now."""
        self.part = part
        self.started_at = self.env.now
        self.finished_at = None
        self.down = 0

    def work(self, duration: Nanoseconds) -> Iterable[simpy.Event]:
        """Give the events, one after the other, that let the work on a part take its time."""
        return (Timer(self.env, duration, self.rank),)

    def down_so_far(self) -> Nanoseconds:
        """Return how long the part on it has been interrupted up to now."""
        return self.down

    def outages(self) -> list[Outage]:
        """Return the outages that have begun but have not been told."""
        return []


class FailingMachine(Machine):
    """A machine with breakdowns; the two ways of counting its up time are its subclasses."""

    def __init__(
        self,
        env: LineEnvironment,
        station: str,
        unit: int,
        rank: int,
        outages: "OutageDraws",
        steps: Steps,
    ) -> None:
        super().__init__(env, station, unit, rank)
        self._outages = outages
        self._steps = steps
        self._failed_at: Nanoseconds | None = None

    def down_so_far(self) -> Nanoseconds:
        """Return how long the part on it has been interrupted up to now."""
        return self.down + (0 if self._failed_at is None else self.env.now - self._failed_at)

    def outages(self) -> list[Outage]:
        """Return the outages that have begun but have not been told."""
        return [] if self._failed_at is None else [Outage(self.station, self.unit, self._failed_at, None)]

    def _repair(self, failed_at: Nanoseconds, repaired_at: Nanoseconds) -> ProcessGenerator:
        """Be down until the repair is done, then tell of it."""
        self._failed_at = failed_at
        if self._steps.down is not None:
            self._steps.down(self.env.now, self.station, self.unit)
        yield self.env.after(repaired_at - self.env.now, self._outages.rank)
        self._failed_at = None
        self._tell(failed_at, repaired_at)

    def _tell(self, failed_at: Nanoseconds, repaired_at: Nanoseconds) -> None:
        if self._steps.outage is not None:
            self._steps.outage(Outage(self.station, self.unit, failed_at, repaired_at))


class OperatingTimeMachine(FailingMachine):
    """A machine whose up time runs only while it works."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._up_left = self._outages.next_up()

    def work(self, duration: Nanoseconds) -> ProcessGenerator:
        """Work until the up time is used up, be repaired, resume; at a tie the part is finished first."""
        while duration > self._up_left:
            yield self.env.after(self._up_left, self.rank)
            duration -= self._up_left
            repair = self._outages.next_repair()
            yield from self._repair(self.env.now, self.env.now + repair)
            self.down += repair
            self._up_left = self._outages.next_up()
        yield self.env.after(duration, self.rank)
        self._up_left -= duration


class CalendarTimeMachine(FailingMachine):
    """A machine whose up time runs by the clock, whatever it does."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._fails_at = self._outages.next_up()
        self._alarm: Timer | None = None
        self._alarm_at: Nanoseconds = 0

    def take_now(self, buffer: Buffer) -> Part | None:  # noqa: ARG002 - as Machine's
        """Leave it to `take`, which looks whether the machine is down."""
        return None

    def take(self, buffer: Buffer) -> ProcessGenerator:
        """Wait for a part; accept none while down."""
        while True:
            while self._fails_at <= self.env.now:
                yield from self._fail()
            request: simpy.Event = buffer.take()
            if not request.triggered:
                yield request | self._next_failure()
            if request.triggered:
                part = cast("Part", request.value)
                self.begin(part)
                return part
            buffer.withdraw(request)

    def work(self, duration: Nanoseconds) -> ProcessGenerator:
        """Work until the next failure, be repaired, resume; at a tie the part is finished first."""
        while self.env.now + duration > self._fails_at:
            done = max(0, self._fails_at - self.env.now)
            yield self.env.after(done, self.rank)
            duration -= done
            resumed_from = self.env.now
            yield from self._fail()
            self.down += self.env.now - resumed_from
        yield self.env.after(duration, self.rank)

    def outages(self) -> list[Outage]:
        """Return those not told, also the ones that nobody has noticed yet behind a blocked part."""
        unnoticed = []
        while self._fails_at <= self.env.now:
            failed_at, repaired_at = self._next_outage()
            over = repaired_at <= self.env.now
            unnoticed.append(Outage(self.station, self.unit, failed_at, repaired_at if over else None))
        return super().outages() + unnoticed

    def _fail(self) -> ProcessGenerator:
        """Go through the outage that began at `_fails_at`; it may be over already, behind a blocked part."""
        failed_at, repaired_at = self._next_outage()
        if repaired_at > self.env.now:
            yield from self._repair(failed_at, repaired_at)
        else:
            self._tell(failed_at, repaired_at)

    def _next_outage(self) -> tuple[Nanoseconds, Nanoseconds]:
        """Return when the outage at hand begins and ends, and look ahead to the one after it."""
        failed_at = self._fails_at
        repaired_at = failed_at + self._outages.next_repair()
        self._fails_at = repaired_at + self._outages.next_up()
        return failed_at, repaired_at

    def _next_failure(self) -> Timer:
        """Return the event of the next failure, the same one for every part that is waited for until then."""
        if self._alarm is None or self._alarm_at != self._fails_at:
            self._alarm_at = self._fails_at
            self._alarm = self.env.after(self._fails_at - self.env.now, self._outages.rank)
        return self._alarm


class OutageDraws:
    """One machine's up times and repair times, counted outage by outage."""

    def __init__(self, chance: Chance, station: str, unit: int, breakdowns: Breakdowns, rank: int) -> None:
        place = f"{station}/{unit}"
        self.rank = rank
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


def machine_maker(
    env: LineEnvironment,
    station: str,
    rank: int,
    outage_rank: int,
    steps: Steps,
    chance: Chance,
    breakdowns: Breakdowns | None,
) -> Callable[[int], Machine]:
    """Return a function from unit number to a machine of that station."""
    if breakdowns is None:
        return lambda unit: Machine(env, station, unit, rank)
    kind = OperatingTimeMachine if breakdowns.counts == "operating" else CalendarTimeMachine

    def make(unit: int) -> Machine:
        draws = OutageDraws(chance, station, unit, breakdowns, outage_rank)
        return kind(env, station, unit, rank, draws, steps)

    return make
