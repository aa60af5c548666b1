"""An HTTP server over loopback that speaks KServe's v2 protocol over REST as the test says.

A stub, as `stub_v2` is: it does what Triton (with the binary extension) and MLServer (without) are published
to do, and nobody but us has written it.
"""

import json
import ssl
from collections.abc import Callable, Sequence
from typing import Any

from stub_http import Said, StubHttpServer
from stub_server import Pictures
from stub_v2 import ANSWER, IMAGE, Tensors

from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.servers.opening import dialect_of
from line_sim.units import SECOND

TRITON = ("classification", "binary_tensor_data")
MLSERVER: tuple[str, ...] = ()


class V2RestServer(StubHttpServer):
    """Answers for the model flanges; each answer can be set by the test."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        super().__init__(context)
        self.infer: Callable[[Any], Said] = lambda document: answer()
        self.metadata: Callable[[str], Said] = lambda path: metadata()
        self.model_ready: Callable[[], Said] = lambda: (200, b"")
        self.server_ready: Callable[[], Said] = lambda: (200, b"")
        self.software: Any = ("stub", "1")
        self.extensions: Sequence[str] = TRITON
        self.documents: list[Any] = []
        self.behind: list[bytes] = []

    def posted(self, headers: dict[str, str], body: bytes) -> Said:
        """Answer a question about a picture, which may stand behind the document."""
        head = int(headers.get("inference-header-content-length", len(body)))
        self.documents.append(json.loads(body[:head]))
        self.behind.append(body[head:])
        return self.infer(self.documents[-1])

    def stop(self) -> None:
        """End, with the connections that there are."""
        super().stop()
        self.hang_up()

    def hang(self) -> None:
        """Answer no question about a picture before the end of the test."""
        self.infer = lambda document: (200, str(self.released.wait(30)).encode())

    def got(self, path: str) -> Said:
        """Answer what is asked by a path alone."""
        if path == "/v2":
            name, version = self.software
            return 200, {"name": name, "version": version, "extensions": list(self.extensions)}
        if path == "/v2/health/ready":
            return self.server_ready()
        if path.endswith("/ready"):
            return self.model_ready()
        return self.metadata(path)


def metadata(inputs: Tensors = IMAGE, outputs: Tensors = ANSWER, versions: Sequence[str] = ("1",)) -> Said:
    """Say what a model is."""
    told = {
        what: [{"name": name, "datatype": kind, "shape": list(shape)} for name, kind, shape in tensors]
        for what, tensors in (("inputs", inputs), ("outputs", outputs))
    }
    return 200, {"name": "flanges", "versions": list(versions), "platform": "python", **told}


def answer(label: Any = "good", score: Any = 0.875, version: str = "1") -> Said:
    """Say what a healthy server says."""
    outputs = [
        {"name": "score", "datatype": "FP32", "shape": [1], "data": [score]},
        {"name": "label", "datatype": "BYTES", "shape": [1], "data": [label]},
    ]
    return 200, {"model_name": "flanges", "model_version": version, "outputs": outputs}


def v2_rest_gateway_to(server: V2RestServer, *others: V2RestServer, **settings: Any) -> ServerGateway:
    """Make a gateway that does not wait long for what will not come."""
    targets = [f"127.0.0.1:{one.port}" for one in (server, *others)]
    short = {"connect_timeout": 5 * SECOND, "warm_up_calls": 1, "warm_up_timeout": 5 * SECOND}
    settings = {"input_name": "", **short, **settings}
    return ServerGateway(
        dialect_of("rest", "kserve"), targets, "flanges", "", Pictures(), server="kserve", **settings
    )
