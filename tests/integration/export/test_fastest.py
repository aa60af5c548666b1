"""The precision of an export that was not told one: measured, said, and given up where labels change."""

import json
from pathlib import Path
from typing import Any

import pytest
from line_sim_export.processor import bfloat16_units
from line_sim_export.progress import Reporter
from rich.console import Console
from small_networks import line_sim_export, write_hub_module

from line_sim.pictures.rendered.flange import RenderedFlanges

pytestmark = [pytest.mark.slow, pytest.mark.server]


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> tuple[str | Path, ...]:
    """The options of an export that is quick: a small network, few pictures, easily told apart."""
    folder, source = tmp_path_factory.mktemp("fastest"), RenderedFlanges(seed=5)
    for label in ("good", "stain"):
        (folder / "pictures" / label).mkdir(parents=True)
        for item in range(12):
            jpeg = source.picture(
                item, "good" if label == "good" else "defective", "" if label == "good" else label
            )
            (folder / "pictures" / label / f"{item:02}.jpg").write_bytes(jpeg)
    module = write_hub_module(folder / "module", classes=40)
    return (
        "--pictures",
        folder / "pictures",
        "--handle",
        module,
        "--cache",
        folder / "cache",
        "--precision",
        "auto",
    )


def precision_of(model: Path) -> Any:
    """Return the precision that a model's card tells."""
    return json.loads((model / "0" / "assets.extra" / "model_card.json").read_text())["precision"]


@pytest.mark.parametrize(
    ("float32_ms", "bfloat16_ms", "winner"),
    [(66, 37, "bfloat16"), (100, 90, "bfloat16"), (100, 91, "float32"), (82, 86, "float32")],
)
def test_bfloat16_must_be_worth_it(float32_ms: float, bfloat16_ms: float, winner: str) -> None:
    """A tenth of the time at least: rounding is not risked for less."""
    from line_sim_export.fastest import Race

    assert Race(float32_ms, bfloat16_ms).winner == winner


def test_without_units_nothing_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """float32 it is, and the reason is said."""
    from line_sim_export import fastest

    monkeypatch.setattr(fastest, "bfloat16_units", lambda: False)
    monkeypatch.setattr(fastest, "raced", lambda: pytest.fail("there is nothing to measure"))
    assert fastest.fastest(Reporter(Console(soft_wrap=True), quiet=False)) == "float32"
    assert "no bfloat16 units" in capsys.readouterr().out


def test_the_network_that_is_timed_is_one_that_is_exported() -> None:
    """Each of its 94 convolutions has a bias: without one TensorFlow fuses no activation with it."""
    import tensorflow as tf
    from line_sim_export.fastest import timed_network
    from line_sim_export.model.freezing import freeze

    network = timed_network()
    picture = tf.TensorSpec((1, 299, 299, 3), tf.float32)
    function = tf.function(lambda x: network(x, training=False)).get_concrete_function(picture)
    operations = [node.op for node in freeze(function, "float32").graph.as_graph_def().node]
    assert operations.count("Conv2D") == operations.count("BiasAdd") == 94


def test_an_export_says_what_it_has_measured(labelled: tuple[str | Path, ...], tmp_path: Path) -> None:
    """The card has the precision that the export has named, with the milliseconds where it could measure."""
    done = line_sim_export(*labelled, "--out", tmp_path / "m")
    assert done.exit_code == 0, done.stderr
    assert f"in {precision_of(tmp_path / 'm')}" in done.stdout
    assert ("ms in bfloat16" in done.stdout) == bfloat16_units()


def test_a_faster_model_that_judges_otherwise_is_not_kept(
    labelled: tuple[str | Path, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The labels come first: it is exported once more in float32, and the warning says why."""
    from line_sim_export import fastest
    from line_sim_export.heads import agreement

    monkeypatch.setattr(fastest, "fastest", lambda _: "bfloat16")
    monkeypatch.setattr(agreement, "LEAST", 1.01)
    done = line_sim_export(*labelled, "--out", tmp_path / "m")
    assert done.exit_code == 0, done.stderr
    assert "once more in float32: in lower precision" in done.output
    assert precision_of(tmp_path / "m") == "float32"
