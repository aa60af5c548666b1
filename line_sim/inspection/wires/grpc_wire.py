"""What TensorFlow Serving is asked over gRPC, and how its answers are read."""

from line_sim.inspection.outcome import Answered, Unreadable
from line_sim.inspection.wires.classes import judged
from line_sim.inspection.wires.fitting.signatures import AS_A_JPEG, Fit
from line_sim.inspection.wires.grpc_tensors import describe, fill, kinds, labels_in, scores_in
from line_sim.inspection.wires.messages.private import Message, serialised
from line_sim.inspection.wires.messages.serving import (
    GET_MODEL_METADATA,
    GET_MODEL_STATUS,
    PREDICT,
    STATES,
    message,
    parsed,
    unpacked,
)
from line_sim.inspection.wires.question import ModelQuestion, ReadAnswer, Signature
from line_sim.inspection.wires.told import listed
from line_sim.inspection.wires.transport import Request


class GrpcWire:
    """TensorFlow Serving's messages; see `transport.ServingWire`."""

    def __init__(self, question: ModelQuestion, fit: Fit = AS_A_JPEG, /) -> None:
        self._question = question
        self._fit = fit

    def predict(self, picture: bytes) -> Request:
        """Write a PredictRequest."""
        return Request(PREDICT, predict_request(self._question, picture, self._fit))

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

    def read_version(self, body: bytes) -> str:
        """Read the version of a GetModelMetadataResponse. Raises ValueError."""
        return read_version(body)


def predict_request(question: ModelQuestion, picture: bytes, fit: Fit = AS_A_JPEG) -> bytes:
    """Write a PredictRequest with one picture, of which only label and score are wanted.

    The picture is its JPEG, DT_STRING of shape [1], or its pixels. Raises PictureError for one that is to be
    sent as pixels and cannot be decoded.
    """
    wanted = [name for name in (question.label_output, question.score_output) if name]
    request = message("PredictRequest", output_filter=wanted)
    _fill_spec(request.model_spec, question)
    request.model_spec.signature_name = question.signature
    tensor = request.inputs[question.input_name]
    if fit.pixels is None:
        describe(tensor, "DT_STRING", (1,))
        tensor.string_val.append(picture)
    else:
        describe(tensor, fit.pixels.dtype, fit.pixels.shape)
        tensor.tensor_content = fit.pixels.content(picture)
    for constant in fit.constants:
        fill(request.inputs[constant.name], constant)
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
        raise ValueError(_NO_METADATA) from None
    return {
        name: Signature(kinds(one.inputs), kinds(one.outputs))
        for name, one in signatures.signature_def.items()
        if not name.startswith("__")
    }


def read_version(response: bytes) -> str:
    """Read which version a GetModelMetadataResponse is of. Raises ValueError."""
    told = parsed("GetModelMetadataResponse", response)
    if not told.model_spec.HasField("version"):
        raise ValueError(_NO_METADATA)
    return str(told.model_spec.version.value)


_NO_METADATA = "the answer is not a GetModelMetadataResponse"


def _fill_spec(spec: Message, question: ModelQuestion) -> None:
    spec.name = question.model
    if isinstance(question.version, str):
        spec.version_label = question.version
    elif question.version is not None:
        spec.version.value = question.version


def _output(told: Message, name: str) -> Message:
    if name not in told.outputs:
        raise ValueError(f"the answer has no output {name!r}; it has {listed(told.outputs)}")
    return told.outputs[name]


def _judged(question: ModelQuestion, told: Message) -> Answered:
    """Read the best class of an answer. Raises ValueError."""
    label, score = question.label_output, question.score_output
    labels = labels_in(_output(told, label)) if label else None
    scores = scores_in(_output(told, score)) if score else None
    return judged(question.classes, labels, scores)
