"""Models in the manners of other people's exports, asked by `classify` and by a run."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image
from rest_calls import free_port
from serving_stories import reload
from stub_server import inquiry

from line_sim.cli import commands
from line_sim.inspection.outcome import Answered
from line_sim.inspection.servers.embedded import EmbeddedServer
from line_sim.inspection.servers.grpc import GRPC
from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.servers.rest import REST

pytestmark = [pytest.mark.slow, pytest.mark.server]

LEVELS = {"dark": 20, "grey": 128, "bright": 240}


@dataclass(frozen=True)
class Served:
    """A server with both versions of the model, one of them `stable`, and pictures to ask about."""

    folder: Path
    targets: dict[str, str]
    server: EmbeddedServer
    entry: dict[str, Any]

    def classify(self, picture: str, way: str, *options: str) -> Any:
        """Run the command; give what it says, or the error."""
        form = "rest" if way == "rest" else "grpc"
        arguments = [str(self.folder / f"{picture}.jpg"), "--format", form, "--target", self.targets[way]]
        result = CliRunner().invoke(
            commands, ["classify", *arguments, "--model", "manners", "--timeout", "60 s", "--json", *options]
        )
        return json.loads(result.stdout) if result.exit_code == 0 else str(result.exception)

    def labels(self, *names: str) -> str:
        """Write a file of labels."""
        path = self.folder / f"{len(names)}.txt"
        path.write_text("\n".join(names) + "\n", encoding="utf-8")
        return str(path)


@pytest.fixture(scope="module")
def served(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all tests here: gRPC, REST and a socket file."""
    folder = tmp_path_factory.mktemp("m")
    for name, level in LEVELS.items():
        Image.new("RGB", (40, 30), (level, level, level)).save(folder / f"{name}.jpg", quality=100)
    labels = "".join(
        f'version_labels {{ key: "{label}" value: {version} }} '
        for label, version in (("stable", 1), ("canary", 2))
    )
    entry = f'name: "manners" base_path: "{models / "manners"}" model_platform: "tensorflow"'
    (folder / "models.config").write_text(
        f"model_config_list {{ config {{ {entry} model_version_policy {{ all {{}} }} {labels} }} }}"
    )
    port, socket = free_port(), folder / "s"
    arguments = [
        f"--model_config_file={folder / 'models.config'}",
        "--allow_version_labels_for_unavailable_models",
        f"--rest_api_port={port}",
        f"--grpc_socket_path={socket}",
        "--allow_reload_config",
    ]
    with EmbeddedServer("manners", models / "manners", arguments=arguments) as running:
        targets = {"grpc": running.target, "rest": f"127.0.0.1:{port}", "unix": f"unix:{socket}"}
        listed = {
            "name": "manners",
            "base_path": str(models / "manners"),
            "model_version_policy": {"all": {}},
        }
        yield Served(folder, targets, running, listed)


WAYS = ("grpc", "rest", "unix")


@pytest.mark.parametrize("way", WAYS)
def test_every_manner_over_every_way(served: Served, way: str) -> None:
    """Numbers of classes, probabilities, logits, a sigmoid; pictures go as a JPEG or as pixels."""
    three, two = served.labels("dark", "grey", "bright"), served.labels("dark", "bright")
    manners = {
        "ids": ("--labels", three, "--model-version", "stable"),
        "narrow_ids": ("--labels", three, "--model-version", "1"),
        "keras": ("--labels", three, "--pixels", "0..1"),
        "levels": ("--labels", three, "--scores", "logits", "--pixels", "{range: 0..255, size: [20, 30]}"),
        "sigmoid": ("--labels", two, "--pixels", "-1..1"),
    }
    for signature, options in manners.items():
        for picture in ("dark", "bright"):
            found = served.classify(picture, way, "--signature", signature, *options)
            assert found["label"] == picture, found
            assert found["score"] is None if signature == "narrow_ids" else 0.9 < found["score"] <= 1
    assert served.classify("grey", way, "--signature", "keras", "--pixels", "0..1")["label"] == "1"


@pytest.mark.parametrize("way", WAYS)
def test_further_inputs_decide(served: Served, way: str) -> None:
    """A threshold, two texts and a shift, in the types and shapes of the signature."""
    always = ("--signature", "guided", "--constant", "names=[below, above]", "--constant", "shift=0")
    for threshold, label in ((0.2, "above"), (0.8, "below")):
        found = served.classify("grey", way, *always, "--constant", f"threshold={threshold}")
        assert found["label"] == label
    assert "'x' is not a number" in served.classify("grey", way, *always, "--constant", "threshold=x")


