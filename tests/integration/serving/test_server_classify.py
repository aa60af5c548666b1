"""Classify, Regress and MultiInference of the embedded server."""

from typing import Any

import grpc
import pytest
from generated import classification_pb2, inference_pb2, regression_pb2
from serving_stories import (
    PREDICTION,
    ask,
    classification,
    classify,
    refused,
    regress,
    regression,
    with_examples,
)

from line_sim.inspection.servers.embedded import EmbeddedServer

pytestmark = pytest.mark.server
Code = grpc.StatusCode
CLASSIFY_METHOD, REGRESS_METHOD = "tensorflow/serving/classify", "tensorflow/serving/regress"


def test_classes_and_scores_go_together(server: EmbeddedServer) -> None:
    """Every example gets each class with its score, and the response names who answered."""
    response = classify(server, classification("classify", 0.75, None))
    told = [[(one.label, one.score) for one in row.classes] for row in response.result.classifications]
    assert told == [[("low", 0.25), ("high", 0.75)], [("low", 0.75), ("high", 0.25)]]
    spec = response.model_spec
    assert (spec.name, spec.version.value, spec.signature_name) == ("tiny", 1, "classify")


def test_scores_alone_have_no_labels(server: EmbeddedServer) -> None:
    """A signature without classes gives empty labels."""
    (row,) = classify(server, classification("scores", 0.5)).result.classifications
    assert [(one.label, one.score) for one in row.classes] == [("", 0.5)]


def test_a_regression_gives_one_value_for_each_example(server: EmbeddedServer) -> None:
    """An output of [n, 1] is as good as one of [n]."""
    response = regress(server, regression("half", 1.0, 3.0))
    assert [one.value for one in response.result.regressions] == [0.5, 1.5]
    assert response.model_spec.signature_name == "half"


def test_a_context_is_a_part_of_every_example(server: EmbeddedServer) -> None:
    """What all examples have in common is sent once; an example's own features come on top."""
    request = regression("half")
    with_context = request.input.example_list_with_context
    with_context.context.features.feature["x"].float_list.value.append(8.0)
    with_context.examples.add()
    own = with_context.examples.add()
    own.features.feature["x"].float_list.value.append(2.0)
    assert [one.value for one in regress(server, request).result.regressions] == [4.0, 1.0]


def tasks(*chosen: tuple[str, str], model: str = "tiny") -> Any:
    """Write a MultiInferenceRequest with one example: signature and method of each task."""
    request = inference_pb2.MultiInferenceRequest()
    for signature, method in chosen:
        task = request.tasks.add(method_name=method)
        task.model_spec.name, task.model_spec.signature_name = model, signature
    return with_examples(request, 0.5)


def test_several_tasks_share_one_run(server: EmbeddedServer) -> None:
    """Results come in the order of the tasks, each with its model spec."""
    request = tasks(("half", REGRESS_METHOD), ("classify", CLASSIFY_METHOD))
    response = ask(server, PREDICTION + "MultiInference", request, inference_pb2.MultiInferenceResponse)
    halved, classified = response.results
    assert [one.value for one in halved.regression_result.regressions] == [0.25]
    (row,) = classified.classification_result.classifications
    assert [one.label for one in row.classes] == ["low", "high"]
    specs = [(one.model_spec.signature_name, one.model_spec.version.value) for one in response.results]
    assert specs == [("half", 1), ("classify", 1)]


def wrong_requests() -> dict[str, tuple[str, Any, str, str]]:
    """Give every mistake with the method, the status and the text that TensorFlow Serving has for it."""
    no_spec = with_examples(classification_pb2.ClassificationRequest(), 1.0)
    stranger = classification("classify", 1.0)
    stranger.model_spec.name = "stranger"
    two_models = tasks(("half", REGRESS_METHOD), ("classify", CLASSIFY_METHOD))
    two_models.tasks[1].model_spec.name = "other"
    no_name = tasks(("half", REGRESS_METHOD), ("classify", CLASSIFY_METHOD))
    no_name.tasks[1].model_spec.name = ""
    return {
        "no spec": ("Classify", no_spec, "INVALID_ARGUMENT", "Missing ModelSpec"),
        "no spec to regress": (
            "Regress",
            regression_pb2.RegressionRequest(),
            "INVALID_ARGUMENT",
            "Missing ModelSpec",
        ),
        "unknown model": (
            "Classify",
            stranger,
            "NOT_FOUND",
            "Servable not found for request: Latest(stranger)",
        ),
        "no examples": ("Classify", classification("classify"), "INVALID_ARGUMENT", "Input is empty."),
        "signature": (
            "Classify",
            classification("no", 1.0),
            "INVALID_ARGUMENT",
            "No signature was found with the name: no",
        ),
        "two inputs": (
            "Classify",
            classification("arithmetic", 1.0),
            "INVALID_ARGUMENT",
            "Expected one input Tensor.",
        ),
        "two outputs": (
            "Regress",
            regression("classify", 1.0),
            "INVALID_ARGUMENT",
            "Expected one output Tensor.",
        ),
        "other outputs": (
            "Regress",
            regression("scores", 1.0),
            "INVALID_ARGUMENT",
            "No regression outputs found in SignatureDef: ",
        ),
        "other inputs": (
            "Classify",
            classification("inspect", 1.0),
            "INVALID_ARGUMENT",
            "No classification inputs found in SignatureDef: ",
        ),
        "neither classes nor scores": (
            "Classify",
            classification("half", 1.0),
            "INVALID_ARGUMENT",
            'Expected classification signature outputs to contain at least one of "classes" or "scores". ',
        ),
        "shape": (
            "Classify",
            classification("flat", 1.0),
            "INVALID_ARGUMENT",
            "Expected Tensor shape: [batch_size num_classes] but got [1]",
        ),
        "no tasks": (
            "MultiInference",
            tasks(),
            "INVALID_ARGUMENT",
            "ModelSpec has no name specified.",
        ),
        "no name": (
            "MultiInference",
            no_name,
            "INVALID_ARGUMENT",
            "Found ModelSpec with an empty model name.",
        ),
        "two models": (
            "MultiInference",
            two_models,
            "INVALID_ARGUMENT",
            "All ModelSpecs in a MultiInferenceRequest must access the same model name.",
        ),
        "twice": (
            "MultiInference",
            tasks(("half", REGRESS_METHOD), ("half", REGRESS_METHOD)),
            "INVALID_ARGUMENT",
            "Duplicate evaluation of signature: half",
        ),
        "unknown signature in a task": (
            "MultiInference",
            tasks(("no", REGRESS_METHOD)),
            "INVALID_ARGUMENT",
            "Requested signature not found in model graph: no",
        ),
        "other method": (
            "MultiInference",
            tasks(("half", "tensorflow/serving/predict")),
            "UNIMPLEMENTED",
            "Unsupported signature method_name: tensorflow/serving/predict",
        ),
    }


@pytest.mark.parametrize("mistake", wrong_requests())
def test_a_wrong_request_is_refused_in_the_known_words(server: EmbeddedServer, mistake: str) -> None:
    """Where the text goes on with the whole signature, its beginning is compared."""
    method, request, code, text = wrong_requests()[mistake]
    told = refused(server, PREDICTION + method, request)
    assert told[0] == code
    assert told[1].startswith(text) if text.endswith(" ") else told[1] == text
