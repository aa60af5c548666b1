"""Servers that a REST transport may meet, connection by connection."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from line_sim.inspection.wires.rest.rest_transport import RestTransport
from line_sim.inspection.wires.transport import Access, Request, Response, Transport
from line_sim.units import SECOND, Nanoseconds

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"


Script = Callable[[socket.socket, threading.Event], None]
"""What the server does with one connection; the event is set at the end of the test."""


@contextmanager
def serving(*scripts: Script) -> Iterator[RestTransport]:
    """Serve one connection after the other by these scripts, and give a way there."""
    over = threading.Event()

    def serve(listener: socket.socket) -> None:
        for script in scripts:
            sock, _ = listener.accept()
            with sock:
                script(sock, over)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        transport = RestTransport(f"127.0.0.1:{listener.getsockname()[1]}", Access())
        try:
            yield transport
        finally:
            over.set()
            transport.close()
        thread.join(10)
        assert not thread.is_alive(), "a script of this test waits for a connection that never came"


def says(*pieces: bytes, every: float = 0.0) -> Script:
    """Read the request and answer in pieces, some seconds apart; then close."""

    def script(sock: socket.socket, over: threading.Event) -> None:
        read_request(sock)
        for piece in pieces:
            sock.sendall(piece)
            if every and over.wait(every):
                return

    return script


def read_request(sock: socket.socket) -> bytes:
    """Read one request as far as its empty line; it has no body."""
    read = b""
    while b"\r\n\r\n" not in read and (piece := sock.recv(4096)):
        read += piece
    return read


def call(transport: Transport, timeout: Nanoseconds = 20 * SECOND) -> Response:
    """Make a call."""
    return transport.call(Request("GET /v1/models/m"), timeout)
