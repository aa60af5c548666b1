"""A machine that stops in several ways, or has shifts: it works when nothing speaks against it.

While it is off it does nothing: it takes no part, and the work on the one that it has stands where it stood;
a finished part may leave. A repair goes on meanwhile. Of several ways to stop each has its own clock and its
own repair; the machine works again when the last repair is over.

All that stops a piece of work is known when it begins: shifts long before, and no way fails anew while the
machine works. So its end, or what stops it first, is worked out then, and nothing ever has to be taken back.

Its compiled twin is `line_sim.compiled.kernel.stops`.
"""

from collections.abc import Callable, Sequence
from typing import Any

from line_sim.chance.chance import Chance
from line_sim.layout import Shifts
from line_sim.line.breakdowns import draws_of
from line_sim.line.clocks.virtual import Cue
from line_sim.line.machines import Machine, Timed
from line_sim.line.records import Outage
from line_sim.line.stops.clocks import CLOCKS, WayClock
from line_sim.scenario.stops.breakdowns import Way, names_of
from line_sim.units import Nanoseconds


class StoppingMachine(Machine):
    """A machine with ways to stop, with shifts, or with both.

    `outage_rank` is that of failures and repairs among simultaneous events, `shift_rank` that of shifts that
    begin and end.
    """

    def __init__(
        self,
        *args: Any,
        ways: Sequence[Way],
        shifts: Shifts | None,
        chance: Chance,
        outage_rank: int,
        shift_rank: int,
    ) -> None:
        super().__init__(*args)
        self._shifts = self._hours = shifts  # it is on; its work goes on
        self._off = False
        self._turns = Cue(self.env, self._turn, shift_rank)
        self._ways = [
            CLOCKS[way.counts](
                self.env,
                name,
                draws_of(chance, self.station, self.unit, way, name),
                outage_rank,
                self._fail,
                self._go_on,
            )
            for way, name in zip(ways, names_of(ways), strict=True)
        ]
        self._under_repair = 0
        self._down_since: Nanoseconds = 0
        self._left_to_do: Nanoseconds | None = None  # of the work that a stop interrupts

    def start(self) -> None:
        """Be good for a while, know whether the shift is on, and take the first part."""
        for way in self._ways:
            way.begin()
        self._off = self._shifts is not None and not self._shifts.is_on(self.env.now)
        self._await_turn()
        self.seek()

    def seek(self) -> None:
        """Take the next part, or wait for one; while down or off, neither."""
        if not self._under_repair and not self._off:
            super().seek()

    def work(self, duration: Nanoseconds) -> None:
        """Work until something stops it, then go on; at a tie the part is finished first."""
        now, done_at = self.env.now, self._after(duration)
        stops = [*(way.stops_at(self._after, duration) for way in self._ways), self._left_alone_at(done_at)]
        first = min((stop for stop in stops if stop is not None), default=done_at)
        stopped = None if done_at <= first else first
        worked = duration if stopped is None else self._time_at_work(now, stopped)
        for way in self._ways:
            way.works(worked, stopped)
        if stopped is None:
            self._left_to_do = None
            self._worked.after(done_at - now)
        else:
            self._left_to_do = duration - worked

    def _left_alone_at(self, done_at: Nanoseconds) -> Nanoseconds | None:  # noqa: ARG002 - as others do
        """Return when nobody stays with the work that would be done by then; None: it needs nobody."""
        return None

    def finish(self, cue: Cue | None = None) -> None:
        """Be done with the part; where it was the last for now the machine stops before it takes another."""
        for way in self._ways:
            if way.has_had_enough():
                self._fail(way)
        super().finish(cue)

    def lasts(self, cue: Cue) -> Timed:
        """Let a step of its work take so much of its working time."""
        return lambda duration: cue.after(self._after(duration) - self.env.now)

    def on_shift(self, listener: Callable[[Cue], None]) -> Callable[[Cue], None]:
        """Let a listener wait for the next shift where its cue comes amidst the machine's off time."""
        shifts = self._shifts
        if shifts is None:
            return listener

        def listen(cue: Cue) -> None:
            wait = shifts.resumes(self.env.now) - self.env.now
            if wait:
                cue.after(wait)
            else:
                listener(cue)

        return listen

    def _fail(self, way: WayClock) -> None:
        """Go down, whatever the machine does; an idle machine waits for no part then."""
        way.failed_at = self.env.now
        if not self._under_repair:
            self._down_since = self.env.now
        self._under_repair += 1
        if self.part is None:
            self._buffer.withdraw(self._offered)
        if self._steps.down is not None:
            self._steps.down(self.env.now, self.station, self.unit)
        self._repair(way)

    def _repair(self, way: WayClock) -> None:
        """Be repaired, as long as it takes."""
        way.repaired.after(way.draws.next_repair())

    def _go_on(self, way: WayClock) -> None:
        """Let one way be repaired; go on with the work where no other one is left."""
        if self._steps.outage is not None and way.failed_at is not None:
            self._steps.outage(Outage(self.station, self.unit, way.failed_at, self.env.now, way.name))
        way.failed_at = None
        way.begin()
        self._under_repair -= 1
        if self._under_repair:
            return
        if self._left_to_do is not None:
            self.down += self._working_time(self._down_since, self.env.now)
            self.work(self._left_to_do)
        elif self.part is None:
            self.seek()

    def _turn(self, _: Cue) -> None:
        """Let a shift begin or end."""
        self._off = not self._off
        self._await_turn()
        if self.part is None:
            if self._off:
                self._buffer.withdraw(self._offered)
            else:
                self.seek()

    def _await_turn(self) -> None:
        change = None if self._shifts is None else self._shifts.next_change(self.env.now)
        if change is not None:
            self._turns.after(change - self.env.now)

    def _after(self, duration: Nanoseconds) -> Nanoseconds:
        """Return when it has worked for so long from now on."""
        return self.env.now + duration if self._hours is None else self._hours.after(self.env.now, duration)

    def _time_at_work(self, first: Nanoseconds, last: Nanoseconds) -> Nanoseconds:
        """Return for how long it can work between two moments."""
        return last - first if self._hours is None else self._hours.between(first, last)

    def _working_time(self, first: Nanoseconds, last: Nanoseconds) -> Nanoseconds:
        """Return for how long it is on between two moments."""
        return last - first if self._shifts is None else self._shifts.between(first, last)

    def _down_so_far(self) -> Nanoseconds:
        if not self._under_repair or self._left_to_do is None:
            return self.down
        return self.down + self._working_time(self._down_since, self.env.now)

    def outages(self) -> list[Outage]:
        """Return the outages that have begun but have not been told."""
        return [
            Outage(self.station, self.unit, way.failed_at, None, way.name)
            for way in self._ways
            if way.failed_at is not None
        ]
