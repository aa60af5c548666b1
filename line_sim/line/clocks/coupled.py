"""The clocks that know wall time: coupled to real answers, or all of it at wall pace.

Coupled: line time runs free while no call is out. While one is, an event waits until the wall clock
has got as far beyond the call as the event is on the line (see `flight`), so calls of several cameras
overlap at the server as on a real line; each answer is put in at the line time of its call plus the
latency that was measured. Realtime: every event also waits for its moment on the wall.
"""

from collections.abc import Callable, Mapping

from line_sim.inspection.gateway import Gateway, Inquiry, is_live
from line_sim.inspection.offline.queued import QueuedGateway
from line_sim.line.clocks.callers import Callers, CallerThreads
from line_sim.line.clocks.flight import OPEN, CallsInFlight, Flight
from line_sim.line.clocks.virtual import Cue, LineEnvironment
from line_sim.line.clocks.wall import Pace, Wall, WallClock
from line_sim.scenario.model import Scenario
from line_sim.units import LATEST, MILLISECOND, Nanoseconds

QUIET = 2 * MILLISECOND
"""How long nothing must have happened before there is leisure: the calls just issued have left by then."""


class CoupledEnvironment(LineEnvironment):
    """Line time that waits for the world outside; see the module.

    `callers` put the questions, `wall` tells and lets pass wall time, `factor` is the pace of the
    realtime clock (None: coupled only). `leisure` is called when something has happened on the line and
    then nothing for a moment: it does what must not keep the next call waiting, such as writing files.
    """

    waits_for_answers = True

    def __init__(
        self,
        wall: Wall,
        callers: Callers,
        factor: float | None = None,
        leisure: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self._wall = wall
        self._callers = callers
        self._leisure = leisure
        self._busy = False  # something has happened since the last leisure
        self._pace = None if factor is None else Pace(wall.now(), factor)
        self._calls = CallsInFlight(wall, self._pace)

    def stop(self) -> None:
        """Let no event happen any more that does not follow at once, and wait for none."""
        super().stop()
        self._wall.wake()

    def ask(self, gateway: Gateway, inquiry: Inquiry, answer: Cue) -> None:
        """Put a question; a real server is asked by the callers, and line time goes on meanwhile."""
        if not is_live(gateway):
            self._ask_model(gateway, inquiry, answer)
            return
        flight = Flight(self._calls, gateway, inquiry, answer, self.next_number())
        self._calls.issue(flight)
        self._callers.ask(flight)

    def _ask_model(self, gateway: Gateway, inquiry: Inquiry, answer: Cue) -> None:
        """Answer at once, where it can; at wall pace the skew is how late the line has come to ask."""
        late = 0 if self._pace is None else max(0, self._wall.now() - self._pace.due(self.now))
        if isinstance(gateway, QueuedGateway):
            self.queue(gateway, inquiry, answer, late)
            return
        reply = gateway.ask(inquiry)
        answer.brings = reply = reply if self._pace is None else reply._replace(skew=late)
        answer.after(reply.latency)

    def run_line(self, *, horizon: Nanoseconds | None) -> None:
        """Let events happen as `LineEnvironment.run_line` does, each not before it may.

        Raises what a gateway raises. Calls that are out at the end are nobody's any more.
        """
        with self._callers:
            while self.at_once or not self.over:
                for flight in self._calls.take_landed():
                    self._put_in(flight)
                next_at = self.next_at()
                last = next_at is None or next_at > (LATEST if horizon is None else horizon)
                if last and not self._calls.out and (self._pace is None or horizon is None):
                    break
                look_again = self._calls.hold(horizon if last else next_at)
                if look_again != OPEN:
                    self._wait(look_again)
                elif last:
                    break
                else:
                    self._busy = True
                    self.step()
        if horizon is not None and not self.over:
            self.now = horizon

    def _wait(self, until: Nanoseconds | None) -> None:
        """Let wall time pass until then, or until woken, or until there is leisure: then look again."""
        quiet_at = self._wall.now() + QUIET
        if not self._busy or (until is not None and until <= quiet_at):
            self._wall.wait(until)
            return
        self._wall.wait(quiet_at)
        if self._wall.now() >= quiet_at:
            self._busy = False
            self._leisure()

    def _put_in(self, flight: Flight) -> None:
        """Let an answer happen at its moment, in the order that it would have had if known before."""
        if flight.error is not None:
            raise flight.error
        assert flight.reply is not None  # noqa: S101 - for the type checker: landed without an error
        answered_at = flight.inquiry.issued_at + flight.reply.latency
        if answered_at < self.now:
            raise RuntimeError(f"an answer of {answered_at} ns came when the line was at {self.now} ns")
        flight.answer.brings = flight.reply
        flight.answer.at(answered_at, flight.number)


def environment_for(
    scenario: Scenario,
    gateways: Mapping[str, Gateway],
    leisure: Callable[[], None] = lambda: None,
) -> LineEnvironment:
    """Make the clock that a scenario asks for and its gateways need.

    `leisure` is for the clocks that wait: see `CoupledEnvironment`.
    """
    asked = sum(spec.most_calls for spec in scenario.inspections if gateways[spec.name].live)
    realtime = scenario.clock == "realtime"
    if not asked and not realtime:
        return LineEnvironment()
    return CoupledEnvironment(
        WallClock(), CallerThreads(asked), scenario.run.pace if realtime else None, leisure
    )
