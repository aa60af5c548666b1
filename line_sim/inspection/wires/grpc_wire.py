"""What TensorFlow Serving is asked over gRPC, and how its answers are read."""

import itertools
from collections.abc import Sequence
from typing import Any

from line_sim.inspection.outcome import Answered, Unreadable
from line_sim.inspection.wires.classes import (
    MOST_CLASSES,
    Tensor,
    best_class,
    one_row,
    only_label,
    raw_scores,
    refuse_rank,
    size_of,
    whole,
)
from line_sim.inspection.wires.messages.private import Message, serialised
from line_sim.inspection.wires.messages.serving import (
    DOUBLE,
    FLOAT,
    GET_MODEL_METADATA,
    GET_MODEL_STATUS,
    PREDICT,
    STATES,
    STRING,
    message,
    parsed,
    unpacked,
)
from line_sim.inspection.wires.question import ModelQuestion, ReadAnswer, Signature
from line_sim.inspection.wires.told import listed
from line_sim.inspection.wires.transport import Request


class GrpcWire:
    """TensorFlow Serving's messages; see `transport.ServingWire`."""

    def __init__(self, question: ModelQuestion) -> None:
        self._question = question

    def predict(self, picture: bytes) -> Request:
        """Write a PredictRequest."""
        return Request(PREDICT, predict_request(self._question, picture))

    def predict_text(self, text: str) -> Request:
        """Write a PredictRequest whose string is base64 text."""
        return self.predict(text.encode("ascii"))

    def states(self) -> Request:
        """Write a GetModelStatusRequest."""
        return Request(GET_MODEL_STATUS, status_request(self._question))

    def signatures(self) -> Request:
        """Write a GetModelMetadataRequest."""
        return Request(GET_MODEL_METADATA, metadata_request(self._question))

    def read_answer(self, body: bytes) -> ReadAnswer:
        """Read a PredictResponse; never raises."""
        return read_answer(self._question, body)

    def read_states(self, body: bytes) -> dict[int, str]:
        """Read a GetModelStatusResponse. Raises ValueError."""
        return read_states(body)

    def read_signatures(self, body: bytes) -> dict[str, Signature]:
        """Read a GetModelMetadataResponse. Raises ValueError."""
        return read_signatures(body)


def predict_request(question: ModelQuestion, picture: bytes) -> bytes:
    """Write a PredictRequest with one picture: DT_STRING of shape [1], only label and score wanted."""
    wanted = [name for name in (question.label_output, question.score_output) if name]
    request = message("PredictRequest", output_filter=wanted)
    _fill_spec(request.model_spec, question)
    request.model_spec.signature_name = question.signature
    tensor = request.inputs[question.input_name]
    tensor.dtype = STRING
    tensor.tensor_shape.dim.add(size=1)
    tensor.string_val.append(picture)
    return serialised(request)


def status_request(question: ModelQuestion) -> bytes:
    """Write a GetModelStatusRequest."""
    request = message("GetModelStatusRequest")
    _fill_spec(request.model_spec, question)
    return serialised(request)


def metadata_request(question: ModelQuestion) -> bytes:
    """Write a GetModelMetadataRequest for the signatures."""
    request = message("GetModelMetadataRequest", metadata_field=["signature_def"])
    _fill_spec(request.model_spec, question)
    return serialised(request)


def read_answer(question: ModelQuestion, response: bytes) -> ReadAnswer:
    """Read label and score from the bytes of a PredictResponse; never raises."""
    try:
        told = parsed("PredictResponse", response)
    except ValueError as error:
        return ReadAnswer(Unreadable(str(error)))
    version = str(told.model_spec.version.value) if told.model_spec.HasField("version") else ""
    try:
        return ReadAnswer(_judged(question, told), version)
    except ValueError as error:
        return ReadAnswer(Unreadable(str(error)), version)


def read_states(response: bytes) -> dict[int, str]:
    """Read a GetModelStatusResponse: version to state, such as `AVAILABLE`. Raises ValueError."""
    told = parsed("GetModelStatusResponse", response)
    return {one.version: STATES.get(one.state, str(one.state)) for one in told.model_version_status}


