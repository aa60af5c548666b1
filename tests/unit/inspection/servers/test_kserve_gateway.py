"""A gateway to a server of KServe's v2 protocol in the middle of a run: whatever happens is a value.

The server is a stub that does as it is told; what Triton and MLServer do was looked up by hand.
"""

import itertools
import threading
from collections.abc import Iterator

import grpc
import pytest
from stub_server import inquiry
from stub_v2 import V2Server, answer, elements, empty_score, metadata, refused, server, v2_gateway_to

from line_sim.inspection.outcome import Answered, TimedOut, Unavailable, Unreadable
from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.wires.kserve.messages import message, serialised
from line_sim.units import MILLISECOND, SECOND

Code = grpc.StatusCode
QUEUE_FULL = "[request id: <id_unknown>] Exceeds maximum queue size"
QUEUED_TOO_LONG = "Request timeout expired"


def test_a_part_is_asked_about(v2: V2Server) -> None:
    """The picture goes as one element of BYTES, raw, with the call's deadline; the version is in run.json."""
    with v2_gateway_to(v2) as gateway:
        reply = gateway.ask(inquiry())
        assert (reply.outcome, reply.status) == (Answered("good", 0.875), "OK")
        assert gateway.identity == {
            "server": "kserve",
            "target": f"127.0.0.1:{v2.port}",
            "model": "flanges",
            "version": "1",
            "software": "stub 1",
        }
    request = v2.requests[-1]
    (tensor,) = request.inputs
    assert (tensor.name, tensor.datatype, list(tensor.shape)) == ("image", "BYTES", [1])
    assert list(request.raw_input_contents) == [b"\x11\0\0\0" + b"7 defective stain"]
    assert not tensor.contents.bytes_contents
    assert [output.name for output in request.outputs] == ["label", "score"]
    assert not request.parameters
    assert reply.request_bytes == len(request.SerializeToString())
    assert 0 < v2.timeouts[-1] < 6


def test_the_input_is_sent_as_the_model_wants_it(v2: V2Server) -> None:
    """A batch of one where the metadata say so; plain bytes for a decoder's UINT8."""
    v2.metadata = lambda name, version: metadata(inputs=[("picture", "BYTES", (-1, 1))])
    with v2_gateway_to(v2):
        assert list(v2.requests[-1].inputs[0].shape) == [1, 1]
    v2.metadata = lambda name, version: metadata(inputs=[("DALI_INPUT_0", "UINT8", (-1, -1))])
    with v2_gateway_to(v2):
        (tensor,) = v2.requests[-1].inputs
        (sent,) = v2.requests[-1].raw_input_contents
        assert (tensor.name, list(tensor.shape), sent) == ("DALI_INPUT_0", [1, 7], b"0 good ")


def test_the_time_in_the_servers_queue_is_told_where_it_is_asked_for(v2: V2Server) -> None:
    """In microseconds, as a parameter of the question."""
    with v2_gateway_to(v2, queued_at_most=100 * MILLISECOND):
        (parameter,) = v2.requests[-1].parameters
    assert (parameter.key, parameter.value.int64_param) == ("timeout", 100_000)


def test_the_best_class_is_asked_for(v2: V2Server) -> None:
    """With a score alone Triton names it: score, index and label in one text."""
    v2.metadata = lambda name, version: metadata(outputs=[("probs", "FP32", (-1, 4))])

    def named(request: object, context: grpc.ServicerContext) -> bytes:
        (output,) = request.outputs  # type: ignore[attr-defined]
        ((key, count),) = [(one.key, one.value.int64_param) for one in output.parameters]
        assert (output.name, key, count) == ("probs", "classification", 1)
        return best_class(b"0.900000:0:good: as new")

    v2.infer = named
    with v2_gateway_to(v2, label_output="", score_output="probs") as gateway:
        assert gateway.ask(inquiry()).outcome == Answered("good: as new", 0.9)


def best_class(text: bytes) -> bytes:
    """Write an answer with a best class."""
    made = message("ModelInferResponse", raw_output_contents=[elements(text)])
    made.outputs.add(name="probs", datatype="BYTES", shape=[1, 1])
    return serialised(made)


@pytest.mark.parametrize("code", [code for code in Code if code is not Code.OK])
def test_every_status_is_an_outcome(v2: V2Server, code: grpc.StatusCode) -> None:
    """As over every wire: late, the picture's fault, or the server's."""
    with v2_gateway_to(v2) as gateway:
        v2.refuse(code, "because")
        reply = gateway.ask(inquiry())
    if code is Code.DEADLINE_EXCEEDED:
        assert reply.outcome == TimedOut()
    elif code in {Code.INVALID_ARGUMENT, Code.DATA_LOSS, Code.OUT_OF_RANGE}:
        assert reply.outcome == Unreadable("because")
    else:
        assert reply.outcome == Unavailable("because")
    assert reply.status == code.name


