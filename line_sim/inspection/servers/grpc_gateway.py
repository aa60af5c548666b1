"""The synchronous call to a real inference server, over TensorFlow Serving's gRPC."""

from line_sim.inspection.servers.live import LiveGateway
from line_sim.inspection.wires import grpc_wire
from line_sim.inspection.wires.grpc_transport import GrpcTransport
from line_sim.inspection.wires.question import ModelQuestion, ReadAnswer, Signature
from line_sim.inspection.wires.transport import Access, Request


class GrpcGateway(LiveGateway):
    """One channel for each target is kept for the whole run; the deadline goes with every call."""

    kind = "grpc"

    def _make_wire(self, question: ModelQuestion) -> "GrpcWire":
        return GrpcWire(question)

    def _make_transport(self, target: str, access: Access) -> GrpcTransport:
        return GrpcTransport(target, access)


class GrpcWire:
    """TensorFlow Serving's messages; see `transport.Wire`."""

    def __init__(self, question: ModelQuestion) -> None:
        self._question = question

    def predict(self, picture: bytes) -> Request:
        """Write a PredictRequest."""
        return Request(grpc_wire.PREDICT, grpc_wire.predict_request(self._question, picture))

    def states(self) -> Request:
        """Write a GetModelStatusRequest."""
        return Request(grpc_wire.GET_MODEL_STATUS, grpc_wire.status_request(self._question))

    def signatures(self) -> Request:
        """Write a GetModelMetadataRequest."""
        return Request(grpc_wire.GET_MODEL_METADATA, grpc_wire.metadata_request(self._question))

    def read_answer(self, body: bytes) -> ReadAnswer:
        """Read a PredictResponse; never raises."""
        return grpc_wire.read_answer(self._question, body)

    def read_states(self, body: bytes) -> dict[int, str]:
        """Read a GetModelStatusResponse. Raises ValueError."""
        return grpc_wire.read_states(body)

    def read_signatures(self, body: bytes) -> dict[str, Signature]:
        """Read a GetModelMetadataResponse. Raises ValueError."""
        return grpc_wire.read_signatures(body)
