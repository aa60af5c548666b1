"""A REST call ends by its deadline whatever the other side does, byte by byte if need be."""

import json
import socket
import threading
import tracemalloc
from collections.abc import Sequence

import pytest
from rest_servers import CHUNKED, HEAD, Script, call, read_request, says, serving

from line_sim.inspection.wires.discreet import DiscreetTransport
from line_sim.inspection.wires.rest import http_reading
from line_sim.inspection.wires.transport import LONGEST_ANSWER, Request, Response
from line_sim.units import MILLISECOND, SECOND


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


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"Transfer-Encoding: chunked", b"-5\r\n{}"),
        (b"Transfer-Encoding: chunked", b"-1\r\n{}"),
        (b"Transfer-Encoding: chunked", b"0x2\r\n{}\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: chunked", b"+2\r\n{}\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: chunked", b"2_0\r\n{}\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: chunked", b"ffffffffffffff\r\n{}"),
        (b"Transfer-Encoding: chunked", b"1\r\n{}\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: gzip, chunked", b"2\r\n{}\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\nContent-Length: 2", b"2\r\n{}\r\n0\r\n\r\n"),
        (b"Content-Length: -2", b"{}"),
        (b"Content-Length: 1_0", b"{}        "),
        (b"Content-Length: 2\r\nContent-Length: 1", b"{}"),
        (b"Content-Length: 99999999999999999999", b"{}"),
        (b"Content Length: 2", b"{}"),
        (b" Content-Length: 2", b"{}"),
    ],
)
def test_an_answer_that_ends_nowhere_is_no_http(head: bytes, body: bytes) -> None:
    """Where an answer ends must be said once and in a number: all else is refused, never guessed."""
    with serving(says(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + body)) as transport:
        assert call(transport).status == "UNKNOWN"


def floods(head: bytes, piece: bytes) -> Script:
    """Send a head, then the same piece for as long as somebody takes it."""

    def script(sock: socket.socket, over: threading.Event) -> None:
        read_request(sock)
        try:
            sock.sendall(head)
            while not over.is_set():
                sock.sendall(piece)
        except OSError:  # the client has had enough
            return

    return script


@pytest.mark.parametrize(
    ("head", "piece", "status"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536, "RESOURCE_EXHAUSTED"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3000000000\r\n\r\n", b"x" * 65536, "RESOURCE_EXHAUSTED"),
        (CHUNKED, b"1000\r\n" + b"x" * 4096 + b"\r\n", "RESOURCE_EXHAUSTED"),
        (CHUNKED + b"-1\r\n", b"x" * 65536, "UNKNOWN"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x" * 65536, "UNKNOWN"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, "UNKNOWN"),
        (b"", b"x" * 65536, "UNKNOWN"),
    ],
    ids=["until closed", "length", "chunks", "chunk of -1", "header", "interim answers", "nothing else"],
)
def test_a_flood_fills_no_memory(head: bytes, piece: bytes, status: str) -> None:
    """Whatever is endless about an answer: it is let go of at the stated limit."""
    tracemalloc.start()
    try:
        with serving(floods(head, piece)) as transport:
            assert call(transport).status == status
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5 * LONGEST_ANSWER


def test_what_somebody_else_says_is_short_and_harmless() -> None:
    """An error's text of a megabyte, with what would clear a terminal, is cut and written out."""
    error = json.dumps({"error": "\x1b[2J\ud800" + "a" * 1_000_000}).encode()
    said = b"HTTP/1.1 400 Bad\r\nContent-Length: %d\r\n\r\n" % len(error) + error
    with serving(says(said)) as transport:
        response = call(DiscreetTransport(transport, []))
    assert response.detail.startswith(r"\x1b[2J\ud800aaaa")
    assert response.detail.endswith("... (1,000,005 characters)")
    assert len(response.detail) < 1100
