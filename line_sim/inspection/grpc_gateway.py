"""The synchronous call to a real inference server, over TensorFlow Serving's gRPC.

One channel is kept for the whole run. It is connected, proved and warmed before the first part;
after that nothing that a server does can raise: every status is an outcome that the line routes.
"""

from collections.abc import Callable
from types import TracebackType
from typing import Self, cast

import grpc

from line_sim.errors import GatewayError
from line_sim.inspection.gateway import Inquiry, PlainStopwatch, Reply, Stopwatch
from line_sim.inspection.images.source import PictureSource
from line_sim.inspection.outcome import Answered, Outcome, TimedOut, Unavailable, Unreadable
from line_sim.inspection.wire import (
    GET_MODEL_METADATA,
    GET_MODEL_STATUS,
    PREDICT,
    ModelQuestion,
    Signature,
    metadata_request,
    predict_request,
    read_answer,
    read_signatures,
    read_states,
    status_request,
)
from line_sim.units import SECOND, Nanoseconds, duration_text

Code = grpc.StatusCode

LONGEST_CALL = 5 * SECOND
"""Deadline of a call whose station waits for ever: a server that never answers must not stop the line."""

OUTCOME_OF_STATUS: dict[grpc.StatusCode, type[TimedOut | Unavailable | Unreadable]] = {
    Code.DEADLINE_EXCEEDED: TimedOut,  # the only status that says "too late"
    Code.INVALID_ARGUMENT: Unreadable,  # the server is well; it could not read this picture
    Code.DATA_LOSS: Unreadable,  # the same, of a picture damaged on its way
    Code.OUT_OF_RANGE: Unreadable,  # a value that the graph cannot digest
    Code.CANCELLED: Unavailable,
    Code.UNKNOWN: Unavailable,
    Code.NOT_FOUND: Unavailable,  # the model was unloaded in mid-run
    Code.ALREADY_EXISTS: Unavailable,
    Code.PERMISSION_DENIED: Unavailable,
    Code.UNAUTHENTICATED: Unavailable,
    Code.RESOURCE_EXHAUSTED: Unavailable,  # overload, or an answer beyond a size limit
    Code.FAILED_PRECONDITION: Unavailable,  # the signature went with the version that had it
    Code.ABORTED: Unavailable,
    Code.UNIMPLEMENTED: Unavailable,
    Code.INTERNAL: Unavailable,
    Code.UNAVAILABLE: Unavailable,  # no connection: the server is down or gone
}
"""What each gRPC status but OK means to the line. OK is answered, or unreadable without a label and score."""

_CHANNEL_OPTIONS = (
    ("grpc.enable_http_proxy", 0),  # an office proxy must not get between camera and server
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    ("grpc.keepalive_time_ms", 60_000),  # finds a dead network during long calls; servers allow no more often
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1_000),  # a server that is back is used again within a second
)

Rpc = Callable[..., bytes]


