"""The command `line-sim export`."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import click
from rich.console import Console

from line_sim.errors import LineSimError, ScenarioError
from line_sim_export.processor import bfloat16_units, processor
from line_sim_export.progress import Reporter
from line_sim_export.silence import import_tensorflow

TRAINING_PARTS = 480
FOLDER_PARTS = 2000  # 1.3 MB of memory each while the head is fitted
HELD_OUT_PARTS = 100
COMPARED_PARTS = 500  # held out where lower precision must be compared
PRECISIONS = ("float32", "bfloat16", "tensorrt-fp16")

Precision = Literal["float32", "bfloat16", "tensorrt-fp16"]


@dataclass(frozen=True)
class Wish:
    """What the command line asks for."""

    folder: Path
    seed: int
    parts: int | None
    pictures: Path | None
    precision: Precision
    force: bool


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("models/inception_v3"),
    show_default=True,
    help="The model's folder; its last name is the model's name.",
)
@click.option(
    "--version", type=click.IntRange(min=0), default=1, show_default=True, help="The version's number."
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Draws weights and parts."
)
@click.option(
    "--parts",
    type=click.IntRange(min=60),
    help=f"Train on so many pictures.  [default: {TRAINING_PARTS}; at most {FOLDER_PARTS} of --pictures]",
)
@click.option(
    "--pictures",
    type=click.Path(path_type=Path),
    help="Fit on this folder's good/ and defective/ instead of rendered flanges.",
)
@click.option(
    "--precision",
    type=click.Choice(PRECISIONS),
    default="float32",
    show_default=True,
    help="What the network computes in; bfloat16 is for processors that have units for it.",
)
@click.option("--force", is_flag=True, help="Replace this version if it is there already.")
@click.option("--quiet", is_flag=True, help="Say nothing unless something is wrong.")
def command(
    out: Path,
    version: int,
    seed: int,
    parts: int | None,
    pictures: Path | None,
    precision: Precision,
    force: bool,
    quiet: bool,
) -> None:
    """Build the SavedModel that the inspection station asks, and prove it."""
    reporter = Reporter(Console(soft_wrap=True), quiet)
    try:
        export(Wish(out / str(version), seed, parts, pictures, precision, force), reporter)
    except LineSimError as error:
        click.echo(f"line-sim export: {error}", err=True)
        sys.exit(error.exit_code)


def export(wish: Wish, reporter: Reporter) -> None:
    """Refuse what cannot be, then fit, write, prove and keep a model."""
    from line_sim_export.lessons import folder_lessons, rendered_lessons  # noqa: PLC0415 - keeps --help fast

    if wish.folder.exists() and not wish.force:
        raise ScenarioError(f"{wish.folder} exists already; give --force to replace it or another --version")
    if wish.precision == "bfloat16" and not bfloat16_units():
        click.echo(
            f"line-sim export: warning: this processor ({processor()}) has no bfloat16 units: "
            "here the model is no faster than --precision float32",
            err=True,
        )
    if wish.pictures is None:
        held_out = HELD_OUT_PARTS if wish.precision == "float32" else COMPARED_PARTS
        lessons = rendered_lessons(wish.seed, wish.parts or TRAINING_PARTS, held_out)
    else:
        lessons = folder_lessons(wish.pictures, wish.seed, wish.parts or FOLDER_PARTS)
    began = time.monotonic()
    reporter.say("starting TensorFlow")
    import_tensorflow()
    from line_sim_export.exporting import export_seeded  # noqa: PLC0415 - TensorFlow takes seconds and must start quietly
    from line_sim_export.tensorrt import require_tensorrt  # noqa: PLC0415

    if wish.precision == "tensorrt-fp16":
        require_tensorrt()
    verdict = export_seeded(lessons, wish.seed, wish.folder, wish.precision, reporter).verdict
    good = verdict.parts["good"]
    reporter.say(
        f"proven on parts held out: {verdict.flagged} of {verdict.defective} defective flagged, "
        f"{verdict.false_alarms} false alarms in {good} good"
    )
    reporter.say(f"{wish.folder} is ready after {time.monotonic() - began:.0f} s")


def main() -> None:
    """Enter as `line-sim export`."""
    command(prog_name="line-sim export")