def read_signatures(response: bytes) -> dict[str, Signature]:
    """Read a GetModelMetadataResponse: signature name to its inputs and outputs. Raises ValueError."""
    told = parsed("GetModelMetadataResponse", response)
    try:
        signatures = unpacked(told.metadata["signature_def"], "tensorflow.serving", "SignatureDefMap")
    except ValueError:
        raise ValueError("the answer is not a GetModelMetadataResponse") from None
    return {
        name: Signature(
            inputs=tuple(sorted(one.inputs)),
            string_inputs=tuple(sorted(alias for alias, info in one.inputs.items() if info.dtype == STRING)),
            outputs=tuple(sorted(one.outputs)),
            shapes={
                alias: tuple(dim.size for dim in info.tensor_shape.dim)
                for alias, info in one.inputs.items()
                if _is_told(info) and len(info.tensor_shape.dim) != 1
            },
        )
        for name, one in signatures.signature_def.items()
        if not name.startswith("__")
    }


def _is_told(info: Message) -> bool:
    """Whether a signature says which shape an input has; none at all is a shape, too."""
    return bool(info.HasField("tensor_shape") and not info.tensor_shape.unknown_rank)


def _fill_spec(spec: Message, question: ModelQuestion) -> None:
    spec.name = question.model
    if question.version is not None:
        spec.version.value = question.version


def _output(told: Message, name: str) -> Message:
    if name not in told.outputs:
        raise ValueError(f"the answer has no output {name!r}; it has {listed(told.outputs)}")
    return told.outputs[name]


def _judged(question: ModelQuestion, told: Message) -> Answered:
    """Read the best class of an answer. Raises ValueError."""
    labels = _labels(_output(told, question.label_output))
    if not question.score_output:
        return only_label(labels)
    return best_class(labels, _scores(_output(told, question.score_output)))


def _labels(tensor: Message) -> list[str]:
    """Read a tensor of strings as the labels of one row."""
    if tensor.dtype != STRING:
        raise ValueError("the label is not a string")
    strings = tensor.string_val or _strings(tensor.tensor_content)
    try:
        return [str(label, "utf-8") for label in one_row("label", _whole("label", tensor, strings))]
    except UnicodeDecodeError:
        raise ValueError("the label is not UTF-8") from None


def _scores(tensor: Message) -> Sequence[float]:
    """Read a tensor of numbers as the scores of one row."""
    if tensor.dtype not in _NUMBERS:
        raise ValueError("the score is neither a float nor a double")
    field, layout = _NUMBERS[tensor.dtype]
    values: Sequence[float] = getattr(tensor, field) or raw_scores(tensor.tensor_content, layout)
    return one_row("score", _whole("score", tensor, values))


_NUMBERS = {FLOAT: ("float_val", "<f"), DOUBLE: ("double_val", "<d")}
"""DataType to its typed field and the layout of its tensor_content."""


def _whole(what: str, tensor: Message, values: Sequence[Any]) -> Tensor[Any]:
    """Hold the values against the shape; fewer than it says stand for all, the last one repeated.

    A tensor without dimensions is taken as it is. Raises ValueError for a shape that they do not fit.
    """
    dimensions = tensor.tensor_shape.dim
    if tensor.tensor_shape.unknown_rank:
        return Tensor(None, values)
    refuse_rank(what, len(dimensions))
    shape = tuple(one.size for one in dimensions)
    size = size_of(shape)
    if 0 < len(values) < size <= MOST_CLASSES:
        values = [*values, *[values[-1]] * (size - len(values))]
    return whole(what, shape, values)


def _strings(content: bytes) -> list[bytes]:
    """Give the strings of a tensor_content: all their lengths as varints, then all their bytes.

    How many there are is not told: the lengths end where what they add up to is all that is left. None
    where that does not come out.
    """
    ends: list[int] = [0]
    at = length = shift = 0
    while at < len(content) and len(ends) <= MOST_CLASSES and shift < 35:
        byte = content[at]
        at += 1
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte >= 0x80:
            continue
        ends.append(ends[-1] + length)
        length = shift = 0
        if ends[-1] >= len(content) - at:
            break
    if shift or ends[-1] != len(content) - at:
        return []
    return [content[at + begin : at + end] for begin, end in itertools.pairwise(ends)]
