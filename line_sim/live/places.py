"""A place of the line right now: who waits there, what its machines do, how long its calls took."""

from collections.abc import Iterator

from line_sim.figures.names import OFF, STATES
from line_sim.inspection.gateway import shows_server
from line_sim.inspection.outcome import Answered, TimedOut
from line_sim.layout import Place
from line_sim.line.records import Call
from line_sim.live.durations import Durations, fine_limits
from line_sim.live.limits import latency_limits, skew_limits
from line_sim.units import Nanoseconds

BUSY, INFERENCE_WAIT, BLOCKED, STARVED, DOWN = STATES
"""What a machine can be; `busy` here leaves out the wait for an answer, which is a state of its own."""


class PlaceState:
    """A place: its waiting parts, its machines (unit 1 is at index 0), its outages and its calls.

    `open_calls` are the wall clock's times (s) at which the calls that are out went out, by part, and
    `silent_since` that of the first of the latest calls that met no server (None: it answers). `early` and
    `settled` hold the latencies of the calls issued before and after the warm-up, `skews` how late calls
    left: None where nothing is asked, or where the clock knows no skew (`skew_budget` None). `passed` are the
    parts that have passed a gate, `waited` those of them that had to wait there, `gate_wait` (ns) is for how
    long in all.
    """

    def now(self, at: Nanoseconds) -> tuple[str, ...]:
        """Return what each machine is at a moment of line time: off, whatever it would be else."""
        off = self.place.shifts is not None and not self.place.shifts.is_on(at)
        return (OFF,) * len(self.states) if off else tuple(self.states)

    def __init__(self, place: Place, skew_budget: Nanoseconds | None) -> None:
        self.place = place
        self.waiting = 0
        self.states = [STARVED] * place.units
        self.open_calls: dict[int, float] = {}
        self.silent_since: float | None = None
        self.breakdowns = 0
        self.passed = self.waited = 0
        self.gate_wait: Nanoseconds = 0
        self.early: Durations | None = None
        self.settled: Durations | None = None
        self.skews: Durations | None = None
        self.latency_limits = latency_limits(place.deadline)
        self._before_down = [STARVED] * place.units
        self._stops = [0] * place.units  # those that are not over: a machine may be down in several ways
        if place.inspects:
            limits = fine_limits(self.latency_limits, place.deadline)
            self.early, self.settled = Durations(limits), Durations(limits)
            self.skews = None if skew_budget is None else Durations(skew_limits(skew_budget))

    @property
    def latencies(self) -> Iterator[Durations]:
        """The latencies of all calls."""
        return (some for some in (self.early, self.settled) if some is not None)

    def count(self, call: Call, *, settled: bool) -> None:
        """Count a call; only an answer has a latency, and a call given up only a least one."""
        latencies = self.settled if settled else self.early
        if latencies is None:
            return
        if call.outcome == Answered.name:
            latencies.add(call.latency)
        elif call.outcome == TimedOut.name:
            latencies.add_beyond(call.latency)
        if self.skews is not None:
            self.skews.add(call.skew)

    def hear(self, call: Call, now: float) -> None:
        """Learn from a call that is over whether there is a server; at wall time `now` (s)."""
        shows = shows_server(call.outcome, call.status)
        if shows:
            self.silent_since = None
        elif shows is False and self.silent_since is None:
            self.silent_since = now

    def begin(self, unit: int) -> None:
        """Let a machine have a part; one that is at a gate waits for its answer."""
        self.states[unit - 1] = INFERENCE_WAIT if self.place.is_gate else BUSY

    def ask(self, unit: int, item_id: int, now: float) -> None:
        """Let a call go out at wall time `now` (s); a camera that holds its part waits."""
        self.open_calls[item_id] = now
        if not self.place.at_gate:
            self.states[unit - 1] = INFERENCE_WAIT

    def end_call(self, unit: int, item_id: int) -> None:
        """Let a call be over, and its camera go on where it has waited."""
        self.open_calls.pop(item_id, None)
        if not self.place.at_gate:
            self.states[unit - 1] = BUSY

    def count_wait(self, wait: Nanoseconds) -> None:
        """Count a part that has passed the gate, after so long a wait there (ns)."""
        self.passed += 1
        self.waited += wait > 0
        self.gate_wait += wait

    def free(self, unit: int) -> None:
        """Let a machine have no part; one that is down stays so."""
        states = self._before_down if self.states[unit - 1] == DOWN else self.states
        states[unit - 1] = STARVED

    def go_down(self, unit: int) -> None:
        """Let a machine be down."""
        self._stops[unit - 1] += 1
        if self._stops[unit - 1] > 1:
            return
        self._before_down[unit - 1], self.states[unit - 1] = self.states[unit - 1], DOWN

    def end_outage(self, unit: int, *, repaired: bool) -> None:
        """Let a machine go on as it was; one that is found down at the end stays so."""
        self.breakdowns += 1
        self._stops[unit - 1] -= repaired
        if not repaired:
            self.states[unit - 1] = DOWN
        elif not self._stops[unit - 1] and self.states[unit - 1] == DOWN:
            self.states[unit - 1] = self._before_down[unit - 1]
