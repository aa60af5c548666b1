"""Which line makes a run, and why: the choice is a pure function of what is known beforehand."""

import sys
from typing import Any

import pytest
from stories import QUICK_REVIEW, camera, press

from line_sim.compiled.known import KNOWN
from line_sim.engine.asking import engine_for
from line_sim.engine.choice import FEWEST_EVENTS, FEWEST_TO_COMPILE, Choice, Facts, choose
from line_sim.engine.compiler import compiler_lacks
from line_sim.engine.events import events_of
from line_sim.errors import ScenarioError
from line_sim.layout import Feature, Layout, Place, layout_of
from line_sim.layout.run_plan import RunPlan
from line_sim.scenario import Scenario

REAL = Layout(line=(Place("press", answers=frozenset({Feature.LIVE})),))
LINE = Layout(line=(Place("press"),), saturated=True, run=RunPlan("a story", clock="virtual"))
LONG, SHORT = Facts(FEWEST_EVENTS), Facts(FEWEST_EVENTS - 1)


class Film:
    """Somebody who wants every step."""


def story(*line: Any, clock: str | None = None, items: int | None = 10**6, **keys: Any) -> Scenario:
    """Return a scenario of many parts."""
    run = {"items": items, "clock": clock, **keys.pop("run", {})}
    written = {"version": 1, "name": "a story", "run": run, "arrivals": {"saturated": True}}
    return Scenario.model_validate({**written, "line": line or [press(1)], **keys})


def test_a_long_run_is_compiled_and_a_short_one_is_not():
    """The compiled line is quicker, but takes a while to come up; to compile it takes longer."""
    assert choose("auto", LINE, LONG) == Choice("compiled", "it is long: some 40,000 events")
    assert choose("auto", LINE, SHORT) == Choice("simpy", "it is short: some 39,000 events, below 40,000")
    cold = Facts(FEWEST_TO_COMPILE - 1, warm=False)
    why = "it is short: some 240,000 events, below 250,000, and nothing is compiled yet"
    assert choose("auto", LINE, cold) == Choice("simpy", why)
    cold = Facts(FEWEST_TO_COMPILE, warm=False)
    assert choose("auto", LINE, cold) == Choice("compiled", "it is long: some 250,000 events")


def test_a_wish_is_followed():
    """However long the run is."""
    assert choose("simpy", LINE, LONG) == Choice("simpy", "it was asked for")
    assert choose("compiled", LINE, SHORT) == Choice("compiled", "it was asked for")


@pytest.mark.parametrize(
    ("line", "facts", "why"),
    [
        (
            Layout(line=(Place("press", answers=frozenset({Feature.LIVE})),)),
            LONG,
            "the line has real servers",
        ),
        (Layout(line=LINE.line, run=RunPlan(clock="realtime")), LONG, "its clock is realtime"),
        (LINE, Facts(FEWEST_EVENTS, watched="Film"), "every step is wanted by Film"),
        (LINE, Facts(FEWEST_EVENTS, lacks="numba is not there"), "numba is not there"),
        (LINE, Facts(FEWEST_EVENTS, unsaid=("polish",)), "the scenario says polish, which is new"),
        (LINE, Facts(FEWEST_EVENTS, foreign=("camera",)), "other answers than its own are put in at camera"),
    ],
)
def test_what_stands_in_the_way_is_told(line, facts, why):
    """SimPy's line makes the run then; a wish for the other one is an error that says the same."""
    assert choose("auto", line, facts) == Choice("simpy", why)
    with pytest.raises(ScenarioError, match=f"cannot be run on compiled code: {why}"):
        choose("compiled", line, facts)
    assert choose("simpy", line, facts).why == "it was asked for"


@pytest.mark.parametrize("feature", sorted(set(Feature) - KNOWN))
def test_a_feature_that_the_kernel_does_not_know_falls_back(feature):
    """One that is to come is none that it knows, either: what it knows is named, one by one."""
    line = Layout(line=(Place("press", answers=frozenset({feature})),), saturated=True)
    assert choose("auto", line, LONG) == Choice("simpy", f"the line has {feature}")


def test_all_reasons_are_told():
    """Whoever does away with one should know of the others."""
    line = Layout(line=(Place("a", answers=frozenset({Feature.LIVE})),), run=RunPlan(clock="coupled"))
    told = choose("auto", line, Facts(1, watched="Film"))
    assert told.why == "the line has real servers; its clock is coupled; every step is wanted by Film"


def test_a_run_has_as_many_events_as_its_parts_bring():
    """Two a part and place, whether parts are counted or come until a moment."""
    line = [press(2), press(1, "pack", units=2)]
    assert events_of(layout_of(story(*line, items=100))) == 400
    until = {"items": None, "duration": 100}
    assert events_of(layout_of(story(*line, run=until))) == 200
    takt = {"arrivals": {"every": 4}, "run": until}
    assert events_of(layout_of(story(*line, **takt))) == 100
    hours = {"calendars": {"day": {"Mon-Sun": ["00:00-12:00"]}}}
    half = {**takt, **hours, "arrivals": {"every": 4, "calendar": "day"}}
    assert events_of(layout_of(story(*line, **half))) == 48


def test_a_line_where_only_answers_take_time_is_estimated_all_the_same():
    """Nobody knows how many parts it makes: one a second is as good a guess as any."""
    line = camera(gateway={"modelled": {"service": "100 ms"}})
    until = {"items": None, "duration": 100}
    assert events_of(layout_of(story(line, run=until, review=QUICK_REVIEW))) == 400


def test_a_scenario_is_asked_for_what_matters(monkeypatch):
    """Its features, its clock and who watches; runs of one process count together."""
    pytest.importorskip("numba")
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    assert compiler_lacks() == ""
    assert engine_for(story()).name == "compiled"
    assert engine_for(story(items=10)).name == "simpy"
    assert engine_for(story(items=10), runs=10**5).name == "compiled"
    assert engine_for(story(), watchers=(Film(),)).why == "every step is wanted by Film"
    live = story(camera(gateway={"grpc": {"target": "localhost:1"}}), review=QUICK_REVIEW)
    assert engine_for(live).why == "the line has real servers; its clock is coupled"


def test_a_compiler_that_is_turned_off_is_used_by_nobody(monkeypatch):
    """The kernel finds its rows by their addresses: it cannot run as Python."""
    pytest.importorskip("numba")
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    assert engine_for(story()).why == "NUMBA_DISABLE_JIT turns the compiler off"
    with pytest.raises(ScenarioError, match="NUMBA_DISABLE_JIT turns the compiler off"):
        engine_for(story(), "compiled")


def test_without_the_extra_all_runs_are_simpys(monkeypatch):
    """And whoever wishes for the other line reads what to install."""
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.setattr("platform.machine", lambda: "arm64")
    assert engine_for(story()).why == "numba is not installed: pip install 'line-sim[fast]'"
    with pytest.raises(ScenarioError, match=r"a story: .*pip install 'line-sim\[fast\]'"):
        engine_for(story(), "compiled")
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    assert engine_for(story()).why == "there is no numba for macOS on Intel"
