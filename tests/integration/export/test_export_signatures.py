"""What clients of the exported model rely on: its three signatures, in a server and under TensorFlow's tool.

The network's weights are as `seeded_inception` draws them, its head is fitted on 40 pictures: how well it
judges does not matter here.
"""

import base64
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import ROOT
from generated import classification_pb2, predict_pb2
from PIL import Image
from rest_calls import RestClient, RestServer, free_port
from serving_stories import classify, predict, tensor
from small_networks import empty_answers, no_rows

from line_sim.inspection.servers.embedded import EmbeddedServer
from line_sim.pictures.rendered.flange import RenderedFlanges

pytestmark = [pytest.mark.slow, pytest.mark.server]

DT_STRING = 7
JPEG = RenderedFlanges(seed=11).picture(1, "defective", "stain")
OTHER = RenderedFlanges(seed=11).picture(2, "good", "")


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Version 0, in bfloat16, fitted on a small folder, and what the export said on stderr."""
    folder = tmp_path_factory.mktemp("signatures")
    for item in range(50):
        state = "good" if item % 2 else "defective"
        (folder / state).mkdir(exist_ok=True)
        picture = RenderedFlanges(seed=5).picture(item, state, "" if state == "good" else "missing_bore")
        (folder / state / f"{item:02}.jpg").write_bytes(picture)
    options = ["--pictures", folder, "--out", folder / "inception_v3", "--version", "0", "--quiet"]
    done = export(*options, "--precision", "bfloat16")
    assert done.returncode == 0, done.stderr
    return folder / "inception_v3" / "0", done.stderr


def export(*options: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does."""
    command = [sys.executable, "-m", "line_sim_export", *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def signatures(version: tuple[Path, str]) -> dict[str, Callable[..., Any]]:
    """The model in this process."""
    from line_sim_export.silence import import_tensorflow

    import_tensorflow()
    import tensorflow as tf

    return dict(tf.saved_model.load(str(version[0])).signatures)


@pytest.fixture(scope="module")
def label(signatures: dict[str, Callable[..., Any]]) -> str:
    """The label of JPEG by the model in this process."""
    return told(signatures, JPEG)[0]


def told(signatures: dict[str, Callable[..., Any]], *jpegs: bytes) -> list[str]:
    """Return the labels of pictures by the model in this process."""
    import tensorflow as tf

    answer = signatures["inspect"](image=tf.constant(jpegs, tf.string, [len(jpegs)]))
    return [label.decode() for label in answer["label"].numpy()]


@pytest.fixture(scope="module")
def served(version: tuple[Path, str]) -> Iterator[RestServer]:
    """The embedded server with the model, both its ports open."""
    port = free_port()
    with EmbeddedServer("inception_v3", version[0].parent, arguments=[f"--rest_api_port={port}"]) as running:
        yield RestServer(running, RestClient(port))


def test_the_published_client_is_answered_over_grpc(served: RestServer, label: str) -> None:
    """URL-safe base64 to version 0's default signature; the label is the first string of `output_0`."""
    request = predict_pb2.PredictRequest()
    request.model_spec.name = "inception_v3"
    request.model_spec.version.value = 0
    request.model_spec.signature_name = "serving_default"
    tensor(request.inputs["image"], DT_STRING, (1,), string_val=[base64.urlsafe_b64encode(JPEG)])
    response = predict(served.server, request)
    assert response.outputs["output_0"].string_val[0].decode() == label


def test_the_published_client_is_answered_over_rest(served: RestServer, label: str) -> None:
    """The same in columns; without padding, too."""
    coded = base64.urlsafe_b64encode(JPEG).decode()
    for text in (coded, coded.rstrip("=")):
        reply = served.client.post("inception_v3/versions/0:predict", {"inputs": {"image": [text]}})
        assert (reply.status, reply.json) == (200, {"outputs": [label]})


@pytest.mark.parametrize("question", ["grpc", "rest", "metadata"])
def test_the_published_client_runs_as_it_is(
    served: RestServer, label: str, question: str, tmp_path: Path
) -> None:
    """All that it can be asked on its command line, against the model as `make run` exports it."""
    picture = tmp_path / "part.jpg"
    picture.write_bytes(JPEG)
    script = Path(__file__).with_name("published_client.py")
    ports = [served.server.target.rpartition(":")[2], str(served.client.port)]
    command = [sys.executable, script, question, picture, *ports]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    if question == "metadata":
        told = json.loads(done.stdout)
        assert told["model_spec"] == {"name": "inception_v3", "signature_name": "", "version": "0"}
        assert "serving_default" in told["metadata"]["signature_def"]["signature_def"]
    else:
        assert done.stdout.strip() == label


def test_the_first_export_is_version_0() -> None:
    """The published client asks for the metadata of that version, so `make run` has it."""
    from line_sim_export.cli import PUBLISHED

    assert PUBLISHED == 0
    assert "models/inception_v3/0/saved_model.pb" in (ROOT / "Makefile").read_text()


def test_examples_are_classified_over_grpc_and_rest(served: RestServer, label: str) -> None:
    """Both give every label with its probability, likeliest first."""
    request = classification_pb2.ClassificationRequest()
    request.model_spec.name, request.model_spec.signature_name = "inception_v3", "classify"
    example = request.input.example_list.examples.add()
    example.features.feature["image"].bytes_list.value.append(JPEG)
    (row,) = classify(served.server, request).result.classifications
    document = {
        "signature_name": "classify",
        "examples": [{"image": {"b64": base64.b64encode(JPEG).decode()}}],
    }
    reply = served.client.post("inception_v3:classify", document)
    assert row.classes[0].label == label
    assert {one.label for one in row.classes} == {"good", "defective"}
    assert sum(one.score for one in row.classes) == pytest.approx(1)
    assert [name for name, _ in reply.json["results"][0]] == [one.label for one in row.classes]


def test_saved_model_cli_shows_and_runs_it(version: tuple[Path, str], label: str, tmp_path: Path) -> None:
    """TensorFlow's own tool lists the signatures and gets the label."""
    coded = base64.urlsafe_b64encode(JPEG).decode()
    shown = saved_model_cli("show", "--dir", version[0], "--tag_set", "serve")
    assert all(name in shown for name in ("inspect", "serving_default", "classify"))
    asked = ["--signature_def", "serving_default", "--input_exprs", f"image=['{coded}']"]
    assert label in saved_model_cli("run", "--dir", version[0], "--tag_set", "serve", *asked)


def saved_model_cli(*arguments: str | Path) -> str:
    """Run TensorFlow's tool and return what it prints."""
    tool = Path(sys.executable).with_name("saved_model_cli")
    done = subprocess.run([tool, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_bfloat16_says_where_it_pays_and_how_far_it_agrees(version: tuple[Path, str]) -> None:
    """The card has the agreement; without the units the export warns, even where all else is quiet."""
    facts = json.loads((version[0] / "assets.extra" / "model_card.json").read_text())
    agreement = facts["agreement_with_float32"]
    assert facts["precision"] == "bfloat16"
    assert (agreement["pictures"], agreement["agreed"]) == (10, 10)
    units = facts["milliseconds_a_picture"]["bfloat16_units"]
    assert ("has no bfloat16 units" in version[1]) is not units


def test_convolutions_are_in_bfloat16_and_sums_are_not(version: tuple[Path, str]) -> None:
    """All 94 convolutions are lowered, written once for all signatures, and no variable is left."""
    import tensorflow as tf
    from tensorflow.core.protobuf import saved_model_pb2

    saved = saved_model_pb2.SavedModel.FromString((version[0] / "saved_model.pb").read_bytes())
    library = saved.meta_graphs[0].graph_def.library
    nodes = [node for function in library.function for node in function.node_def]
    types = {op: [node.attr["T"].type for node in nodes if node.op == op] for op in ("Conv2D", "Mean")}
    assert types["Conv2D"] == [tf.bfloat16.as_datatype_enum] * 94
    assert set(types["Mean"]) == {tf.float32.as_datatype_enum}
    assert not [node for node in nodes if node.op in ("VarHandleOp", "ReadVariableOp", "FusedBatchNormV3")]


@pytest.mark.parametrize(("mode", "form"), [("L", "JPEG"), ("CMYK", "JPEG"), ("RGB", "PNG"), ("L", "PNG")])
def test_odd_pictures_are_answered(signatures: dict[str, Callable[..., Any]], mode: str, form: str) -> None:
    """Grey, CMYK and PNG pictures become RGB in the graph, down to a single pixel."""
    for size in ((320, 320), (1, 1)):
        assert len(told(signatures, converted(mode, form, size))) == 1


def test_a_turned_camera_is_judged_as_one_that_was_upright(
    signatures: dict[str, Callable[..., Any]],
) -> None:
    """Every viewer turns a picture as its EXIF says, and so does the graph."""
    import tensorflow as tf

    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: to be turned by a quarter, clockwise
    turned, plain = io.BytesIO(), io.BytesIO()
    with Image.open(io.BytesIO(JPEG)) as picture:
        picture.save(plain, format="PNG")
        picture.transpose(Image.Transpose.ROTATE_90).save(turned, format="PNG", exif=exif)
    answer = signatures["inspect"](image=tf.constant([turned.getvalue(), plain.getvalue()]))
    assert len(set(answer["score"].numpy().tolist())) == 1


def test_an_empty_batch_has_an_empty_answer(version: tuple[Path, str]) -> None:
    """No picture, no label, no error, whichever signature is asked."""
    assert empty_answers(version[0]) == no_rows(labels=2)


def test_an_empty_batch_has_an_empty_answer_over_grpc_and_rest(served: RestServer) -> None:
    """A server that loads the model has nothing of its own to do for it."""
    request = predict_pb2.PredictRequest()
    request.model_spec.name, request.model_spec.signature_name = "inception_v3", "inspect"
    tensor(request.inputs["image"], DT_STRING, (0,))
    outputs = predict(served.server, request).outputs
    shapes = {name: [axis.size for axis in output.tensor_shape.dim] for name, output in outputs.items()}
    assert shapes == {"label": [0], "score": [0], "top_k_labels": [0, 2], "top_k_scores": [0, 2]}
    reply = served.client.post("inception_v3:predict", {"inputs": {"image": []}})
    assert (reply.status, reply.json) == (200, {"outputs": []})


@pytest.mark.parametrize("jpeg", [b"", b"no picture", JPEG[: len(JPEG) // 2]], ids=["empty", "text", "cut"])
def test_what_cannot_be_decoded_is_an_invalid_argument(
    signatures: dict[str, Callable[..., Any]], jpeg: bytes
) -> None:
    """One bad picture fails its whole batch."""
    import tensorflow as tf

    with pytest.raises(tf.errors.InvalidArgumentError):
        told(signatures, OTHER, jpeg)


def test_tensorrt_is_refused_where_tensorflow_has_none(tmp_path: Path) -> None:
    """One line says what to do instead, and the exit code is that of a wrong command line."""
    from line_sim_export.silence import import_tensorflow

    import_tensorflow()
    import tensorflow as tf

    if tf.sysconfig.get_build_info().get("is_tensorrt_build"):
        pytest.skip("this TensorFlow has TensorRT")
    done = export("--out", tmp_path / "m", "--precision", "tensorrt-fp16", "--quiet")
    assert done.returncode == 2
    assert "tensorflow/serving:latest-gpu" in done.stderr
    assert "Traceback" not in done.stderr


def converted(mode: str, form: str, size: tuple[int, int]) -> bytes:
    """Return the picture in another mode, format and size."""
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(JPEG)) as picture:
        picture.convert(mode).resize(size).save(buffer, format=form)
    return buffer.getvalue()
