"""Departures that are worked out are those of the line that is run, to the nanosecond."""

from functools import cached_property

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from stories import camera, modelled, press
from strategies import any_scenarios

from line_sim.analysis.what_if.answers import (
    AS_RECORDED,
    AT_ONCE,
    NEVER_MISSING,
    AnswersAgain,
    Change,
    InTime,
    recorded_calls,
)
from line_sim.analysis.what_if.modelled import NeverBusy, never_busy
from line_sim.analysis.what_if.replay.recursion import UNLIMITED, knows
from line_sim.analysis.what_if.replay.replays import Departures, never_ends, replay, run_again, work_out
from line_sim.chance.chance import Chance
from line_sim.inspection.offline.modelled import ModelledGateway
from line_sim.layout import Lane, Layout, Way, layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.recording.run_columns import columns_of
from line_sim.scenario import Inspection, Scenario, Station
from line_sim.testing import run_in_memory
from line_sim.units import SECOND

CHANGES = st.sampled_from([AS_RECORDED, NEVER_MISSING, AT_ONCE, Change(SECOND, none_missing=True)])


def told_alike(one: Departures, other: Departures) -> bool:
    """Whether two replays tell the same."""
    moments = zip(one[:2], other[:2], strict=True)
    return all(np.array_equal(a, b) for a, b in moments) and one[2:] == other[2:]


def simplified(scenario: Scenario) -> Scenario:
    """Return a line that the recursion is more likely to know: without the breakdowns that it does not."""
    line = []
    for spec in scenario.line:
        if isinstance(spec, Station) and spec.breakdowns is not None:
            unknown = spec.units > 1 or spec.breakdowns.counts == "calendar"
            line.append(spec.model_copy(update={"breakdowns": None}) if unknown else spec)
        elif isinstance(spec, Inspection) and spec.on_no_result == "stop":
            line.append(spec.model_copy(update={"on_no_result": "review"}))
        else:
            line.append(spec)
    review = scenario.review and scenario.review.model_copy(update={"cleared": "ships", "rework": None})
    return scenario.model_copy(update={"line": tuple(line), "review": review})


def changed(scenario: Scenario, *, roomy: bool, more: str | None) -> Scenario:
    """Return the line with unlimited review, and with one more camera at an inspection."""
    line = [
        spec.model_copy(update={"units": spec.units + 1}) if spec.name == more else spec
        for spec in scenario.line
    ]
    review = scenario.review.model_copy(update={"buffer": UNLIMITED}) if roomy else scenario.review
    return scenario.model_copy(update={"line": tuple(line), "review": review})


@settings(max_examples=300, deadline=None)
@given(any_scenarios().map(simplified), CHANGES, st.booleans(), st.data())
def test_what_is_worked_out_is_what_the_line_does(scenario, change, roomy, data):
    """Any line that it knows, any change, with room in review or without, one more camera, a model."""
    assume(not never_ends(scenario))
    names = [spec.name for spec in scenario.inspections]
    more = data.draw(st.sampled_from([None, *names]))
    known_parts = data.draw(st.integers(0, 30))
    asked_anew = more is not None and data.draw(st.booleans())
    records, ending = run_in_memory(scenario)
    run = columns_of(records, layout_of(scenario), ending.at)
    calls = {
        spec.name: recorded_calls(run, place, spec, known_parts)
        for place, spec in enumerate(scenario.line)
        if isinstance(spec, Inspection)
    }
    line = changed(scenario, roomy=roomy, more=more)

    def gateways():
        found = {name: AnswersAgain(recorded, change) for name, recorded in calls.items()}
        if asked_anew:
            spec = next(spec for spec in line.inspections if spec.name == more)
            found[more] = ModelledGateway(
                spec.gateway.modelled, seed=line.seed, station=more, good_label="good"
            )
        return found

    assume(knows(line, gateways()))
    chance = Chance(line.seed)
    told = work_out(line, gateways(), Interrupt(), chance)
    assert told_alike(told, run_again(line, gateways(), Interrupt(), chance))


