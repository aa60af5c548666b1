"""The REST gateway against a real HTTP server that does as it is told."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from stub_rest import RestServer, answer, picture_in, rest_gateway_to
from stub_server import inquiry

from line_sim.inspection.gateway import Gateway, Inquiry
from line_sim.inspection.outcome import Answered, TimedOut, Unavailable, Unreadable
from line_sim.units import MILLISECOND, SECOND


def test_it_is_a_gateway(rest_server: RestServer) -> None:
    """The line can use it as it uses any other; wall-clock time passes in it."""
    gateway: Gateway = rest_gateway_to(rest_server)
    assert gateway.live


def test_an_answer_is_read_and_timed(rest_server: RestServer) -> None:
    """The part's own picture is sent, and label, score, status and size come back."""
    with rest_gateway_to(rest_server) as gateway:
        reply = gateway.ask(inquiry())
    assert (reply.outcome, reply.status) == (Answered("good", 0.875), "OK")
    sent = rest_server.requests[-1]
    assert picture_in(sent) == b"7 defective stain"
    assert sent["signature_name"] == "inspect"
    assert rest_server.paths[-1] == "/v1/models/inception_v3:predict"
    assert reply.request_bytes == int(rest_server.headers[-1]["content-length"])
    assert reply.latency > 0


def test_a_version_is_asked_for_by_its_path(rest_server: RestServer) -> None:
    """Every path names the version, 0 too, and run.json tells the one that was served."""
    rest_server.status = lambda: (200, {"model_version_status": [{"version": "0", "state": "AVAILABLE"}]})
    with rest_gateway_to(rest_server, version=0) as gateway:
        gateway.ask(inquiry())
        assert gateway.identity == {
            "server": "rest",
            "target": f"127.0.0.1:{rest_server.port}",
            "model": "inception_v3",
            "version": "0",
        }
    assert all(path.startswith("/v1/models/inception_v3/versions/0") for path in rest_server.paths)


def test_the_connection_is_kept(rest_server: RestServer) -> None:
    """Status, warm-up and all questions go over one connection."""
    with rest_gateway_to(rest_server, warm_up_calls=3) as gateway:
        for _ in range(5):
            gateway.ask(inquiry())
    assert len(rest_server.requests) == 8
    assert rest_server.connections == 1


def test_several_cameras_ask_at_once(rest_server: RestServer) -> None:
    """Calls from several threads are at the server together, and each gets its own answer."""
    together = threading.Barrier(4)

    def by_item(body: Any) -> tuple[int, Any]:
        together.wait(10)
        return answer(picture_in(body).split()[0].decode())

    with rest_gateway_to(rest_server) as gateway, ThreadPoolExecutor(4) as cameras:
        rest_server.predict = by_item
        asked = [Inquiry(item, 0, "good", "", 0, 20 * SECOND) for item in range(40)]
        replies = list(cameras.map(gateway.ask, asked))
    assert [reply.outcome for reply in replies] == [Answered(str(item), 0.875) for item in range(40)]
    assert rest_server.connections <= 5


@pytest.mark.parametrize(
    ("code", "status", "outcome"),
    [
        (400, "INVALID_ARGUMENT", Unreadable("because")),
        (401, "UNAUTHENTICATED", Unavailable("because")),
        (403, "PERMISSION_DENIED", Unavailable("because")),
        (404, "NOT_FOUND", Unavailable("because")),
        (409, "ABORTED", Unavailable("because")),
        (418, "UNKNOWN", Unavailable("because")),
        (429, "RESOURCE_EXHAUSTED", Unavailable("because")),
        (499, "CANCELLED", Unavailable("because")),
        (500, "INTERNAL", Unavailable("because")),
        (501, "UNIMPLEMENTED", Unavailable("because")),
        (502, "UNAVAILABLE", Unavailable("because")),
        (503, "UNAVAILABLE", Unavailable("because")),
        (504, "DEADLINE_EXCEEDED", TimedOut()),
    ],
)
def test_every_code_is_a_status(rest_server: RestServer, code: int, status: str, outcome: object) -> None:
    """TensorFlow Serving's HTTP codes read as the gRPC statuses that they stand for."""
    with rest_gateway_to(rest_server) as gateway:
        rest_server.predict = lambda body: (code, {"error": "because"})
        reply = gateway.ask(inquiry())
    assert (reply.outcome, reply.status) == (outcome, status)


def test_an_error_page_is_no_secret(rest_server: RestServer) -> None:
    """A proxy's page in place of TensorFlow Serving's JSON is told by its code."""
    with rest_gateway_to(rest_server) as gateway:
        rest_server.predict = lambda body: (502, b"<html>")
        assert gateway.ask(inquiry()).outcome == Unavailable("HTTP 502")


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        (b"", "the answer is not JSON with outputs"),
        (b"[" * 100_000, "the answer is not JSON with outputs"),
        ({"predictions": []}, "the answer is not JSON with outputs"),
        ({"outputs": ["good"]}, "the answer has no output 'label'; it has none"),
        ({"outputs": {"logits": [1.0]}}, "the answer has no output 'label'; it has 'logits'"),
        ({"outputs": {"label": []}}, "the label is empty"),
        ({"outputs": {"label": [""], "score": [0.5]}}, "the label is empty"),
        ({"outputs": {"label": [3.5], "score": [0.5]}}, "the label is not a string"),
        ({"outputs": {"label": [{"b64": "/w=="}], "score": [0.5]}}, "the label is not UTF-8"),
        ({"outputs": {"label": ["good"], "score": [True]}}, "the score is not a number"),
        ({"outputs": {"label": ["good"], "score": [7]}}, "the score is 7; it must be in [0, 1]"),
        (b'{"outputs": {"label": ["good"], "score": [NaN]}}', "the score is nan; it must be in [0, 1]"),
    ],
)
def test_an_ok_that_says_nothing_is_unreadable(rest_server: RestServer, said: Any, complaint: str) -> None:
    """Code 200 with a body that is no answer: told apart from an answer, not raised."""
    with rest_gateway_to(rest_server) as gateway:
        rest_server.predict = lambda body: (200, said)
        reply = gateway.ask(inquiry())
    assert (reply.outcome, reply.status) == (Unreadable(complaint), "OK")


