"""Workers are alike where a run's numbers hang on it."""

import subprocess
import sys
from dataclasses import replace

from line_sim import __version__
from line_sim.study.workers.identity import identity


def test_what_differs_is_named():
    """Versions first; where they agree, that the files do not."""
    ours = identity()
    assert ours.line_sim == __version__
    assert ours.differences(ours) == ""
    theirs = replace(ours, numpy="1.9", code="0123")
    assert ours.differences(theirs) == f"numpy 1.9 instead of {ours.numpy}"
    other = ours.differences(replace(ours, code="0123"))
    assert other == f"other files of line-sim {__version__} (digest 0123 instead of {ours.code})"


def test_nobody_loads_dask_who_asks_for_no_cluster():
    """It is an extra, and takes longer than a short study."""
    program = (
        "import sys, line_sim, line_sim.cli.group, line_sim.study.workers;"
        "sys.exit(bool({'dask', 'distributed'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
