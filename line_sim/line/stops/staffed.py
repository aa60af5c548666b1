"""A machine that needs a person for its work, for its repairs, or for both.

It takes a part and then waits for the person who works on it. That person stays until the part is finished,
but is let go when the machine fails, or goes off while the crew is still there: its work needs somebody again
to go on. Whose own shift is over goes on with it in the next one.
"""

from typing import Any

from line_sim.layout import both_there
from line_sim.line.clocks.virtual import Cue
from line_sim.line.stops.clocks import WayClock
from line_sim.line.stops.crew import Need, People
from line_sim.line.stops.machine import StoppingMachine
from line_sim.scenario.stops.crews import REPAIR, WORK
from line_sim.units import Nanoseconds


class StaffedMachine(StoppingMachine):
    """A stopping machine with `workers` for its work, `fitters` for its repairs (None: nobody is needed)."""

    def __init__(self, *args: Any, workers: People | None, fitters: People | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._workers = workers
        self._fitters = fitters
        self._works: Need | None = None  # what it needs for the part that is on it
        self._repairs: dict[WayClock, Need] = {}
        if workers is not None:
            self._hours = both_there(self._shifts, workers.shifts)

    def work(self, duration: Nanoseconds) -> None:
        """Wait for a person, then work until something stops it; one that has asked already waits on."""
        if self._workers is None:
            super().work(duration)
            return
        self._left_to_do = duration
        if self._works is None:
            order = self.rank, self.unit, 0
            what = WORK, ""
            self._works = Need(self.station, self.unit, what, order, self._can_work, self._go_to_work)
            self._workers.ask(self._works)
        else:
            self._workers.look()

    def _left_alone_at(self, done_at: Nanoseconds) -> Nanoseconds | None:
        """Return when the machine goes off amidst its work while its person's crew is still there."""
        if self._workers is None or self._shifts is None:
            return None
        change = self._shifts.next_change(self.env.now)
        while change is not None and change < done_at:
            if not self._shifts.is_on(change) and self._workers.are_there(change):
                return change
            change = self._shifts.next_change(change)
        return None

    def _can_work(self) -> bool:
        return not self._under_repair and not self._off

    def _go_to_work(self) -> None:
        assert self._left_to_do is not None  # noqa: S101 - for the type checker: it has asked for this
        super().work(self._left_to_do)

    def finish(self, cue: Cue | None = None) -> None:
        """Let the person go, and be done with the part."""
        self._let_go()
        super().finish(cue)

    def _let_go(self) -> None:
        """Let the person go who works here; one who is waited for is waited for on."""
        need = self._works
        if self._workers is not None and need is not None and need.began_at is not None:
            self._works = None
            self._workers.release(need)

    def _fail(self, way: WayClock) -> None:
        self._let_go()
        super()._fail(way)

    def _repair(self, way: WayClock) -> None:
        """Wait for a person, then be repaired as long as it takes."""
        fitters = self._fitters
        if fitters is None:
            super()._repair(way)
            return
        order = self.rank, self.unit, self._ways.index(way)
        what = REPAIR, way.name

        def begin() -> None:
            way.repaired.after(fitters.after(way.draws.next_repair()))

        self._repairs[way] = Need(self.station, self.unit, what, order, lambda: True, begin)
        fitters.ask(self._repairs[way])

    def _go_on(self, way: WayClock) -> None:
        if self._fitters is not None:
            self._fitters.release(self._repairs.pop(way))
        super()._go_on(way)

    def _turn(self, turns: Cue) -> None:
        """Let a shift begin or end; work that was left alone needs somebody again."""
        super()._turn(turns)
        if self._workers is None or self._left_to_do is None or self._under_repair:
            return
        if not self._off:
            self.work(self._left_to_do)
        elif self._workers.are_there(self.env.now):
            self._let_go()