@pytest.mark.parametrize("words", [QUEUE_FULL, QUEUED_TOO_LONG])
def test_overload_is_unavailable_and_counted(v2: V2Server, words: str) -> None:
    """The part has no answer; run.json tells why."""
    with v2_gateway_to(v2) as gateway:
        v2.refuse(Code.UNAVAILABLE, words)
        assert gateway.ask(inquiry()).outcome == Unavailable(words)
        assert gateway.identity["without_use"] == f"unavailable: {words} (1 x)"


def test_the_deadline_ends_the_wait(v2: V2Server) -> None:
    """A server that does not answer holds the station no longer than the deadline."""
    with v2_gateway_to(v2) as gateway:
        v2.hang()
        reply = gateway.ask(inquiry(50 * MILLISECOND))
    assert (reply.outcome, reply.status) == (TimedOut(), "DEADLINE_EXCEEDED")
    assert reply.latency >= 50 * MILLISECOND


def test_an_ok_that_says_nothing_is_unreadable(v2: V2Server) -> None:
    """Garbage, and numbers that came back empty under status OK, as Triton's did under numpy 2."""
    with v2_gateway_to(v2) as gateway:
        v2.infer = lambda request, context: b"\xff\xff\xff"
        garbage = gateway.ask(inquiry())
        v2.infer = lambda request, context: empty_score()
        empty = gateway.ask(inquiry())
    assert (garbage.outcome, garbage.status) == (Unreadable("the answer is not a ModelInferResponse"), "OK")
    assert (empty.outcome, empty.status) == (Unreadable("the score is empty"), "OK")


def test_a_new_version_is_noted(v2: V2Server) -> None:
    """Each that has answered stands in run.json, in order; a version may be any text."""
    with v2_gateway_to(v2) as gateway:
        v2.infer = lambda request, context: answer(version="v2.0")
        gateway.ask(inquiry())
        assert gateway.identity["version"] == "1, v2.0"


def test_a_server_that_calls_each_answer_another_version(v2: V2Server) -> None:
    """A long run is not filled with its names."""
    names = map(str, itertools.count())
    v2.infer = lambda request, context: answer(version=next(names))
    with v2_gateway_to(v2) as gateway:
        for _ in range(150):
            gateway.ask(inquiry())
        assert gateway.identity["version"].split(", ") == [*map(str, range(100)), "..."]


def test_what_answers_is_told_by_its_own_name(v2: V2Server) -> None:
    """Each name and version of the servers behind one gateway; one that does not tell adds nothing."""
    others = [V2Server(), V2Server(), V2Server()]
    others[0].server_metadata = lambda: server("stub", "2")
    others[1].server_metadata = lambda: refused(grpc.StatusCode.UNIMPLEMENTED, "not here")
    for other in others:
        other.start()
    try:
        with v2_gateway_to(v2, *others) as gateway:
            assert gateway.identity["software"] == "stub 1, stub 2"
        with v2_gateway_to(others[1]) as gateway:
            assert "software" not in gateway.identity
    finally:
        for other in others:
            other.stop()


def test_metadata_goes_with_every_call(v2: V2Server) -> None:
    """An API key, at the start and later."""
    with v2_gateway_to(v2, metadata=[("x-api-key", "s3cret")]) as gateway:
        gateway.ask(inquiry())
    assert [seen["x-api-key"] for seen in v2.metadata_seen] == ["s3cret"] * 2


def test_many_cameras_share_a_gateway(v2: V2Server) -> None:
    """Each gets an answer."""
    from concurrent.futures import ThreadPoolExecutor

    with v2_gateway_to(v2) as gateway, ThreadPoolExecutor(8) as cameras:
        replies = list(cameras.map(gateway.ask, [inquiry(20 * SECOND)] * 40))
    assert {reply.outcome for reply in replies} == {Answered("good", 0.875)}


def test_a_server_that_dies_and_comes_back(v2: V2Server) -> None:
    """While it is gone calls fail at once, and the same channel finds it again."""
    with v2_gateway_to(v2) as gateway:
        v2.stop()
        gone = [gateway.ask(inquiry(20 * SECOND)).status for _ in range(3)]
        v2.start()
        back = next(outcome for outcome in answers(gateway) if isinstance(outcome, Answered))
    assert set(gone) == {"UNAVAILABLE"}
    assert back == Answered("good", 0.875)


def answers(gateway: ServerGateway) -> Iterator[object]:
    """Ask again and again."""
    for _ in range(1000):
        yield gateway.ask(inquiry()).outcome
        threading.Event().wait(0.01)
