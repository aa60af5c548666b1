"""The commands of line-sim that are measured, and how an engine is chosen in them."""

import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from measuring import NotThereError

LINE_SIM = sys.executable, "-m", "line_sim.cli"


def on_engine(command: Sequence[str | Path], engine: str) -> list[str | Path]:
    """Return a line-sim command that runs on an engine: `simpy`, `compiled` or `auto`.

    A line-sim that knows no engines is SimPy. Raises NotThereError where it has not what is asked for.
    """
    name = str(command[0])
    if "--engine" in _help_of(name):
        return [*LINE_SIM, *command, "--engine", engine]
    if engine != "simpy":
        raise NotThereError(f"no --engine in `line-sim {name}`")
    return [*LINE_SIM, *command]


@cache
def _help_of(name: str) -> str:
    done = subprocess.run([*LINE_SIM, name, "--help"], capture_output=True, text=True, check=True)
    return done.stdout
