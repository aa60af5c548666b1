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


def test_lines_with_a_real_server_are_told_apart():
    """Of its answers 300 parts say which lines fill up, for sure or probably, with as few mistakes."""
    study = runpy.run_path(str(ROOT / "benchmarks" / "growth.py"))
    found = list(study["study"](7, 300, real=True))
    assert sum(each.fills for each in found) == 11
    assert sum(each.fills and not each.said for each in found) <= study["MOST"]
    assert sum(each.said and not each.fills for each in found) <= study["MOST"]
    assert any(not study["says"](each.growth) for each in found if each.fills and each.said)
