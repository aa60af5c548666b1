"""`line-sim calibrate`: a server measured, and a model of it that lines can be planned with."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from line_sim.cli import INTERRUPTED
from line_sim.cli.options import (
    access_options,
    asking_options,
    duration_of,
    number_or_label,
    set_option,
    target_option,
)
from line_sim.units import SECOND

if TYPE_CHECKING:
    from line_sim.study.calibration.calibrate import Request

SECONDS = 150.0
IN_FLIGHT = 4

HELP = """Measure a server and write a model of it, for `gateway: {calibrated: server.yaml}` and `confirm`.

\b
  line-sim calibrate --target HOST:8500 --takt 250ms --out gpu.yaml
  line-sim calibrate --target embedded --out embedded.yaml
  line-sim calibrate --scenario line.yaml --out server.yaml

The options are those of a server of TensorFlow Serving's API. Triton, MLServer and KServe are measured
with --scenario, through the scenario's gateway.

Lone calls at the takt tell what work a call is, closed loops how much is done with several calls at once,
bursts whether calls share or wait in line, calls given up whether work goes on for nobody; larger pictures
and pauses are tried as well. All of it is done in rounds, each in an order of its own. A probe that the fit
does not see tells how far the model is off.

Others must leave the machine alone meanwhile: where they take more than 7 % of its processor time the
server is not measured, unless --any-load is given; that is told in the file.

The exit code is 3 where the server cannot be used, and 5 where others keep the machine busy or where no
model that can be simulated fits (what was measured is on the page then).
"""


@click.command(help=HELP, short_help="Measure a server, and write a model of it.")
@target_option("The server.  [default: localhost:8500 for grpc, localhost:8501 for rest]")
@click.option(
    "--scenario",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Take server, takt and pictures from a scenario.",
)
@set_option
@click.option("--format", "form", type=click.Choice(["grpc", "rest"]), default="grpc", show_default=True)
@click.option("--model", metavar="NAME", help="The model's name there.  [default: inception_v3]")
@click.option("--signature", metavar="NAME", help="The signature that is called.  [default: inspect]")
@click.option(
    "--model-version", metavar="VERSION", help="The version, or a label of one.  [default: the newest one]"
)
@click.option("--input", "input_name", metavar="NAME", help="Its input.  [default: image]")
@click.option("--label-output", metavar="NAME", help="Its output with the label.  [default: label]")
@click.option("--score-output", metavar="NAME", help="Its output with the score.  [default: score]")
@asking_options
@access_options
@click.option(
    "--takt",
    callback=duration_of,
    metavar="DURATION",
    help="From one lone call to the next.  [default: the scenario's, else twice a lone call]",
)
@click.option(
    "--in-flight",
    type=click.IntRange(2, 32),
    default=IN_FLIGHT,
    show_default=True,
    metavar="N",
    help="The most calls at once that are tried.",
)
@click.option(
    "--payload",
    type=click.Path(path_type=Path, exists=True),
    metavar="FILE|DIR",
    help="A picture, or a folder of pictures, to be sent.  [default: the scenario's, else drawn ones]",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=1),
    default=SECONDS,
    show_default=True,
    metavar="S",
    help="How long to measure, about.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("server.yaml"),
    show_default=True,
    metavar="FILE",
    help="The calibration's file, new; a page (.html) goes beside it.",
)
@click.option("--name", help="What the server is called.  [default: the model and where it is]")
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the order of all parts."
)
@click.option("--any-load", is_flag=True, help="Go on where others use the machine; the file says so.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def calibrate(out: Path, quiet: bool, **options: Any) -> int:
    """Measure a server."""
    from line_sim.cli.terminal.printing import show_page
    from line_sim.cli.terminal.signals import stopping_on_signals
    from line_sim.cli.terminal.study_progress import study_narrator
    from line_sim.study.calibration.calibrate import Around
    from line_sim.study.calibration.calibrate import calibrate as measured
    from line_sim.study.calibration.text import calibration_text

    with stopping_on_signals() as interrupt, study_narrator("s of measuring", quiet=quiet) as told:
        around = Around(told.stage, lambda done, most: told.counted(round(done), round(most)), interrupt)
        try:
            found = measured(_request(options), out, around)
        except KeyboardInterrupt:
            click.echo("interrupted; nothing is written: what was measured so far fits no model", err=True)
            return INTERRUPTED
    if not quiet:
        show_page(calibration_text(found.found), f"File: {found.out}\nPage: {found.page}")
    return 0


_OF_THE_SERVER = {
    "model": "model",
    "signature": "signature",
    "input_name": "input",
    "label_output": "label_output",
    "score_output": "score_output",
    "scores": "scores",
    "constants": "inputs",
    "header": "metadata",
}
"""Options that are keys of a gateway."""


def _request(options: dict[str, Any]) -> "Request":
    """Return what is to be measured."""
    from line_sim.study.calibration.measuring.measure import How
    from line_sim.study.calibration.request import Server, request_of, request_of_scenario

    any_load, seed, target = options["any_load"], options["seed"], options["target"]
    takt = None if options["takt"] is None else options["takt"] / SECOND
    how = How(options["in_flight"], options["seconds"], takt, any_load=any_load, seed=seed)
    said: dict[str, Any] = {"name": options["name"], "payload": options["payload"]}
    written = _gateway(options)
    if options["scenario"] is None:
        if options["overrides"]:
            raise click.UsageError("--set changes a scenario: say --scenario, too")
        return request_of(Server(options["form"], written, target), how, **said)
    if written or options["form"] != "grpc":
        raise click.UsageError("the scenario says what its server is: use --set for the other options")
    return request_of_scenario(options["scenario"], options["overrides"], target, how, **said)


def _gateway(options: dict[str, Any]) -> dict[str, Any]:
    """Return the keys of a gateway that options stand for, those that are given."""
    written = {key: options[name] for name, key in _OF_THE_SERVER.items() if options[name]}
    files = {name: str(options[name].absolute()) for name in ("ca", "cert", "key") if options[name]}
    server_name = {"server_name": options["server_name"]} if options["server_name"] else {}
    if files or server_name or options["tls"]:
        written["tls"] = {**files, **server_name}
    if options["model_version"] is not None:
        written["model_version"] = number_or_label(options["model_version"])
    if options["labels"] is not None:
        written["labels"] = str(options["labels"].absolute())
    if options["pixels"] is not None:
        written["pixels"] = options["pixels"].model_dump(exclude_none=True)
    return written
