"""How a study is told while it runs, where there is no screen."""

import pytest

from line_sim.cli.terminal import study_progress, timed_lines
from line_sim.cli.terminal.study_progress import StudyLines


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test moves."""
    now = [100.0]
    for module in (study_progress, timed_lines):
        monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(10, "30 of 120 runs, about 45 s left"), (100, "about 7.5 min left"), (4000, "about 5.0 h left")],
)
def test_it_says_how_long_the_rest_takes_at_this_pace(clock, monkeypatch, seconds, said):
    """Counted from the first word on: what a sweep had done before it was gone on with takes no time."""
    told = []
    lines = StudyLines("runs")
    monkeypatch.setattr(lines, "stage", told.append)
    lines.counted(10, 120)
    clock[0] += seconds
    lines.counted(30, 120)
    assert said in told[-1]


def test_nothing_is_said_of_what_is_left_where_nothing_is(clock, monkeypatch):
    """Nor before there is a pace."""
    told = []
    lines = StudyLines("runs")
    monkeypatch.setattr(lines, "stage", told.append)
    clock[0] += 10
    lines.counted(10, 120)
    clock[0] += 10
    lines.counted(120, 120)
    assert told == ["10 of 120 runs", "120 of 120 runs"]
