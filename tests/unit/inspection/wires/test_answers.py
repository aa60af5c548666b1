"""What an answer may hold, the same over both wires: one label by its best class, or a reason why not."""

import json
from typing import Any

import pytest
from generated import get_model_metadata_pb2, get_model_status_pb2, predict_pb2

from line_sim.inspection.outcome import LONGEST_LABEL, Answered, Unreadable
from line_sim.inspection.wires import grpc_wire
from line_sim.inspection.wires.grpc_wire import GrpcWire
from line_sim.inspection.wires.messages.serving import FLOAT, STRING
from line_sim.inspection.wires.question import ModelQuestion
from line_sim.inspection.wires.rest.rest_wire import RestWire

QUESTION = ModelQuestion("m", "inspect")


def grpc_body(labels: Any, scores: Any) -> bytes:
    """Write a PredictResponse of nested lists, as TensorFlow Serving does: typed fields and a shape."""
    response = predict_pb2.PredictResponse()
    _fill(response.outputs["label"], labels, STRING)
    _fill(response.outputs["score"], scores, FLOAT)
    written: bytes = response.SerializeToString()
    return written


def _fill(tensor: "grpc_wire.Message", value: Any, dtype: int) -> None:
    tensor.dtype = dtype
    flat = [value]
    while flat and isinstance(flat[0], list):
        tensor.tensor_shape.dim.add(size=len(flat[0]))
        flat = [item for inner in flat for item in inner]
    if dtype == STRING:
        tensor.string_val.extend(label.encode() for label in flat)
    else:
        tensor.float_val.extend(flat)


def rest_body(labels: Any, scores: Any) -> bytes:
    """Write the JSON of the same."""
    return json.dumps({"outputs": {"label": labels, "score": scores}}).encode()


@pytest.fixture(params=["grpc", "rest"])
def read(request: pytest.FixtureRequest) -> Any:
    """Write an answer and read it, over each wire."""
    if request.param == "grpc":
        return lambda labels, scores: GrpcWire(QUESTION).read_answer(grpc_body(labels, scores)).outcome
    return lambda labels, scores: RestWire(QUESTION).read_answer(rest_body(labels, scores)).outcome


@pytest.mark.parametrize(
    ("labels", "scores"),
    [
        (["good"], [0.75]),
        ("good", 0.75),
        ([["good"]], [[0.75]]),
        ([["dent", "good", "stain"]], [[0.125, 0.75, 0.125]]),
        ([["good", "dent"]], [[0.75, 0.25]]),
        ([["dent", "good"]], [[0.25, 0.75]]),
        (["dent", "good"], [[0.25, 0.75]]),
        (["dent", "good"], [0.25, 0.75]),
        ([["good", "good"]], [[0.75, 0.75]]),
    ],
)
def test_the_best_class_is_the_answer(read: Any, labels: Any, scores: Any) -> None:
    """Whatever the order of the classes, and whether the labels have a dimension for the batch or not."""
    assert read(labels, scores) == Answered("good", 0.75)


@pytest.mark.parametrize(
    ("labels", "scores", "reason"),
    [
        (["good"], [[0.5, 0.25]], "the answer has 1 label and 2 scores"),
        (["good", "dent"], [0.5], "the answer has 2 labels and 1 score"),
        ([["good", "dent"]], [[0.5, 0.5]], "2 labels share the best score, 0.5"),
        ([["good"], ["dent"]], [[0.5], [0.25]], "the label is of the shape [2, 1]; one picture has one row"),
        ([["good", "dent"]], [[0.5], [0.25]], "the score is of the shape [2, 1]; one picture has one row"),
        ([["good", "dent"]], [[0.5, 7.5]], "the score is 7.5; it must be in [0, 1]"),
        ([["good", "dent"]], [[0.5, float("nan")]], "the score is nan; it must be in [0, 1]"),
        (["good"], [float("inf")], "the score is inf; it must be in [0, 1]"),
        (["good"], [-1.0], "the score is -1; it must be in [0, 1]"),
        ([], [0.5], "the label is empty"),
        ([" \n"], [0.5], "the label is empty"),
        (["a" * (LONGEST_LABEL + 1)], [0.5], "the label has 1,001 characters; it may have 1,000"),
        (["a" * 2_000_000], [0.5], "the label has 2,000,000 characters; it may have 1,000"),
        (["go\0od"], [0.5], "the label holds U+0000, which is no character of a text"),
        (["\x1b[2J"], [0.5], "the label holds U+001B, which is no character of a text"),
    ],
)
def test_what_is_no_answer_has_its_reason(read: Any, labels: Any, scores: Any, reason: str) -> None:
    """One rule for both wires, and in the same words."""
    assert read(labels, scores) == Unreadable(reason)


