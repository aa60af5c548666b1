"""Who does the runs of a study: the options that say so, the same for every command."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING

import click

from line_sim.cli.options import Command

if TYPE_CHECKING:
    from line_sim.study.workers import Workers


@dataclass(frozen=True, slots=True)
class Working:
    """What was said of the workers; called, it makes them, to be opened as a context manager."""

    jobs: int | None
    cluster: str | None
    quiet: bool

    @property
    def chosen(self) -> bool:
        """Whether anything was said."""
        return self.jobs is not None or self.cluster is not None

    def __call__(self, say: Callable[[str], None] | None = None) -> "Workers":
        """Make the workers; `say` tells what is waited for (by default on standard error, unless quiet)."""
        from line_sim.study.workers import Cluster, Processes, processors

        if self.cluster is not None:
            return Cluster(self.cluster, say=say or self._say)
        return Processes(self.jobs or processors())

    def _say(self, text: str) -> None:
        if not self.quiet:
            click.echo(text, err=True)


def workers_options(function: Command) -> Command:
    """Add the options; the command gets `workers`, a `Working` that opens them as a context manager."""

    @click.option(
        "--jobs", type=click.IntRange(min=1), metavar="N", help="Runs at a time.  [default: one a processor]"
    )
    @click.option(
        "--cluster",
        metavar="ADDRESS|FILE",
        help="Let the workers of this Dask scheduler (tcp://HOST:PORT, or its scheduler file) make the runs."
        "  [docs/howto/cluster.md]",
    )
    @wraps(function)
    def command(*args: object, jobs: int | None, cluster: str | None, **options: object) -> object:
        if jobs is not None and cluster is not None:
            raise click.UsageError("--jobs is for this machine, --cluster for another's workers: choose one")
        workers = Working(jobs, cluster, bool(options.get("quiet")))
        return function(*args, workers=workers, **options)

    return command
