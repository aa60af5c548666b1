"""Forty lines, twenty of which fill up: a short version of the study in `benchmarks/growth.py`."""

import runpy

from commands import ROOT


def test_forty_lines_are_told_apart():
    """At most two of those that fill up are missed in 300 parts, and at most two of the others blamed."""
    study = runpy.run_path(str(ROOT / "benchmarks" / "growth.py"))
    found = list(study["study"](7, 300))
    assert len(found) == 40
    missed = [each.name for each in found if each.fills and not each.said]
    alarms = [each.name for each in found if each.said and not each.fills]
    assert len(missed) <= study["MOST"], missed
    assert len(alarms) <= study["MOST"], alarms
