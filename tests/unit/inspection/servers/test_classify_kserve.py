"""`line-sim classify --protocol kserve`: one picture to a server of KServe's v2 protocol."""

import json
import math
from pathlib import Path

import grpc
import pytest
from click.testing import CliRunner, Result
from PIL import Image
from stub_v2 import V2Server, answer, empty_score, metadata, ready

from line_sim.cli import commands
from line_sim.errors import LineSimError
from line_sim.inspection.wires.kserve.messages import message, serialised


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A JPEG."""
    path = tmp_path / "part.jpg"
    Image.new("RGB", (16, 16), "grey").save(path)
    return path


def classify(v2: V2Server | None, *arguments: object) -> Result:
    """Run the command against that server."""
    target = () if v2 is None else ("--target", f"127.0.0.1:{v2.port}")
    fixed = ["classify", "--protocol", "kserve", "--model", "flanges", *target]
    return CliRunner().invoke(commands, [*fixed, *map(str, arguments)])


def code(result: Result) -> int:
    """Give the exit code that the command line would end with."""
    return result.exception.exit_code if isinstance(result.exception, LineSimError) else result.exit_code


def test_a_picture_is_named(v2: V2Server, image: Path) -> None:
    """Input and outputs are found out; label, score, time, server, model and version stand on one line."""
    v2.metadata = lambda name, version: metadata(inputs=[("picture", "BYTES", (-1, 1))])
    result = classify(v2, image)
    assert code(result) == 0, result.output
    assert result.output.startswith("good 0.875  (")
    assert result.output.endswith(f" ms; 127.0.0.1:{v2.port}, flanges, version 1)\n")
    assert v2.requests[-1].raw_input_contents[0][4:] == image.read_bytes()
    assert json.loads(classify(v2, image, "--json").output)["score"] == 0.875


def test_a_label_may_come_alone(v2: V2Server, image: Path) -> None:
    """Where the model has no score, none is told."""
    v2.metadata = lambda name, version: metadata(outputs=[("label", "BYTES", (-1,))])
    assert classify(v2, image).output.startswith("good  (")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--label-output", "none", "--score-output", "probs"), "1 0.750  ("),
        (("--score-output", "none"), "good  ("),
    ],
)
def test_none_is_no_output(v2: V2Server, image: Path, options: tuple[str, ...], told: str) -> None:
    """As with TensorFlow Serving; the other one has its usual name where none is given."""
    v2.metadata = lambda name, version: metadata(outputs=[("label", "BYTES", (-1,)), ("probs", "FP32", (2,))])
    v2.infer = lambda request, context: only(request.outputs[0].name)
    options = (*options, "--scores", "logits") if told.startswith("1") else options
    assert classify(v2, image, *options).output.startswith(told)


def only(name: str) -> bytes:
    """Answer with one output."""
    made = message("ModelInferResponse")
    tensor = made.outputs.add(name=name, datatype="BYTES" if name == "label" else "FP32")
    if name == "label":
        tensor.contents.bytes_contents.append(b"good")
    else:
        tensor.contents.fp32_contents.extend([0.0, math.log(3)])
    return serialised(made)


def test_a_version_is_any_text(v2: V2Server, image: Path) -> None:
    """As MLServer's are."""
    v2.infer = lambda request, context: answer(version=request.model_version)
    assert "version v1.0)" in classify(v2, image, "--model-version", "v1.0").output


def test_the_model_is_shown_without_a_picture(v2: V2Server) -> None:
    """--metadata tells what it takes and gives, also where no picture could be sent to it."""
    assert classify(v2, "--metadata").output == (
        "version 1\n  flanges: image (BYTES of shape [-1]) -> "
        "label (BYTES of shape [-1]), score (FP32 of shape [-1])\n"
    )
    v2.metadata = lambda name, version: metadata(
        inputs=[("x", "FP32", (1, 3, 299, 299))], outputs=[("y", "FP32", (1000,))], versions=["1", "2"]
    )
    assert classify(v2, "--metadata").output == (
        "version not told\n  flanges: x (FP32 of shape [1, 3, 299, 299]) -> y (FP32 of shape [1000])\n"
    )
    assert v2.requests == []


def test_a_model_that_takes_no_picture(v2: V2Server, image: Path) -> None:
    """Code 3, with the way out."""
    v2.metadata = lambda name, version: metadata(inputs=[("x", "FP32", (1, 3, 299, 299))])
    result = classify(v2, image)
    assert code(result) == 3
    assert "its input 'x' is FP32 of shape [1, 3, 299, 299]" in str(result.exception)


def test_a_model_that_is_being_loaded_is_waited_for(v2: V2Server, image: Path) -> None:
    """As long as --wait says."""
    v2.model_ready = lambda name, version: ready("ModelReadyResponse", is_so=False)
    result = classify(v2, image, "--wait", "300 ms")
    assert code(result) == 3
    assert str(result.exception).endswith("model 'flanges' is not ready there")


def test_no_answer_that_can_be_used(v2: V2Server, image: Path) -> None:
    """Code 5, with the reason, and with the way out where one is known."""
    v2.infer = lambda request, context: empty_score()
    result = classify(v2, image)
    assert code(result) == 5
    assert str(result.exception).endswith("under numpy 2: give it numpy 1.26")
    v2.refuse(grpc.StatusCode.UNAVAILABLE, "Exceeds maximum queue size")
    result = classify(v2, image)
    assert code(result) == 5
    assert str(result.exception).endswith("Exceeds maximum queue size; the server has too much to do already")
    v2.hang()
    result = classify(v2, image, "--timeout", "100 ms")
    assert code(result) == 5
    assert str(result.exception).endswith("model 'flanges' gave no answer within 100 ms (--timeout)")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--target", "embedded"], "the embedded server has TensorFlow Serving's API"),
        (["--signature", "inspect"], "have no signatures"),
        (["--label-output", "none", "--score-output", "none"], "one of them holds the answer"),
    ],
)
def test_what_the_protocol_does_not_have(image: Path, arguments: list[str], words: str) -> None:
    """Said before anything is sent."""
    result = classify(None, image, *arguments)
    assert code(result) == 2
    assert words in result.output


def test_a_server_of_the_other_protocol_is_named(v2: V2Server, image: Path) -> None:
    """Without --protocol kserve it knows none of the questions."""
    arguments = ["classify", str(image), "--target", f"127.0.0.1:{v2.port}"]
    result = CliRunner().invoke(commands, arguments)
    assert code(result) == 3
    assert str(result.exception).endswith("take the kserve gateway (classify: --protocol kserve)")


@pytest.mark.parametrize("version", ["+1", "-1", "1" * 30])
def test_a_number_that_no_version_of_tensorflow_servings_has(image: Path, version: str) -> None:
    """A text that is none is a label, which a number cannot be."""
    result = CliRunner().invoke(commands, ["classify", str(image), "--model-version", version])
    assert code(result) == 2
    assert f"{version} is no number from 0 to {2**63 - 1}" in result.output
