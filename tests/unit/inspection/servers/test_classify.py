"""`line-sim classify` against servers that do as they are told, over both wires."""

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stub_rest
import stub_server
from click.testing import CliRunner, Result
from generated import predict_pb2
from PIL import Image
from stub_rest import RestServer
from stub_server import Server

from line_sim.cli import commands
from line_sim.errors import LineSimError
from line_sim.inspection.wires.messages.serving import STRING

Classify = Callable[..., Result]


@pytest.fixture(params=["grpc", "rest"])
def form(request: pytest.FixtureRequest) -> str:
    """Both wires."""
    chosen: str = request.param
    return chosen


@pytest.fixture
def told(form: str, server: Server, rest_server: RestServer) -> Any:
    """The server of that wire."""
    return server if form == "grpc" else rest_server


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A JPEG."""
    path = tmp_path / "part.jpg"
    Image.new("RGB", (16, 16), "grey").save(path)
    return path


@pytest.fixture
def classify(form: str, told: Any) -> Classify:
    """Run the command against that server."""

    def run(*arguments: object) -> Result:
        target = f"127.0.0.1:{told.port}"
        return CliRunner().invoke(
            commands, ["classify", "--format", form, "--target", target, *map(str, arguments)]
        )

    return run


def code(result: Result) -> int:
    """Give the exit code that the command line would end with."""
    return result.exception.exit_code if isinstance(result.exception, LineSimError) else result.exit_code


def sent(form: str, told: Any) -> bytes:
    """Give the picture that the server saw last."""
    request = told.requests[-1]
    if form == "grpc":
        return bytes(request.inputs["image"].string_val[0])
    value = request["inputs"]["image"][0]
    return base64.b64decode(value["b64"]) if isinstance(value, dict) else value.encode()


def test_a_picture_is_named(classify: Classify, form: str, told: Any, image: Path) -> None:
    """Label, score, time, server, model and version stand on one line."""
    result = classify(image)
    assert code(result) == 0, result.output
    assert result.output.startswith("good 0.875  (")
    assert result.output.endswith(f" ms; 127.0.0.1:{told.port}, inception_v3, version 1)\n")
    assert sent(form, told) == image.read_bytes()


def test_scripts_read_json(classify: Classify, told: Any, image: Path) -> None:
    """The same as one JSON object, the time in seconds."""
    found = json.loads(classify(image, "--json").output)
    assert found.pop("latency_s") > 0
    assert found == {
        "image": str(image),
        "label": "good",
        "score": 0.875,
        "target": f"127.0.0.1:{told.port}",
        "model": "inception_v3",
        "version": "1",
    }


def test_the_model_is_shown_without_a_picture(classify: Classify, told: Any) -> None:
    """--metadata tells what the signatures take and give, and asks for no answer."""
    shown = classify("--metadata").output
    assert re.fullmatch(
        r"version 1\n  inspect: image \(DT_STRING of .*\) -> label \(DT_\w+ of .*\), score \(.*\)\n", shown
    )
    said = json.loads(classify("--metadata", "--json").output)
    inspect = said["signatures"]["inspect"]
    assert (said["version"], inspect["inputs"], inspect["outputs"]) == ("1", ["image"], ["label", "score"])
    assert inspect["tensors"]["image"]["dtype"] == "DT_STRING"
    assert told.requests == []


def test_a_server_that_tells_no_signatures_may_be_another(classify: Classify, form: str, told: Any) -> None:
    """Triton does not know such a question."""

    def unbuilt() -> bytes:
        raise NotImplementedError

    told.status = told.metadata = unbuilt if form == "grpc" else lambda: (501, {"error": "not built"})
    assert classify("--metadata").output == (
        "version not told\n  its signatures are not told; Triton, MLServer and KServe take the kserve "
        "gateway (classify: --protocol kserve)\n"
    )


def test_the_published_signature(classify: Classify, form: str, told: Any, image: Path) -> None:
    """serving_default with output_0 alone gets URL-safe base64 text and gives a label without a score."""
    if form == "grpc":
        told.metadata = lambda: stub_server.signatures(name="serving_default", outputs=("output_0",))
        response = predict_pb2.PredictResponse()
        response.outputs["output_0"].dtype = STRING
        response.outputs["output_0"].string_val.append(b"flange")
        written = response.SerializeToString()
        told.predict = lambda request, context: written
    else:
        _, said = stub_rest.signatures(name="serving_default")
        one = said["metadata"]["signature_def"]["signature_def"]["serving_default"]
        one["outputs"] = {"output_0": one["outputs"]["label"]}
        told.metadata = lambda: (200, said)
        told.predict = lambda body: (200, {"outputs": ["flange"]})
    result = classify(image, "--signature", "serving_default")
    assert result.output.startswith("flange  (")
    assert sent(form, told) == base64.urlsafe_b64encode(image.read_bytes())


def test_no_answer_in_time(classify: Classify, told: Any, image: Path) -> None:
    """A server that does not answer ends the command with code 5 and says how long was waited."""
    told.hang()
    result = classify(image, "--timeout", "100 ms")
    assert code(result) == 5
    assert str(result.exception).endswith("model 'inception_v3' gave no answer within 100 ms (--timeout)")


def test_an_answer_that_nobody_can_read(classify: Classify, form: str, told: Any, image: Path) -> None:
    """A score that is none is no answer."""
    if form == "grpc":
        told.predict = lambda request, context: stub_server.answer(score=7.5)
    else:
        told.predict = lambda body: stub_rest.answer(score=7.5)
    result = classify(image)
    assert code(result) == 5
    assert str(result.exception).endswith(
        "the score is 7.5; it must be in [0, 1]; where these are logits, say scores: logits "
        "(classify: --scores logits)"
    )


def test_a_signature_that_is_not_there(classify: Classify, image: Path) -> None:
    """The text lists those that are, and the code is that of a gateway that cannot be used."""
    result = classify(image, "--signature", "other")
    assert code(result) == 3
    assert str(result.exception).endswith("there is no signature 'other'; its signatures are 'inspect'")


def test_no_server(form: str, image: Path) -> None:
    """Nobody at the target: code 3."""
    arguments = ["--format", form, "--target", "127.0.0.1:1", "--timeout", "300 ms"]
    result = CliRunner().invoke(commands, ["classify", str(image), *arguments])
    assert code(result) == 3
    assert "no inference server at 127.0.0.1:1" in str(result.exception)


def test_a_key_is_sent_along(classify: Classify, form: str, told: Any, image: Path) -> None:
    """--header is metadata or a header."""
    assert code(classify(image, "--header", "x-api-key=s3=cret")) == 0
    seen = told.metadata_seen if form == "grpc" else told.headers
    assert seen[-1]["x-api-key"] == "s3=cret"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["{tmp}/none.jpg"], "there is no such file"),
        (["{tmp}/notes.txt"], "its content is no JPEG, PNG, TIFF, BMP, WebP or GIF"),
        ([], "give an IMAGE, or --metadata"),
        (["{tmp}/part.jpg", "--timeout", "0"], "0 is not greater than 0"),
        (["{tmp}/part.jpg", "--target", "nowhere"], "it must be embedded or HOST:PORT"),
        (["{tmp}/part.jpg", "--header", "Host=x"], "lower-case letters"),
        (["{tmp}/part.jpg", "--cert", "{tmp}/part.jpg"], "both --cert and --key"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_sent(
    tmp_path: Path, image: Path, arguments: list[str], words: str
) -> None:
    """A file or an option that cannot be used ends the command with code 2."""
    (tmp_path / "notes.txt").write_text("no picture")
    result = CliRunner().invoke(commands, ["classify", *(one.format(tmp=tmp_path) for one in arguments)])
    assert code(result) == 2
    assert words in result.output + str(result.exception)


def test_another_picture_is_sent_as_a_jpeg(classify: Classify, form: str, told: Any, tmp_path: Path) -> None:
    """A PNG is converted: the model takes JPEGs."""
    Image.new("RGB", (16, 16), "grey").save(tmp_path / "part.png")
    assert code(classify(tmp_path / "part.png")) == 0
    assert sent(form, told).startswith(b"\xff\xd8")
