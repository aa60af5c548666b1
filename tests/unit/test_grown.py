"""A test process that grows without end says where."""

import subprocess
import sys
from pathlib import Path

import grown
import pytest

TESTS = Path(grown.__file__).parent
GROWS = """
from time import sleep

from grown import end_if_grown

def takes_more_and_more():
    taken = []
    while True:
        taken.append(b"x" * 2**22)
        sleep(0.005)

end_if_grown(2**28, 0.01)
takes_more_and_more()
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is looked at on Linux only")
def test_where_it_grew_is_told() -> None:
    """With its exit code and the lines that the threads were at."""
    ended = subprocess.run(
        [sys.executable, "-c", GROWS],
        env={"PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == grown.GREW
    assert "MB of memory are taken" in ended.stderr
    assert "in takes_more_and_more" in ended.stderr