def test_a_binary_label_is_text(rest_server: RestServer) -> None:
    """An output whose name ends in _bytes comes in base64."""
    with rest_gateway_to(rest_server) as gateway:
        rest_server.predict = lambda body: answer({"b64": "Z29vZA=="}, 1)
        assert gateway.ask(inquiry()).outcome == Answered("good", 1.0)


def test_the_deadline_ends_the_wait(rest_server: RestServer) -> None:
    """A silent server holds the station no longer than the deadline, and the next call is a new one."""
    with rest_gateway_to(rest_server) as gateway:
        rest_server.hang()
        reply = gateway.ask(inquiry(50 * MILLISECOND))
        rest_server.predict = lambda body: answer("next")
        after = gateway.ask(inquiry())
    assert (reply.outcome, reply.status) == (TimedOut(), "DEADLINE_EXCEEDED")
    assert reply.latency >= 50 * MILLISECOND
    assert after.outcome == Answered("next", 0.875)


def test_a_deadline_that_is_hopeless_times_out(rest_server: RestServer) -> None:
    """There is no deadline so short that something else than a timeout comes of it."""
    with rest_gateway_to(rest_server) as gateway:
        reply = gateway.ask(inquiry(1))
    assert (reply.outcome, reply.status) == (TimedOut(), "DEADLINE_EXCEEDED")


def test_a_server_that_dies_and_comes_back(rest_server: RestServer) -> None:
    """While it is gone calls fail at once, and the same gateway finds it again."""
    with rest_gateway_to(rest_server) as gateway:
        rest_server.predict = lambda body: closing()
        cut = gateway.ask(inquiry(20 * SECOND))
        rest_server.stop()
        gone = [gateway.ask(inquiry(20 * SECOND)) for _ in range(3)]
        rest_server.predict = lambda body: answer()
        rest_server.start()
        back = gateway.ask(inquiry())
    assert cut.status == "UNAVAILABLE"
    assert {reply.status for reply in gone} == {"UNAVAILABLE"}
    assert back.outcome == Answered("good", 0.875)


def closing() -> tuple[int, Any]:
    """Break off in the middle of a request: its handler dies and the connection is closed."""
    raise ConnectionAbortedError


def test_waiting_for_a_server_that_is_not_there(rest_server: RestServer) -> None:
    """With wait_for_ready a call outlasts a restart, but not its deadline."""
    with rest_gateway_to(rest_server, wait_for_ready=True) as gateway:
        rest_server.predict = lambda body: closing()
        assert gateway.ask(inquiry()).status == "UNAVAILABLE"
        rest_server.stop()
        in_vain = gateway.ask(inquiry(100 * MILLISECOND))
        with ThreadPoolExecutor(1) as camera:
            waiting = camera.submit(gateway.ask, inquiry(20 * SECOND))
            time.sleep(0.2)
            assert not waiting.done()
            rest_server.predict = lambda body: answer()
            rest_server.start()
            assert waiting.result(20).outcome == Answered("good", 0.875)
    assert (in_vain.outcome, in_vain.status) == (TimedOut(), "DEADLINE_EXCEEDED")


def test_metadata_goes_with_every_request(rest_server: RestServer) -> None:
    """An API key is a header, as a gRPC call has it in its metadata."""
    with rest_gateway_to(rest_server, metadata=[("x-api-key", "s3cret")]) as gateway:
        gateway.ask(inquiry())
    assert [headers["x-api-key"] for headers in rest_server.headers] == ["s3cret"] * 2


def test_closing_ends_a_call_that_hangs(rest_server: RestServer) -> None:
    """A thread that still waits for an answer is let go when the gateway is closed."""
    rest_server_asked = threading.Event()

    def hang(body: Any) -> tuple[int, Any]:
        rest_server_asked.set()
        rest_server.released.wait(30)
        return answer()

    with ThreadPoolExecutor(1) as camera:
        with rest_gateway_to(rest_server) as gateway:
            rest_server.predict = hang
            waiting = camera.submit(gateway.ask, inquiry(60 * SECOND))
            assert rest_server_asked.wait(10)
        assert waiting.result(10).status == "CANCELLED"


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Let SIGINT raise KeyboardInterrupt, also where whoever started the tests had it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_reaches_a_call_that_hangs(rest_server: RestServer) -> None:
    """KeyboardInterrupt comes out of the call."""

    def interrupt_and_hang(body: Any) -> tuple[int, Any]:
        os.kill(os.getpid(), signal.SIGINT)
        rest_server.released.wait(30)
        return answer()

    with rest_gateway_to(rest_server) as gateway:
        rest_server.predict = interrupt_and_hang
        with pytest.raises(KeyboardInterrupt):
            gateway.ask(inquiry(60 * SECOND))


def test_asking_outside_the_block_is_a_mistake(rest_server: RestServer) -> None:
    """Before and after the with-block there is nothing to ask over."""
    gateway = rest_gateway_to(rest_server)
    ask: Callable[[], object] = lambda: gateway.ask(inquiry())  # noqa: E731 - twice the same
    with pytest.raises(RuntimeError, match="with-block"):
        ask()
    with gateway:
        pass
    with pytest.raises(RuntimeError, match="with-block"):
        ask()
