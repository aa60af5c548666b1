"""KServe's v2 protocol over gRPC: questions about a picture, about a model, and what comes back."""

from collections.abc import Sequence
from typing import Any

from line_sim.inspection.outcome import Unreadable
from line_sim.inspection.wires import statuses
from line_sim.inspection.wires.classes import refuse_rank
from line_sim.inspection.wires.grpc_transport import GrpcTransport
from line_sim.inspection.wires.kserve.answers import Output, judged
from line_sim.inspection.wires.kserve.elements import BYTES, raw_values
from line_sim.inspection.wires.kserve.form import InputForm, Model, TensorInfo
from line_sim.inspection.wires.kserve.manner import (
    BEST_CLASS,
    LONGEST_VERSION,
    MOST_OUTPUTS,
    TIMEOUT,
    UNKNOWN_MODEL,
    About,
    Manner,
    State,
    longest_in_queue,
    refuse_many,
    software,
    version_text,
    wanted_outputs,
)
from line_sim.inspection.wires.kserve.messages import (
    MODEL_INFER,
    MODEL_METADATA,
    MODEL_READY,
    SERVER_METADATA,
    SERVER_READY,
    Message,
    message,
    parsed,
    serialised,
    written,
)
from line_sim.inspection.wires.question import ModelQuestion, ReadAnswer
from line_sim.inspection.wires.reaching import KSERVE_GRPC
from line_sim.inspection.wires.told import listed, told_in_line
from line_sim.inspection.wires.transport import Access, Request, Response


class KserveGrpcWire:
    """Asks one model about pictures; see `transport.Wire`. The question's names are those of the model."""

    def __init__(self, question: ModelQuestion, form: InputForm) -> None:
        self._question = question
        self._form = form

    def predict(self, picture: bytes) -> Request:
        """Write a ModelInferRequest with one picture, raw; only label and score are wanted."""
        question, form = self._question, self._form
        version = version_text(question)
        request = message("ModelInferRequest", model_name=question.model, model_version=version)
        request.inputs.add(name=form.name, datatype=form.datatype, shape=form.shape(picture))
        request.raw_input_contents.append(form.raw(picture))
        for name in wanted_outputs(question):
            request.outputs.add(name=name)
        if question.asks_for_the_best:
            request.outputs[0].parameters.add(key=BEST_CLASS).value.int64_param = 1
        waits = longest_in_queue(question)
        if waits is not None:
            request.parameters.add(key=TIMEOUT).value.int64_param = waits
        return Request(MODEL_INFER, serialised(request))

    def read_answer(self, body: bytes) -> ReadAnswer:
        """Read label and score from a ModelInferResponse; never raises."""
        version = ""
        try:
            response = parsed("ModelInferResponse", body)
            version = told_in_line(response.model_version, LONGEST_VERSION)
            return ReadAnswer(judged(self._question, lambda name: _output(response, name)), version)
        except ValueError as error:
            return ReadAnswer(Unreadable(str(error)), version)


def server_ready() -> Request:
    """Ask whether the server is ready: it costs it nothing."""
    return Request(SERVER_READY, written("ServerReadyRequest"))


def model_ready(question: ModelQuestion) -> Request:
    """Ask whether the model is ready."""
    body = written("ModelReadyRequest", name=question.model, version=version_text(question))
    return Request(MODEL_READY, body)


def model_metadata(question: ModelQuestion) -> Request:
    """Ask what the model is."""
    body = written("ModelMetadataRequest", name=question.model, version=version_text(question))
    return Request(MODEL_METADATA, body)


def server_metadata() -> Request:
    """Ask what the server is."""
    return Request(SERVER_METADATA, written("ServerMetadataRequest"))


def read_server(body: bytes) -> About:
    """Read a ServerMetadataResponse. Raises ValueError."""
    server = parsed("ServerMetadataResponse", body)
    return About(software(server.name, server.version), takes_bytes=True)


def read_server_ready(body: bytes) -> bool:
    """Read a ServerReadyResponse. Raises ValueError."""
    return bool(parsed("ServerReadyResponse", body).ready)


