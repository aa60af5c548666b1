"""A real HTTP server over loopback that speaks TensorFlow Serving's REST API as the test says."""

import base64
import json
import ssl
from collections.abc import Callable
from typing import Any

from stub_http import Said, StubHttpServer
from stub_server import Pictures

from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.servers.rest import REST
from line_sim.units import SECOND


class RestServer(StubHttpServer):
    """Answers predict, status and metadata of the model inception_v3; each can be set by the test."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        super().__init__(context)
        self.predict: Callable[[Any], Said] = lambda body: answer()
        self.status: Callable[[], Said] = lambda: states({1: "AVAILABLE"})
        self.metadata: Callable[[], Said] = signatures
        self.requests: list[Any] = []

    def got(self, path: str) -> Said:
        """Tell what is asked about the model."""
        return self.metadata() if path.endswith("/metadata") else self.status()

    def posted(self, headers: dict[str, str], body: bytes) -> Said:
        """Answer a question about a picture."""
        self.requests.append(json.loads(body))
        return self.predict(self.requests[-1])

    def hang(self) -> None:
        """Answer no question before the end of the test."""
        self.predict = lambda body: (200, str(self.released.wait(30)).encode())


def answer(label: Any = "good", score: Any = 0.875) -> Said:
    """Say what a healthy server says."""
    return 200, {"outputs": {"label": [label], "score": [score], "top_k_labels": [[label, "stain"]]}}


def states(versions: dict[int, str]) -> Said:
    """Say which versions there are."""
    status = {"error_code": "OK", "error_message": ""}
    listed = [{"version": str(v), "state": state, "status": status} for v, state in versions.items()]
    return 200, {"model_version_status": listed}


def signatures(name: str = "inspect", image: str = "image", dtype: str = "DT_STRING") -> Said:
    """Say which signatures there are."""
    shape = {"dim": [{"size": "-1", "name": ""}], "unknown_rank": False}
    string = {"dtype": "DT_STRING", "tensor_shape": shape, "name": "x:0"}
    outputs = {"label": string, "score": {**string, "dtype": "DT_FLOAT"}}
    one = {
        "inputs": {image: {**string, "dtype": dtype}},
        "outputs": outputs,
        "method_name": "p",
        "defaults": {},
    }
    spec = {"name": "inception_v3", "signature_name": "", "version": "1"}
    maps = {"signature_def": {name: one, "__saved_model_init_op": {"inputs": {}, "outputs": {}}}}
    return 200, {"model_spec": spec, "metadata": {"signature_def": maps}}


def picture_in(request: Any) -> bytes:
    """Give the bytes that a question holds."""
    return base64.b64decode(request["inputs"]["image"][0]["b64"])


def rest_gateway_to(server: RestServer, **settings: Any) -> ServerGateway:
    """Make a gateway that does not wait long for what will not come."""
    settings = {"connect_timeout": 5 * SECOND, "warm_up_calls": 1, "warm_up_timeout": 5 * SECOND, **settings}
    return ServerGateway(REST, f"127.0.0.1:{server.port}", "inception_v3", "inspect", Pictures(), **settings)
