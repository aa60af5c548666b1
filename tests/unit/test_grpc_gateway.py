"""The gRPC gateway against a real gRPC server that does as it is told."""

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest

from line_sim.errors import GatewayError
from line_sim.inspection import wire
from line_sim.inspection.gateway import Gateway, Inquiry
from line_sim.inspection.grpc_gateway import OUTCOME_OF_STATUS, GrpcGateway
from line_sim.inspection.outcome import Answered, TimedOut, Unavailable, Unreadable
from line_sim.units import MILLISECOND, SECOND

Code = grpc.StatusCode
NOT_OK = sorted(set(Code) - {Code.OK}, key=lambda code: code.value[0])


class Pictures:
    """Tells every picture by what it is of."""

    defect_kinds = ("stain",)

    def picture(self, item_id: int, true_state: str, defect: str) -> bytes:
        """Give bytes that name the part."""
        return f"{item_id} {true_state} {defect}".encode()


class Server:
    """An inference server over loopback whose every answer is set by the test."""

    def __init__(self) -> None:
        self.predict: Callable[[Any, grpc.ServicerContext], bytes] = lambda request, context: answer()
        self.status: Callable[[], bytes] = lambda: states({1: 30})
        self.metadata: Callable[[], bytes] = signatures
        self.requests: list[Any] = []
        self.timeouts: list[float] = []
        self.released = threading.Event()
        self.port = 0

    def start(self) -> None:
        """Serve, on the same port if there was one."""
        self._server = grpc.server(ThreadPoolExecutor(4), options=[("grpc.so_reuseport", 0)])
        for service, methods in {
            "tensorflow.serving.PredictionService": {
                "Predict": self._predict,
                "GetModelMetadata": self._metadata,
            },
            "tensorflow.serving.ModelService": {"GetModelStatus": self._status},
        }.items():
            handlers = {name: grpc.unary_unary_rpc_method_handler(method) for name, method in methods.items()}
            handler = grpc.method_handlers_generic_handler(service, handlers)
            self._server.add_generic_rpc_handlers((handler,))
        self.port = self._server.add_insecure_port(f"127.0.0.1:{self.port}")
        self._server.start()

    def stop(self) -> None:
        """End at once, with whatever it was doing."""
        self.released.set()
        self._server.stop(None).wait(10)

    def refuse(self, code: grpc.StatusCode, detail: str = "") -> None:
        """Answer every Predict with this status from now on."""
        self.predict = lambda request, context: context.abort(code, detail)

    def hang(self) -> None:
        """Answer no Predict before the end of the test."""
        self.predict = lambda request, context: bytes(self.released.wait(30))

    def _predict(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        self.requests.append(wire.predict_pb2.PredictRequest.FromString(request))
        self.timeouts.append(context.time_remaining())
        return self.predict(self.requests[-1], context)

    def _status(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        return self._or_refused(self.status, context)

    def _metadata(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        return self._or_refused(self.metadata, context)

    @staticmethod
    def _or_refused(give: Callable[[], bytes], context: grpc.ServicerContext) -> bytes:
        try:
            return give()
        except NotImplementedError:
            context.abort(Code.UNIMPLEMENTED, "not built")
        except LookupError as error:
            context.abort(Code.NOT_FOUND, str(error.args[0]))


def answer(label: bytes = b"good", score: float = 0.875, version: int = 1) -> bytes:
    """Write a PredictResponse."""
    response = wire.predict_pb2.PredictResponse()
    response.model_spec.version.value = version
    response.outputs["label"].dtype = wire.STRING
    response.outputs["label"].string_val.append(label)
    response.outputs["score"].dtype = wire.FLOAT
    response.outputs["score"].float_val.append(score)
    written: bytes = response.SerializeToString()
    return written


def states(versions: dict[int, int]) -> bytes:
    """Write a GetModelStatusResponse: version to number of its state."""
    response = wire.get_model_status_pb2.GetModelStatusResponse()
    for version, state in versions.items():
        response.model_version_status.add(version=version, state=state)
    written: bytes = response.SerializeToString()
    return written


def signatures(
    name: str = "inspect",
    image: str = "image",
    dtype: int = wire.STRING,
    outputs: tuple[str, ...] = ("label", "score"),
) -> bytes:
    """Write a GetModelMetadataResponse with one signature."""
    signature_map = wire.get_model_metadata_pb2.SignatureDefMap()
    signature_map.signature_def[name].inputs[image].dtype = dtype
    for output in outputs:
        signature_map.signature_def[name].outputs[output].dtype = wire.STRING
    response = wire.get_model_metadata_pb2.GetModelMetadataResponse()
    response.metadata["signature_def"].Pack(signature_map)
    written: bytes = response.SerializeToString()
    return written


def gateway_to(server: Server, kind: str = "grpc", **settings: Any) -> GrpcGateway:
    """Make a gateway that does not wait long for what will not come."""
    settings = {"connect_timeout": 5 * SECOND, "warm_up_calls": 1, "warm_up_timeout": 5 * SECOND, **settings}
    return GrpcGateway(
        f"127.0.0.1:{server.port}", "inception_v3", "inspect", Pictures(), server=kind, **settings
    )


def inquiry(deadline: int | None = 5 * SECOND) -> Inquiry:
    """Ask about a stained part."""
    return Inquiry(7, 0, "defective", "stain", 0, deadline)


@pytest.fixture
def server() -> Iterator[Server]:
    """Serve for one test."""
    running = Server()
    running.start()
    yield running
    running.stop()


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
    assert {*OUTCOME_OF_STATUS, Code.OK} == set(Code)
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


def refused(server: Server, **settings: Any) -> str:
    """Enter the gateway and give the text it refuses with."""
    with pytest.raises(GatewayError) as caught, gateway_to(server, **settings):
        pass
    return str(caught.value).replace(f"127.0.0.1:{server.port}", "HOST")


def test_no_server_is_said_with_a_way_out() -> None:
    """The text names the target, how long it was tried, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    gateway = GrpcGateway(f"127.0.0.1:{port}", "m", "s", Pictures(), connect_timeout=300 * MILLISECOND)
    with pytest.raises(GatewayError) as caught, gateway:
        pass
    assert str(caught.value) == (
        f"no inference server at 127.0.0.1:{port} (tried for 300 ms): "
        f"start one with 'line-sim serve', or use the target 'embedded'"
    )
    assert caught.value.exit_code == 3


def test_a_model_that_is_not_there(server: Server) -> None:
    """GetModelStatus knows before any picture is sent."""

    def none() -> bytes:
        raise LookupError("Could not find any versions of model inception_v3")

    server.status = none
    assert refused(server) == (
        "HOST: model 'inception_v3' is not served there: Could not find any versions of model inception_v3"
    )
    assert server.requests == []


def test_a_model_that_is_not_available(server: Server) -> None:
    """A version that failed to load or is still loading cannot be used."""
    server.status = lambda: states({2: 20, 1: 50})
    assert refused(server, version=2) == (
        "HOST: model 'inception_v3', version 2 is not available there: version 2 is LOADING, version 1 is END"
    )


def test_a_server_without_model_status_will_do(server: Server) -> None:
    """Some servers have Predict only; the warm-up proves the rest."""

    def unbuilt() -> bytes:
        raise NotImplementedError

    server.status = server.metadata = unbuilt
    with gateway_to(server) as gateway:
        assert gateway.ask(inquiry()).outcome == Answered("good", 0.875)
    server.refuse(Code.FAILED_PRECONDITION, "no such signature")
    assert refused(server) == "HOST: model 'inception_v3' gave FAILED_PRECONDITION: no such signature"


@pytest.mark.parametrize(
    ("metadata", "complaint"),
    [
        (
            signatures(name="serving_default"),
            "there is no signature 'inspect'; its signatures are 'serving_default'",
        ),
        (
            signatures(image="jpeg"),
            "the signature 'inspect' must have the one input 'image'; its inputs are 'jpeg'",
        ),
        (
            signatures(dtype=wire.FLOAT),
            "the signature 'inspect' must take JPEG bytes, but its input 'image' is not a string",
        ),
        (
            signatures(outputs=("logits", "score")),
            "the signature 'inspect' has no output 'label'; its outputs are 'logits', 'score'",
        ),
    ],
)
def test_what_does_not_fit_is_named(server: Server, metadata: bytes, complaint: str) -> None:
    """When the warm-up fails, the model's own metadata says why."""
    server.refuse(Code.INVALID_ARGUMENT, "something is wrong")
    server.metadata = lambda: metadata
    assert refused(server) == f"HOST: model 'inception_v3': {complaint}"


def test_a_warm_up_that_is_never_answered(server: Server) -> None:
    """A model that does not answer its warm-up will not inspect parts either."""
    server.hang()
    assert refused(server, warm_up_timeout=100 * MILLISECOND) == (
        "HOST: model 'inception_v3' gave no answer within 100 ms"
    )


def test_a_score_that_is_none_is_refused_at_the_start(server: Server) -> None:
    """Logits instead of a score would send every part to the wrong lane."""
    server.predict = lambda request, context: answer(score=7.5)
    assert refused(server) == "HOST: model 'inception_v3' gave OK: the score is 7.5; it must be in [0, 1]"
