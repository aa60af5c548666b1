"""Many parts: the memory of a run hangs on a few columns of numbers, not on the parts."""

import resource
import subprocess
import sys

import pytest
from commands import DEFAULT, MODELLED

PEAK = """
import resource, sys
from line_sim.cli import commands
code = commands.main(sys.argv[1:], standalone_mode=False)
print(code, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
def test_a_run_takes_no_more_memory_for_being_longer(tmp_path):
    """From 4,000 to 24,000 inspected parts: written, read back, audited, replayed; under 1 kB a part more.

    As objects of Python's the rows of one part take more than 2 kB.
    """
    peaks = []
    for parts in (4_000, 24_000):
        command = [*("run", str(DEFAULT), "--set", MODELLED), "--items", str(parts), "--quiet"]
        done = subprocess.run(
            [sys.executable, "-c", PEAK, *command, "--out", str(tmp_path / str(parts))],
            capture_output=True,
            text=True,
            check=True,
        )
        code, kilobytes = map(int, done.stdout.split())
        assert code == 0
        peaks.append(kilobytes)
    assert peaks[1] - peaks[0] < 20_000
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 300_000
