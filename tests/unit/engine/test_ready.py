"""A study has the line compiled before its processes begin, and says so."""

from dataclasses import dataclass
from typing import Any

import pytest
from stories import press

from line_sim.engine.ready import COMPILING, get_ready
from line_sim.errors import ScenarioError
from line_sim.scenario import Scenario

pytest.importorskip("numba")


@dataclass
class Code:
    """Stands for the compiled line's code: whether it is there, and how often it was made."""

    is_warm: bool
    made: int = 0

    def keep(self) -> None:
        """Have it."""
        self.is_warm = True
        self.made += 1


@pytest.fixture
def cold(monkeypatch) -> Code:
    """Return the code of a line that has never been compiled."""
    code = Code(is_warm=False)
    monkeypatch.setattr("line_sim.compiled.line.advance", code)
    return code


def line(parts: int, **keys: Any) -> Scenario:
    """Return a line that so many parts pass."""
    written = {"version": 1, "name": "a line", "run": {"items": parts}, "arrivals": {"saturated": True}}
    return Scenario.model_validate({**written, "line": [press(1)]} | keys)


def test_it_is_compiled_once_and_that_is_said(cold):
    """Whoever waits for some seconds is told why; the second study finds it there."""
    said: list[str] = []
    for _ in range(2):
        get_ready([line(10), line(10**6)], narrate=said.append)
    assert (said, cold.made) == ([COMPILING], 1)


@pytest.mark.parametrize("parts", [10, 30_000])
def test_a_study_of_few_parts_needs_it_not(cold, parts):
    """All its runs stay on SimPy, which need not wait for anything."""
    get_ready([line(parts)], narrate=pytest.fail)
    assert not cold.made


def test_many_runs_of_few_parts_do(cold):
    """What counts is how long the whole study is."""
    get_ready([line(30_000)], runs=1000)
    assert cold.made == 1


def test_what_is_asked_for_and_cannot_be_is_refused(cold):
    """Before any process has begun."""
    with pytest.raises(ScenarioError, match="clock is realtime"):
        get_ready([line(10, run={"items": 10, "clock": "realtime"})], "compiled")
    assert not cold.made
