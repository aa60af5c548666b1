"""A REST call ends by its deadline whatever the other side does, byte by byte if need be."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from line_sim.inspection.wires import http_reading
from line_sim.inspection.wires.rest_transport import RestTransport
from line_sim.inspection.wires.transport import Access, Request, Response
from line_sim.units import MILLISECOND, SECOND, Nanoseconds

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
        yield transport
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


def trickles(sent: bytes) -> Script:
    """Send something, then a byte every 10 ms for as long as the test lasts."""

    def script(sock: socket.socket, over: threading.Event) -> None:
        read_request(sock)
        sock.sendall(sent)
        try:
            while not over.wait(0.01):
                sock.sendall(b"x")
        except OSError:  # the client has had enough
            return

    return script


def call(transport: RestTransport, timeout: Nanoseconds = 20 * SECOND) -> Response:
    """Make a call."""
    return transport.call(Request("GET /v1/models/m"), timeout)


@pytest.mark.parametrize(
    "sent",
    [b"", b"HTTP/1.1 200 OK\r\nX-Y: ", b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"],
    ids=["status line", "header", "body"],
)
def test_a_server_that_trickles_is_given_up_in_time(sent: bytes) -> None:
    """Bytes that keep coming renew nothing: the deadline is for the whole answer."""
    with serving(trickles(sent)) as transport:
        transport.connect(20 * SECOND)
        assert call(transport, 150 * MILLISECOND).status == "DEADLINE_EXCEEDED"


def test_a_server_that_does_not_read_is_given_up_in_time() -> None:
    """A question that does not get through because nobody takes it ends by the deadline, too."""

    def sleeps(sock: socket.socket, over: threading.Event) -> None:
        over.wait(30)

    with serving(sleeps) as transport:
        transport.connect(20 * SECOND)
        huge = Request("POST /v1/models/m:predict", bytes(8 * 1024 * 1024))
        assert transport.call(huge, 150 * MILLISECOND).status == "DEADLINE_EXCEEDED"


def test_an_answer_in_pieces_is_whole() -> None:
    """Pieces that come in time are put together, and the connection is kept."""
    with serving(says(HEAD[:9], HEAD[9:], b"{", b"}", every=0.01)) as transport:
        assert call(transport) == Response("OK", b"{}")


@pytest.mark.parametrize(
    "pieces",
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", b"1\r\n}\r\n0\r\n\r\n"),
        (b"HTTP/1.0 200 OK\r\n\r\n", b"{}"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", HEAD, b"{}"),
    ],
    ids=["chunked", "until closed", "after a 100"],
)
def test_every_way_to_end_an_answer(pieces: Sequence[bytes]) -> None:
    """Chunks, a closed connection and an interim answer are all HTTP."""
    with serving(says(*pieces)) as transport:
        assert call(transport) == Response("OK", b"{}")


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        ((HEAD, b"{"), "UNAVAILABLE"),
        ((b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",), "UNAVAILABLE"),
        ((), "UNAVAILABLE"),
        ((b"SSH-2.0-OpenSSH_9.6\r\n",), "UNKNOWN"),
        ((b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n",), "UNKNOWN"),
    ],
    ids=["half a body", "half a chunk", "nothing", "another protocol", "endless headers"],
)
def test_a_broken_answer_is_a_status(pieces: Sequence[bytes], status: str) -> None:
    """What is not a whole HTTP answer is told, never raised."""
    with serving(says(*pieces)) as transport:
        assert call(transport).status == status


def test_an_endless_answer_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer beyond every size is refused instead of kept in memory."""
    monkeypatch.setattr(http_reading, "LONGEST_ANSWER", 1000)
    with serving(says(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 1001)) as transport:
        assert call(transport).status == "RESOURCE_EXHAUSTED"


def test_a_kept_connection_that_was_closed_is_replaced() -> None:
    """A server may close what is idle: the next question goes over a new connection and is not lost."""
    with serving(says(HEAD, b"{}"), says(HEAD, b"[]")) as transport:
        assert [call(transport), call(transport)] == [Response("OK", b"{}"), Response("OK", b"[]")]


def test_a_new_connection_that_is_closed_is_a_failure() -> None:
    """Only a kept connection is replaced: a server that hangs up on every question is not asked for ever."""
    with serving(says(HEAD, b"{}"), says()) as transport:
        assert call(transport).status == "OK"
        assert call(transport).status == "UNAVAILABLE"


def test_a_server_that_closes_after_each_answer() -> None:
    """Connection: close is obeyed."""
    closes = HEAD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with serving(says(closes, b"{}"), says(closes, b"{}")) as transport:
        assert [call(transport).status, call(transport).status] == ["OK", "OK"]


def test_the_next_address_is_tried() -> None:
    """A name with several addresses is reached at the first one that answers."""
    with serving(says(HEAD, b"{}")) as transport:
        port = int(transport.target.rpartition(":")[2])
        with socket.create_server(("127.0.0.1", 0)) as taken:
            nobody = taken.getsockname()
        transport._addresses = [(socket.AF_INET, nobody), (socket.AF_INET, ("127.0.0.1", port))]
        assert call(transport) == Response("OK", b"{}")


def test_a_request_leaves_in_one_piece() -> None:
    """Head and body are one: no 40 ms until the first piece is acknowledged."""
    seen: list[bytes] = []

    def script(sock: socket.socket, over: threading.Event) -> None:
        seen.append(sock.recv(65536))
        sock.sendall(HEAD + b"{}")

    with serving(script) as transport:
        host = transport.target.encode()
        transport.call(Request("POST /v1/models/m:predict", b"[1]"), 20 * SECOND)
    head, _, body = seen[0].partition(b"\r\n\r\n")
    assert body == b"[1]"
    assert head.startswith(b"POST /v1/models/m:predict HTTP/1.1\r\nHost: " + host + b"\r\n")
    assert b"\r\nContent-Length: 3" in head
