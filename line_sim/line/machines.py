"""Machines: how one takes a part, has its work done, and holds it until it has moved on.

A machine is a small state machine. Each of its methods is what happens in one moment; in the end it leaves
it to a cue to call the next one. (A SimPy process for each machine does the same in twice the time.)

Its compiled twin is `line_sim.compiled.kernel.machines`.
"""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from line_sim.line.buffer import Buffer, Destination, Inlets
from line_sim.line.clocks.virtual import Cue, LineEnvironment
from line_sim.line.parts import Part
from line_sim.line.records import Outage, Visit
from line_sim.line.steps import Steps
from line_sim.units import Nanoseconds

Timed: TypeAlias = Callable[[Nanoseconds], None]
"""Lets a step of a machine's work take so long; then its cue comes."""


class Task(Protocol):
    """What a machine does to a part, and where the part goes then."""

    def begin(self, part: Part) -> None:
        """Begin on a part; once its line time has passed, `finish` of the machine is called."""

    def destination(self, part: Part) -> Destination:
        """Return where the part goes now that the task is done."""


class Machine:
    """One of a station's parallel machines, one that never fails.

    `part`, `started_at`, `finished_at` and `down` tell what is on it now, `changeover` for how long it is
    set up for that. Its `task` is set before it starts; `blocked` is called when its part finds no room. It
    `counts` visits and repairs where parts come back.
    """

    task: Task
    blocked: Callable[[], None] | None = None
    counts: bool = False

    def __init__(
        self, env: LineEnvironment, steps: Steps, buffer: Buffer | Inlets, station: str, unit: int, rank: int
    ) -> None:
        self.env = env
        self.station = station
        self.unit = unit
        self.rank = rank
        self.part: Part | None = None
        self.queued_at: Nanoseconds = 0
        self.started_at: Nanoseconds = 0
        self.finished_at: Nanoseconds | None = None
        self.down: Nanoseconds = 0
        self.changeover: Nanoseconds = 0
        self._visit = 1
        self._rounds = 0
        self._steps = steps
        self._buffer = buffer
        self._offered = Cue(env, self._accept)
        self._worked = Cue(env, self.finish, rank)
        self._moved = Cue(env, self._leave)

    def start(self) -> None:
        """Take the first part, or wait for it."""
        self.seek()

    def seek(self) -> None:
        """Take the next part, or wait for one."""
        part = self._buffer.take()
        if part is None:
            self._wait()
        else:
            self._begin(part)

    def _wait(self) -> None:
        self._buffer.wait(self._offered)

    def _accept(self, offered: Cue) -> None:
        self._begin(offered.brings)

    def _begin(self, part: Part) -> None:
        """Begin on a part."""
        self.part = part
        self.queued_at = part.queued_at
        if self.counts:
            self._visit, self._rounds = part.visit, part.rounds
        self.started_at = self.env.now
        self.finished_at = None
        self.down = 0
        if self._steps.started is not None:
            self._steps.started(self.started_at, self.station, self.unit, part.item_id)
        self.task.begin(part)

    def work(self, duration: Nanoseconds) -> None:
        """Let the work on the part take its time, then finish it."""
        self._worked.after(duration)

    def finish(self, _: Cue | None = None) -> None:
        """Be done with the part: hand it on, or be blocked until there is room."""
        part = self.part
        assert part is not None  # noqa: S101 - for the type checker: it has begun on one
        self.finished_at = self.env.now
        if self._steps.finished is not None:
            self._steps.finished(self.finished_at, self.station, self.unit, part.item_id)
        if self.task.destination(part).put(part, self._moved):
            self._leave()
        elif self.blocked is not None:
            self.blocked()

    def _leave(self, _: Cue | None = None) -> None:
        """Tell of the visit of the part that has just left, and take the next one."""
        part = self.part
        assert part is not None  # noqa: S101 - as above
        if self._steps.visit is not None:
            visit = (
                part.item_id,
                self.station,
                self.unit,
                self.queued_at,
                self.started_at,
                self.finished_at,
                self.env.now,
                self.down,
                self._visit,
                self._rounds,
                self.changeover,
            )
            self._steps.visit(tuple.__new__(Visit, visit))  # Visit's own, less the half of its time
        self.part = None
        self.seek()

    def lasts(self, cue: Cue) -> Timed:
        """Return what lets a step of its work take its time, other than `work`: then this cue comes."""
        return cue.after

    def on_shift(self, listener: Callable[[Cue], None]) -> Callable[[Cue], None]:
        """Return a listener that takes what comes from outside only while the machine is on."""
        return listener

    def visit(self) -> Visit | None:
        """Return the visit of the part that is on it now, with its interruptions up to now."""
        if self.part is None:
            return None
        times = self.queued_at, self.started_at, self.finished_at, None, self._down_so_far()
        numbers = self._visit, self._rounds, self.changeover
        return Visit(self.part.item_id, self.station, self.unit, *times, *numbers)

    def _down_so_far(self) -> Nanoseconds:
        return self.down

    def outages(self) -> list[Outage]:
        """Return the outages that have begun but have not been told."""
        return []
