"""KServe's v2 protocol over gRPC: questions about a picture, about a model, and what comes back."""

from collections.abc import Sequence
from typing import Any

from line_sim.inspection.outcome import Unreadable
from line_sim.inspection.wires.classes import refuse_rank
from line_sim.inspection.wires.kserve.answers import Output, judged
from line_sim.inspection.wires.kserve.elements import BYTES, raw_values
from line_sim.inspection.wires.kserve.form import InputForm, Model, TensorInfo
from line_sim.inspection.wires.kserve.messages import (
    MODEL_INFER,
    MODEL_METADATA,
    MODEL_READY,
    SERVER_READY,
    Message,
    message,
    parsed,
    serialised,
    written,
)
from line_sim.inspection.wires.question import ModelQuestion, ReadAnswer
from line_sim.inspection.wires.told import listed, told
from line_sim.inspection.wires.transport import Request

MOST_OUTPUTS = 1_000
"""Outputs of an answer that are looked at; no model has as many."""

LONGEST_VERSION = 100
"""Characters of a version's name that are kept."""

BEST_CLASS = "classification"
"""The parameter of an output that asks Triton for so many of its best classes in place of all scores."""

TIMEOUT = "timeout"
"""The parameter of a question that says how many us it may wait in the server's queue."""


class KserveGrpcWire:
    """Asks one model about pictures; see `transport.Wire`. The question's names are those of the model."""

    def __init__(self, question: ModelQuestion, form: InputForm) -> None:
        self._question = question
        self._form = form

    def predict(self, picture: bytes) -> Request:
        """Write a ModelInferRequest with one picture, raw; only label and score are wanted."""
        question, form = self._question, self._form
        request = message("ModelInferRequest", model_name=question.model, model_version=_version(question))
        request.inputs.add(name=form.name, datatype=form.datatype, shape=form.shape(picture))
        request.raw_input_contents.append(form.raw(picture))
        for name in (question.label_output, question.score_output):
            if name:
                request.outputs.add(name=name)
        if not question.label_output:
            request.outputs[0].parameters.add(key=BEST_CLASS).value.int64_param = 1
        if question.queued_at_most is not None:
            request.parameters.add(key=TIMEOUT).value.int64_param = max(1, question.queued_at_most // 1000)
        return Request(MODEL_INFER, serialised(request))

    def read_answer(self, body: bytes) -> ReadAnswer:
        """Read label and score from a ModelInferResponse; never raises."""
        version = ""
        try:
            response = parsed("ModelInferResponse", body)
            version = told(response.model_version, LONGEST_VERSION)
            return ReadAnswer(judged(self._question, lambda name: _output(response, name)), version)
        except ValueError as error:
            return ReadAnswer(Unreadable(str(error)), version)


def server_ready() -> Request:
    """Ask whether the server is ready: it costs it nothing."""
    return Request(SERVER_READY, written("ServerReadyRequest"))


def model_ready(question: ModelQuestion) -> Request:
    """Ask whether the model is ready."""
    return Request(MODEL_READY, written("ModelReadyRequest", name=question.model, version=_version(question)))


def model_metadata(question: ModelQuestion) -> Request:
    """Ask what the model is."""
    body = written("ModelMetadataRequest", name=question.model, version=_version(question))
    return Request(MODEL_METADATA, body)


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
        if len(many) > MOST_OUTPUTS:
            raise ValueError(f"the model has {len(many):,} inputs, outputs or versions")
    versions = tuple(told(one, LONGEST_VERSION) for one in model.versions)
    return Model(versions, _infos("input", model.inputs), _infos("output", model.outputs))


def _version(question: ModelQuestion) -> str:
    return "" if question.version is None else str(question.version)


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


_TYPED = {BYTES: "bytes_contents", "FP32": "fp32_contents", "FP64": "fp64_contents"}
"""Datatype to its typed contents; FP16 has none."""


def _typed(tensor: Message) -> Sequence[Any]:
    field = _TYPED.get(tensor.datatype)
    values: Sequence[Any] = () if field is None else getattr(tensor.contents, field)
    return values
