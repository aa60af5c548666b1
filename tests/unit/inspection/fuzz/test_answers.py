"""No answer whatever ends a run: thousands of hostile ones, message by message and byte by byte.

A few hundred of each are made anew in each test run, and LINE_SIM_FUZZ times as many where it is set.
"""

import math
import socket
import threading
from collections.abc import Iterator
from queue import SimpleQueue

import pytest
from fuzzing import examples
from hostile_answers import documents, grpc_bodies, rest_exchanges
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from outcomes import LONGEST_REASON, check, refusal
from stub_server import Pictures, Server, answer, gateway_to, inquiry, signatures, states

from line_sim.inspection.gateway import Reply
from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.servers.rest import REST
from line_sim.inspection.wires.classes import Classes
from line_sim.inspection.wires.discreet import transport_to
from line_sim.inspection.wires.fitting.pixels import Pixels
from line_sim.inspection.wires.fitting.signatures import AS_A_JPEG, fit_to, misfit
from line_sim.inspection.wires.fitting.tensors import TensorKind
from line_sim.inspection.wires.grpc_wire import GrpcWire
from line_sim.inspection.wires.question import ModelQuestion, Signature
from line_sim.inspection.wires.rest.rest_wire import RestWire
from line_sim.inspection.wires.statuses import OUTCOME_OF_STATUS
from line_sim.inspection.wires.transport import Access, Request, Response, Wire
from line_sim.units import SECOND

EXAMPLES = examples(300)
QUESTION = ModelQuestion("m", "inspect")
NAMES = Classes(("good", "dent"), "labels.txt")
QUESTIONS = (
    QUESTION,
    ModelQuestion("m", "s", None, "image", "label", ""),
    ModelQuestion("m", "s", None, "image", "", "score"),
    ModelQuestion("m", "s", classes=NAMES),
    ModelQuestion("m", "s", label_output="", classes=NAMES),
    ModelQuestion("m", "s", label_output="", classes=Classes(logits=True)),
    ModelQuestion("m", "s", score_output="", classes=NAMES),
)
"""A label and a score, either alone, and classes by number that have names, or logits."""
WITH_MORE = (
    ModelQuestion("m", "s", pixels=Pixels(0, 255)),
    ModelQuestion("m", "s", pixels=Pixels(0, 255, (4, 5)), constants={"t": 1}),
    ModelQuestion("m", "s", constants={"t": (1, 2, 3)}),
)
kinds = st.builds(
    TensorKind,
    st.sampled_from(["DT_FLOAT", "DT_STRING", "DT_UINT8", "DT_INT32", "DT_BOOL", "", "type 99"]),
    st.none()
    | st.lists(st.sampled_from([-1, 1, 2, 3, 4, 5, 0, -2, 2**31, 2**62]), max_size=5).map(tuple)
    | st.tuples(st.just(-1), *[st.sampled_from([-1, 4, 5, 2**40])] * 2, st.sampled_from([1, 3, -1])),
)
"""What a signature may say of a tensor."""

fuzz = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def check_told(wire: Wire, body: bytes) -> None:
    """Hold what is read of a model to being read, or refused in words."""
    for read in (wire.read_states, wire.read_signatures, wire.read_version):
        reason = ""
        try:
            read(body)
        except ValueError as error:
            reason = str(error)
        assert len(reason) < LONGEST_REASON


@fuzz
@given(
    st.dictionaries(st.sampled_from(["image", "t"]), kinds, max_size=3),
    st.dictionaries(st.sampled_from(["label", "score"]), kinds, max_size=3),
)
def test_any_signature_fits_or_is_refused(
    inputs: dict[str, TensorKind], outputs: dict[str, TensorKind]
) -> None:
    """Of whatever types and shapes: a picture's tensor is of a size that can be made."""
    for question in (*QUESTIONS, *WITH_MORE):
        signatures = {question.signature: Signature(inputs, outputs)}
        reason = misfit(question, signatures)
        assert len(reason) < LONGEST_REASON
        fit = AS_A_JPEG if reason else fit_to(question, signatures)
        assert fit.pixels is None or 0 < max(fit.pixels.size) <= 4096
        assert all(len(one.values) == math.prod(one.shape) for one in fit.constants)


@fuzz
@given(grpc_bodies())
def test_any_message_is_an_outcome(body: bytes) -> None:
    """Over gRPC, as the transport hands it on."""
    for question in QUESTIONS:
        check(GrpcWire(question).read_answer(body).outcome)
    check_told(GrpcWire(QUESTION), body)


