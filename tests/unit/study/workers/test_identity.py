"""Workers are alike where a run's numbers hang on it."""

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
