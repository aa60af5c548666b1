"""A real server over TensorFlow Serving's gRPC, as a scenario says it."""

from typing import Literal, final

from pydantic import Field

from line_sim.scenario.gateways.kind import LiveKind
from line_sim.scenario.gateways.serving import ServingOptions


class GrpcOptions(ServingOptions):
    """A server that speaks TensorFlow Serving's gRPC interface."""


@final
class GrpcGateway(LiveKind):
    """A real server over gRPC."""

    grpc: GrpcOptions = Field(description="A real server over gRPC.")

    @property
    def form(self) -> Literal["grpc"]:
        """What carries its calls."""
        return "grpc"

    @property
    def server(self) -> GrpcOptions:
        """What its calls need to know."""
        return self.grpc
