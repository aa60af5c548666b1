"""The messages on the wire, made and read without TensorFlow."""

import struct
import subprocess
import sys

import pytest
from generated import get_model_metadata_pb2, get_model_status_pb2, predict_pb2

from line_sim.inspection.outcome import Answered, Unreadable
from line_sim.inspection.wires import grpc_wire
from line_sim.inspection.wires.fitting.tensors import TensorKind
from line_sim.inspection.wires.messages.serving import DOUBLE, FLOAT, STRING

QUESTION = grpc_wire.ModelQuestion("inception_v3", "inspect")


def python(story: str) -> str:
    """Run a story in a Python of its own and give what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", story], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def response_with(label: bytes | None = b"good", score: float | None = 0.9) -> "grpc_wire.Message":
    """Make the PredictResponse of a healthy server, or one with an output missing."""
    response = predict_pb2.PredictResponse()
    response.model_spec.version.value = 0
    if label is not None:
        response.outputs["label"].dtype = STRING
        response.outputs["label"].string_val.append(label)
    if score is not None:
        response.outputs["score"].dtype = FLOAT
        response.outputs["score"].float_val.append(score)
    return response


def read(response: "grpc_wire.Message") -> Answered | Unreadable:
    """Read an answer from the bytes that a message becomes."""
    return grpc_wire.read_answer(QUESTION, response.SerializeToString()).outcome


def test_the_messages_come_without_tensorflow() -> None:
    """Nor do they need the package of TensorFlow Serving's own classes."""
    said = python(
        "import sys\n"
        "for name in ('tensorflow', 'tensorflow_serving'): sys.modules[name] = None\n"
        "from line_sim.inspection.wires import grpc_wire\n"
        "request = grpc_wire.predict_request(grpc_wire.ModelQuestion('m', 's'), b'x')\n"
        "print(len(request) > 0)\n"
    )
    assert said.strip() == "True"


@pytest.mark.slow
def test_tensorflow_may_be_there_as_well() -> None:
    """The real package can be imported beside them, and its tensors are read."""
    said = python(
        "from line_sim.inspection.wires.classes import raw_numbers\n"
        "import tensorflow as tf\n"
        "from line_sim.inspection.wires.messages.serving import parsed\n"
        "told = parsed('TensorProto', tf.make_tensor_proto([1.0, 2.0]).SerializeToString())\n"
        "print(raw_numbers('score', told.tensor_content, '<f'), int(tf.constant(1) + 1))\n"
    )
    assert said.strip() == "[1.0, 2.0] 2"


def test_the_request_is_the_published_one() -> None:
    """One picture goes as DT_STRING of shape [1] in string_val; version 0 is a version."""
    question = grpc_wire.ModelQuestion("inception_v3", "inspect", version=0)
    request = predict_pb2.PredictRequest.FromString(grpc_wire.predict_request(question, b"\xff\xd8jpeg"))
    tensor = request.inputs["image"]
    assert (request.model_spec.name, request.model_spec.signature_name) == ("inception_v3", "inspect")
    assert request.model_spec.HasField("version")
    assert (tensor.dtype, [dim.size for dim in tensor.tensor_shape.dim]) == (7, [1])
    assert list(tensor.string_val) == [b"\xff\xd8jpeg"]
    assert list(request.output_filter) == ["label", "score"]


def test_no_version_asks_for_the_latest() -> None:
    """Without a version the field is absent, which is not the same as 0."""
    request = predict_pb2.PredictRequest.FromString(grpc_wire.predict_request(QUESTION, b""))
    assert not request.model_spec.HasField("version")


def test_a_healthy_answer_is_read() -> None:
    """Label, score and the version that answered."""
    answer = grpc_wire.read_answer(QUESTION, response_with(b"good", 0.5).SerializeToString())
    assert answer == grpc_wire.ReadAnswer(Answered("good", 0.5), version="0")


def test_tensor_content_is_read_as_well() -> None:
    """Other servers write raw bytes where TensorFlow Serving writes typed fields."""
    response = response_with(None, None)
    response.outputs["label"].dtype = STRING
    response.outputs["label"].tensor_content = bytes([4]) + b"good"
    response.outputs["score"].dtype = FLOAT
    response.outputs["score"].tensor_content = struct.pack("<f", 0.25)
    assert read(response) == Answered("good", 0.25)