class GrpcGateway:
    """Asks one model behind `target` (HOST:PORT), one picture at a time; see `gateway.Gateway`.

    `server` says in `run.json` what kind of server it is. `warm_up_calls` are made before the first
    part, each given `warm_up_timeout`: a network's first run takes seconds.
    """

    live = True

    def __init__(
        self,
        target: str,
        model: str,
        signature: str,
        pictures: PictureSource,
        *,
        version: int | None = None,
        input_name: str = "image",
        label_output: str = "label",
        score_output: str = "score",
        server: str = "grpc",
        connect_timeout: Nanoseconds = 10 * SECOND,
        warm_up_calls: int = 3,
        warm_up_timeout: Nanoseconds = 60 * SECOND,
    ) -> None:
        self._target = target
        self._question = ModelQuestion(model, signature, version, input_name, label_output, score_output)
        self._pictures = pictures
        self._server = server
        self._connect_timeout = connect_timeout
        self._warm_up_calls = warm_up_calls
        self._warm_up_timeout = warm_up_timeout
        self._versions: dict[str, None] = {}  # in order; several threads add to it
        self._channel: grpc.Channel | None = None
        self._predict: Rpc | None = None

    @property
    def identity(self) -> dict[str, str]:
        """Server, target, model, and every version that has answered so far, in order."""
        return {
            "server": self._server,
            "target": self._target,
            "model": self._question.model,
            "version": ", ".join(self._versions),
        }

    def __enter__(self) -> Self:
        """Connect, prove that model, signature, input and outputs fit, and warm the model up.

        Raises GatewayError.
        """
        self._channel = grpc.insecure_channel(self._target, options=_CHANNEL_OPTIONS)
        try:
            self._connect(self._channel)
            self._check_served()
            self._predict = self._rpc(PREDICT)
            for _ in range(max(1, self._warm_up_calls)):
                self._warm_up()
        except BaseException:  # __exit__ is not called when __enter__ raises
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the channel; a call that still hangs in it is cancelled."""
        self._close()

    def ask(self, inquiry: Inquiry, stopwatch: Stopwatch | None = None) -> Reply:
        """Send the part's picture and wait for the answer, at most until the deadline (5 s without one)."""
        picture = self._pictures.picture(inquiry.item_id, inquiry.true_state, inquiry.defect)
        request = predict_request(self._question, picture)
        deadline = LONGEST_CALL if inquiry.deadline is None else inquiry.deadline
        return self._call(request, deadline, stopwatch or PlainStopwatch())

    def _call(self, request: bytes, deadline: Nanoseconds, stopwatch: Stopwatch) -> Reply:
        """Make the call; the stopwatch runs around it alone."""
        if self._predict is None:
            raise RuntimeError("the gateway is not open: use it in a with-block")
        timeout = deadline / SECOND
        stopwatch.start()
        try:
            response = self._predict(request, timeout=timeout)
        except grpc.RpcError as error:
            latency = stopwatch.stop()
            code, detail = _status(error)
            return Reply(outcome_of(code, detail), latency, code.name, len(request))
        latency = stopwatch.stop()
        outcome = self._read(response)
        if latency > deadline:  # gRPC's timers are a millisecond coarse: the answer came, but too late
            return Reply(TimedOut(), latency, Code.DEADLINE_EXCEEDED.name, len(request))
        return Reply(outcome, latency, Code.OK.name, len(request))

    def _read(self, response: bytes) -> Outcome:
        answer = read_answer(self._question, response)
        if answer.version:
            self._versions.setdefault(answer.version)
        return answer.outcome

    def _connect(self, channel: grpc.Channel) -> None:
        ready = grpc.channel_ready_future(channel)
        try:
            ready.result(timeout=self._connect_timeout / SECOND)
        except grpc.FutureTimeoutError:
            waited = duration_text(self._connect_timeout)
            raise GatewayError(
                f"no inference server at {self._target} (tried for {waited}): "
                f"start one with 'line-sim serve', or use the target 'embedded'"
            ) from None
        finally:
            ready.cancel()

    def _check_served(self) -> None:
        """Refuse a model that the server does not have; without a ModelService the warm-up tells."""
        try:
            states = read_states(
                self._rpc(GET_MODEL_STATUS)(status_request(self._question), timeout=self._patience)
            )
        except grpc.RpcError as error:
            code, detail = _status(error)
            if code is Code.UNIMPLEMENTED:
                return
            if code is Code.NOT_FOUND:
                raise GatewayError(f"{self._asked} is not served there: {detail}") from None
            raise GatewayError(f"{self._asked}: GetModelStatus failed with {code.name}: {detail}") from None
        except ValueError as error:
            raise GatewayError(f"{self._asked}: {error}") from None
        if "AVAILABLE" not in states.values():
            seen = (
                ", ".join(f"version {version} is {state}" for version, state in states.items())
                or "no version"
            )
            raise GatewayError(f"{self._asked} is not available there: {seen}")

    def _warm_up(self) -> None:
        """Ask about a good part; anything but a label and a score means that no part could be inspected."""
        request = predict_request(self._question, self._pictures.picture(0, "good", ""))
        reply = self._call(request, self._warm_up_timeout, PlainStopwatch())
        if isinstance(reply.outcome, Answered):
            return
        misfit = self._misfit()
        if misfit:
            raise GatewayError(f"{self._asked}: {misfit}")
        if isinstance(reply.outcome, TimedOut):
            raise GatewayError(f"{self._asked} gave no answer within {duration_text(self._warm_up_timeout)}")
        raise GatewayError(f"{self._asked} gave {reply.status}: {reply.outcome.detail}")

    def _misfit(self) -> str:
        """Say what of the question the model does not have; empty where the server does not tell."""
        try:
            response = self._rpc(GET_MODEL_METADATA)(metadata_request(self._question), timeout=self._patience)
            return misfit(self._question, read_signatures(response))
        except (grpc.RpcError, ValueError):
            return ""

    @property
    def _asked(self) -> str:
        version = "" if self._question.version is None else f", version {self._question.version}"
        return f"{self._target}: model {self._question.model!r}{version}"

    @property
    def _patience(self) -> float:
        """Seconds for the questions about the model, once connected."""
        return max(1.0, self._connect_timeout / SECOND)

    def _rpc(self, method: str) -> Rpc:
        """Give a callable for one method; bytes in and out, so that a broken answer cannot raise in it."""
        if self._channel is None:
            raise RuntimeError("the gateway is not open: use it in a with-block")
        return cast(
            "Rpc", self._channel.unary_unary(method, request_serializer=None, response_deserializer=None)
        )

    def _close(self) -> None:
        if self._channel is not None:
            self._channel.close()
        self._channel = self._predict = None


def outcome_of(code: grpc.StatusCode, detail: str) -> Outcome:
    """Translate a status that is not OK; a status that gRPC may add one day is `Unavailable`."""
    kind = OUTCOME_OF_STATUS.get(code, Unavailable)
    return TimedOut() if kind is TimedOut else cast("type[Unavailable | Unreadable]", kind)(detail)


def misfit(question: ModelQuestion, signatures: dict[str, Signature]) -> str:
    """Compare the question with what the model has; empty where they fit."""
    if question.signature not in signatures:
        return f"there is no signature {question.signature!r}; its signatures {_are(signatures)}"
    signature = signatures[question.signature]
    where = f"the signature {question.signature!r}"
    if signature.inputs != (question.input_name,):
        return f"{where} must have the one input {question.input_name!r}; its inputs {_are(signature.inputs)}"
    if question.input_name not in signature.string_inputs:
        return f"{where} must take JPEG bytes, but its input {question.input_name!r} is not a string"
    for name in (question.label_output, question.score_output):
        if name not in signature.outputs:
            return f"{where} has no output {name!r}; its outputs {_are(signature.outputs)}"
    return ""


def _are(names: dict[str, Signature] | tuple[str, ...]) -> str:
    listed = ", ".join(map(repr, sorted(names))) or "none"
    return f"are {listed}"


def _status(error: grpc.RpcError) -> tuple[grpc.StatusCode, str]:
    """Read the status out of what a failed call raises: it is the call itself."""
    call = cast("grpc.Call", error)
    return call.code(), call.details() or ""
