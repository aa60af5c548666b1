"""The command `line-sim export`."""

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
from click.core import ParameterSource
from rich.console import Console

from line_sim.errors import LineSimError, ScenarioError
from line_sim.truth import GOOD
from line_sim_export.choice import (
    BACKBONES,
    HANDLE,
    HEADS,
    BackboneName,
    Choice,
    HeadName,
    chosen,
    default_cache,
)
from line_sim_export.pictures.labelled_folder import PictureSet, announce, labelled_of, read_labelled
from line_sim_export.pictures.lessons import Lessons, rendered_lessons
from line_sim_export.processor import bfloat16_units, processor
from line_sim_export.progress import Reporter
from line_sim_export.silence import import_tensorflow
from line_sim_export.triton.config import BACKENDS
from line_sim_export.triton.repository import export_for_triton

if TYPE_CHECKING:
    from line_sim_export.model.card import Card

TRAINING_PARTS = 480
HELD_OUT_PARTS = 100
COMPARED_PARTS = 500  # held out where lower precision must be compared
INTERRUPTED = 130
COMMAND_LINE = ParameterSource.COMMANDLINE
SERVERS = ("tensorflow-serving", *BACKENDS)
DEFAULT_MODEL = Path("models/inception_v3")
PUBLISHED = 0  # the version that the published client of this pattern asks for by its number
FOR_ANY_SERVER = {"server", "source", "out", "version", "force", "quiet"}
PRECISIONS = ("auto", "float32", "bfloat16", "tensorrt-fp16")

Precision = Literal["float32", "bfloat16", "tensorrt-fp16"]


