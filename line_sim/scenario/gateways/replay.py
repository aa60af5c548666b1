"""The recorded answers of an earlier run, as a scenario says it."""

from collections.abc import Mapping
from typing import Any, final

from pydantic import Field

from line_sim.scenario.fields import LocalPath, Record
from line_sim.scenario.gateways.kind import OfflineKind


class ReplayOptions(Record):
    """The recorded calls of an earlier run."""

    calls: LocalPath = Field(description="The calls.csv of a run; relative to the scenario's folder.")


@final
class ReplayGateway(OfflineKind):
    """The answers of an earlier run, each after the time that it took then."""

    replay: ReplayOptions = Field(
        description="The answers of an earlier run, each after the time that it took then."
    )

    @property
    def words(self) -> str:
        """Which recording answers."""
        return f"the answers in {self.replay.calls}"

    @property
    def model(self) -> None:
        """None does: the recording says what every call took, and the scenario of none."""

    @classmethod
    def takes_time(cls, options: Mapping[str, Any]) -> bool:  # noqa: ARG003 - the recording is not read yet
        """It may not: nobody knows before the recording is read."""
        return False
