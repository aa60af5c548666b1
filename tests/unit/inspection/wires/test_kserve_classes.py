"""Classes by number, and scores of all classes, in KServe's v2 protocol: a file says their names."""

import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from line_sim.inspection.outcome import Answered
from line_sim.inspection.wires.classes import Classes
from line_sim.inspection.wires.kserve.form import InputForm, Model, TensorInfo, fitted
from line_sim.inspection.wires.kserve.grpc_wire import KserveGrpcWire
from line_sim.inspection.wires.kserve.messages import message, parsed, serialised
from line_sim.inspection.wires.kserve.rest_wire import KserveRestWire
from line_sim.inspection.wires.question import ModelQuestion

THREE = Classes(("dark", "grey", "bright"), "three.txt")
LAYOUTS = {"FP32": "f", "INT32": "i", "INT64": "q"}
FIELDS = {"FP32": "fp32_contents", "INT32": "int_contents", "INT64": "int64_contents"}
Outputs = Sequence[tuple[str, str, list[Any]]]
"""Name, datatype and values."""


def raw(question: ModelQuestion, outputs: Outputs) -> Any:
    """Read them from raw contents, as Triton has them."""
    made = message("ModelInferResponse")
    for name, datatype, values in outputs:
        made.outputs.add(name=name, datatype=datatype, shape=[1, len(values)])
        made.raw_output_contents.append(struct.pack(f"<{len(values)}{LAYOUTS[datatype]}", *values))
    return KserveGrpcWire(question, InputForm("image")).read_answer(serialised(made)).outcome


def typed(question: ModelQuestion, outputs: Outputs) -> Any:
    """Read them from typed contents, as KServe has them."""
    made = message("ModelInferResponse")
    for name, datatype, values in outputs:
        tensor = made.outputs.add(name=name, datatype=datatype, shape=[1, len(values)])
        getattr(tensor.contents, FIELDS[datatype]).extend(values)
    return KserveGrpcWire(question, InputForm("image")).read_answer(serialised(made)).outcome


def in_json(question: ModelQuestion, outputs: Outputs) -> Any:
    """Read them as REST has them."""
    told = [
        {"name": name, "datatype": datatype, "shape": [1, len(values)], "data": values}
        for name, datatype, values in outputs
    ]
    wire = KserveRestWire(question, InputForm("image"), binary=True)
    return wire.read_answer(json.dumps({"outputs": told}).encode()).outcome


@pytest.mark.parametrize("read", [raw, typed, in_json])
@pytest.mark.parametrize(
    ("names", "outputs", "found"),
    [
        ({"score_output": ""}, [("label", "INT64", [2])], Answered("bright", 1.0)),
        ({}, [("label", "INT32", [1]), ("score", "FP32", [0.125, 0.75, 0.125])], Answered("grey", 0.75)),
        ({"label_output": ""}, [("score", "FP32", [0.625, 0.25, 0.125])], Answered("dark", 0.625)),
        (
            {"label_output": "", "classes": replace(THREE, logits=True)},
            [("score", "FP32", [-40.0, 0.0, 40.0])],
            Answered("bright", 1.0),
        ),
    ],
)
def test_classes_have_names(
    read: Callable[..., Any], names: dict[str, Any], outputs: Outputs, found: Answered
) -> None:
    """The same rules as with TensorFlow Serving."""
    assert read(ModelQuestion("m", **{"classes": THREE, **names}), outputs) == found


@pytest.mark.parametrize(("classes", "asked"), [(THREE, False), (Classes(), True)])
def test_the_server_is_asked_for_the_best_class_only_where_nothing_is_said(
    classes: Classes, asked: bool
) -> None:
    """Triton's classification would give one class in place of all scores."""
    question = ModelQuestion("m", label_output="", classes=classes)
    sent = parsed("ModelInferRequest", KserveGrpcWire(question, InputForm("image")).predict(b"jpeg").body)
    assert [one.key for one in sent.outputs[0].parameters] == ["classification"] * asked
    head = KserveRestWire(question, InputForm("image"), binary=False).predict(b"jpeg").body
    assert ("parameters" in json.loads(head)["outputs"][0]) is asked


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ((-1, 4), "its output 'score': there are 4 scores, one for each class, and three.txt names 3"),
        ((-1, 3), ""),
        ((-1, -1), ""),
    ],
)
def test_too_few_labels_are_told_by_the_metadata(shape: tuple[int, ...], reason: str) -> None:
    """Where these tell how many classes there are."""
    question = ModelQuestion("m", input_name="", label_output="", classes=THREE)
    model = Model((), (TensorInfo("image", "BYTES", (-1,)),), (TensorInfo("score", "FP32", shape),))
    try:
        said = fitted(question, model)[0].score_output and ""
    except ValueError as error:
        said = str(error)
    assert said == reason