@pytest.mark.parametrize("way", WAYS)
def test_labels_of_versions_choose_one(served: Served, way: str) -> None:
    """Each has a version of its own, which is told; another label is refused with what there is."""
    for label, version, number in (("stable", "1", "2"), ("canary", "2", "102")):
        found = served.classify("bright", way, "--signature", "narrow_ids", "--model-version", label)
        assert (found["version"], found["label"]) == (version, number)
    refused = served.classify("bright", way, "--signature", "narrow_ids", "--model-version", "nope")
    assert "Unrecognized servable version label: nope; version 2 is AVAILABLE" in refused


class Bright:
    """A bright picture of every part."""

    defect_kinds = ()
    remarks = ()

    def __init__(self, folder: Path) -> None:
        self._jpeg = (folder / "bright.jpg").read_bytes()

    def picture(self, item_id: int, true_state: str, defect: str) -> bytes:
        """Return it."""
        return self._jpeg


def test_a_label_that_moves_in_mid_run(served: Served) -> None:
    """The next question is answered by the other version; gRPC tells both, REST the first alone."""
    names: Any = {"version": "stable", "label_output": "class", "score_output": ""}
    over_grpc = ServerGateway(
        GRPC, served.targets["grpc"], "manners", "narrow_ids", Bright(served.folder), **names
    )
    over_rest = ServerGateway(
        REST, served.targets["rest"], "manners", "narrow_ids", Bright(served.folder), **names
    )
    with over_grpc, over_rest:
        assert {one.ask(inquiry()).outcome for one in (over_grpc, over_rest)} == {Answered("2", 1.0)}
        try:
            reload(served.server, {**served.entry, "version_labels": {"stable": 2, "canary": 2}})
            assert {one.ask(inquiry()).outcome for one in (over_grpc, over_rest)} == {Answered("102", 1.0)}
        finally:
            reload(served.server, {**served.entry, "version_labels": {"stable": 1, "canary": 2}})
        assert (over_grpc.identity["version"], over_rest.identity["version"]) == ("1, 2", "1")


SCENARIO = """\
version: 1
name: Keras line
seed: 3
run: {items: 12}
arrivals: {every: 40 ms}
product: {defect_rate: 0.5, images: {folder: pictures}}
line:
  - inspection: camera
    buffer: 4
    deadline: 20 s
    ship_when: {labels: [bright], score_at_least: 0.8}
    gateway:
      WAY:
        target: TARGET
        model: manners
        signature: keras
        model_version: stable
        input: keras_tensor
        label_output: none
        score_output: output_0
        labels: three.txt
        pixels: 0..1
review: {buffer: 20, time: 1 s}
"""


@pytest.mark.parametrize("way", WAYS)
def test_a_line_of_a_keras_export(served: Served, way: str, tmp_path: Path) -> None:
    """Every part is answered, and goes where its picture says; the audit passes."""
    for state, picture in (("good", "bright"), ("defective", "dark")):
        (tmp_path / "pictures" / state).mkdir(parents=True)
        image = (served.folder / f"{picture}.jpg").read_bytes()
        (tmp_path / "pictures" / state / "one.jpg").write_bytes(image)
    (tmp_path / "three.txt").write_text("dark\ngrey\nbright\n")
    target = served.targets[way]
    text = SCENARIO.replace("WAY", "rest" if way == "rest" else "grpc").replace("TARGET", f'"{target}"')
    (tmp_path / "s.yaml").write_text(text)
    out = tmp_path / "out"
    result = CliRunner().invoke(
        commands, ["run", str(tmp_path / "s.yaml"), "--out", str(out), "--quiet", "--no-live"]
    )
    assert result.exit_code == 0, result.output
    summary = json.loads((out / "summary.json").read_text())
    assert summary["audit"]["passed"]
    calls = (out / "calls.csv").read_text().splitlines()[1:]
    assert len(calls) == 12
    assert all(",answered,OK," in call for call in calls)
    assert {label for label in ("bright", "dark", "grey") if any(f",{label}," in call for call in calls)} == {
        "bright",
        "dark",
    }
