"""A gateway whose answers are written down beforehand."""

from collections.abc import Callable

from line_sim.inspection.gateway import Inquiry, Offline, Reply


class ScriptedGateway(Offline):
    """Answers whatever a function says, in no wall time."""

    def __init__(self, answer: Callable[[Inquiry], Reply]) -> None:
        self._answer = answer

    @property
    def identity(self) -> dict[str, str]:
        """Say that nothing real answered."""
        return {"server": "scripted"}

    def ask(self, inquiry: Inquiry) -> Reply:
        """Look the answer up."""
        return self._answer(inquiry)
