"""The command `line-sim compare-inference`."""

import json
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from line_sim.errors import LineSimError, ScenarioError
from line_sim.inspection.servers.embedded import refuse_missing_model
from line_sim.pictures.files.sending import read_proven
from line_sim_export.compare.rounds import Measured, measure
from line_sim_export.compare.table import HEADS, Row, cells, facts, rows_of
from line_sim_export.processor import bfloat16_units, processor
from line_sim_export.progress import Reporter
from line_sim_export.silence import import_tensorflow

WARM_UP_ROUNDS = 3
ROUNDS = 16  # about a minute on two cores
INTERRUPTED = 130


@dataclass(frozen=True)
class Compared:
    """What was measured, and what each way includes by its name."""

    measured: dict[str, Measured]
    includes: dict[str, str]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("image", type=click.Path(path_type=Path))
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    default=Path("models/inception_v3"),
    show_default=True,
    help="The model's folder, as 'line-sim export' made it; its newest version is taken.",
)
@click.option(
    "--rounds",
    type=click.IntRange(min=1),
    default=ROUNDS,
    show_default=True,
    help="Ask so many times in every way.",
)
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write all of it here, too."
)
@click.option("--quiet", is_flag=True, help="Show the table only.")
def command(image: Path, model: Path, rounds: int, json_file: Path | None, quiet: bool) -> None:
    """Ask the network about IMAGE in every way there is, and compare times and answers."""
    try:
        jpeg = read_proven(image)
        if json_file is not None and not json_file.absolute().parent.is_dir():
            raise ScenarioError(f"--json {json_file}: there is no folder {json_file.absolute().parent}")
        version = newest_version(model)
        compared = compare(jpeg, version, rounds, Reporter(Console(stderr=True, soft_wrap=True), quiet))
        rows = rows_of(compared.measured)
        if json_file is not None:
            write_json(compared, rows, version, json_file)
    except LineSimError as error:
        click.echo(f"line-sim compare-inference: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        sys.exit(INTERRUPTED)
    show(rows, compared.includes)


def newest_version(model: Path) -> Path:
    """Return the version folder of the greatest number. Raises GatewayError when there is none."""
    base = model.resolve()
    refuse_missing_model(base)
    numbered = [child for child in base.iterdir() if child.name.isascii() and child.name.isdigit()]
    return max(numbered, key=lambda child: int(child.name))


def compare(jpeg: bytes, version: Path, rounds: int, reporter: Reporter) -> Compared:
    """Make all the ways and ask by them in turns; the server ends with this, however it ends."""
    reporter.say("starting TensorFlow")
    import_tensorflow()
    from line_sim_export.compare.ways import ways_in_process  # noqa: PLC0415 - TensorFlow must start quietly
    from line_sim_export.compare.wires import ways_by_server  # noqa: PLC0415
    from line_sim_export.model.unfrozen import read_unfrozen  # noqa: PLC0415

    reporter.say("making the network anew, freezing it")
    ways = ways_in_process(read_unfrozen(version), str(version))
    reporter.say("starting the embedded server")
    with ways_by_server(version.parent, int(version.name)) as by_server:
        ways += by_server
        asks = {way.name: partial(way.ask, jpeg) for way in ways}
        with reporter.counting("comparing", WARM_UP_ROUNDS + rounds, "rounds") as advance:
            measured = measure(asks, WARM_UP_ROUNDS, rounds, partial(advance, 1))
    return Compared(measured, {way.name: way.includes for way in ways})


def write_json(compared: Compared, rows: list[Row], version: Path, path: Path) -> None:
    """Write rows, raw latencies and the machine. Raises ScenarioError where that cannot be."""
    document = {
        "model": str(version),
        "processor": processor(),
        "bfloat16_units": bfloat16_units(),
        "unit": "ns",
        "ways": [
            facts(row)
            | {"includes": compared.includes[row.name], "latencies": compared.measured[row.name].latencies}
            for row in rows
        ],
    }
    try:
        path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise ScenarioError(f"--json {path}: {error.strerror}") from error


def show(rows: list[Row], includes: dict[str, str]) -> None:
    """Print the table and what has to be known to read it."""
    console = Console(soft_wrap=True) if sys.stdout.isatty() else Console(width=160)
    table = Table(*HEADS)
    for row in rows:
        table.add_row(*cells(row))
    console.print(table, highlight=False)
    console.print(
        "In all of them: one JPEG decoded and scaled, network, head, the answer in Python. Besides:"
    )
    for name, what in includes.items():
        console.print(f"  {name}: {what}", highlight=False, markup=False)
    console.print(
        "Brackets: 95 % intervals. Labels and scores are compared with eager's.",
        highlight=False,
        markup=False,
    )
    if not bfloat16_units():
        console.print(
            f"Note: this processor ({processor()}) has no bfloat16 units: expect no gain from it.",
            highlight=False,
        )


def main() -> None:
    """Enter as `line-sim compare-inference`."""
    from line_sim.cli.group import run_command_line  # noqa: PLC0415 - all commands come with it

    sys.exit(run_command_line(sys.argv[1:], command, "line-sim compare-inference"))
