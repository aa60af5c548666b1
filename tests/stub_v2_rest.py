"""An HTTP server over loopback that speaks KServe's v2 protocol over REST as the test says.

A stub, as `stub_v2` is: it does what Triton (with the binary extension) and MLServer (without) are published
to do, and nobody but us has written it.
"""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from stub_server import Pictures
from stub_v2 import ANSWER, IMAGE, Tensors

from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.servers.opening import dialect_of
from line_sim.units import SECOND

Said = tuple[int, Any]
"""An HTTP code and the JSON (or bytes) that goes with it."""

TRITON = ("classification", "binary_tensor_data")
MLSERVER: tuple[str, ...] = ()


class V2RestServer:
    """Answers for the model flanges; each answer can be set by the test."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.infer: Callable[[Any], Said] = lambda document: answer()
        self.metadata: Callable[[str], Said] = lambda path: metadata()
        self.model_ready: Callable[[], Said] = lambda: (200, b"")
        self.server_ready: Callable[[], Said] = lambda: (200, b"")
        self.software: Any = ("stub", "1")
        self.extensions: Sequence[str] = TRITON
        self.documents: list[Any] = []
        self.behind: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
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
                told._open.append(self.connection)

            def do_GET(self) -> None:
                told.paths.append(self.path)
                self.say(*told.looked_up(self.path))

            def do_POST(self) -> None:
                told.paths.append(self.path)
                told.headers.append({name.lower(): value for name, value in self.headers.items()})
                body = self.rfile.read(int(self.headers["Content-Length"]))
                head = int(self.headers.get("Inference-Header-Content-Length", len(body)))
                told.documents.append(json.loads(body[:head]))
                told.behind.append(body[head:])
                self.say(*told.infer(told.documents[-1]))

            def say(self, code: int, said: Any) -> None:
                body = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(code)
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
        """End, with the connections that there are."""
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._open = []

    def hang(self) -> None:
        """Answer no question about a picture before the end of the test."""
        self.infer = lambda document: (200, str(self.released.wait(30)).encode())

    def looked_up(self, path: str) -> Said:
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
