"""A real HTTP server over loopback that speaks TensorFlow Serving's REST API as the test says."""

import base64
import json
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from stub_server import Pictures

from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.servers.rest import REST
from line_sim.units import SECOND

Said = tuple[int, Any]
"""An HTTP code and the JSON (or bytes) that goes with it."""


class RestServer:
    """Answers predict, status and metadata of the model inception_v3; each can be set by the test."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.predict: Callable[[Any], Said] = lambda body: answer()
        self.status: Callable[[], Said] = lambda: states({1: "AVAILABLE"})
        self.metadata: Callable[[], Said] = signatures
        self.requests: list[Any] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.connections = 0
        self.released = threading.Event()
        self.port = 0
        self._context = context
        self._open: list[socket.socket] = []

    def start(self) -> None:
        """Serve, on the same port if there was one."""
        told = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                super().setup()
                told.connections += 1
                told._open.append(self.connection)

            def do_GET(self) -> None:
                told.paths.append(self.path)
                self.say(*(told.metadata() if self.path.endswith("/metadata") else told.status()))

            def do_POST(self) -> None:
                told.paths.append(self.path)
                told.headers.append({name.lower(): value for name, value in self.headers.items()})
                told.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.say(*told.predict(told.requests[-1]))

            def say(self, code: int, said: Any) -> None:
                body = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                """Clients may go whenever they like."""

        self._server = Quiet(("127.0.0.1", self.port), Handler)
        if self._context is not None:
            self._server.socket = self._context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def stop(self) -> None:
        """End: no new connections, and nobody waits any more."""
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def hang_up(self) -> None:
        """End the connections that there are, as a server's death does."""
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._open = []

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
