"""What a model says of itself decides how a picture is sent, and what is told where that cannot be."""

from dataclasses import replace

import pytest

from line_sim.inspection.wires.kserve.form import InputForm, Model, TensorInfo, fitted
from line_sim.inspection.wires.question import ModelQuestion

OPEN = ModelQuestion("flanges", input_name="", label_output="", score_output="")
NAMED = replace(OPEN, label_output="label", score_output="score")

IMAGE = TensorInfo("image", "BYTES", (-1,))
LABEL = TensorInfo("label", "BYTES", (-1,))
SCORE = TensorInfo("score", "FP32", (-1,))


def model(*inputs: TensorInfo, outputs: tuple[TensorInfo, ...] = (LABEL, SCORE)) -> Model:
    """Return a model with these inputs."""
    return Model(("1",), inputs, outputs)


@pytest.mark.parametrize(
    ("datatype", "shape", "sent"),
    [
        ("BYTES", (-1,), [1]),
        ("BYTES", (1,), [1]),
        ("BYTES", (), [1]),
        ("BYTES", (-1, 1), [1, 1]),
        ("BYTES", (1, 1), [1, 1]),
        ("BYTES", (-1, -1), [1, 1]),
        ("UINT8", (-1,), [4]),
        ("UINT8", (-1, -1), [1, 4]),
        ("UINT8", (1, -1), [1, 4]),
    ],
)
def test_the_input_says_how_a_picture_is_sent(datatype: str, shape: tuple[int, ...], sent: list[int]) -> None:
    """One element of BYTES, or a byte each; as many dimensions as the model has, a batch of one."""
    question, form = fitted(NAMED, model(TensorInfo("picture", datatype, shape)))
    assert question.input_name == "picture"
    assert form.shape(b"jpeg") == sent


@pytest.mark.parametrize(
    ("datatype", "shape"),
    [
        ("FP32", (-1, 3, 224, 224)),
        ("UINT8", (224, 224, 3)),
        ("UINT8", (-1, 224, 224, 3)),
        ("UINT8", (3,)),
        ("UINT8", ()),
        ("BYTES", (8,)),
        ("BYTES", (-1, 2)),
        ("STRING", (-1,)),
    ],
)
def test_an_input_that_takes_no_file_is_told_with_the_way_out(datatype: str, shape: tuple[int, ...]) -> None:
    """Pixels are not sent: a model that decodes must be in front."""
    with pytest.raises(ValueError, match=r"its input 'x' is .* of shape .*: serve a model that decodes it"):
        fitted(NAMED, model(TensorInfo("x", datatype, shape)))


def test_several_inputs_need_a_name() -> None:
    """Which one takes the picture is not guessed."""
    two = model(IMAGE, TensorInfo("threshold", "FP32", (1,)))
    with pytest.raises(ValueError, match="several inputs, 'image', 'threshold': say which one takes"):
        fitted(NAMED, two)
    question, form = fitted(replace(NAMED, input_name="image"), two)
    assert (question.input_name, form) == ("image", InputForm("image"))


def test_names_that_the_model_does_not_have() -> None:
    """Told with those that it has."""
    with pytest.raises(ValueError, match="it has no input 'jpeg'; its inputs are 'image'"):
        fitted(replace(NAMED, input_name="jpeg"), model(IMAGE))
    with pytest.raises(ValueError, match="it has no output 'class'; its outputs are 'label', 'score'"):
        fitted(replace(NAMED, label_output="class"), model(IMAGE))


def test_outputs_of_other_datatypes() -> None:
    """A label is text and a score a number."""
    with pytest.raises(ValueError, match=r"its output 'score' is FP32 of shape \[-1\]; a label is BYTES"):
        fitted(replace(NAMED, label_output="score"), model(IMAGE))
    with pytest.raises(ValueError, match=r"its output 'label' is BYTES of shape \[-1\]; a score is FP16"):
        fitted(replace(NAMED, score_output="label"), model(IMAGE))


def test_the_best_class_is_asked_only_of_numbers() -> None:
    """Asked of text it brings Triton down: so its datatype must be known, and be that of a score."""
    best = replace(OPEN, score_output="probs")
    probs = TensorInfo("probs", "FP16", (-1, 4))
    assert fitted(best, model(IMAGE, outputs=(probs,)))[0].label_output == ""
    with pytest.raises(ValueError, match="its output 'probs' is BYTES"):
        fitted(best, model(IMAGE, outputs=(TensorInfo("probs", "BYTES", (-1,)),)))
    with pytest.raises(ValueError, match="the server does not tell what 'probs' is"):
        fitted(best, model(IMAGE, outputs=()))


def test_a_server_that_tells_nothing_is_asked_as_usual() -> None:
    """MLServer and KServe tell only what somebody wrote down."""
    question, form = fitted(NAMED, Model((), (), ()))
    assert (question.input_name, form) == ("image", InputForm("image", "BYTES", 1))
    named, form = fitted(replace(NAMED, input_name="jpeg"), Model((), (), ()))
    assert (named.input_name, form.name) == ("jpeg", "jpeg")


def test_outputs_that_nobody_named_are_found() -> None:
    """Label and score; the label alone where there is no score."""
    found, _ = fitted(OPEN, model(IMAGE))
    assert (found.label_output, found.score_output) == ("label", "score")
    found, _ = fitted(OPEN, model(IMAGE, outputs=(LABEL,)))
    assert (found.label_output, found.score_output) == ("label", "")
    found, _ = fitted(OPEN, Model((), (), ()))
    assert (found.label_output, found.score_output) == ("label", "score")
    with pytest.raises(ValueError, match="it has no output 'label'; its outputs are 'logits'"):
        fitted(OPEN, model(IMAGE, outputs=(TensorInfo("logits", "FP32", (-1,)),)))