@dataclass(frozen=True)
class Wish:
    """What the command line asks for."""

    folder: Path
    seed: int
    parts: int | None
    precision: Precision | None
    force: bool
    choice: Choice
    cache: Path


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help=f"The model's folder; its last name is the model's name.  [default: {DEFAULT_MODEL}; for Triton "
    "the repository, models/triton or models/triton-tensorrt]",
)
@click.option(
    "--for",
    "server",
    type=click.Choice(SERVERS),
    default=SERVERS[0],
    show_default=True,
    help="Build a model for TensorFlow Serving, or put a model that was built before into a repository of "
    "Triton's: for its python backend, or for NVIDIA's image with TensorRT.",
)
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    help=f"For Triton: the model that was built before, or a version of it.  [default: {DEFAULT_MODEL}]",
)
@click.option(
    "--version",
    type=click.IntRange(min=0),
    help="The version's number.  [default: 0; for Triton the model's own, 1 for 0]",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Draws weights and parts."
)
@click.option(
    "--parts",
    type=click.IntRange(min=60),
    help=f"Train on so many pictures.  [default: {TRAINING_PARTS} rendered ones, all of --pictures]",
)
@click.option(
    "--pictures",
    type=click.Path(path_type=Path),
    help="Fit on this folder's pictures instead of rendered flanges: every sub-folder is a class.",
)
@click.option(
    "--cache",
    type=click.Path(path_type=Path),
    help="Keep what the network sees in pictures here, so that it looks at each once.  "
    "[default: line-sim/features in $XDG_CACHE_HOME or ~/.cache]",
)
@click.option(
    "--backbone",
    type=click.Choice(BACKBONES),
    help="Where the network's weights come from: a seed, keras.applications, TensorFlow Hub or a file.  "
    "[default: seeded, or what --weights or --handle say]",
)
@click.option(
    "--weights", type=click.Path(path_type=Path), help="A .h5 file of weights of Keras' InceptionV3."
)
@click.option("--handle", help=f"TensorFlow Hub's handle, or a module's folder.  [default: {HANDLE}]")
@click.option(
    "--head",
    type=click.Choice(HEADS),
    help="The network's own ImageNet classes, or a head fitted on pictures.  "
    "[default: fitted for a seeded network and for --pictures, else imagenet]",
)
@click.option(
    "--labels",
    type=click.Path(path_type=Path),
    help="Names of the network's own classes: a file with one a line, or Keras' class index.",
)
@click.option(
    "--precision",
    type=click.Choice(PRECISIONS),
    default="auto",
    show_default=True,
    help="What the network computes in. auto: what is measured to be faster on this processor, bfloat16 "
    "only where it gives the same labels.",
)
@click.option("--force", is_flag=True, help="Replace this version if it is there already.")
@click.option("--quiet", is_flag=True, help="Say nothing unless something is wrong.")
@click.pass_context
def command(
    context: click.Context,
    *,
    out: Path | None,
    server: str,
    source: Path | None,
    version: int | None,
    seed: int,
    parts: int | None,
    pictures: Path | None,
    cache: Path | None,
    backbone: BackboneName | None,
    weights: Path | None,
    handle: str | None,
    head: HeadName | None,
    labels: Path | None,
    precision: Precision | Literal["auto"],
    force: bool,
    quiet: bool,
) -> None:
    """Build the SavedModel that the inspection station asks, and prove it; or take one to Triton.

    \b
      line-sim export
      line-sim export --pictures path/to/folder --out models/mine
      line-sim export --for triton --from models/mine
    """  # noqa: D301 - click's mark, as it is
    reporter = Reporter(Console(soft_wrap=True), quiet)
    cache = cache or default_cache(os.environ)
    try:
        check_server(context, server, source)
        if server in BACKENDS:
            place = source or DEFAULT_MODEL, out or Path("models", server)
            export_for_triton(server, *place, version, force=force, reporter=reporter)
            return
        choice = chosen(backbone, head, weights, handle, labels, pictures)
        wanted = None if precision == "auto" else precision
        folder = (out or DEFAULT_MODEL) / str(version or PUBLISHED)
        export(Wish(folder, seed, parts, wanted, force, choice, cache), reporter)
    except LineSimError as error:
        click.echo(f"line-sim export: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        again = f"; the same command goes on from the features in {cache}" if pictures else ""
        click.echo(f"line-sim export: interrupted, no model was written{again}", err=True)
        sys.exit(INTERRUPTED)


def check_server(context: click.Context, server: str, source: Path | None) -> None:
    """Raise ScenarioError for options that are of no use for this server, a line each."""
    mistakes = []
    if server not in BACKENDS and source is not None:
        mistakes = [f"--from {source} is for --for triton: a model for {server} is built, not taken"]
    if server in BACKENDS:
        told = [name for name in context.params if context.get_parameter_source(name) is COMMAND_LINE]
        mistakes = [
            f"--{name} is for building a model; build it first, then take it with --for {server} --from DIR"
            for name in told
            if name not in FOR_ANY_SERVER
        ]
    if mistakes:
        raise ScenarioError("\n".join(mistakes))


def export(wish: Wish, reporter: Reporter) -> None:
    """Refuse what cannot be, then make, write, prove and keep a model."""
    if wish.folder.exists() and not wish.force:
        raise ScenarioError(f"{wish.folder} exists already; give --force to replace it or another --version")
    if wish.precision == "bfloat16" and not bfloat16_units():
        reporter.warn(
            f"this processor ({processor()}) has no bfloat16 units: "
            "here the model is no faster than --precision float32"
        )
    labelled = None
    if wish.choice.pictures:
        labelled = read_labelled(wish.choice.pictures, wish.seed, wish.parts, reporter)
        announce(labelled.left_out, reporter)
    began = time.monotonic()
    reporter.say("starting TensorFlow")
    import_tensorflow()
    from line_sim_export.model.tensorrt import require_tensorrt  # noqa: PLC0415 - TensorFlow takes seconds and must start quietly

    if wish.precision == "tensorrt-fp16":
        require_tensorrt()
    card = export_fastest(wish, labelled, reporter)
    if card.verdict:
        good = card.verdict.parts[GOOD]
        reporter.say(
            f"proven on parts held out: {card.verdict.flagged} of {card.verdict.defective} defective "
            f"flagged, {card.verdict.false_alarms} false alarms in {good} good"
        )
    reporter.say(f"{wish.folder} is ready after {time.monotonic() - began:.0f} s")


def export_fastest(wish: Wish, labelled: PictureSet | None, reporter: Reporter) -> "Card":
    """Export in the precision asked for; where none is, in the faster one that gives the network's labels."""
    from line_sim_export.fastest import fastest  # noqa: PLC0415 - as above
    from line_sim_export.heads.agreement import DisagreementError  # noqa: PLC0415

    if wish.precision is not None:
        return export_chosen(wish, wish.precision, labelled, reporter)
    precision = fastest(reporter)
    try:
        return export_chosen(wish, precision, labelled, reporter)
    except DisagreementError as error:
        reporter.warn(f"once more in float32: {error}")
        return export_chosen(wish, "float32", labelled, reporter)


def export_chosen(
    wish: Wish, precision: Precision, labelled: PictureSet | None, reporter: Reporter
) -> "Card":
    """Make the network and the head that were chosen, and keep them; without pictures parts are rendered."""
    from line_sim_export import exporting  # noqa: PLC0415 - as above
    from line_sim_export.networks.chosen import own_classes, pretrained_network  # noqa: PLC0415
    from line_sim_export.own_pictures import calibrated_on, export_linear  # noqa: PLC0415

    choice, kept = wish.choice, (wish.folder, precision, reporter)
    lessons = lessons_for(wish, precision)
    if choice.backbone == "seeded":
        if labelled is None:
            return exporting.export_seeded(lessons, wish.seed, *kept)
        reporter.say("calibrating the seeded network")
        return export_linear(calibrated_on(labelled, wish.seed), labelled, wish.seed, wish.cache, *kept)
    reporter.say(f"getting the network: {choice.backbone}")
    backbone = pretrained_network(choice)
    if choice.head == "imagenet":
        labels = own_classes(backbone, choice.labels)
        return exporting.export_own_classes(backbone, labels, lessons.held_out, *kept)
    if backbone.layered and labelled is None:
        return exporting.export_detectors(backbone, lessons, wish.seed, *kept)
    labelled = labelled or labelled_of(lessons.training, lessons.labels, lessons.origin)
    return export_linear(backbone, labelled, wish.seed, wish.cache, *kept)


def lessons_for(wish: Wish, precision: Precision) -> Lessons:
    """Return rendered parts to fit on and to be judged by."""
    held_out = HELD_OUT_PARTS if precision == "float32" else COMPARED_PARTS
    return rendered_lessons(wish.seed, wish.parts or TRAINING_PARTS, held_out)


def main() -> None:
    """Enter as `line-sim export`."""
    from line_sim.cli.group import run_command_line  # noqa: PLC0415 - all commands come with it

    sys.exit(run_command_line(sys.argv[1:], command, "line-sim export"))
