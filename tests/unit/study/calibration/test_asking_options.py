"""`calibrate` measures other people's models: its options are the keys of a gateway."""

from pathlib import Path

import click
import pytest

from line_sim.cli.studies.calibrate import _gateway, calibrate
from line_sim.inspection.servers.access import question_of
from line_sim.inspection.wires.classes import Classes
from line_sim.inspection.wires.fitting.pixels import Pixels
from line_sim.inspection.wires.question import ModelQuestion
from line_sim.scenario.gateways.kind import LiveKind
from line_sim.study.calibration.request import described


def asked(*options: str) -> ModelQuestion:
    """Return what a model is asked with these options."""
    written = _gateway(calibrate.make_context("calibrate", list(options)).params)
    _, spec = described("grpc", {"target": "h:1", **written})
    assert isinstance(spec.gateway, LiveKind)
    return question_of(spec.gateway.server)


def test_every_option_reaches_the_question(tmp_path: Path) -> None:
    """As a scenario's keys do."""
    labels = tmp_path / "two.txt"
    labels.write_text("bad\ngood\n")
    question = asked(
        *("--labels", str(labels), "--scores", "logits", "--pixels", "{range: -1..1, size: [4, 5]}"),
        *(
            "--constant",
            "t=0.5",
            "--constant",
            "n=[1, 2]",
            "--model-version",
            "stable",
            "--label-output",
            "none",
        ),
    )
    assert question.classes == Classes(("bad", "good"), str(labels), logits=True)
    assert question.pixels == Pixels(-1, 1, (4, 5))
    assert question.constants == {"t": 0.5, "n": (1, 2)}
    assert (question.version, question.label_output) == ("stable", "")


def test_without_them_it_is_as_ever() -> None:
    """A version's number is a number, 0 too."""
    assert asked("--model-version", "0") == ModelQuestion("inception_v3", "inspect", 0)
    assert asked() == ModelQuestion("inception_v3", "inspect")


@pytest.mark.parametrize(
    ("option", "value", "text"),
    [
        ("--pixels", "0..2", "it must be 0..1, -1..1 or 0..255, or a mapping with range, size"),
        ("--pixels", "{range: 0..1, size: 4}", "size: it must be a list"),
        ("--pixels", "{range: 0..1, siz: 4}", "siz is an unknown key; the keys here are range, size, resize"),
        ("--pixels", "{size: [4, 4]}", "range is missing"),
        ("--constant", "t", "write NAME=VALUE, such as threshold=0.5"),
        ("--constant", "t={a: 1}", "t: it must be a number, a text, true, false, or a list of these"),
    ],
)
def test_what_an_option_cannot_be(option: str, value: str, text: str) -> None:
    """What is allowed is told."""
    with pytest.raises(click.BadParameter) as caught:
        asked(option, value)
    assert caught.value.message.startswith(text)
