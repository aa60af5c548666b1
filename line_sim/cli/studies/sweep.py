"""`line-sim sweep`: every variant of a line, with the same chance in each."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from line_sim.cli import INTERRUPTED
from line_sim.cli.audit import AUDIT_FAILED
from line_sim.cli.options import engine_option
from line_sim.cli.run import LOCKED_UP
from line_sim.cli.studies.working import workers_options

if TYPE_CHECKING:
    from line_sim.engine.choice import EngineWish
    from line_sim.study.design.document import Asked
    from line_sim.study.design.study import Study
    from line_sim.study.sweep.swept import Sweep
    from line_sim.study.workers import Workers

FAILED = 4

HELP = """Run a line under every combination of settings, with the same chance in each.

\b
The axes are typed, or stand in a study file (docs/sweeps.md):
  line-sim sweep line.yaml --over line.camera.units=1,2,3 \\
    --over line.camera.deadline=100ms..400ms/7 --replications 10
  line-sim sweep study.yaml
  line-sim sweep line.yaml --over review.units=1..4 \\
    --over line.camera.deadline=100ms..1s --design lhs --points 50
After Ctrl-C, or a crash, it goes on where it was:
  line-sim sweep --resume results/sweep-...

Leaves sweep.csv (a row a run and figure), sweep.json (means with intervals, what is best, what matters) and
its page, sweep.html.
"""


@click.command(help=HELP, short_help="Run a line under every combination of settings.")
@click.argument("file", type=click.Path(path_type=Path), metavar="SCENARIO|STUDY", required=False)
@click.option(
    "--over",
    multiple=True,
    metavar="KEY=VALUES",
    help="An axis: a key and 1,2,3 or 100ms..400ms/7 (from, to, how many); repeatable.",
)
@click.option(
    "--replications", type=click.IntRange(min=1), metavar="R", help="Runs of each variant.  [default: 10]"
)
@click.option(
    "--until",
    "goals",
    multiple=True,
    metavar="KPI=PERCENT%",
    help="Replicate each variant until the half-width of the KPI's interval is so small a share of its mean, "
    "at most --replications times; repeatable.",
)
@click.option(
    "--design",
    type=click.Choice(["grid", "lhs"]),
    help="grid: every combination; lhs: a Latin hypercube.  [default: grid]",
)
@click.option("--points", type=click.IntRange(min=2), metavar="N", help="Points of a Latin hypercube.")
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Override a key of the scenario in every variant; repeatable.",
)
@click.option("--items", type=click.IntRange(min=1), metavar="N", help="Let N parts arrive in each run.")
@click.option("--seed", type=click.IntRange(min=0), help="Use this seed instead of the scenario's.")
@click.option(
    "--kpi",
    "kpis",
    multiple=True,
    metavar="KPI",
    help="Keep and show these figures; repeatable.  [default: all; of over 1,000 variants the main ones]",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder for the files, new or empty.  [default: results/sweep-<name>-<time>]",
)
@click.option(
    "--resume", "begun", type=click.Path(path_type=Path), metavar="DIR", help="Go on with the sweep of DIR."
)
@click.option("--keep-runs", is_flag=True, help="Leave a folder with its page for every run, too.")
@workers_options
@engine_option
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def sweep(  # noqa: PLR0917 - click hands over one argument for each option
    file: Path | None,
    over: tuple[str, ...],
    replications: int | None,
    goals: tuple[str, ...],
    design: str | None,
    points: int | None,
    overrides: tuple[str, ...],
    items: int | None,
    seed: int | None,
    kpis: tuple[str, ...],
    out: Path | None,
    begun: Path | None,
    keep_runs: bool,
    workers: "Callable[[], Workers]",
    engine: "EngineWish",
    quiet: bool,
) -> int:
    """Sweep."""
    from line_sim.cli.terminal.printing import show_page
    from line_sim.cli.terminal.signals import stopping_on_signals
    from line_sim.cli.terminal.study_progress import study_narrator
    from line_sim.study.design.document import Asked
    from line_sim.study.sweep.sweep import resume
    from line_sim.study.sweep.sweep import sweep as swept_by
    from line_sim.study.sweep.swept import How
    from line_sim.study.sweep.text import sweep_text

    asked = Asked(
        over=_axes(over),
        overrides=overrides,
        seed=seed,
        items=items,
        replications=replications,
        until=_goals(goals),
        design=design,
        points=points,
    )
    if begun is not None and (out or kpis or keep_runs):
        raise click.UsageError("--resume goes on as it was begun: --out, --kpi and --keep-runs do not fit")
    study = None if file is None else _study(file, asked)
    if study is None and (begun is None or asked != Asked()):
        raise click.UsageError("name a scenario with --over, a study file, or --resume DIR")
    with (
        stopping_on_signals() as interrupt,
        study_narrator("runs", quiet=quiet) as told,
        workers() as hands,
    ):
        if begun is not None:
            swept, found = resume(
                begun,
                hands,
                study,
                narrate=told.stage,
                counted=told.counted,
                interrupt=interrupt,
                engine=engine,
            )
        elif study is not None:
            how = How(kpis, keep_runs)
            swept, found = swept_by(
                study,
                out,
                hands,
                how,
                narrate=told.stage,
                counted=told.counted,
                interrupt=interrupt,
                engine=engine,
            )
    page = _page(swept)
    if not quiet:
        files = f"Files: {swept.folder} (every run: sweep.csv; every variant: sweep.json)"
        show_page(sweep_text(swept, found), f"{files}\n{page}")
    return INTERRUPTED if interrupt.wished else _exit_code(swept)


def _page(swept: "Sweep") -> str:
    """Draw the page of a sweep, and say where it is; of very many variants there is none."""
    from line_sim.report.points.sweep.writing import MOST_POINTS, write_sweep_page

    if len(swept.runs) > MOST_POINTS:
        return f"No page: it would be of more than {MOST_POINTS:,} points; the tables have them"
    return f"Page:  {write_sweep_page(swept.folder)}"


def _study(file: Path, asked: "Asked") -> "Study":
    from line_sim.study.design.document import is_study
    from line_sim.study.design.study import read_study

    if not asked.over and not is_study(file):
        raise click.UsageError(f"{file} is a scenario: say with --over KEY=VALUES what is to be varied")
    return read_study(file, asked)


def _axes(over: tuple[str, ...]) -> dict[str, str]:
    """Split KEY=VALUES; a key that is named twice is a slip."""
    axes: dict[str, str] = {}
    for text in over:
        key, equals, values = text.partition("=")
        key = key.strip()
        if not equals or not key or not values.strip():
            raise click.UsageError(f"--over {text}: write KEY=VALUES, such as line.camera.units=1,2,3")
        if key in axes:
            raise click.UsageError(f"--over {key}: it is named twice; write its values behind one another")
        axes[key] = values
    return axes


def _goals(goals: tuple[str, ...]) -> dict[str, str]:
    from line_sim.study.replications.precision import read_goal

    found = [read_goal(goal) for goal in goals]
    return {goal.kpi: f"{100 * goal.relative:.12g} %" for goal in found}


def _exit_code(swept: "Sweep") -> int:
    """Say to a script that a line locked up, that an audit failed, or that a run could not be made."""
    if swept.locked_up:
        return LOCKED_UP
    if swept.audits_failed:
        return AUDIT_FAILED
    return FAILED if any(runs.errors for runs in swept.runs) else 0