@pytest.mark.parametrize(
    "label", ["a" * LONGEST_LABEL, "gut\u00e9", "good\r\n", "\U0001f600", 'a,b"c', "=1+1"]
)
def test_labels_come_as_they_are(read: Any, label: str) -> None:
    """Up to their stated length, with whatever a text may hold."""
    assert read([label], [0.5]) == Answered(label, 0.5)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"outputs": {"label": ["\\ud800"], "score": [0.5]}}', "the label holds U+D800"),
        (
            b'{"outputs": {"label": ["good"], "score": [1' + b"0" * 400 + b"]}}",
            "the score is too large a number",
        ),
        (b'{"outputs": {"label": ["good"], "score": [' + b"1" * 5000 + b"]}}", "not JSON with outputs"),
        (b'{"outputs": {"label": ["good"], "score": ["0.5"]}}', "the score is not a number"),
        (b'{"outputs": {"label": ["good"], "score": [null]}}', "the score is not a number"),
        (b'{"outputs": {"label": [["a"], "b"], "score": [0.5]}}', "the output 'label' is ragged, no tensor"),
        (b'{"outputs": {"label": ' + b"[" * 900 + b"1.5" + b"]" * 900 + b', "score": [1]}}', "not a string"),
        (b'{"outputs": {"label": ["good"], "score": [{}]}}', "the score is not a number"),
        (b'{"outputs": {"label": {"b64": 3}, "score": [0.5]}}', "the label is not a string"),
        (b'{"outputs": null}', "the answer has no output 'label'; it has none"),
        (b'{"outputs": {"' + b"x" * 900_000 + b'": 1}}', "characters)"),
        (b"\xff\xfe", "not JSON with outputs"),
    ],
)
def test_json_that_is_no_answer(body: bytes, reason: str) -> None:
    """What only JSON can say wrongly, told in a short text."""
    outcome = RestWire(QUESTION).read_answer(body).outcome
    assert isinstance(outcome, Unreadable)
    assert reason in outcome.detail
    assert len(outcome.detail) < 1500


def score_of(**fields: Any) -> "grpc_wire.Message":
    """Write an answer whose score is a tensor of these fields."""
    response = predict_pb2.PredictResponse.FromString(grpc_body(["good"], [0.5]))
    tensor = response.outputs["score"]
    tensor.Clear()
    tensor.dtype = fields.pop("dtype", FLOAT)
    for size in fields.pop("shape", ()):
        tensor.tensor_shape.dim.add(size=size)
    for name, value in fields.items():
        if isinstance(value, list):
            getattr(tensor, name).extend(value)
        else:
            setattr(tensor, name, value)
    return response


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (
            score_of(shape=[2**40, 2**40], float_val=[0.5]),
            "the score is of the shape [1099511627776, 1099511627776]",
        ),
        (score_of(shape=[-1], float_val=[0.5]), "the score is of the shape [-1] and has 1 values"),
        (score_of(shape=[1] * 300, float_val=[0.5]), "the score has 300 dimensions"),
        (score_of(shape=[0], float_val=[]), "the score is empty"),
        (score_of(shape=[1], float_val=[0.5, 0.5]), "the score is of the shape [1] and has 2 values"),
        (score_of(tensor_content=b"abc"), "the score has 3 bytes, no multiple of 4"),
        (
            score_of(tensor_content=bytes(400_004)),
            "the score has 400,004 bytes; at most 100,000 numbers are read",
        ),
        (score_of(dtype=3, int_val=[1]), "the score is DT_INT32; it must be DT_FLOAT or DT_DOUBLE"),
        (score_of(dtype=99), "the score is type 99; it must be DT_FLOAT or DT_DOUBLE"),
        (score_of(float_val=[0.0] * 100_001), "the score has 100,001 values; at most 100,000 are read"),
    ],
)
def test_tensors_that_are_no_answer(response: "grpc_wire.Message", reason: str) -> None:
    """What only a TensorProto can say wrongly: shapes, types, bytes."""
    outcome = grpc_wire.read_answer(QUESTION, response.SerializeToString()).outcome
    assert isinstance(outcome, Unreadable)
    assert outcome.detail.startswith(reason)


def test_fewer_values_than_the_shape_says_stand_for_all() -> None:
    """As TensorFlow reads them: the last one is repeated."""
    response = score_of(shape=[1, 3], float_val=[0.25, 0.5])
    label = response.outputs["label"]
    label.Clear()
    label.dtype = STRING
    label.tensor_content = bytes([4, 4, 5]) + b"dentgoodstain"
    outcome = grpc_wire.read_answer(QUESTION, response.SerializeToString()).outcome
    assert outcome == Unreadable("2 labels share the best score, 0.5")
    response.outputs["score"].float_val[:] = [0.75, 0.5]
    assert grpc_wire.read_answer(QUESTION, response.SerializeToString()).outcome == Answered("dent", 0.75)


@pytest.mark.parametrize(
    "version", ["Infinity", "NaN", '"1e3"', '"\\u0663"', "1.5", "true", '""', '"' + "9" * 20 + '"']
)
def test_a_version_that_is_none(version: str) -> None:
    """A status with it is no status."""
    body = f'{{"model_version_status": [{{"version": {version}, "state": "AVAILABLE"}}]}}'
    with pytest.raises(ValueError, match="the answer is not a model's status"):
        RestWire(QUESTION).read_states(body.encode())


@pytest.mark.parametrize(
    "body", [b"[]", b"3", b'{"metadata": {"signature_def": {"signature_def": {"a": 1}}}}', b"[" * 10**5]
)
def test_metadata_that_is_none(body: bytes) -> None:
    """Whatever JSON it is."""
    with pytest.raises(ValueError, match="the answer is not a model's metadata"):
        RestWire(QUESTION).read_signatures(body)


def test_a_state_that_nobody_knows_is_told_by_its_number() -> None:
    """A later server may have more of them."""
    status = get_model_status_pb2.GetModelStatusResponse()
    status.model_version_status.add(version=2, state=77)
    assert grpc_wire.read_states(status.SerializeToString()) == {2: "77"}


def test_metadata_of_another_kind_is_none() -> None:
    """An Any that holds something else."""
    response = get_model_metadata_pb2.GetModelMetadataResponse()
    response.metadata["signature_def"].type_url = "type.googleapis.com/other"
    with pytest.raises(ValueError, match="not a GetModelMetadataResponse"):
        grpc_wire.read_signatures(response.SerializeToString())
