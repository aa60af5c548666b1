"""A gateway whose answers are written down beforehand."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from line_sim.inspection.gateway import Inquiry, Reply


class ScriptedGateway:
    """Answers whatever a function says, in no wall time."""

    live = False

    def __init__(self, answer: Callable[[Inquiry], Reply]) -> None:
        self._answer = answer

    @property
    def identity(self) -> dict[str, str]:
        """Say that nothing real answered."""
        return {"server": "scripted"}

    def __enter__(self) -> Self:
        """Nothing to connect to."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to let go of."""

    def ask(self, inquiry: Inquiry) -> Reply:
        """Look the answer up."""
        return self._answer(inquiry)
