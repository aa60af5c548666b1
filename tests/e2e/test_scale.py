"""Many parts: the memory of a run hangs on a few columns of numbers, not on the parts."""

import subprocess
import sys
from pathlib import Path

import pytest
from commands import CONTRACT, MODELLED, PEAK_KB

FIGURES = f"""
import sys
from pathlib import Path
from line_sim.scenario import load
from line_sim.simulation import simulate
simulate(load(sys.argv[1], sys.argv[2:4]), Path(sys.argv[4]))
print({PEAK_KB})
"""
WHOLE = f"""
import sys
from line_sim.cli import commands
scenario, server, parts, folder = sys.argv[1:]
arguments = ["run", scenario, "--set", server, "--set", parts, "--out", folder, "--quiet"]
assert commands.main(arguments, standalone_mode=False) == 0
print({PEAK_KB})
"""


def peak_kb(script: str, parts: int, folder: Path) -> int:
    """Run a script with so many inspected parts in a process of its own; return its peak."""
    command = [sys.executable, "-c", script, str(CONTRACT), MODELLED, f"run.items={parts}", str(folder)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.slow
def test_figures_take_no_more_memory_for_being_of_more_parts(tmp_path):
    """From 4,000 to 24,000 to 64,000 parts, written, audited, replayed: under 1 kB a part more.

    As objects of Python's the rows of one part take more than 2 kB.
    """
    few, many, more = (peak_kb(FIGURES, parts, tmp_path / str(parts)) for parts in (4_000, 24_000, 64_000))
    assert many - few < 20_000
    assert more - many < 40_000


@pytest.mark.slow
def test_a_whole_run_with_its_page_stays_small(tmp_path):
    """What the page shows of single parts has an upper limit, so this holds for many more parts, too."""
    assert peak_kb(WHOLE, 24_000, tmp_path / "run") < 300_000