@fuzz
@given(documents())
def test_any_document_is_an_outcome(body: bytes) -> None:
    """Over REST, as the transport hands it on."""
    for question in QUESTIONS:
        check(RestWire(question).read_answer(body).outcome)
    check_told(RestWire(QUESTION), body)


class RawServer:
    """Answers each request on each connection with the bytes that it is given next, then closes."""

    def __init__(self) -> None:
        self.said: SimpleQueue[bytes] = SimpleQueue()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:  # closed
                return
            with sock:
                try:
                    if sock.recv(65536):
                        sock.sendall(self.said.get(timeout=5))
                    sock.shutdown(socket.SHUT_WR)
                    sock.settimeout(0.05)
                    sock.recv(65536)
                except OSError:  # it has had enough
                    continue

    def close(self) -> None:
        """End."""
        self._listener.close()


@pytest.fixture(scope="module")
def raw_server() -> Iterator[RawServer]:
    """One for all examples."""
    running = RawServer()
    yield running
    running.close()


@fuzz
@given(said=rest_exchanges())
def test_any_bytes_are_a_response(raw_server: RawServer, said: bytes) -> None:
    """Over a real connection that closes behind them: a status that is known, and an answer or a reason."""
    transport = transport_to(REST, f"127.0.0.1:{raw_server.port}", Access())
    raw_server.said.put(said)
    raw_server.said.put(said)  # a 408 is asked again
    response = transport.call(Request("GET /v1/models/m"), 5 * SECOND)
    transport.close()
    while not raw_server.said.empty():
        raw_server.said.get()
    assert isinstance(response, Response)
    assert response.status == "OK" or response.status in OUTCOME_OF_STATUS
    assert len(response.detail) <= LONGEST_REASON
    response.detail.encode()
    if response.status == "OK":
        check(RestWire(QUESTION).read_answer(response.body).outcome)
        check_told(RestWire(QUESTION), response.body)


@pytest.fixture(scope="module")
def grpc_server() -> Iterator[Server]:
    """One for all examples."""
    running = Server()
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def gateway(grpc_server: Server) -> Iterator[ServerGateway]:
    """One that is open while they come."""
    with gateway_to(grpc_server) as opened:
        yield opened


@fuzz
@given(body=grpc_bodies())
def test_any_message_passes_the_gateway(grpc_server: Server, gateway: ServerGateway, body: bytes) -> None:
    """Over a real channel, in the middle of a run: always a reply."""
    grpc_server.predict = lambda request, context: body
    reply = gateway.ask(inquiry())
    assert isinstance(reply, Reply)
    check(reply.outcome)
    assert all(text.isprintable() or "\n" in text for text in gateway.identity.values())


@pytest.mark.parametrize("which", ["status", "metadata", "predict"])
@settings(fuzz, max_examples=max(20, EXAMPLES // 10))
@given(body=grpc_bodies())
def test_any_message_at_the_start_is_a_gateway_or_none(grpc_server: Server, which: str, body: bytes) -> None:
    """As status, as metadata, as the first answer: the run begins, or is refused with exit code 3."""
    grpc_server.status = lambda: body if which == "status" else states({1: 30})
    grpc_server.metadata = lambda: body if which == "metadata" else signatures()
    first = {"status": answer(), "metadata": b"", "predict": body}[which]
    grpc_server.predict = lambda request, context: first
    refused = refusal(gateway_to(grpc_server, warm_up_timeout=SECOND // 10))
    if refused is not None:
        assert refused.exit_code == 3
        assert len(str(refused)) <= LONGEST_REASON
        str(refused).encode()


@settings(fuzz, max_examples=max(20, EXAMPLES // 10))
@given(said=rest_exchanges())
def test_any_bytes_at_the_start_are_a_gateway_or_none(raw_server: RawServer, said: bytes) -> None:
    """Over REST: what is asked first is the model's status."""
    for _ in range(8):
        raw_server.said.put(said)
    target = f"127.0.0.1:{raw_server.port}"
    made = ServerGateway(REST, target, "m", "inspect", Pictures(), warm_up_timeout=SECOND // 10)
    refused = refusal(made)
    while not raw_server.said.empty():
        raw_server.said.get()
    if refused is not None:
        assert refused.exit_code == 3
        assert len(str(refused)) <= LONGEST_REASON
        str(refused).encode()
