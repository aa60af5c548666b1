"""`line-sim plan`: the cheapest design that meets every demand, with the stated confidence."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from line_sim.cli import INTERRUPTED
from line_sim.cli.options import engine_option
from line_sim.cli.studies.working import workers_options

if TYPE_CHECKING:
    from line_sim.engine.choice import EngineWish
    from line_sim.study.design.study import Study
    from line_sim.study.plan.planned import Planned
    from line_sim.study.workers import Workers

NO_ANSWER = 5

HELP = """Find the cheapest design that meets every demand of STUDY.

\b
STUDY is a file that says what may be chosen, what it costs and what is demanded:
  study: How many cameras
  scenario: line.yaml
  over: {line.camera.units: [1, 2, 3], line.camera.buffer: {from: 0, to: 8}}
  cost: {line.camera.units: 12000, line.camera.buffer: 150}
  demand: {uph: ">= 13500", escape_rate: "<= 0.5 %"}

Designs are run, the cheapest first, until it is known which of them do; the answer is right with the
confidence that STUDY says (95 %). Where a mean is nearer to its limit than the tolerance either
answer is right.
After Ctrl-C, or a crash, it goes on where it was:
  line-sim plan --resume results/plan-...
With STUDY beside it the demands' limits, tolerances and prices may be others then.
Exit code 5: there is no answer, as no design meets every demand, or --most left it open.
"""


@click.command(help=HELP, short_help="Find the cheapest design that meets every demand.")
@click.argument("study", type=click.Path(path_type=Path), metavar="STUDY", required=False)
@click.option("--seed", type=click.IntRange(min=0), help="Use this seed instead of the study's.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder for the plan's files, new or empty.  [default: results/plan-<name>-<time>]",
)
@click.option(
    "--most",
    type=click.IntRange(min=20),
    metavar="N",
    help="Make so many replications of a design at most; what is open then stays undecided.  "
    "[default: as many as it takes]",
)
@click.option(
    "--resume",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Go on with the plan of DIR; with STUDY, with another one of the same designs and figures.",
)
@workers_options
@engine_option
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def plan(
    study: Path | None,
    seed: int | None,
    out: Path | None,
    most: int | None,
    resume: Path | None,
    engine: "EngineWish",
    quiet: bool,
    workers: "Callable[[], Workers]",
) -> int:
    """Plan."""
    from line_sim.cli.terminal.printing import show_page
    from line_sim.cli.terminal.signals import stopping_on_signals
    from line_sim.cli.terminal.study_progress import study_narrator
    from line_sim.report.points.plan.writing import write_plan_page
    from line_sim.study.plan.planning import Told, plan
    from line_sim.study.plan.text import plan_text

    if resume is not None and out is not None:
        raise click.UsageError("--resume goes on in its own folder: leave out --out")
    read = _study(study, resume, seed)
    with stopping_on_signals() as interrupt, study_narrator("runs", quiet=quiet) as told:
        found = plan(
            read,
            resume or out,
            workers(),
            most=most,
            resume=resume is not None,
            engine=engine,
            told=Told(told.stage, told.counted),
            interrupt=interrupt,
        )
    page = write_plan_page(found.folder)
    if not quiet:
        files = f"Files: {found.folder} (every design: plan.json; every run: runs.csv)"
        show_page(plan_text(found), f"{files}\nPage:  {page}")
    return _code(found)


def _study(study: Path | None, begun: Path | None, seed: int | None) -> "Study":
    """Read the study, or the one that a folder was begun with."""
    from line_sim.study.design.document import Asked
    from line_sim.study.design.study import read_study
    from line_sim.study.plan.kept import begun_study

    if study is not None:
        return read_study(study, Asked(seed=seed))
    if begun is None or seed is not None:
        raise click.UsageError("name a study file, or --resume DIR, which has its own seed")
    return begun_study(begun)


def _code(found: "Planned") -> int:
    if found.interrupted:
        return INTERRUPTED
    return NO_ANSWER if found.chosen is None else 0
