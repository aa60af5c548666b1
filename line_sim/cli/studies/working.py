"""Who does the runs of a study: the options that say so, the same for every command."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

import click

from line_sim.cli.options import Command

if TYPE_CHECKING:
    from line_sim.study.workers import Workers


def workers_options(function: Command) -> Command:
    """Add the options; the command gets `workers`, a function that opens them as a context manager."""

    @click.option(
        "--jobs", type=click.IntRange(min=1), metavar="N", help="Runs at a time.  [default: one a processor]"
    )
    @wraps(function)
    def command(*args: object, jobs: int | None, **options: object) -> object:
        return function(*args, workers=_opener(jobs), **options)

    return command


def _opener(jobs: int | None) -> Callable[[], "Workers"]:
    def opened() -> "Workers":
        from line_sim.study.workers import Processes, processors

        return Processes(jobs or processors())

    return opened
