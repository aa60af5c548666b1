"""How a model of TensorFlow Serving's is asked: labels, scores, pixels, inputs, labels of versions."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from live_cameras import live_camera

from line_sim.cli import commands
from line_sim.errors import ScenarioError
from line_sim.inspection.outcome import LONGEST_LABEL, checked_label
from line_sim.inspection.servers.access import question_of, unnamed_labels
from line_sim.inspection.wires.classes import Classes
from line_sim.inspection.wires.fitting.pixels import Pixels
from line_sim.inspection.wires.question import ModelQuestion
from line_sim.scenario import dump, load, loads
from line_sim.scenario.gateways.asking import labels
from line_sim.scenario.gateways.asking.labels import read_labels
from line_sim.scenario.gateways.kind import LiveKind


def scenario(options: str) -> str:
    """Write a scenario whose gateway has these options."""
    return live_camera(f"{{grpc: {{target: 'h:1', {options}}}}}")


def written(folder: Path, options: str) -> Path:
    """Write a scenario whose gateway has these options."""
    path = folder / "s.yaml"
    path.write_text(scenario(options), encoding="utf-8")
    return path


def asked(options: str) -> ModelQuestion:
    """Return what a model is asked by a scenario with these options."""
    (camera,) = loads(scenario(options)).inspections
    assert isinstance(camera.gateway, LiveKind)
    return question_of(camera.gateway.server)


def refused(options: str) -> str:
    """Read a scenario and give what it is refused with, without its place."""
    with pytest.raises(ScenarioError) as caught:
        loads(scenario(options), "s.yaml")
    place, _, text = str(caught.value).partition(" ")
    assert place.startswith("s.yaml:7:")
    return text.replace("line[0].gateway.grpc.", "").replace("line[0].gateway.grpc ", "")


@pytest.mark.parametrize(
    "options",
    [
        "model_version: 3",
        "model_version: stable",
        "label_output: none, score_output: probabilities, scores: logits",
        "label_output: class, score_output: none",
        "labels: labels.txt",
        "pixels: 0..1",
        "pixels: -1..1",
        "pixels: {range: 0..255, size: [224, 300], channels: bgr, mean: [104, 117, 124.5], resize: nearest}",
        "pixels: {range: 0..1, mean: 0.5, std: 0.25, channels: grey}",
        "inputs: {threshold: 0.5, mode: fast, keep: true, sizes: [1, 2], n: -3}",
    ],
)
def test_every_key_is_written_as_it_may_be_read(options: str) -> None:
    """A scenario that is written out reads back as the very same one, and can be hashed."""
    loaded = loads(scenario(options))
    assert loads(dump(loaded)) == loaded
    assert hash(loads(dump(loaded))) == hash(loaded)


def test_what_is_left_out() -> None:
    """The picture goes as its JPEG, alone; label and score come by their names, as probabilities."""
    usual = asked("model: m")
    assert usual == ModelQuestion("m", "inspect")
    assert not usual.hangs_on_the_model


def test_what_is_asked() -> None:
    """Every key reaches the question; `none` is no output, a range is two numbers, a label is text."""
    question = asked(
        "model_version: stable, label_output: none, scores: logits, inputs: {n: [1, 2], t: 0.5}, "
        "pixels: {range: -1..1, size: [20, 30], mean: 0.5}"
    )
    assert (question.version, question.label_output, question.score_output) == ("stable", "", "score")
    assert question.classes == Classes(logits=True)
    assert question.pixels == Pixels(-1, 1, (20, 30), mean=(0.5,))
    assert question.constants == {"n": (1, 2), "t": 0.5}
    assert question.hangs_on_the_model


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (
            "model_version: '3'",
            "model_version is '3'; it must be a number, without quotes, or a label such as stable",
        ),
        ("model_version: -1", "model_version is -1; it must be 0 or more"),
        ("model_version: [1]", "model_version is [1]; it must be a whole number"),
        (
            "label_output: none, score_output: none",
            "score_output is none; label_output is none, too; one of them holds the answer",
        ),
        (
            "label_output: class, score_output: none, scores: logits",
            "scores is logits; there are none: score_output is none",
        ),
        ("scores: percent", "scores is percent; it must be probabilities or logits"),
        ("inputs: {image: 1}", "inputs.image is 1; that input takes the picture (input)"),
        (
            "inputs: {t: {a: 1}}",
            "inputs.t is {a: 1}; it must be a number, a text, true, false, or a list of these",
        ),
        ("inputs: {t: .nan}", "inputs.t is .nan; it must be a finite number"),
        (f"inputs: {{t: {2**64}}}", f"inputs.t is {2**64}; it must be a whole number of 64 bits"),
        (
            "inputs: {t: []}",
            (
                "inputs.t is []; it must be a number, a text, true, false, or a list of these, of 1 to 1,000 "
                "values"
            ),
        ),
        (
            "pixels: 0..2",
            (
                "pixels is 0..2; it must be 0..1, -1..1 or 0..255, or a mapping with range, size, resize, "
                "channels, mean, std"
            ),
        ),
        ("pixels: {range: 0..2}", "pixels.range is 0..2; it must be 0..1, -1..1 or 0..255"),
        ("pixels: {size: [2, 2]}", "pixels.range is missing"),
        ("pixels: {range: 0..1, size: [0, 2]}", "pixels.size[0] is 0; it must be 1 or more"),
        ("pixels: {range: 0..1, size: 224}", "pixels.size is 224; it must be a list"),
        ("pixels: {range: 0..1, std: [1, 0, 1]}", "pixels.std[1] is 0; it must be 0.000001 or more"),
        (
            "pixels: {range: 0..1, mean: [1, 2]}",
            "pixels is {range: 0..1, mean: [1, 2]}; mean must have one number, or one for each channel",
        ),
    ],
)
def test_what_is_refused(options: str, text: str) -> None:
    """At its place, with what is allowed."""
    assert refused(options) == text


def test_labels_are_read_beside_the_scenario(tmp_path: Path) -> None:
    """A path is meant from the scenario's folder; blanks, a mark at the begin and Windows' line ends go."""
    (tmp_path / "labels.txt").write_bytes("\ufeffbackground\r\n tench\r\n\u00e9t\u00e9 \r\n\r\n".encode())
    (camera,) = load(written(tmp_path, "labels: labels.txt")).inspections
    assert isinstance(camera.gateway, LiveKind)
    classes = question_of(camera.gateway.server).classes
    assert classes == Classes(("background", "tench", "\u00e9t\u00e9"), str(tmp_path / "labels.txt"))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "it holds no label; write one a line, that of class 0 first"),
        (b"good\n\nbad\n", "line 2 is empty; each line is a class, that of class 0 first"),
        (b"good\nb\xffd\n", "line 2 is not UTF-8"),
        (b"good\nb\0d\n", "line 2 holds U+0000, which is no character of a text"),
        (b"a" * 1001, "line 1 has 1,001 characters; it may have 1,000"),
        (b"a\n" * 100_001, "it has 100,001 lines; it may have 100,000 labels"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, content: bytes, text: str) -> None:
    """The line is named, when a scenario is read and when a run begins."""
    file = tmp_path / "labels.txt"
    file.write_bytes(content)
    with pytest.raises(ScenarioError) as caught:
        load(written(tmp_path, "labels: labels.txt"))
    assert str(caught.value).endswith(f"s.yaml:7:45: line[0].gateway.grpc.labels is labels.txt; {text}")
    with pytest.raises(ScenarioError) as later:
        asked(f"labels: '{file}'")
    assert str(later.value) == f"labels {file}: {text}"


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ("good\ndent\n", []),
        ("Good\ndent\n", ["; did you mean 'Good'?"]),
        ("n01\nn02\n", [""]),
    ],
)
def test_a_label_that_no_class_has_is_told(tmp_path: Path, names: str, told: list[str]) -> None:
    """By `check`, and before a run: no part would ever go on."""
    file = tmp_path / "labels.txt"
    file.write_text(names)
    scenario = written(tmp_path, "labels: labels.txt")
    notes = [f"camera: ship_when waits for 'good', and no class of {file} is called so{end}" for end in told]
    assert unnamed_labels(load(scenario)) == notes
    checked = CliRunner().invoke(commands, ["check", str(scenario)])
    assert checked.exit_code == 0
    assert checked.output.splitlines()[-1:] == notes or not notes


@pytest.mark.parametrize(
    ("gateway", "label", "told"),
    [
        ("grpc: {target: 'a:1', label_output: none}", "good", True),
        ("grpc: {target: 'a:1', label_output: none}", "01", True),
        ("grpc: {target: 'a:1', label_output: none}", "1", False),
        ("grpc: {target: 'a:1'}", "good", False),
        ("kserve: {target: 'a:1', outputs: {score: s}, scores: logits}", "good", True),
        ("kserve: {target: 'a:1', outputs: {score: s}}", "good", False),  # Triton names the best class
    ],
)
def test_a_name_is_waited_for_in_vain_where_classes_have_numbers(
    tmp_path: Path, gateway: str, label: str, told: bool
) -> None:
    """Of scores alone without a file of labels, as of a file in which it is not."""
    settings = [f"line.camera.gateway={{{gateway}}}", f"line.camera.ship_when.labels=['{label}']"]
    notes = unnamed_labels(load(written(tmp_path, "model: m"), settings))
    vain = "without a file of labels the classes are called by their numbers, from 0"
    assert notes == ([f"camera: ship_when waits for {label!r}, and {vain}"] if told else [])


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """Its path is told, when a scenario is read and when a run begins."""
    with pytest.raises(ScenarioError, match=r"labels is labels\.txt; there is no file .*labels\.txt"):
        load(written(tmp_path, "labels: labels.txt"))
    with pytest.raises(ScenarioError, match="it cannot be read: No such file or directory"):
        asked(f"labels: '{tmp_path / 'labels.txt'}'")


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    """Nobody waits for a writer who may never come."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ScenarioError, match="it cannot be read: it is a pipe, not a file"):
        asked(f"labels: '{tmp_path / 'pipe'}'")


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=5))
def test_every_label_of_a_file_may_be_an_answer(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    """What a file may hold and what an answer may hold are one rule; a file is read or refused in words."""
    file = tmp_path_factory.mktemp("labels") / "labels.txt"
    file.write_bytes("\n".join(names).encode("utf-8", "surrogatepass"))
    lines = [name.strip() for name in "\n".join(names).rstrip().split("\n")]
    reason, found = "", []
    try:
        found = [checked_label(name) for name in read_labels(file)]
    except ValueError as error:
        reason = str(error)
    assert found == lines or reason.startswith(("line ", "it holds no label"))
    assert labels.LONGEST_LABEL == LONGEST_LABEL
