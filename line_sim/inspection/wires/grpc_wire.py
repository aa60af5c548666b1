"""TensorFlow Serving's messages, without TensorFlow.

The generated modules of tensorflow-serving-api say `from tensorflow.core... import ..._pb2`, which
would run the whole of `import tensorflow`: seconds, and hundreds of megabytes. They need no more
than the generated modules that lie in TensorFlow's folder, so while they are imported a bare package
object with the real search path stands in for `tensorflow`. Afterwards it is taken away again, with
everything that was imported below it, and a later `import tensorflow` works as ever.
"""

import importlib
import importlib.util
import itertools
import sys
import types
from collections.abc import Sequence
from typing import Any, TypeAlias

from google.protobuf.message import DecodeError

from line_sim.errors import GatewayError
from line_sim.inspection.outcome import Answered, Unreadable
from line_sim.inspection.wires.classes import (
    MOST_CLASSES,
    Label,
    Tensor,
    judged,
    one_row,
    raw_numbers,
    refuse_rank,
    size_of,
    whole,
)
from line_sim.inspection.wires.fitting.constants import Constant
from line_sim.inspection.wires.fitting.signatures import AS_A_JPEG, Fit
from line_sim.inspection.wires.fitting.tensors import TensorKind
from line_sim.inspection.wires.question import ModelQuestion, ReadAnswer, Signature
from line_sim.inspection.wires.told import listed
from line_sim.inspection.wires.transport import Request

Message: TypeAlias = Any  # a generated message or message class; their modules carry no types

PREDICT = "/tensorflow.serving.PredictionService/Predict"
GET_MODEL_METADATA = "/tensorflow.serving.PredictionService/GetModelMetadata"
GET_MODEL_STATUS = "/tensorflow.serving.ModelService/GetModelStatus"

STRING, FLOAT, DOUBLE, INT32, INT64 = 7, 1, 2, 3, 9
"""DataType numbers of tensorflow/core/framework/types.proto."""

TYPES = {
    1: "DT_FLOAT",
    2: "DT_DOUBLE",
    3: "DT_INT32",
    4: "DT_UINT8",
    5: "DT_INT16",
    6: "DT_INT8",
    7: "DT_STRING",
    9: "DT_INT64",
    10: "DT_BOOL",
    14: "DT_BFLOAT16",
    19: "DT_HALF",
    22: "DT_UINT32",
    23: "DT_UINT64",
}
"""What TensorFlow calls them, and REST with it."""

_NUMBER_OF = {name: number for number, name in TYPES.items()}
_FIELDS = {
    "DT_FLOAT": "float_val",
    "DT_DOUBLE": "double_val",
    "DT_INT32": "int_val",
    "DT_UINT8": "int_val",
    "DT_INT64": "int64_val",
    "DT_BOOL": "bool_val",
    "DT_STRING": "string_val",
}
"""Where a TensorProto has the values of a type."""


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
    request = predict_pb2.PredictRequest(output_filter=wanted)
    _fill_spec(request.model_spec, question)
    request.model_spec.signature_name = question.signature
    tensor = request.inputs[question.input_name]
    if fit.pixels is None:
        _shape(tensor, "DT_STRING", (1,))
        tensor.string_val.append(picture)
    else:
        _shape(tensor, fit.pixels.dtype, fit.pixels.shape)
        tensor.tensor_content = fit.pixels.content(picture)
    for constant in fit.constants:
        _fill(request.inputs[constant.name], constant)
    return _written(request)


def _fill(tensor: Message, constant: Constant) -> None:
    _shape(tensor, constant.dtype, constant.shape)
    texts = (value.encode() if isinstance(value, str) else value for value in constant.values)
    getattr(tensor, _FIELDS[constant.dtype]).extend(texts)


def _shape(tensor: Message, dtype: str, shape: Sequence[int]) -> None:
    tensor.dtype = _NUMBER_OF[dtype]
    tensor.tensor_shape.SetInParent()  # a scalar has a shape, too
    for size in shape:
        tensor.tensor_shape.dim.add(size=size)


def status_request(question: ModelQuestion) -> bytes:
    """Write a GetModelStatusRequest."""
    request = get_model_status_pb2.GetModelStatusRequest()
    _fill_spec(request.model_spec, question)
    return _written(request)


def metadata_request(question: ModelQuestion) -> bytes:
    """Write a GetModelMetadataRequest for the signatures."""
    request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
    _fill_spec(request.model_spec, question)
    return _written(request)


def read_answer(question: ModelQuestion, response: bytes) -> ReadAnswer:
    """Read label and score from the bytes of a PredictResponse; never raises."""
    try:
        message = predict_pb2.PredictResponse.FromString(response)
    except DecodeError:
        return ReadAnswer(Unreadable("the answer is not a PredictResponse"))
    version = str(message.model_spec.version.value) if message.model_spec.HasField("version") else ""
    try:
        return ReadAnswer(_judged(question, message), version)
    except ValueError as error:
        return ReadAnswer(Unreadable(str(error)), version)


def read_states(response: bytes) -> dict[int, str]:
    """Read a GetModelStatusResponse: version to state, such as `AVAILABLE`. Raises ValueError."""
    try:
        message = get_model_status_pb2.GetModelStatusResponse.FromString(response)
    except DecodeError:
        raise ValueError("the answer is not a GetModelStatusResponse") from None
    names = {number: name for name, number in get_model_status_pb2.ModelVersionStatus.State.items()}
    return {one.version: names.get(one.state, str(one.state)) for one in message.model_version_status}


