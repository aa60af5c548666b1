"""The gRPC gateway against a real gRPC server that does as it is told."""

import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from stub_server import Server, answer, gateway_to, inquiry

from line_sim.inspection.gateway import Gateway
from line_sim.inspection.outcome import Answered, TimedOut, Unavailable, Unreadable
from line_sim.inspection.wires.statuses import OUTCOME_OF_STATUS
from line_sim.units import MILLISECOND, SECOND

Code = grpc.StatusCode
NOT_OK = sorted(set(Code) - {Code.OK}, key=lambda code: code.value[0])


def test_it_is_a_gateway(server: Server) -> None:
    """The line can use it as it uses any other; wall-clock time passes in it."""
    gateway: Gateway = gateway_to(server)
    assert gateway.live


def test_an_answer_is_read_and_timed(server: Server) -> None:
    """The part's own picture is sent, and label, score, status and size come back."""
    with gateway_to(server) as gateway:
        reply = gateway.ask(inquiry())
    sent = server.requests[-1]
    assert (reply.outcome, reply.status) == (Answered("good", 0.875), "OK")
    assert list(sent.inputs["image"].string_val) == [b"7 defective stain"]
    assert reply.request_bytes == len(sent.SerializeToString())
    assert reply.latency > 0


def test_the_model_is_warmed_before_the_first_part(server: Server) -> None:
    """The warm-up calls show a good part, as many as asked for."""
    with gateway_to(server, warm_up_calls=3):
        assert [list(one.inputs["image"].string_val) for one in server.requests] == [[b"0 good "]] * 3


def test_identity_names_every_version_that_answered(server: Server) -> None:
    """A new version that takes over in mid-run is not kept secret."""
    with gateway_to(server, kind="embedded") as gateway:
        server.predict = lambda request, context: answer(version=2)
        gateway.ask(inquiry())
        gateway.ask(inquiry())
        target = f"127.0.0.1:{server.port}"
        expected = {"server": "embedded", "target": target, "model": "inception_v3", "version": "1, 2"}
        assert gateway.identity == expected


@pytest.mark.parametrize("code", NOT_OK, ids=lambda code: code.name)
def test_every_status_is_an_outcome(server: Server, code: grpc.StatusCode) -> None:
    """Too late is timed_out, a request that could not be read is unreadable, the rest is unavailable."""
    with gateway_to(server) as gateway:
        server.refuse(code, "because")
        reply = gateway.ask(inquiry())
    late, unreadable = {Code.DEADLINE_EXCEEDED}, {Code.INVALID_ARGUMENT, Code.DATA_LOSS, Code.OUT_OF_RANGE}
    if code in late:
        assert reply.outcome == TimedOut()
    elif code in unreadable:
        assert reply.outcome == Unreadable("because")
    else:
        assert reply.outcome == Unavailable("because")
    assert reply.status == code.name


def test_the_table_of_statuses_is_complete() -> None:
    """GRPC has 17 statuses: OK and the sixteen of the table."""
    assert {*OUTCOME_OF_STATUS, "OK"} == {code.name for code in Code}
    assert len(Code) == 17


def test_the_deadline_ends_the_wait(server: Server) -> None:
    """A server that does not answer holds the station no longer than the deadline."""
    with gateway_to(server) as gateway:
        server.hang()
        reply = gateway.ask(inquiry(50 * MILLISECOND))
    assert (reply.outcome, reply.status) == (TimedOut(), "DEADLINE_EXCEEDED")
    assert reply.latency >= 50 * MILLISECOND


def test_a_deadline_that_is_hopeless_times_out(server: Server) -> None:
    """An answer that slips in after the deadline, between two ticks of gRPC's timer, is late all the same."""
    with gateway_to(server) as gateway:
        reply = gateway.ask(inquiry(1))
    assert (reply.outcome, reply.status) == (TimedOut(), "DEADLINE_EXCEEDED")


def test_every_call_has_a_deadline(server: Server) -> None:
    """A station that waits for ever waits five seconds: the line must not stop for good."""
    with gateway_to(server) as gateway:
        gateway.ask(inquiry(None))
    assert 0 < server.timeouts[-1] < 6


def test_an_ok_that_says_nothing_is_unreadable(server: Server) -> None:
    """Status OK with bytes that are no answer: told apart from an answer, not raised."""
    with gateway_to(server) as gateway:
        server.predict = lambda request, context: b"\xff\xff\xff"
        garbage = gateway.ask(inquiry())
        server.predict = lambda request, context: answer(score=float("nan"))
        not_a_number = gateway.ask(inquiry())
    assert (garbage.outcome, garbage.status) == (Unreadable("the answer is not a PredictResponse"), "OK")
    assert not_a_number.outcome == Unreadable("the score is nan; it must be in [0, 1]")


def test_a_server_that_dies_and_comes_back(server: Server) -> None:
    """While it is gone calls fail at once, and the same channel finds it again."""
    with gateway_to(server) as gateway:
        server.stop()
        gone = [gateway.ask(inquiry(20 * SECOND)) for _ in range(3)]
        server.start()
        back = next(
            reply
            for _ in range(1000)
            if isinstance((reply := gateway.ask(inquiry())).outcome, Answered) or pause()
        )
    assert {reply.status for reply in gone} == {"UNAVAILABLE"}
    assert back.outcome == Answered("good", 0.875)


def pause() -> bool:
    """Let a moment pass between two tries."""
    return threading.Event().wait(0.01)


def test_a_failing_handler_is_unavailable(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    """A server that breaks inside answers UNKNOWN; the line goes on."""
    with gateway_to(server) as gateway:
        server.predict = lambda request, context: bytes(1 // 0)
        reply = gateway.ask(inquiry())
    assert isinstance(reply.outcome, Unavailable)
    assert reply.status == "UNKNOWN"


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Let SIGINT raise KeyboardInterrupt, also where whoever started the tests had it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_reaches_a_call_that_hangs(server: Server) -> None:
    """KeyboardInterrupt comes out of the call; with the gateway closed the server hears of it, too."""
    heard = threading.Event()

    def interrupt_and_hang(request: Any, context: grpc.ServicerContext) -> bytes:
        context.add_callback(heard.set)
        os.kill(os.getpid(), signal.SIGINT)
        server.released.wait(30)
        return b""

    with gateway_to(server) as gateway:
        server.predict = interrupt_and_hang
        with pytest.raises(KeyboardInterrupt):
            gateway.ask(inquiry(60 * SECOND))
    assert heard.wait(10)


def test_asking_outside_the_block_is_a_mistake(server: Server) -> None:
    """Before and after the with-block there is no channel to ask over."""
    gateway = gateway_to(server)
    with pytest.raises(RuntimeError, match="with-block"):
        gateway.ask(inquiry())
    with gateway:
        pass
    with pytest.raises(RuntimeError, match="with-block"):
        gateway.ask(inquiry())
