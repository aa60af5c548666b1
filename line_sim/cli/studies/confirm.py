"""`line-sim confirm`: predict a line from a calibrated server, run it live, and say whether both agree."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from line_sim.cli import INTERRUPTED
from line_sim.cli.audit import AUDIT_FAILED
from line_sim.cli.options import scenario_argument, set_option, target_option
from line_sim.cli.studies.working import workers_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from line_sim.study.confirm.confirm import Plan
    from line_sim.study.workers import Workers

DIFFERENT = AUDIT_FAILED

HELP = """Predict SCENARIO from a calibration of its server, run it live, and say whether both agree.

\b
  line-sim calibrate --target localhost:8500 --out server.yaml
  line-sim confirm line.yaml --calibrated server.yaml --target localhost:8500

Of each figure it says equivalent (the 90 % interval of live against predicted lies inside the margin),
different (it lies outside) or undecided, beside how far repeated live runs lie apart. All runs have the
scenario's seed, so that what differs is the server. The exit code is 0 when nothing is different, else 5.
"""


@click.command(help=HELP, short_help="Predict a line, run it live, and say whether both agree.")
@scenario_argument
@click.option(
    "--calibrated",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="What 'line-sim calibrate' wrote of the server.",
)
@target_option("Ask this server instead of the scenario's.")
@click.option(
    "--runs",
    type=click.IntRange(min=3),
    default=3,
    show_default=True,
    metavar="N",
    help="Live runs, at least 3.",
)
@click.option(
    "--replications",
    type=click.IntRange(min=40),
    default=100,
    show_default=True,
    metavar="R",
    help="Predicted runs of each kind, at least 40.",
)
@click.option(
    "--margin",
    "margins",
    multiple=True,
    metavar="KPI=PERCENT%",
    help="How far live and predicted may lie apart, e.g. uph=3% (of a share: points); repeatable.  "
    "[defaults: docs/howto/trust-the-prediction.md]",
)
@click.option(
    "--inspection",
    "only",
    multiple=True,
    metavar="NAME",
    help="Model the server of this inspection; repeatable.  [default: of each that asks a real one]",
)
@click.option("--items", type=click.IntRange(min=1), metavar="N", help="Let N parts arrive in each run.")
@set_option
@click.option("--seed", type=click.IntRange(min=0), help="Use this seed instead of the scenario's.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder for all files, new or empty.  [default: results/confirm-<name>-<time>]",
)
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@workers_options
def confirm(  # noqa: PLR0917 - click hands over one argument for each option
    scenario: Path,
    calibrated: Path,
    target: str | None,
    runs: int,
    replications: int,
    margins: tuple[str, ...],
    only: tuple[str, ...],
    items: int | None,
    overrides: tuple[str, ...],
    seed: int | None,
    out: Path | None,
    quiet: bool,
    workers: "Callable[[], Workers]",
) -> int:
    """Confirm a prediction."""
    from line_sim.scenario.load import as_overrides
    from line_sim.study.confirm.confirm import Plan
    from line_sim.study.confirm.margins import read_margin

    chosen = as_overrides(scenario, overrides, seed=seed, target=target, items=items)
    plan = Plan(runs, replications, tuple(map(read_margin, margins)), only)
    return _confirm(scenario, chosen, calibrated, out, plan, workers, quiet=quiet)


def _confirm(
    scenario: Path,
    overrides: tuple[str, ...],
    calibrated: Path,
    out: Path | None,
    plan: "Plan",
    workers: "Callable[[], Workers]",
    *,
    quiet: bool,
) -> int:
    """Do it and show what came of it."""
    from line_sim.cli.terminal.printing import show_page
    from line_sim.cli.terminal.signals import stopping_on_signals
    from line_sim.cli.terminal.study_progress import study_narrator
    from line_sim.scenario import load
    from line_sim.scenario.gateways.calibration_files import read_calibration
    from line_sim.study.confirm.confirm import Around
    from line_sim.study.confirm.confirm import confirm as confirmed
    from line_sim.study.confirm.files import told_of
    from line_sim.study.confirm.keeping import keep
    from line_sim.study.confirm.page import HTML
    from line_sim.study.confirm.text import confirmation_text

    loaded, calibration = load(scenario, overrides), read_calibration(calibrated)
    with (
        stopping_on_signals() as interrupt,
        study_narrator("predicted runs", quiet=quiet) as told,
        workers() as at_work,
    ):
        around = Around(keep, told.stage, told.counted, interrupt)
        found = confirmed(loaded, calibration, str(calibrated), out, plan, at_work, around)
    if not quiet:
        text = confirmation_text(told_of(found))
        show_page(text, f"Files: {found.folder} (confirm.json)\nPage:  {found.folder / HTML}")
    if interrupt.wished:
        return INTERRUPTED
    return DIFFERENT if found.different else 0