def read_model_ready(body: bytes) -> bool:
    """Read a ModelReadyResponse. Raises ValueError."""
    return bool(parsed("ModelReadyResponse", body).ready)


def read_model(body: bytes) -> Model:
    """Read a ModelMetadataResponse. Raises ValueError."""
    model = parsed("ModelMetadataResponse", body)
    for many in (model.inputs, model.outputs, model.versions):
        refuse_many(len(many))
    versions = tuple(told_in_line(one, LONGEST_VERSION) for one in model.versions)
    return Model(versions, _infos("input", model.inputs), _infos("output", model.outputs))


def _model_state(response: Response) -> State:
    if response.status == statuses.UNIMPLEMENTED:
        return "stranger"
    if response.status in UNKNOWN_MODEL:
        return "unknown"
    if response.status != statuses.OK:
        return "failed"
    return "ready" if read_model_ready(response.body) else "unready"


def _server_state(response: Response) -> State:
    if response.status != statuses.OK:
        return "failed"
    return "ready" if read_server_ready(response.body) else "unready"


def _grpc_wire(question: ModelQuestion, form: InputForm, *, binary: bool) -> KserveGrpcWire:  # noqa: ARG001
    return KserveGrpcWire(question, form)


def _grpc_way(target: str, access: Access) -> GrpcTransport:
    return GrpcTransport(target, access, KSERVE_GRPC)


GRPC = Manner(
    way=_grpc_way,
    usual_target="localhost:8001",
    server_ready=server_ready,
    server_state=_server_state,
    model_ready=model_ready,
    model_state=_model_state,
    model_metadata=model_metadata,
    read_model=read_model,
    wire=_grpc_wire,
    server_metadata=server_metadata,
    read_server=read_server,
    unsaid=About("", takes_bytes=True),
)
"""A channel is kept for the whole run; the deadline goes with every call."""


def _infos(what: str, tensors: Sequence[Message]) -> tuple[TensorInfo, ...]:
    for one in tensors:
        refuse_rank(what, len(one.shape))
    return tuple(TensorInfo(one.name, one.datatype, tuple(one.shape)) for one in tensors)


def _output(response: Message, name: str) -> Output:
    """Return an output by its name, wherever it stands. Raises ValueError where it is not there, or twice."""
    if len(response.outputs) > MOST_OUTPUTS:
        raise ValueError(f"the answer has {len(response.outputs):,} outputs; {MOST_OUTPUTS:,} are looked at")
    places = [place for place, one in enumerate(response.outputs) if one.name == name]
    if not places:
        known = listed({one.name for one in response.outputs})
        raise ValueError(f"the answer has no output {name!r}; it has {known}")
    if len(places) > 1:
        raise ValueError(f"the answer has {len(places):,} outputs {name!r}")
    tensor = response.outputs[places[0]]
    return Output(tensor.datatype, tensor.shape, _values(response, tensor, places[0]))


def _values(response: Message, tensor: Message, place: int) -> Sequence[Any]:
    """Return an output's values: raw ones where the answer has any, else the typed ones. Raises ValueError.

    MLServer mirrors the question: with raw contents the typed ones are there as well, and empty.
    """
    raw, typed = response.raw_output_contents, _typed(tensor)
    if not raw:
        return typed
    if len(raw) != len(response.outputs):
        raise ValueError(f"the answer has {len(response.outputs):,} outputs and {len(raw):,} raw contents")
    if len(typed):
        raise ValueError(f"the output {tensor.name!r} has raw contents and typed ones")
    return raw_values(tensor.datatype, raw[place])


_TYPED = {
    BYTES: "bytes_contents",
    "FP32": "fp32_contents",
    "FP64": "fp64_contents",
    "INT32": "int_contents",
    "INT64": "int64_contents",
}
"""Datatype to its typed contents; FP16 has none."""


def _typed(tensor: Message) -> Sequence[Any]:
    field = _TYPED.get(tensor.datatype)
    values: Sequence[Any] = () if field is None else getattr(tensor.contents, field)
    return values
