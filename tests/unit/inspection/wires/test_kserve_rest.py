"""KServe's v2 protocol over REST: what is written, and what is read of any document."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stub_v2_rest import answer, metadata

from line_sim.inspection.outcome import Answered, Unreadable
from line_sim.inspection.wires.kserve.form import InputForm, Model, TensorInfo
from line_sim.inspection.wires.kserve.rest_wire import REST, KserveRestWire, read_model, read_server
from line_sim.inspection.wires.question import ModelQuestion, ReadAnswer
from line_sim.inspection.wires.transport import Response
from line_sim.units import MILLISECOND

QUESTION = ModelQuestion("flanges")
IMAGE = InputForm("image")
JPEG = b"\xff\xd8\0jpeg"


def document(said: Any) -> bytes:
    """Write the JSON of an answer."""
    _, told = said
    return json.dumps(told).encode()


def read(body: bytes, question: ModelQuestion = QUESTION) -> ReadAnswer:
    """Read an answer."""
    return KserveRestWire(question, IMAGE, binary=True).read_answer(body)


def outputs(*told: dict[str, Any]) -> bytes:
    """Write an answer with these outputs."""
    return json.dumps({"model_version": "1", "outputs": list(told)}).encode()


LABEL = {"name": "label", "datatype": "BYTES", "shape": [1], "data": ["good"]}
SCORE = {"name": "score", "datatype": "FP32", "shape": [1], "data": [0.875]}


def test_raw_bytes_stand_behind_the_document() -> None:
    """As Triton takes them: a header says where they begin."""
    request = KserveRestWire(QUESTION, IMAGE, binary=True).predict(JPEG)
    headers = dict(request.headers)
    head = int(headers["Inference-Header-Content-Length"])
    assert headers["Content-Type"] == "application/octet-stream"
    assert request.method == "POST /v2/models/flanges/infer"
    raw = b"\x07\0\0\0" + JPEG
    assert request.body[head:] == raw
    assert json.loads(request.body[:head]) == {
        "inputs": [
            {
                "name": "image",
                "shape": [1],
                "datatype": "BYTES",
                "parameters": {"binary_data_size": len(raw)},
            }
        ],
        "outputs": [{"name": "label"}, {"name": "score"}],
    }


def test_without_that_extension_text_is_sent() -> None:
    """As MLServer takes it: base64 that is marked as such, or a number for each byte."""
    request = KserveRestWire(QUESTION, IMAGE, binary=False).predict(JPEG)
    assert request.headers == ()
    (tensor,) = json.loads(request.body)["inputs"]
    assert tensor == {
        "name": "image",
        "shape": [1],
        "datatype": "BYTES",
        "parameters": {"content_type": "base64"},
        "data": [base64.b64encode(JPEG).decode()],
    }
    request = KserveRestWire(QUESTION, InputForm("image", "UINT8", 2), binary=False).predict(JPEG)
    (tensor,) = json.loads(request.body)["inputs"]
    assert tensor == {"name": "image", "shape": [1, 7], "datatype": "UINT8", "data": list(JPEG)}


def test_version_best_class_and_time_in_the_queue() -> None:
    """The version is part of the path, the others are parameters."""
    asked = ModelQuestion("a b", "", "v1/0", "", "", "probs", queued_at_most=MILLISECOND)
    request = KserveRestWire(asked, IMAGE, binary=False).predict(JPEG)
    assert request.method == "POST /v2/models/a%20b/versions/v1%2F0/infer"
    told = json.loads(request.body)
    assert told["outputs"] == [{"name": "probs", "parameters": {"classification": 1}}]
    assert told["parameters"] == {"timeout": 1000}


def test_questions_about_model_and_server() -> None:
    """By their paths alone."""
    asked = ModelQuestion("flanges", "", 3)
    assert REST.server_ready().method == "GET /v2/health/ready"
    assert REST.model_ready(asked).method == "GET /v2/models/flanges/versions/3/ready"
    assert REST.model_metadata(QUESTION).method == "GET /v2/models/flanges"
    assert REST.server_metadata().method == "GET /v2"


@pytest.mark.parametrize(
    ("status", "model", "server"),
    [
        ("OK", "ready", "ready"),
        ("INVALID_ARGUMENT", "unready", "unready"),
        ("NOT_FOUND", "unready", "stranger"),
        ("UNAVAILABLE", "unready", "unready"),
        ("DEADLINE_EXCEEDED", "failed", "failed"),
    ],
)
def test_readiness_is_told_by_the_code(status: str, model: str, server: str) -> None:
    """400, 404 and 503 all say no; who does not know the server's own path does not speak the protocol."""
    assert REST.model_state(Response(status)) == model
    assert REST.server_state(Response(status)) == server


def test_a_model_is_read() -> None:
    """What is left out is not told."""
    assert read_model(document(metadata())) == Model(
        ("1",),
        (TensorInfo("image", "BYTES", (-1,)),),
        (TensorInfo("label", "BYTES", (-1,)), TensorInfo("score", "FP32", (-1,))),
    )
    assert read_model(b'{"name": "flanges"}') == Model((), (), ())
    assert read_model(b'{"versions": null, "inputs": null}') == Model((), (), ())


