"""A study has the line compiled before its processes begin, and says so."""

from dataclasses import dataclass
from typing import Any, cast

import pytest
from stories import press

from line_sim.engine.run import COMPILING
from line_sim.errors import ScenarioError
from line_sim.scenario import Scenario
from line_sim.study.running.engines import Wished
from line_sim.study.running.ready import get_ready
from line_sim.study.workers import Processes, Workers

pytest.importorskip("numba")


@dataclass
class Code:
    """Stands for code of the compiled line: whether it is there, may be kept, and how often it was made."""

    is_warm: bool = False
    can_be_kept: bool = True
    made: int = 0

    def keep(self) -> None:
        """Have it."""
        self.is_warm = True
        self.made += 1


@pytest.fixture
def cold(monkeypatch) -> tuple[Code, Code]:
    """Return the code of the loop and of the writer of rows, none of which has ever been compiled."""
    loop, writer = Code(), Code()
    monkeypatch.setattr("line_sim.compiled.line.advance", loop)
    monkeypatch.setattr("line_sim.compiled.text.writer", writer)
    return loop, writer


def made(cold: tuple[Code, Code]) -> list[int]:
    """Return how often each was made."""
    return [code.made for code in cold]


def line(parts: int, **keys: Any) -> Scenario:
    """Return a line that so many parts pass."""
    written = {"version": 1, "name": "a line", "run": {"items": parts}, "arrivals": {"saturated": True}}
    return Scenario.model_validate({**written, "line": [press(1)]} | keys)


@pytest.mark.parametrize("workers", [None, Processes(2)])
def test_it_is_compiled_once_and_that_is_said(workers, cold):
    """Whoever waits for some seconds is told why; the second study finds it there."""
    said: list[str] = []
    for _ in range(2):
        get_ready(workers, [line(10), line(10**6)], Wished(), said.append)
    assert (said, made(cold)) == ([COMPILING], [1, 1])


@pytest.mark.parametrize("lines", [[], [line(10)], [line(30_000)]])
def test_a_study_of_few_parts_or_of_none_needs_it_not(lines, cold):
    """All its runs stay on SimPy, which need not wait for anything."""
    get_ready(None, lines, Wished(), pytest.fail)
    assert made(cold) == [0, 0]


def test_many_runs_of_few_parts_do(cold):
    """What counts is how long the whole study is."""
    get_ready(None, [line(30_000)], Wished(runs=1000))
    assert made(cold) == [1, 1]


def test_where_nothing_can_be_kept_nothing_is_promised(cold):
    """Each process compiles for itself then, whatever is done before."""
    cold[0].can_be_kept = False
    get_ready(Processes(2), [line(10**6)], Wished(), pytest.fail)
    assert made(cold) == [0, 0]


def test_workers_elsewhere_compile_on_their_own_machines(cold):
    """Nothing that is kept here helps them."""

    class Elsewhere:
        """Workers of a cluster."""

    get_ready(cast("Workers", Elsewhere()), [line(10**6)], Wished(), pytest.fail)
    assert made(cold) == [0, 0]


def test_what_is_asked_for_and_cannot_be_is_refused(cold):
    """Before any process has begun."""
    with pytest.raises(ScenarioError, match="clock is realtime"):
        get_ready(None, [line(10, run={"items": 10, "clock": "realtime"})], Wished("compiled"))
    assert made(cold) == [0, 0]
