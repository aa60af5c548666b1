"""The live screen of a run, with lines before it and after it."""

from types import TracebackType
from typing import Self

from line_sim.cli.terminal.counting import Lines
from line_sim.dashboard.feeding import Feeder
from line_sim.dashboard.framing import frame_of
from line_sim.line.steps import Observer
from line_sim.live.state import LiveState
from line_sim.scenario import Scenario


class Screen(Lines):
    """The live screen; lines before it comes and after it has gone, also where it fails."""

    def __init__(self, scenario: Scenario, state: LiveState) -> None:
        super().__init__(scenario)
        self._state = state
        self._feeder = Feeder(lambda: frame_of(state) if state.begun else None)
        self._told_of_failure = False

    @property
    def observers(self) -> tuple[Observer, ...]:
        """What frames are made from."""
        return (self._state,)

    def __enter__(self) -> Self:
        self._feeder.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._feeder.close()
        super().__exit__(kind, error, trace)

    def stage(self, text: str) -> None:
        """Print a line; the line has stopped when there is something to say, so the screen ends."""
        if self._state.begun:
            self._feeder.close()
        super().stage(text)

    def show(self) -> None:
        """Print lines where the screen has failed."""
        if self._feeder.failed:
            if not self._told_of_failure:
                self._told_of_failure = True
                super().stage("the live screen has failed; going on with lines")
            super().show()
