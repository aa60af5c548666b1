"""Running the command line as a user does: a process of its own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
DEFAULT = ROOT / "scenarios" / "default.yaml"
CONTRACT = ROOT / "tests" / "contract.yaml"
"""A line with all that a scenario may say, whose numbers tests may rest on."""
MODELLED = "line.camera.gateway={modelled: {service: {lognormal: {mean: 120 ms, cv: 0.4}}, miss_rate: 0.05}}"


PEAK_KB = "next(int(line.split()[1]) for line in open('/proc/self/status') if line.startswith('VmHWM'))"
"""A process's own peak memory, as an expression: getrusage counts its parent's, too."""


def line_sim(
    *arguments: str | Path, cwd: Path, env: dict[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run `line-sim arguments` in a folder and wait for it."""
    command = [sys.executable, "-m", "line_sim.cli", *map(str, arguments)]
    surroundings = {**os.environ, **(env or {})}
    return subprocess.run(
        command, cwd=cwd, env=surroundings, capture_output=True, text=True, check=False, **options
    )


def csv_bytes(folder: Path) -> dict[str, bytes]:
    """Return the CSV files of a run."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv"))}