def test_the_binary_extension_is_read() -> None:
    """Of the server's own metadata."""
    assert read_server(b'{"extensions": ["classification", "binary_tensor_data"]}').takes_bytes
    assert not read_server(b'{"extensions": []}').takes_bytes
    assert not read_server(b"{}").takes_bytes


def test_what_a_server_calls_itself_is_its_name_and_its_version():
    """As far as it tells, on one line and not without end; anything but text is nothing."""
    assert read_server(b'{"name": "triton", "version": "2.51.0"}').software == "triton 2.51.0"
    assert read_server(b'{"name": "triton", "version": 2}').software == "triton"
    assert read_server(b'{"name": "a\\nb"}').software == "a\\nb"
    assert len(read_server(b'{"name": "%s"}' % (b"x" * 10_000)).software) < 200


@pytest.mark.parametrize("data", [["good"], [["good"]], [[["good"]]]])
def test_data_may_be_nested_or_flat(data: Any) -> None:
    """Both are in the protocol."""
    assert read(outputs({**LABEL, "data": data}, SCORE)) == ReadAnswer(Answered("good", 0.875), "1")


def test_other_forms_of_an_answer() -> None:
    """Several classes, a label alone, a best class; the version is any text."""
    two = {"shape": [1, 2], "data": ["dent", "good"]}
    assert read(outputs({**LABEL, **two}, {**SCORE, "shape": [2], "data": [0.25, 0.75]})).outcome == Answered(
        "good", 0.75
    )
    alone = ModelQuestion("flanges", label_output="label", score_output="")
    assert read(outputs(LABEL), alone).outcome == Answered("good", 1.0)
    best = ModelQuestion("flanges", label_output="", score_output="probs")
    named = {"name": "probs", "datatype": "BYTES", "shape": [1, 1], "data": ["0.900000:0:a:b"]}
    assert read(outputs(named), best).outcome == Answered("a:b", 0.9)
    assert read(document(answer(version="v7"))).version == "v7"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "the answer is not JSON with an answer"),
        (b"[1]", "the answer is not JSON with an answer"),
        (b"[" * 100_000, "the answer is not JSON with an answer"),
        (b'{"outputs": {}}', "the answer has no output 'label'; it has none"),
        (b'{"outputs": [1]}', "the outputs of the answer are no tensors"),
        (b'{"outputs": [{"name": "label", "shape": [1e400]}]}', "the outputs of the answer are no tensors"),
        (outputs(LABEL), "the answer has no output 'score'; it has 'label'"),
        (outputs(LABEL, LABEL), "the answer has 2 outputs 'label'"),
        (outputs(LABEL, {**SCORE, "data": []}), "the score is empty"),
        (outputs(LABEL, {**SCORE, "data": None}), "the score is empty"),
        (outputs(LABEL, {**SCORE, "data": "0.875"}), "the score is empty"),
        (outputs(LABEL, {**SCORE, "data": ["0.875"]}), "the score is not a number"),
        (outputs(LABEL, {**SCORE, "data": [7.5]}), "the score is 7.5; it must be in [0, 1]"),
        (
            outputs(LABEL, {**SCORE, "data": [10**400]}),
            "the score is too large a number; it must be in [0, 1]",
        ),
        (outputs({**LABEL, "data": [5]}, SCORE), "the label is not a string"),
        (
            outputs({**LABEL, "datatype": "INT16"}, SCORE),
            "the label is INT16; it must be BYTES, INT32, INT64",
        ),
        (outputs({**LABEL, "datatype": "INT64"}, SCORE), "the label is no whole number"),
        (outputs({**LABEL, "shape": [2]}, SCORE), "the label is of the shape [2] and has 1 values"),
        (outputs({**LABEL, "data": [["a"], "b"]}, SCORE), "the data of the answer are ragged, no tensor"),
    ],
)
def test_what_is_no_answer(body: bytes, why: str) -> None:
    """Unreadable, with the reason."""
    outcome = read(body).outcome
    assert isinstance(outcome, Unreadable)
    assert outcome.detail == why


@given(st.binary(max_size=40), st.booleans(), st.sampled_from(["BYTES", "UINT8"]), st.integers(1, 3))
def test_any_picture_comes_back_out_of_the_question(
    picture: bytes, binary: bool, datatype: str, dimensions: int
) -> None:
    """Whatever its bytes are."""
    form = InputForm("image", datatype, dimensions)
    request = KserveRestWire(QUESTION, form, binary=binary).predict(picture)
    head = int(dict(request.headers).get("Inference-Header-Content-Length", len(request.body)))
    (tensor,) = json.loads(request.body[:head])["inputs"]
    if binary:
        raw = request.body[head:]
        assert len(raw) == tensor["parameters"]["binary_data_size"]
        assert raw[4 * (datatype == "BYTES") :] == picture
    elif datatype == "BYTES":
        assert base64.b64decode(tensor["data"][0]) == picture
    else:
        assert bytes(tensor["data"]) == picture
