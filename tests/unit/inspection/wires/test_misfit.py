"""What is wrong between a question and a model is said before the first part."""

import json

import pytest
from generated import get_model_metadata_pb2

from line_sim.inspection.wires import grpc_wire
from line_sim.inspection.wires.fitting.signatures import misfit, named
from line_sim.inspection.wires.fitting.tensors import TensorKind
from line_sim.inspection.wires.messages.serving import STRING
from line_sim.inspection.wires.question import ModelQuestion, Signature
from line_sim.inspection.wires.rest.rest_wire import RestWire

QUESTION = ModelQuestion("judge", "inspect")


def over_grpc(*shape: int) -> dict[str, Signature]:
    """Read the metadata of a model whose input has this shape, as gRPC tells it."""
    signatures = get_model_metadata_pb2.SignatureDefMap()
    inspect = signatures.signature_def["inspect"]
    image = inspect.inputs["image"]
    image.dtype = STRING
    image.tensor_shape.SetInParent()
    for size in shape:
        image.tensor_shape.dim.add(size=size)
    for name in ("label", "score"):
        inspect.outputs[name].dtype = STRING
    response = get_model_metadata_pb2.GetModelMetadataResponse()
    response.metadata["signature_def"].Pack(signatures)
    return grpc_wire.read_signatures(response.SerializeToString())


def over_rest(*shape: int) -> dict[str, Signature]:
    """The same as REST tells it."""
    dims = [{"size": str(size), "name": ""} for size in shape]
    image = {"dtype": "DT_STRING", "tensor_shape": {"dim": dims, "unknown_rank": False}}
    inspect = {"inputs": {"image": image}, "outputs": {"label": {}, "score": {}}}
    document = {"metadata": {"signature_def": {"signature_def": {"inspect": inspect}}}}
    return RestWire(QUESTION).read_signatures(json.dumps(document).encode())


@pytest.mark.parametrize("read", [over_grpc, over_rest])
def test_a_picture_without_a_batch_is_named(read) -> None:
    """An input of another shape than a batch of pictures: both shapes are told, and what to do."""
    assert misfit(QUESTION, read()) == (
        "the signature 'inspect' takes 'image' of shape []; pictures are sent as a batch of one, "
        "of shape [1]: export it with the shape [None]"
    )
    assert "of shape [-1, 1]" in misfit(QUESTION, read(-1, 1))
    assert misfit(QUESTION, read(-1)) == ""
    assert misfit(QUESTION, read(1)) == ""


def test_the_picture_and_a_constant_want_the_same_input() -> None:
    """One of them has to give way; that the signature has no such input would not be true."""
    question = ModelQuestion("judge", "inspect", input_name="image", constants={"image": 1})
    with pytest.raises(ValueError, match="the input 'image' takes the picture, and no constant"):
        named(question, over_rest(-1)["inspect"], "the signature 'inspect'")


def test_a_model_that_does_not_tell_its_shape_is_believed() -> None:
    """An unknown rank, or none said: the first answer will show."""
    signatures = over_rest()
    text, number = TensorKind("DT_STRING"), TensorKind("DT_FLOAT")
    untold = Signature({"image": text}, {"label": text, "score": number})
    assert misfit(QUESTION, {"inspect": untold}) == ""
    assert misfit(QUESTION, signatures) != ""


TEXT, NUMBER, WHOLE = TensorKind("DT_STRING"), TensorKind("DT_FLOAT"), TensorKind("DT_INT64")


@pytest.mark.parametrize(
    ("outputs", "asked", "found"),
    [
        ({"label": TEXT, "score": NUMBER, "top": TEXT}, ("", ""), ("label", "score")),
        ({"output_0": NUMBER}, ("", ""), ("", "output_0")),
        ({"output_0": TEXT}, ("", ""), ("output_0", "")),
        ({"classes": WHOLE, "probabilities": NUMBER}, ("", ""), ("classes", "probabilities")),
        ({"a": NUMBER, "b": NUMBER}, ("", ""), ("label", "score")),
        ({"class": WHOLE, "sure": NUMBER}, ("class", ""), ("class", "")),
        ({"class": WHOLE, "score": NUMBER}, ("class", ""), ("class", "score")),
        ({"class": WHOLE, "sure": NUMBER}, ("", "sure"), ("", "sure")),
        ({"label": TEXT, "sure": NUMBER}, ("", "sure"), ("label", "sure")),
        ({"label": TEXT, "sure": NUMBER}, ("none", "sure"), ("", "sure")),
        ({"label": TEXT, "score": NUMBER}, ("", "none"), ("label", "")),
        ({"label": TEXT, "score": NUMBER}, ("none", ""), ("", "score")),
    ],
)
def test_outputs_that_nobody_names_are_found_out(
    outputs: dict[str, TensorKind], asked: tuple[str, str], found: tuple[str, str]
) -> None:
    """By their usual names, else by their types; none is one that there is not."""
    question = ModelQuestion("m", "s", label_output=asked[0], score_output=asked[1])
    fitted = named(question, Signature({"image": TEXT}, outputs), "the signature")
    assert (fitted.label_output, fitted.score_output) == found
