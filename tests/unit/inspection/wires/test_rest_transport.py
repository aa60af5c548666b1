"""A REST call ends by its deadline whatever the other side does, byte by byte if need be."""

import contextlib
import json
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from line_sim.inspection.wires.discreet import DiscreetTransport
from line_sim.inspection.wires.rest import http_exchange, http_reading
from line_sim.inspection.wires.rest.rest_transport import RestTransport
from line_sim.inspection.wires.transport import LONGEST_ANSWER, Access, Request, Response, Transport
from line_sim.units import MILLISECOND, SECOND, Nanoseconds

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


def call(transport: Transport, timeout: Nanoseconds = 20 * SECOND) -> Response:
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


OWN, OTHER = HEAD + b"{}", HEAD + b"[]"


def until_closed(sock: socket.socket) -> None:
    """Wait until the other side closes, at once or in order."""
    with contextlib.suppress(ConnectionError):
        sock.recv(1)


def answers(*answers: bytes) -> Script:
    """Answer one question after the other over one connection, and keep it open."""

    def script(sock: socket.socket, over: threading.Event) -> None:
        for answer in answers:
            if not read_request(sock):
                return
            sock.sendall(answer)
        until_closed(sock)

    return script


def test_an_answer_that_nobody_asked_for_reaches_nobody() -> None:
    """Behind the first answer comes one too many: the next question goes over a new connection."""
    with serving(answers(OWN + OTHER), answers(OWN)) as transport:
        assert [call(transport).body for _ in "ab"] == [b"{}", b"{}"]
        assert transport.unasked() == 1


def test_an_answer_that_comes_late_reaches_nobody() -> None:
    """It lies in the connection when that is to be used again: then it is not."""

    def script(sock: socket.socket, over: threading.Event) -> None:
        read_request(sock)
        sock.sendall(OWN)
        over.wait(0.05)
        sock.sendall(OTHER)
        until_closed(sock)

    with serving(script, answers(OWN)) as transport:
        assert call(transport).body == b"{}"
        time.sleep(0.2)
        assert call(transport).body == b"{}"
        assert transport.unasked() == 1


def test_of_two_answers_over_a_kept_connection_neither_is_believed() -> None:
    """One of them may be that of the question before, so a new connection is asked."""
    with serving(answers(OWN, OTHER + OWN), answers(OWN)) as transport:
        assert [call(transport).body for _ in "ab"] == [b"{}", b"{}"]
        assert transport.unasked() == 1


def test_who_has_said_too_much_is_asked_anew_each_time() -> None:
    """Over a connection that has had one question an answer can belong to no other."""
    with serving(answers(OWN + OTHER), answers(OWN), answers(OWN)) as transport:
        assert [call(transport).body for _ in "abc"] == [b"{}"] * 3
        assert transport._connections._idle == []


def test_half_an_answer_too_many_is_one_too_many() -> None:
    """Even a single byte behind an answer shows that the two sides do not count alike."""
    with serving(answers(OWN + b"H"), answers(OTHER)) as transport:
        assert [call(transport).body for _ in "ab"] == [b"{}", b"[]"]


GAVE_UP = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def test_a_408_on_an_idle_connection_is_a_closing() -> None:
    """It answers nothing: the question goes over a new connection, and nobody is suspected."""

    def script(sock: socket.socket, over: threading.Event) -> None:
        read_request(sock)
        sock.sendall(OWN)
        sock.sendall(GAVE_UP)

    with serving(script, answers(OTHER)) as transport:
        assert call(transport).body == b"{}"
        time.sleep(0.05)
        assert call(transport).body == b"[]"


def test_a_408_to_a_question_is_asked_again_once() -> None:
    """The server has not read the question; one that always says so is told."""
    with serving(answers(OWN, GAVE_UP), answers(OTHER)) as transport:
        assert [call(transport).body for _ in "ab"] == [b"{}", b"[]"]
    with serving(answers(GAVE_UP), answers(GAVE_UP)) as transport:
        assert call(transport).status == "UNAVAILABLE"


def test_interim_answers_are_passed_over() -> None:
    """Hints and still-busy notes come before an answer and are none."""
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
    with serving(answers(hints + OWN, hints + OTHER)) as transport:
        assert [call(transport).body for _ in "ab"] == [b"{}", b"[]"]


def test_what_somebody_else_says_is_short_and_harmless() -> None:
    """An error's text of a megabyte, with what would clear a terminal, is cut and written out."""
    error = json.dumps({"error": "\x1b[2J\ud800" + "a" * 1_000_000}).encode()
    said = b"HTTP/1.1 400 Bad\r\nContent-Length: %d\r\n\r\n" % len(error) + error
    with serving(says(said)) as transport:
        response = call(DiscreetTransport(transport, []))
    assert response.detail.startswith(r"\x1b[2J\ud800aaaa")
    assert response.detail.endswith("... (1,000,005 characters)")
    assert len(response.detail) < 1100


def test_a_shift_that_nothing_shows_is_seen_after_sixteen_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer too many that comes while a question is out passes for its answer, as do all behind it.

    Then the last answer is one too many when the connection rests: from there on each question has a new one.
    """
    monkeypatch.setattr(http_exchange, "REST_S", 0.3)
    questions: list[int] = []

    def script(sock: socket.socket, over: threading.Event) -> None:
        """Answer the number of the question, each but the first only when the next one is there."""
        read_request(sock)
        sock.sendall(numbered(len(questions)))
        while read_request(sock):
            sock.sendall(numbered(len(questions) - 1))
            if len(questions) == http_exchange.MOST_QUESTIONS:
                over.wait(0.05)
                sock.sendall(numbered(len(questions)))
                until_closed(sock)
                return

    def numbered(number: int) -> bytes:
        return b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n%3d" % number

    def ask(transport: RestTransport) -> int:
        questions.append(len(questions))
        return int(call(transport).body)

    def honest(sock: socket.socket, over: threading.Event) -> None:
        while read_request(sock):
            sock.sendall(numbered(len(questions)))

    with serving(script, honest, honest) as transport:
        shifted = [ask(transport) for _ in range(http_exchange.MOST_QUESTIONS)]
        assert shifted[1:] == list(range(1, http_exchange.MOST_QUESTIONS))
        time.sleep(0.4)
        first = http_exchange.MOST_QUESTIONS + 1
        assert [ask(transport), ask(transport)] == [first, first + 1]
        assert transport.unasked() == 1