def read_signatures(response: bytes) -> dict[str, Signature]:
    """Read a GetModelMetadataResponse: signature name to its inputs and outputs. Raises ValueError."""
    signatures = get_model_metadata_pb2.SignatureDefMap()
    message = _metadata(response)
    try:
        told = message.metadata["signature_def"].Unpack(signatures)
    except DecodeError:
        told = False
    if not told:
        raise ValueError(_NO_METADATA)
    return {
        name: Signature(_kinds(one.inputs), _kinds(one.outputs))
        for name, one in signatures.signature_def.items()
        if not name.startswith("__")
    }


def read_version(response: bytes) -> str:
    """Read which version a GetModelMetadataResponse is of. Raises ValueError."""
    message = _metadata(response)
    if not message.model_spec.HasField("version"):
        raise ValueError(_NO_METADATA)
    return str(message.model_spec.version.value)


_NO_METADATA = "the answer is not a GetModelMetadataResponse"


def _metadata(response: bytes) -> Message:
    try:
        return get_model_metadata_pb2.GetModelMetadataResponse.FromString(response)
    except DecodeError:
        raise ValueError(_NO_METADATA) from None


def _kinds(tensors: Message) -> dict[str, TensorKind]:
    return {alias: _kind(tensors[alias]) for alias in sorted(tensors)}


def _kind(info: Message) -> TensorKind:
    """Read a tensor's type and shape, where that is told; none at all is a shape, too."""
    shape = None
    if info.HasField("tensor_shape") and not info.tensor_shape.unknown_rank:
        shape = tuple(dim.size for dim in info.tensor_shape.dim)
    return TensorKind(TYPES.get(info.dtype, f"type {info.dtype}"), shape)


def _fill_spec(spec: Message, question: ModelQuestion) -> None:
    spec.name = question.model
    if isinstance(question.version, str):
        spec.version_label = question.version
    elif question.version is not None:
        spec.version.value = question.version


def _written(message: Message) -> bytes:
    written: bytes = message.SerializeToString()
    return written


def _output(message: Message, name: str) -> Message:
    if name not in message.outputs:
        raise ValueError(f"the answer has no output {name!r}; it has {listed(message.outputs)}")
    return message.outputs[name]


def _judged(question: ModelQuestion, message: Message) -> Answered:
    """Read the best class of an answer. Raises ValueError."""
    label, score = question.label_output, question.score_output
    labels = _labels(_output(message, label)) if label else None
    scores = _scores(_output(message, score)) if score else None
    return judged(question.classes, labels, scores)


def _labels(tensor: Message) -> list[Label]:
    """Read a tensor of strings, or of the numbers of classes, as the labels of one row."""
    if tensor.dtype in _CLASSES:
        return [int(number) for number in _row("label", tensor, *_CLASSES[tensor.dtype])]
    if tensor.dtype != STRING:
        raise ValueError("the label is neither a string nor the number of a class, an int32 or int64")
    strings = tensor.string_val or _strings(tensor.tensor_content)
    try:
        return [str(label, "utf-8") for label in one_row("label", _whole("label", tensor, strings))]
    except UnicodeDecodeError:
        raise ValueError("the label is not UTF-8") from None


def _scores(tensor: Message) -> Sequence[float]:
    """Read a tensor of numbers as the scores of one row."""
    if tensor.dtype not in _NUMBERS:
        raise ValueError("the score is neither a float nor a double")
    return _row("score", tensor, *_NUMBERS[tensor.dtype])


def _row(what: str, tensor: Message, field: str, layout: str) -> Sequence[float]:
    """Return the numbers of one row, typed or raw."""
    values: Sequence[float] = getattr(tensor, field) or raw_numbers(what, tensor.tensor_content, layout)
    return one_row(what, _whole(what, tensor, values))


_CLASSES = {INT32: ("int_val", "<i"), INT64: ("int64_val", "<q")}
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


def _import_messages(names: Sequence[str], package: str = "apis") -> list[types.ModuleType]:
    """Import generated modules of tensorflow-serving-api without running TensorFlow's package file."""
    with _StandIn():
        return [importlib.import_module(f"tensorflow_serving.{package}.{name}") for name in names]


class _StandIn:
    """A bare `tensorflow` package, for as long as the with-block lasts; nothing if the real one is loaded."""

    def __enter__(self) -> None:
        self._needed = "tensorflow" not in sys.modules
        if not self._needed:
            return
        spec = importlib.util.find_spec("tensorflow")
        if spec is None or spec.submodule_search_locations is None:
            raise GatewayError(
                "the messages of a gRPC gateway lie in the tensorflow package: install tensorflow"
            )
        package = types.ModuleType("tensorflow")
        package.__path__ = list(spec.submodule_search_locations)
        sys.modules["tensorflow"] = package

    def __exit__(self, *_: object) -> None:
        if self._needed:
            for name in [name for name in sys.modules if name.split(".")[0] == "tensorflow"]:
                del sys.modules[name]


predict_pb2, get_model_metadata_pb2, get_model_status_pb2 = _import_messages(
    ["predict_pb2", "get_model_metadata_pb2", "get_model_status_pb2"]
)
