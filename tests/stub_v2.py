"""A gRPC server over loopback that speaks KServe's v2 protocol as the test says.

It is a stub: it does what Triton and MLServer were seen to do, and nobody but us has written it. Its messages
are ours, too; that their numbers are the published ones is held by `test_kserve_messages.py`, byte by byte.
"""

import struct
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from stub_server import Pictures

from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.servers.opening import dialect_of
from line_sim.inspection.wires.kserve.messages import SERVICE, message, parsed, serialised, written
from line_sim.units import SECOND

KSERVE = dialect_of("grpc", "kserve")
Code = grpc.StatusCode

Tensors = Sequence[tuple[str, str, tuple[int, ...]]]
"""Name, datatype and shape of each."""

IMAGE: Tensors = (("image", "BYTES", (-1,)),)
ANSWER: Tensors = (("label", "BYTES", (-1,)), ("score", "FP32", (-1,)))


class RefusalError(Exception):
    """What a method raises to have its call end with a status."""

    def __init__(self, code: grpc.StatusCode, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


class V2Server:
    """An inference server over loopback whose every answer is set by the test."""

    def __init__(self, credentials: grpc.ServerCredentials | None = None, address: str = "") -> None:
        self._credentials = credentials
        self._address = address
        self.infer: Callable[[Any, grpc.ServicerContext], bytes] = lambda request, context: answer()
        self.server_ready: Callable[[], bytes] = lambda: ready("ServerReadyResponse")
        self.server_metadata: Callable[[], bytes] = lambda: server("stub", "1")
        self.model_ready: Callable[[str, str], bytes] = lambda name, version: ready("ModelReadyResponse")
        self.metadata: Callable[[str, str], bytes] = lambda name, version: metadata()
        self.requests: list[Any] = []
        self.timeouts: list[float] = []
        self.metadata_seen: list[dict[str, Any]] = []
        self.released = threading.Event()
        self.port = 0

    def start(self) -> None:
        """Serve, on the same port if there was one."""
        self._server = grpc.server(ThreadPoolExecutor(4), options=[("grpc.so_reuseport", 0)])
        methods = {
            "ServerReady": lambda request, context: self.server_ready(),
            "ServerMetadata": lambda request, context: self.server_metadata(),
            "ModelReady": lambda request, context: self.model_ready(*_asked("ModelReadyRequest", request)),
            "ModelMetadata": lambda request, context: self.metadata(*_asked("ModelMetadataRequest", request)),
            "ModelInfer": self._infer,
        }
        handlers = {name: grpc.unary_unary_rpc_method_handler(_told(does)) for name, does in methods.items()}
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
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
        """Answer every question about a picture with this status from now on."""
        self.infer = lambda request, context: refused(code, detail)

    def hang(self) -> None:
        """Answer no question about a picture before the end of the test."""
        self.infer = lambda request, context: bytes(self.released.wait(30))

    def _infer(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        self.requests.append(parsed("ModelInferRequest", request))
        self.timeouts.append(context.time_remaining())
        self.metadata_seen.append(dict(context.invocation_metadata()))
        return self.infer(self.requests[-1], context)


def refused(code: grpc.StatusCode, detail: str) -> bytes:
    """End a call with this status."""
    raise RefusalError(code, detail)


def _told(does: Callable[[bytes, grpc.ServicerContext], bytes]) -> Callable[..., bytes]:
    def method(request: bytes, context: grpc.ServicerContext) -> bytes:
        try:
            return does(request, context)
        except RefusalError as error:
            context.abort(error.code, error.detail)

    return method


def _asked(name: str, request: bytes) -> tuple[str, str]:
    asked = parsed(name, request)
    return asked.name, asked.version


def ready(name: str, *, is_so: bool = True) -> bytes:
    """Write a ServerReadyResponse or a ModelReadyResponse."""
    return written(name, ready=is_so)


def server(name: str, version: str) -> bytes:
    """Write a ServerMetadataResponse."""
    return written("ServerMetadataResponse", name=name, version=version)


def metadata(inputs: Tensors = IMAGE, outputs: Tensors = ANSWER, versions: Sequence[str] = ("1",)) -> bytes:
    """Write a ModelMetadataResponse."""
    told = message("ModelMetadataResponse", name="flanges", versions=versions)
    for field, tensors in ((told.inputs, inputs), (told.outputs, outputs)):
        for name, datatype, shape in tensors:
            field.add(name=name, datatype=datatype, shape=shape)
    return serialised(told)


def elements(*texts: bytes) -> bytes:
    """Write the buffer of a tensor of BYTES."""
    return b"".join(struct.pack("<I", len(text)) + text for text in texts)


def answer(
    label: bytes = b"good",
    score: float = 0.875,
    version: str = "1",
    shape: Sequence[int] = (1,),
    *,
    typed: bool = False,
) -> bytes:
    """Write the ModelInferResponse of a healthy server: raw contents as Triton's, or typed as KServe's."""
    response = message("ModelInferResponse", model_name="flanges", model_version=version)
    first = response.outputs.add(name="score", datatype="FP32", shape=shape)
    second = response.outputs.add(name="label", datatype="BYTES", shape=shape)
    if typed:
        first.contents.fp32_contents.append(score)
        second.contents.bytes_contents.append(label)
    else:
        response.raw_output_contents.extend([struct.pack("<f", score), elements(label)])
    return serialised(response)


def empty_score() -> bytes:
    """Write an answer whose score has an empty buffer."""
    response = parsed("ModelInferResponse", answer())
    response.raw_output_contents[0] = b""
    return serialised(response)


def v2_gateway_to(server: V2Server, *others: V2Server, **settings: Any) -> ServerGateway:
    """Make a gateway that does not wait long for what will not come."""
    targets = [f"127.0.0.1:{one.port}" for one in (server, *others)]
    short = {"connect_timeout": 5 * SECOND, "warm_up_calls": 1, "warm_up_timeout": 5 * SECOND}
    settings = {"input_name": "", **short, **settings}
    return ServerGateway(KSERVE, targets, "flanges", "", Pictures(), server="kserve", **settings)
