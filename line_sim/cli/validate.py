"""`line-sim validate`: the line against queueing theory."""

from typing import TYPE_CHECKING

import click

from line_sim.cli import INTERRUPTED
from line_sim.cli.options import engine_option
from line_sim.cli.studies.working import workers_options

if TYPE_CHECKING:
    from line_sim.cli.studies.working import Working
    from line_sim.engine.choice import EngineWish

DISAGREES = 5

HELP = """Run lines that theory has an exact answer for, and tell both.

Every case is a scenario that runs like any other: saturated lines with blocking, their mirrors, queues,
lossy sources, breakdowns, deadlines, review lanes that block; and random lines against the max-plus
recursion, departure by departure. Leaves with exit code 5 when a number lies outside its interval.

\b
  line-sim validate --quick
  line-sim validate --only Erlang --parts 100000
"""


@click.command(help=HELP, short_help="Hold the simulated line against queueing theory.")
@click.option("--parts", type=click.IntRange(min=1000), metavar="N", help="Parts a case.  [default: 20000]")
@click.option("--quick", is_flag=True, help="Fewer parts, 4000: wider intervals, a fifth of the time.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="The seed of the runs."
)
@click.option(
    "--only", multiple=True, metavar="TEXT", help="Only cases with this text in their name; repeatable."
)
@workers_options
@engine_option
@click.option("--markdown", is_flag=True, help="Print the table as Markdown, with sources.")
def validate(
    parts: int | None,
    quick: bool,
    seed: int,
    only: tuple[str, ...],
    engine: "EngineWish",
    markdown: bool,
    workers: "Working",
) -> int:
    """Run the cases."""
    from line_sim.cli.terminal.printing import show_page
    from line_sim.cli.terminal.signals import stopping_on_signals
    from line_sim.cli.terminal.study_progress import study_narrator
    from line_sim.study.theory import validate as study
    from line_sim.study.theory.validation_text import validation_markdown, validation_text

    if quick and parts:
        raise click.UsageError("--quick stands for a number of parts: leave out --parts or --quick")
    wanted = parts or (study.QUICK_PARTS if quick else study.PARTS)
    with (
        stopping_on_signals() as interrupt,
        study_narrator("cases", quiet=markdown) as told,
        workers(told.stage) as team,
    ):
        found = study.validate(
            wanted,
            seed,
            only,
            workers=team,
            counted=told.counted,
            interrupt=interrupt,
            engine=engine,
            narrate=told.stage,
        )
    if markdown:
        click.echo(validation_markdown(found), nl=False)
    else:
        show_page(validation_text(found))
    if interrupt.wished:
        return INTERRUPTED
    return 0 if found.agrees else DISAGREES
