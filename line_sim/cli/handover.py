"""Commands that need TensorFlow run as programs of their own: this process never loads it."""

import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import click

from line_sim.cli import environment_as_given

HELP = {"-h", "--help", "--helpfull"}
PASS_ON = {"ignore_unknown_options": True, "allow_interspersed_args": False, "help_option_names": []}


def hand_over(command: str, module: str, arguments: tuple[str, ...]) -> NoReturn:
    """Become `python -m module arguments`, with this process's id and streams.

    Raises GatewayError where TensorFlow is not installed; help is given all the same.
    """
    from line_sim.inspection.extra import refuse_without_extra

    if not HELP & set(arguments):
        refuse_without_extra(f"'line-sim {command}'")
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # it is None where it was closed before we began
            stream.flush()
    words = [sys.executable, "-m", module, *arguments]
    os.execve(sys.executable, words, environment_as_given())  # noqa: S606 - our own interpreter and module


def passes_on(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command every argument as it was typed, `--help` too."""
    return click.argument("arguments", nargs=-1, type=click.UNPROCESSED)(function)