@settings(max_examples=100, deadline=None)
@given(any_scenarios().map(simplified), st.booleans())
def test_a_model_that_is_never_busy_says_what_it_says_when_it_is_asked(scenario, in_time):
    """A worker for every camera: its answers a block at a time are those of its queue, part by part."""
    assume(not never_ends(scenario))
    assume(all(never_busy(scenario, spec) for spec in scenario.inspections))
    chance = Chance(scenario.seed)

    def told(foreseen):
        gateways = {}
        for spec in scenario.inspections:
            model = ModelledGateway(
                spec.gateway.modelled,
                seed=scenario.seed,
                station=spec.name,
                good_label=spec.ship_when.labels[0],
            )
            ahead = NeverBusy(spec, scenario.product.defect_rate, chance, in_time=in_time)
            gateways[spec.name] = ahead if foreseen else InTime(model, spec) if in_time else model
        return run_again(scenario, gateways, Interrupt(), chance)

    assert told_alike(told(foreseen=True), told(foreseen=False))


LINE = {
    "version": 1,
    "name": "known",
    "run": {"items": 9},
    "arrivals": {"every": 1},
    "line": [
        press(1, breakdowns={"up": 2, "repair": 1}),
        camera(units=2, gateway=modelled(1), acquisition=1),
        press(1, "pack", units=2),
    ],
    "review": {"time": 1, "cleared": "ships"},
}
UNKNOWN = {
    "fails by the calendar": [press(1, breakdowns={"up": 2, "repair": 1, "counts": "calendar"}), camera()],
    "fails in parallel": [press(1, units=2, breakdowns={"up": 2, "repair": 1}), camera()],
    "an answer stops it": [press(1), camera(on_no_result="stop")],
    "two inspections before one bench": [press(1), camera("front"), camera("back")],
    "a belt": [press(1, "pack", buffer={"places": 2, "travel": 1}), camera()],
    "pictures of different length": [press(1), camera(units=2, acquisition={"exponential": {"mean": 1}})],
}


def modelled_answers(scenario: Scenario) -> dict[str, ModelledGateway]:
    """Return gateways whose answer hangs on the moment of the question."""
    return {
        spec.name: ModelledGateway(spec.gateway.modelled, seed=0, station=spec.name, good_label="good")
        for spec in scenario.inspections
    }


@pytest.mark.parametrize("line", UNKNOWN.values(), ids=UNKNOWN)
def test_what_it_does_not_know_is_run(line):
    """A line of each kind is not known, and its replay is that of the line."""
    known = Scenario.model_validate(LINE)
    assert knows(known, modelled_answers(known))
    scenario = Scenario.model_validate({**LINE, "line": line})
    assert not knows(scenario, modelled_answers(scenario))
    told = replay(scenario, modelled_answers(scenario), Interrupt())
    assert told_alike(told, run_again(scenario, modelled_answers(scenario), Interrupt(), Chance(0)))


def test_what_a_scenario_says_that_is_new_is_not_known(monkeypatch):
    """A key that nobody has thought of here, such as a shift, must not be worked out wrongly."""

    class Shifts(Station):
        shift: str | None = None

    known = "line_sim.analysis.what_if.replay.recursion._KNOWN"
    from line_sim.analysis.what_if.replay.recursion import _KNOWN

    monkeypatch.setattr(known, {**_KNOWN, Shifts: _KNOWN[Station]})
    scenario = Scenario.model_validate({**LINE, "line": [press(1)]})
    for shift, expected in ((None, True), ("early", False)):
        station = Shifts(station="press", cycle=scenario.line[0].cycle, shift=shift)
        assert knows(scenario.model_copy(update={"line": (station,)}), {}) is expected


def test_a_line_in_which_ways_join_is_not_known(monkeypatch):
    """Such as one whose reviewers send parts back to the line, behind the inspection."""
    straight = Layout.ways.func

    def ways(layout):
        rejoins = Way(layout.bench, Lane.SHIP, 2)
        return tuple(rejoins if way[:2] == rejoins[:2] else way for way in straight(layout))

    patched = cached_property(ways)
    patched.__set_name__(Layout, "ways")
    scenario = Scenario.model_validate(LINE)
    assert knows(scenario, modelled_answers(scenario))
    monkeypatch.setattr(Layout, "ways", patched)
    assert not knows(scenario, modelled_answers(scenario))


def test_a_wish_stops_it():
    """On a long run the user need not wait."""
    interrupt = Interrupt()
    interrupt.wish()
    scenario = Scenario.model_validate(LINE)
    assert work_out(scenario, modelled_answers(scenario), interrupt, Chance(0)) is None
