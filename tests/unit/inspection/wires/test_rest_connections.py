"""A REST connection is kept and replaced so that no answer reaches a question that is not its own."""

import contextlib
import socket
import threading
import time

import pytest
from rest_servers import HEAD, Script, call, read_request, says, serving

from line_sim.inspection.wires.rest import http_exchange
from line_sim.inspection.wires.rest.rest_transport import RestTransport
from line_sim.inspection.wires.transport import Response

OWN, OTHER = HEAD + b"{}", HEAD + b"[]"


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
            asked = len(questions)
            sock.sendall(numbered(asked - 1))
            if asked == http_exchange.MOST_QUESTIONS:
                over.wait(0.05)
                sock.sendall(numbered(asked))
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