@pytest.mark.parametrize("raw", [False, True])
def test_a_double_is_a_score_too(raw: bool) -> None:
    """A score may come in double precision, in either encoding."""
    response = response_with(score=None)
    response.outputs["score"].dtype = DOUBLE
    if raw:
        response.outputs["score"].tensor_content = struct.pack("<d", 0.75)
    else:
        response.outputs["score"].double_val.append(0.75)
    assert read(response) == Answered("good", 0.75)


def test_a_score_that_rounded_past_one_is_one() -> None:
    """A softmax in low precision may say 1.0004."""
    assert read(response_with(score=1.0004)) == Answered("good", 1.0)


@pytest.mark.parametrize(
    ("response", "complaint"),
    [
        (response_with(label=None), "the answer has no output 'label'; it has 'score'"),
        (response_with(score=None), "the answer has no output 'score'; it has 'label'"),
        (response_with(label=b""), "the label is empty"),
        (response_with(label=b"\xff\xfe"), "the label is not UTF-8"),
        (response_with(score=float("nan")), "the score is nan; it must be in [0, 1]"),
        (response_with(score=7.5), "the score is 7.5; it must be in [0, 1]"),
    ],
)
def test_an_answer_without_label_and_score_is_unreadable(
    response: "grpc_wire.Message", complaint: str
) -> None:
    """What cannot be used is said, and nothing is raised."""
    assert read(response) == Unreadable(complaint)


def test_wrong_types_are_unreadable() -> None:
    """A label that is a number, or a score that is a string, is no answer."""
    swapped = predict_pb2.PredictResponse()
    swapped.outputs["label"].CopyFrom(response_with().outputs["score"])
    swapped.outputs["score"].CopyFrom(response_with().outputs["label"])
    assert read(swapped) == Unreadable("the label is DT_FLOAT; it must be DT_STRING, DT_INT32 or DT_INT64")
    half = response_with()
    half.outputs["score"].CopyFrom(half.outputs["label"])
    assert read(half) == Unreadable("the score is DT_STRING; it must be DT_FLOAT or DT_DOUBLE")


def test_empty_tensors_are_unreadable() -> None:
    """A batch of none has neither label nor score."""
    response = response_with()
    response.outputs["score"].ClearField("float_val")
    assert read(response) == Unreadable("the score is empty")
    response.outputs["label"].ClearField("string_val")
    assert read(response) == Unreadable("the label is empty")


def test_bytes_that_are_no_message_are_unreadable() -> None:
    """Garbage is an outcome, not an exception."""
    outcome = grpc_wire.read_answer(QUESTION, b"\xff\xff\xff garbage").outcome
    assert outcome == Unreadable("the answer is not a PredictResponse")


def test_states_of_versions_are_read() -> None:
    """GetModelStatus tells each version's state by its name."""
    status = get_model_status_pb2.GetModelStatusResponse()
    status.model_version_status.add(version=2, state=30)
    status.model_version_status.add(version=1, state=50)
    assert grpc_wire.read_states(status.SerializeToString()) == {2: "AVAILABLE", 1: "END"}


def test_signatures_are_read_without_the_initialiser() -> None:
    """GetModelMetadata tells the names of inputs and outputs; TF2's own signature is left out."""
    signatures = get_model_metadata_pb2.SignatureDefMap()
    signatures.signature_def["inspect"].inputs["image"].dtype = STRING
    signatures.signature_def["inspect"].outputs["label"].dtype = STRING
    signatures.signature_def["__saved_model_init_op"].outputs["op"].dtype = 0
    response = get_model_metadata_pb2.GetModelMetadataResponse()
    response.metadata["signature_def"].Pack(signatures)
    assert grpc_wire.read_signatures(response.SerializeToString()) == {
        "inspect": grpc_wire.Signature(
            inputs={"image": TensorKind("DT_STRING")}, outputs={"label": TensorKind("DT_STRING")}
        )
    }
