"""A real gRPC server over loopback whose every answer is set by the test."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from generated import get_model_metadata_pb2, get_model_status_pb2, predict_pb2

from line_sim.inspection.gateway import Inquiry
from line_sim.inspection.servers.grpc import GRPC
from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.wires.messages.serving import FLOAT, STRING
from line_sim.units import SECOND

Code = grpc.StatusCode


class Pictures:
    """Tells every picture by what it is of."""

    defect_kinds = ("stain",)

    def picture(self, item_id: int, true_state: str, defect: str) -> bytes:
        """Give bytes that name the part."""
        return f"{item_id} {true_state} {defect}".encode()


class Server:
    """An inference server over loopback whose every answer is set by the test."""

    def __init__(self, credentials: grpc.ServerCredentials | None = None, address: str = "") -> None:
        self._credentials = credentials
        self._address = address
        self.predict: Callable[[Any, grpc.ServicerContext], bytes] = lambda request, context: answer()
        self.status: Callable[[], bytes] = lambda: states({1: 30})
        self.metadata: Callable[[], bytes] = signatures
        self.requests: list[Any] = []
        self.timeouts: list[float] = []
        self.metadata_seen: list[dict[str, Any]] = []
        self.released = threading.Event()
        self.port = 0

    def start(self) -> None:
        """Serve, on the same port if there was one."""
        self._server = grpc.server(ThreadPoolExecutor(4), options=[("grpc.so_reuseport", 0)])
        for service, methods in {
            "tensorflow.serving.PredictionService": {
                "Predict": self._predict,
                "GetModelMetadata": self._metadata,
            },
            "tensorflow.serving.ModelService": {"GetModelStatus": self._status},
        }.items():
            handlers = {name: grpc.unary_unary_rpc_method_handler(method) for name, method in methods.items()}
            handler = grpc.method_handlers_generic_handler(service, handlers)
            self._server.add_generic_rpc_handlers((handler,))
        address = self._address or f"127.0.0.1:{self.port}"
        if self._credentials is None:
            self.port = self._server.add_insecure_port(address)
        else:
            self.port = self._server.add_secure_port(address, self._credentials)
        self._server.start()

    def stop(self) -> None:
        """End at once, with whatever it was doing."""
        self.released.set()
        self._server.stop(None).wait(10)

    def refuse(self, code: grpc.StatusCode, detail: str = "") -> None:
        """Answer every Predict with this status from now on."""
        self.predict = lambda request, context: context.abort(code, detail)

    def hang(self) -> None:
        """Answer no Predict before the end of the test."""
        self.predict = lambda request, context: bytes(self.released.wait(30))

    def _predict(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        self.requests.append(predict_pb2.PredictRequest.FromString(request))
        self.timeouts.append(context.time_remaining())
        self.metadata_seen.append(dict(context.invocation_metadata()))
        return self.predict(self.requests[-1], context)

    def _status(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        return self._or_refused(self.status, context)

    def _metadata(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        return self._or_refused(self.metadata, context)

    @staticmethod
    def _or_refused(give: Callable[[], bytes], context: grpc.ServicerContext) -> bytes:
        try:
            return give()
        except NotImplementedError:
            context.abort(Code.UNIMPLEMENTED, "not built")
        except LookupError as error:
            context.abort(Code.NOT_FOUND, str(error.args[0]))


def answer(label: bytes = b"good", score: float = 0.875, version: int = 1) -> bytes:
    """Write a PredictResponse."""
    response = predict_pb2.PredictResponse()
    response.model_spec.version.value = version
    response.outputs["label"].dtype = STRING
    response.outputs["label"].string_val.append(label)
    response.outputs["score"].dtype = FLOAT
    response.outputs["score"].float_val.append(score)
    written: bytes = response.SerializeToString()
    return written


def states(versions: dict[int, int]) -> bytes:
    """Write a GetModelStatusResponse: version to number of its state."""
    response = get_model_status_pb2.GetModelStatusResponse()
    for version, state in versions.items():
        response.model_version_status.add(version=version, state=state)
    written: bytes = response.SerializeToString()
    return written


def signatures(
    name: str = "inspect",
    image: str = "image",
    dtype: int = STRING,
    outputs: tuple[str, ...] = ("label", "score"),
) -> bytes:
    """Write a GetModelMetadataResponse with one signature."""
    signature_map = get_model_metadata_pb2.SignatureDefMap()
    signature_map.signature_def[name].inputs[image].dtype = dtype
    for output in outputs:
        signature_map.signature_def[name].outputs[output].dtype = STRING
    response = get_model_metadata_pb2.GetModelMetadataResponse()
    response.metadata["signature_def"].Pack(signature_map)
    written: bytes = response.SerializeToString()
    return written


def gateway_to(server: Server, kind: str = "grpc", **settings: Any) -> ServerGateway:
    """Make a gateway that does not wait long for what will not come."""
    settings = {"connect_timeout": 5 * SECOND, "warm_up_calls": 1, "warm_up_timeout": 5 * SECOND, **settings}
    return ServerGateway(
        GRPC, f"127.0.0.1:{server.port}", "inception_v3", "inspect", Pictures(), server=kind, **settings
    )


def inquiry(deadline: int | None = 5 * SECOND) -> Inquiry:
    """Ask about a stained part."""
    return Inquiry(7, 0, "defective", "stain", 0, deadline)
