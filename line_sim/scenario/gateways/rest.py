"""A real server over TensorFlow Serving's REST API, as a scenario says it."""

from typing import Literal, final

from pydantic import Field

from line_sim.scenario.gateways.kind import LiveKind
from line_sim.scenario.gateways.serving import ServingOptions


class RestOptions(ServingOptions):
    """A server that speaks TensorFlow Serving's REST interface."""


@final
class RestGateway(LiveKind):
    """A real server over REST."""

    rest: RestOptions = Field(description="A real server over REST.")

    @property
    def form(self) -> Literal["rest"]:
        """What carries its calls."""
        return "rest"

    @property
    def server(self) -> RestOptions:
        """What its calls need to know."""
        return self.rest
