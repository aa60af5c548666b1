"""Wall time that passes only when somebody waits for it, and a server that answers by it."""

import heapq
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, NamedTuple, Self

from line_sim.inspection.gateway import Inquiry, Offline, Reply
from line_sim.inspection.outcome import Answered
from line_sim.line.clocks.coupled import CoupledEnvironment
from line_sim.line.clocks.flight import Flight
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import Line
from line_sim.recording.memory import Memory
from line_sim.recording.reader import RunRecords
from line_sim.scenario import Scenario
from line_sim.testing import InMemoryRun

GOOD = Answered("good", 1.0)
STARTED = 1_000_000


class FakeWall:
    """A wall clock with an agenda: a wait jumps to the next thing that happens, or to its end."""

    def __init__(self) -> None:
        self.time = STARTED
        self.slept = 0
        self._woken = False
        self._agenda: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0

    def now(self) -> int:
        """Tell the time; looking takes none."""
        return self.time

    def after(self, delay: int, action: Callable[[], None]) -> None:
        """Put something on the agenda."""
        self._count += 1
        heapq.heappush(self._agenda, (self.time + delay, self._count, action))

    def wait(self, until: int | None) -> None:
        """Let time pass and things happen, until then or until woken."""
        while not self._woken:
            if until is None and not self._agenda:
                raise AssertionError("the line sleeps for ever")
            if not self._agenda or (until is not None and until < self._agenda[0][0]):
                self._pass_to(until)
                return
            at, _, action = heapq.heappop(self._agenda)
            self._pass_to(at)
            action()
        self._woken = False

    def wake(self) -> None:
        """End the wait."""
        self._woken = True

    def _pass_to(self, moment: int) -> None:
        self.slept += max(0, moment - self.time)
        self.time = max(self.time, moment)


class Fare(NamedTuple):
    """How one question is to fare: nanoseconds to send it, to have it answered, and to bring it back."""

    reply: Reply
    sending: int = 0
    bringing: int = 0


class FakeServer(Offline):
    """A live gateway without a server: its answers come by the fake wall clock, as told beforehand."""

    live = True
    gone = False
    identity: Mapping[str, str] = {}

    def __init__(self, fares: Callable[[Inquiry], Fare]) -> None:
        self.fares = fares

    def ask(self, inquiry: Inquiry) -> Reply:
        """Nobody asks it this way."""
        raise AssertionError("the callers ask")


class FakeCallers:
    """Puts the questions to fake servers."""

    def __init__(self, wall: FakeWall) -> None:
        self._wall = wall

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def ask(self, flight: Flight) -> None:
        """Send it after a while, have it answered after its latency, bring the answer after a while."""
        told = flight.gateway.fares(flight.inquiry)

        def send() -> None:
            flight.start()
            self._wall.after(told.reply.latency, stop)

        def stop() -> None:
            flight.stop()
            self._wall.after(told.bringing, lambda: flight.land(told.reply))

        self._wall.after(told.sending, send)


def run_coupled(
    scenario: Scenario,
    servers: Mapping[str, Any],
    *,
    wall: FakeWall | None = None,
    interrupt: Interrupt | None = None,
    factor: float | None = None,
) -> InMemoryRun:
    """Run a line against fake servers on a fake wall clock."""
    wall = wall or FakeWall()
    memory = Memory()
    env = CoupledEnvironment(wall, FakeCallers(wall), factor)
    ending = Line(scenario, servers, memory, interrupt=interrupt, env=env).run()
    return InMemoryRun(memory.records, ending)


def without_skew(records: RunRecords) -> RunRecords:
    """Forget how late the calls were sent."""
    calls = tuple(call._replace(skew=0) for call in records.calls)
    return RunRecords(records.items, records.visits, calls, records.outages)
