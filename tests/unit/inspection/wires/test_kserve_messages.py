"""KServe's v2 messages against the published field numbers: the bytes are read and written by hand."""

import struct
import subprocess
import sys
from typing import Any

import pytest

from line_sim.inspection.outcome import Answered
from line_sim.inspection.wires.kserve import grpc_wire
from line_sim.inspection.wires.kserve.form import InputForm, Model, TensorInfo
from line_sim.inspection.wires.kserve.manner import About
from line_sim.inspection.wires.kserve.messages import parsed
from line_sim.inspection.wires.question import ModelQuestion, ReadAnswer
from line_sim.inspection.wires.transport import Request
from line_sim.units import MILLISECOND

Fields = list[tuple[int, Any]]


def fields(body: bytes) -> Fields:
    """Read a message's fields as protobuf encodes them: numbers, and bytes for all that has a length."""
    found: Fields = []
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = body[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(body):
        tag = varint()
        if tag & 7 == 0:
            found.append((tag >> 3, varint()))
            continue
        assert tag & 7 == 2, "nothing else is in these messages"
        size = varint()
        found.append((tag >> 3, body[at : at + size]))
        at += size
    return sorted(found, key=lambda pair: pair[0])


def field(number: int, content: bytes | int) -> bytes:
    """Write a field; short ones only."""
    if isinstance(content, int):
        return bytes([number << 3, content])
    assert len(content) < 0x80
    return bytes([number << 3 | 2, len(content)]) + content


def request(question: ModelQuestion, form: InputForm, picture: bytes = b"jpeg") -> Fields:
    """Return the fields of a question."""
    asked = grpc_wire.KserveGrpcWire(question, form).predict(picture)
    assert asked.method == "/inference.GRPCInferenceService/ModelInfer"
    return fields(asked.body)


def read(body: bytes) -> ReadAnswer:
    """Read an answer."""
    return grpc_wire.KserveGrpcWire(ModelQuestion("flanges"), InputForm("image")).read_answer(body)


def test_a_question_has_the_published_numbers() -> None:
    """Name 1, version 2, inputs 5 (name 1, datatype 2, shape 3), outputs 6 (name 1), raw contents 7."""
    written = request(ModelQuestion("flanges", version="v1.0"), InputForm("image"))
    assert [(number, value) for number, value in written if number in {1, 2, 7}] == [
        (1, b"flanges"),
        (2, b"v1.0"),
        (7, b"\x04\x00\x00\x00jpeg"),
    ]
    ((_, tensor),) = [pair for pair in written if pair[0] == 5]
    assert fields(tensor) == [(1, b"image"), (2, b"BYTES"), (3, b"\x01")]
    outputs = [fields(value) for number, value in written if number == 6]
    assert outputs == [[(1, b"label")], [(1, b"score")]]


@pytest.mark.parametrize(
    ("form", "shape", "raw"),
    [
        (InputForm("image", "BYTES", 2), b"\x01\x01", b"\x04\x00\x00\x00jpeg"),
        (InputForm("image", "UINT8", 1), b"\x04", b"jpeg"),
        (InputForm("image", "UINT8", 2), b"\x01\x04", b"jpeg"),
    ],
)
def test_the_form_of_the_input(form: InputForm, shape: bytes, raw: bytes) -> None:
    """BYTES is one element with its length before it, UINT8 the plain bytes; nothing is typed beside."""
    written = dict(request(ModelQuestion("m"), form))
    assert dict(fields(written[5])) == {1: b"image", 2: form.datatype.encode(), 3: shape}
    assert written[7] == raw


def test_without_a_version_none_is_sent() -> None:
    """The server then chooses one."""
    assert 2 not in dict(request(ModelQuestion("m"), InputForm("image")))


def test_a_label_alone_is_the_only_output_asked_for() -> None:
    """What is not needed is not sent back either."""
    asked = request(ModelQuestion("m", label_output="class", score_output=""), InputForm("image"))
    assert [fields(value) for number, value in asked if number == 6] == [[(1, b"class")]]


def test_the_best_class_is_asked_for_by_a_parameter_of_the_output() -> None:
    """Parameters are 2 of an output: a map, key 1 and value 2, whose int64 is 2."""
    asked = request(ModelQuestion("m", label_output="", score_output="probs"), InputForm("image"))
    ((_, output),) = [pair for pair in asked if pair[0] == 6]
    ((_, name), (_, parameter)) = fields(output)
    assert name == b"probs"
    ((_, key), (_, value)) = fields(parameter)
    assert (key, fields(value)) == (b"classification", [(2, 1)])


def test_the_time_in_the_queue_is_told_in_microseconds() -> None:
    """Parameters of the question are 4; by default there are none."""
    question = ModelQuestion("m", queued_at_most=100 * MILLISECOND)
    ((_, parameter),) = [pair for pair in request(question, InputForm("image")) if pair[0] == 4]
    ((_, key), (_, value)) = fields(parameter)
    assert (key, fields(value)) == (b"timeout", [(2, 100_000)])
    assert 4 not in dict(request(ModelQuestion("m"), InputForm("image")))


def test_questions_about_the_model() -> None:
    """Ready and metadata have name 1 and version 2; the server's readiness is an empty message."""
    question = ModelQuestion("flanges", version=3)
    assert grpc_wire.server_ready() == Request("/inference.GRPCInferenceService/ServerReady", b"")
    assert grpc_wire.server_metadata() == Request("/inference.GRPCInferenceService/ServerMetadata", b"")
    for asked in (grpc_wire.model_ready(question), grpc_wire.model_metadata(question)):
        assert fields(asked.body) == [(1, b"flanges"), (2, b"3")]
    assert grpc_wire.model_ready(question).method.endswith("/ModelReady")
    assert grpc_wire.model_metadata(question).method.endswith("/ModelMetadata")


def test_readiness_is_read() -> None:
    """It is field 1; what is not said is not so."""
    assert grpc_wire.read_server_ready(field(1, 1))
    assert not grpc_wire.read_server_ready(b"")
    assert grpc_wire.read_model_ready(field(1, 1))
    assert not grpc_wire.read_model_ready(field(1, 0))


def test_a_servers_name_is_read() -> None:
    """Name 1, version 2; extensions are 3, and left unread."""
    body = field(1, b"triton") + field(2, b"2.51.0") + field(3, b"classification")
    assert grpc_wire.read_server(body) == About("triton 2.51.0", takes_bytes=True)


def test_metadata_is_read() -> None:
    """Versions 2, inputs 4, outputs 5; each name 1, datatype 2, shape 3; all else is left unread."""
    minus_one = b"\xff" * 9 + b"\x01"
    tensor = field(1, b"image") + field(2, b"BYTES") + field(3, minus_one + b"\x01") + field(9, b"more")
    body = field(1, b"flanges") + field(2, b"1") + field(2, b"2") + field(4, tensor)
    output = field(1, b"label") + field(2, b"BYTES") + field(3, b"\x01")
    model = grpc_wire.read_model(body + field(3, b"python") + field(5, output))
    assert model == Model(
        ("1", "2"), (TensorInfo("image", "BYTES", (-1, 1)),), (TensorInfo("label", "BYTES", (1,)),)
    )


def test_an_answer_is_read() -> None:
    """Version 2, outputs 5 (name 1, datatype 2, shape 3), raw contents 6 in their order."""
    score = field(1, b"score") + field(2, b"FP32") + field(3, b"\x01")
    label = field(1, b"label") + field(2, b"BYTES") + field(3, b"\x01")
    raw = field(6, struct.pack("<f", 0.875)) + field(6, b"\x04\x00\x00\x00good")
    body = field(1, b"flanges") + field(2, b"v7") + field(5, score) + field(5, label) + raw
    assert read(body) == ReadAnswer(Answered("good", 0.875), "v7")


def test_typed_contents_are_read() -> None:
    """Contents 5 of an output: floats 6, doubles 7, bytes 8."""
    score = field(1, b"score") + field(2, b"FP64") + field(5, field(7, struct.pack("<d", 0.25)))
    label = field(1, b"label") + field(2, b"BYTES") + field(5, field(8, b"dent"))
    body = field(5, label) + field(5, score)
    assert read(body).outcome == Answered("dent", 0.25)
    narrow = field(1, b"score") + field(2, b"FP32") + field(5, field(6, struct.pack("<f", 0.5)))
    assert read(field(5, label) + field(5, narrow)).outcome == Answered("dent", 0.5)


def test_what_is_no_message_is_told() -> None:
    """By the name of what was waited for."""
    with pytest.raises(ValueError, match="the answer is not a ModelReadyResponse"):
        parsed("ModelReadyResponse", b"\xff\xff")


def test_somebody_elses_classes_may_be_there_as_well() -> None:
    """The pool is private: another package may register `inference`, before or after, and nothing clashes."""
    story = """
from google.protobuf import descriptor_pb2, descriptor_pool
file = descriptor_pb2.FileDescriptorProto(name="grpc_service.proto", package="inference", syntax="proto3")
file.message_type.add(name="ModelInferRequest")
descriptor_pool.Default().Add(file)
from line_sim.inspection.wires.kserve import grpc_wire, messages
other = descriptor_pb2.FileDescriptorProto(name="kserve.proto", package="wire", syntax="proto3")
other.message_type.add(name="ModelInferRequest")
descriptor_pool.Default().Add(other)
print(len(messages.written("ModelReadyRequest", name="m")))
import sys
print([name for name in sys.modules if name.split(".")[0] in ("tensorflow", "tensorflow_serving")])
"""
    done = subprocess.run(
        [sys.executable, "-c", story], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.stdout.split(), done.stderr) == (["3", "[]"], "")
