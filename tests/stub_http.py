"""An HTTP server over loopback whose every answer is set by the test; its heirs know what it speaks."""

import json
import socket
import ssl
import threading
from abc import ABC, abstractmethod
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Said = tuple[int, Any]
"""An HTTP code and the JSON (or bytes) that goes with it."""


class StubHttpServer(ABC):
    """Serves on a port of its own, and keeps what it was asked."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.connections = 0
        self.released = threading.Event()
        self.port = 0
        self._context = context
        self._open: list[socket.socket] = []

    @abstractmethod
    def got(self, path: str) -> Said:
        """Answer a GET."""

    @abstractmethod
    def posted(self, headers: dict[str, str], body: bytes) -> Said:
        """Answer a POST; the headers' names are in lower case."""

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
                self.say(*told.got(self.path))

            def do_POST(self) -> None:
                told.paths.append(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                told.headers.append(headers)
                self.say(*told.posted(headers, self.rfile.read(int(headers["content-length"]))))

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
