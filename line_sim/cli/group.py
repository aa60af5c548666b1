"""All commands as one group, and what the command line says where one of them cannot be done."""

import io
import os
import sys
import traceback
from contextlib import suppress
from typing import TextIO

import click

from line_sim import __version__
from line_sim.cli import INTERRUPTED
from line_sim.cli.audit import audit
from line_sim.cli.check import check
from line_sim.cli.classify import classify
from line_sim.cli.compare import compare
from line_sim.cli.compare_inference import compare_inference
from line_sim.cli.export import export
from line_sim.cli.report import report
from line_sim.cli.run import run
from line_sim.cli.schema import schema
from line_sim.cli.serve import serve
from line_sim.cli.studies.calibrate import calibrate
from line_sim.cli.studies.confirm import confirm
from line_sim.cli.studies.plan import plan
from line_sim.cli.studies.sweep import sweep
from line_sim.cli.validate import validate
from line_sim.errors import LineSimError
from line_sim.inspection.wires.told import told

START = """Simulate a factory line whose inspection station waits for a neural network.

\b
Start with
  line-sim run scenarios/default.yaml
or, without any server,
  line-sim run scenarios/default.yaml \\
    --set 'line.camera.gateway={modelled: {service: 120 ms}}'
"""
EXIT_CODES = """\b
Exit codes:
  0    done
  1    what was to be said could not be written (a full disk, a terminal that is gone), or memory is short
  2    the scenario or the command line is wrong
  3    the inference server cannot be used at all, or lacks its packages; or the cluster cannot (any more)
  4    a file of a run cannot be used, or not be written
  5    a check did not hold: an audit, validate, calibrate, confirm; or no answer (classify), no design (plan)
  6    the line has locked up: its parts wait for each other in a circle; all was saved and reported
  130  interrupted, by Ctrl-C or SIGTERM; what was done is saved and reported
"""
_EXPECTED = (
    LineSimError,
    click.ClickException,
    click.Abort,
    KeyboardInterrupt,
    OSError,
    MemoryError,
)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=START,
    epilog=EXIT_CODES,
)
@click.version_option(__version__, prog_name="line-sim")
@click.option("--debug", is_flag=True, help="Show a traceback with an error.")
def commands(debug: bool) -> None:
    """Take the options that stand before a command."""


for command in (
    *(run, check, compare, validate, report, audit, classify),
    *(schema, export, compare_inference, serve),
    *(sweep, plan, calibrate, confirm),
):
    commands.add_command(command)


def run_command_line(arguments: list[str], command: click.Command = commands, name: str = "line-sim") -> int:
    """Run a command and return its exit code; what went wrong is said in one message."""
    _write_what_the_terminal_can_show()
    debug = "--debug" in arguments
    try:
        return _done(command, name, [a for a in arguments if a != "--debug"])
    except _EXPECTED as error:
        if debug:
            with suppress(OSError):
                traceback.print_exc()
        return _tell(error)


def _done(command: click.Command, name: str, arguments: list[str]) -> int:
    """Run a command; where the reader of its output goes, as `| head` does, that is the end of it."""
    streams = sys.stdout, sys.stderr
    try:
        code = command.main(arguments, name, standalone_mode=False)
        if sys.stdout is not None:  # it is None where it was closed before we began
            sys.stdout.flush()
    except BrokenPipeError:
        code = 0
        _let_go_of(sys.stdout)
    except SystemExit:
        if sys.stdout is streams[0]:
            raise
        code = 0
        sys.stdout, sys.stderr = streams  # click puts others there for a reader that has gone
        _let_go_of(sys.stdout)
    return code if isinstance(code, int) else 0


def _write_what_the_terminal_can_show() -> None:
    """Let a name that the terminal's encoding lacks show as `?` there; files are UTF-8 in any case."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _let_go_of(stream: TextIO | None) -> None:
    """Let what is still unwritten go nowhere, so that the interpreter does not fail on it at its end."""
    if stream is not None:  # it is None where it was closed before we began
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _tell(error: BaseException) -> int:
    """Say in one message what went wrong, if that can be said anywhere; return the exit code."""
    try:
        return _told(error)
    except OSError:  # standard error is full or gone, too
        _let_go_of(sys.stderr)
        return error.exit_code if isinstance(error, LineSimError | click.ClickException) else 1


_GONE = "The working directory is gone, where names are looked up: cd to one that is there, and try again."


def _nowhere() -> bool:
    """Whether the working directory was removed meanwhile: then no name in it leads anywhere."""
    try:
        os.getcwd()  # noqa: PTH109 - it is asked for its error
    except FileNotFoundError:
        return True
    return False


def _told(error: BaseException) -> int:
    """Say it, and where no file can be found any more, that; return the exit code."""
    code = _said(error)
    if _nowhere():
        click.echo(_GONE, err=True)
    return code


def _said(error: BaseException) -> int:
    """Say it; what a file, its name or an option holds that no terminal should get is written out."""
    match error:
        case LineSimError():
            text = _shown(str(error))
            click.echo(f"Error: {text}" if "\n" not in text else text, err=True)
            return error.exit_code
        case click.ClickException():
            words = io.StringIO()
            error.show(words)
            click.echo(_shown(words.getvalue()), nl=False, err=True)
            return error.exit_code
        case MemoryError():
            click.echo("Error: there is not enough memory for this", err=True)
            return 1
        case OSError():  # a full disk, say; files of ours that cannot be read or written have their own words
            _let_go_of(sys.stdout)
            place = f"{error.filename}: " if error.filename else ""
            click.echo(_shown(f"Error: {place}{error.strerror or error}"), err=True)
            return 1
        case _:
            click.echo("interrupted", err=True)
            return INTERRUPTED


def _shown(text: str) -> str:
    return told(text, longest=len(text))
