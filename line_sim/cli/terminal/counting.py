"""What a run that goes on is told by: what is counted of it, and plain lines."""

from collections.abc import Iterator
from types import TracebackType
from typing import Protocol, Self

from line_sim.cli.terminal.timed_lines import TimedLines
from line_sim.engine.following import Follower, HowFar
from line_sim.inspection.gateway import shows_server
from line_sim.inspection.outcome import Answered
from line_sim.line.records import Call, Item
from line_sim.line.steps import Observer
from line_sim.scenario import Scenario
from line_sim.scenario.gateways.kind import LiveKind
from line_sim.units import SECOND

LOOK_EVERY = 64  # parts between two looks at the wall clock, so that a fast run is not slowed


class Narrator(Protocol):
    """Tells the user how a run goes; open (as a context manager) while it does."""

    def __enter__(self) -> Self:
        """Begin to tell."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End telling."""

    @property
    def observers(self) -> tuple[Observer, ...]:
        """Who must be told of every step of the line."""

    @property
    def followers(self) -> tuple[Follower, ...]:
        """Who must be told how far it has come."""

    def stage(self, text: str) -> None:
        """Say what is being done now."""


class Silent:
    """Tells nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    @property
    def observers(self) -> tuple[Observer, ...]:
        """Nobody."""
        return ()

    @property
    def followers(self) -> tuple[Follower, ...]:
        """Nobody."""
        return ()

    def stage(self, text: str) -> None:
        """Say nothing of what is being done."""


class Counting(Silent):
    """Counts finished work: parts that have left, or line time where the run has a duration."""

    def __init__(self, scenario: Scenario) -> None:
        self.total = scenario.run.items or round((scenario.run.duration or 0) / SECOND)
        self._by_items = scenario.run.items is not None
        self.done = 0
        self.timeouts = 0
        self._awaited = set(_awaited(scenario))
        self._silent: set[str] = set()
        self._seen = 0
        self._every = LOOK_EVERY if scenario.clock == "virtual" else 1

    @property
    def followers(self) -> tuple[Follower, ...]:
        """Itself."""
        return (self,)

    def on_call(self, call: Call) -> None:
        """Count the calls that brought no answer, and note which inspections meet no server."""
        if call.outcome != Answered.name:
            self.timeouts += 1
        shows = shows_server(call.outcome, call.status)
        if shows is False:
            self._silent |= {call.station} & self._awaited
        elif shows:
            self._silent.discard(call.station)

    def on_item(self, item: Item) -> None:
        """Count a part, and show it now and then."""
        self._seen += 1
        if self._by_items:
            self.done += 1
        elif item.left_at is not None:
            self.done = item.left_at // SECOND
        if self._seen % self._every == 0:
            self.show()

    def come_to(self, far: HowFar) -> None:
        """Take over how far the compiled line has come, and show it."""
        self.done = far.parts if self._by_items else far.at // SECOND
        self.timeouts = far.unanswered
        self.show()

    def show(self) -> None:
        """Bring what the user sees up to date."""

    @property
    def unit(self) -> str:
        """What is counted."""
        return "parts" if self._by_items else "s of line time"

    @property
    def trouble(self) -> str:
        """A word on the calls that brought no answer, if there are any, and on servers that are not there."""
        if not self.timeouts:
            return ""
        waits = "; no server: line time keeps pace with the wall" if self._silent else ""
        return f", unanswered calls: {self.timeouts}{waits}"


def _awaited(scenario: Scenario) -> Iterator[str]:
    """Yield the inspections for whose server line time waits while it is away; an embedded one has ended."""
    for spec in scenario.inspections if scenario.clock == "coupled" else ():
        if isinstance(spec.gateway, LiveKind) and not spec.gateway.server.embedded:
            yield spec.name


class Lines(Counting):
    """Plain lines with the time of day, one every few seconds."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self._lines = TimedLines()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lines.settle()

    def stage(self, text: str) -> None:
        """Print a line."""
        self._lines.say(text)

    def show(self) -> None:
        """Print a line if the last one was some seconds ago."""
        if self._lines.due():
            self.stage(f"{self.done} of {self.total} {self.unit}{self.trouble}")
