"""The command line: one module for every command, and the one place that prints.

Command modules import only click until they are called, so that `line-sim --help` answers at once.
"""

import os
import sys
import traceback

import click

from line_sim import __version__
from line_sim.cli.check import check
from line_sim.cli.export import export
from line_sim.cli.report import report
from line_sim.cli.run import run
from line_sim.cli.schema import schema
from line_sim.cli.serve import serve
from line_sim.errors import LineSimError

EXIT_CODES = """\b
Exit codes:
  0    done
  2    the scenario or the command line is wrong
  3    the inference server cannot be used at all
  4    a file of a run cannot be used
  130  interrupted; what was done is saved and reported
"""
INTERRUPTED = 130


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EXIT_CODES,
)
@click.version_option(__version__, prog_name="line-sim")
@click.option("--debug", is_flag=True, help="Show a traceback with an error.")
def commands(debug: bool) -> None:
    r"""Simulate a factory line whose inspection station waits for a neural network.

    \b
    Start with   line-sim run scenarios/default.yaml
    or, without any server,
                 line-sim run scenarios/default.yaml \
                     --set 'line.camera.gateway={modelled: {service: 120 ms}}'
    """


for command in (run, check, report, schema, export, serve):
    commands.add_command(command)


def main() -> None:
    """Run the command line and leave with its exit code."""
    arguments = sys.argv[1:]
    debug = "--debug" in arguments
    try:
        code = commands.main([a for a in arguments if a != "--debug"], "line-sim", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except (LineSimError, click.ClickException, click.Abort, KeyboardInterrupt, BrokenPipeError) as error:
        if debug:
            traceback.print_exc()
        sys.exit(_tell(error))


def _tell(error: BaseException) -> int:
    """Say in one message what went wrong; return the exit code."""
    match error:
        case LineSimError():
            click.echo(f"Error: {error}" if "\n" not in str(error) else str(error), err=True)
            return error.exit_code
        case click.ClickException():
            error.show()
            return error.exit_code
        case BrokenPipeError():  # the reader of our output has gone, as `| head` does
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        case _:
            click.echo("interrupted", err=True)
            return INTERRUPTED
