"""Runs that see another share of working time than a week has: what is asked and tried is in their hours."""

from functools import partial

import pytest
from stories import camera, modelled, press

from line_sim.analysis.lasting.ceiling import ceiling_of
from line_sim.analysis.summary.summarise import summarise
from line_sim.analysis.summary.verdict import verdict
from line_sim.analysis.what_if.stretch import stretch_of
from line_sim.analysis.what_if.throttle import throttle_of
from line_sim.dashboard.framing import frame_of
from line_sim.figures.window import window_of
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.live.state import LiveState
from line_sim.recording.run_columns import columns_of
from line_sim.scenario import Scenario
from line_sim.study.replications.replicate import most_uph
from line_sim.testing import run_in_memory

DAYS = {"calendar": "days"}
TWO_DAYS = 2 * 16 / 40
"""Of Monday 06:00 to Tuesday 22:00 so much is worked; of a week it is 80 of 168 hours."""


def a_line(*line, every="1 min", duration="40 h", review=None, **run):
    """Return a line of two shifts a day, from Monday's first one on."""
    inspects = any("inspection" in entry for entry in line)
    bench = {"time": 1, "buffer": 99, **DAYS, **(review or {})}
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "two days",
            "seed": 3,
            "run": {"duration": duration, "starts_at": "Mon 06:00", **run},
            "calendars": {"days": {"Mon-Fri": ["06:00-14:00", "14:00-22:00"]}},
            "arrivals": {"every": every, **DAYS},
            "line": [entry | DAYS for entry in line],
            "review": bench if inspects else None,
        }
    )


def told(scenario, **more):
    """Return the summary of a run, and its live state."""
    layout, state = layout_of(scenario), LiveState(layout_of(scenario))
    records, ending = run_in_memory(scenario, observers=(state,))
    how = {"ended": ending.how, "end": ending.at, "ceiling": ceiling_of(scenario)} | more
    return summarise(records, layout, **how), state


def test_the_takt_asks_for_as_much_as_comes_in_the_hours_of_the_run():
    """A part a minute for 32 of 40 hours: 48 an hour are asked for, on the screen, too, and 48 are made."""
    summary, state = told(a_line(press(30)))
    assert summary.takt_uph == frame_of(state).takt_uph == 60 * TWO_DAYS
    assert summary.throughput.uph == pytest.approx(60 * TWO_DAYS, abs=0.1)
    assert layout_of(a_line(press(30))).takt_uph == pytest.approx(60 * 80 / 168)


def test_a_line_that_lags_behind_in_its_hours_is_not_said_to_keep_up():
    """Of 48 parts an hour it makes 36, which is more than the 29 that a takt of a whole week asks for."""
    summary, _ = told(a_line(press(20), press(80, "pack")))
    assert summary.throughput.uph > summary.layout.takt_uph
    assert "keeps up" not in verdict(summary).sentence


def test_an_interval_is_cut_where_the_takt_of_its_hours_is():
    """Not at that of a whole week, which every run of two days ships more than."""
    output = told(a_line(press({"exponential": {"mean": 50}})))[0].throughput
    assert output.ceiling == pytest.approx(60 * TWO_DAYS)
    assert output.ci[0] < output.uph < output.ci[1]


def test_replications_are_cut_there_too():
    """Where it is known how much of a run is worked."""
    assert most_uph(a_line(press(30))) == pytest.approx(60 * TWO_DAYS)
    assert most_uph(a_line(press(30), warm_up="auto")) is None
    assert most_uph(a_line(press(30), duration=None, items=9)) is None


def test_what_is_tried_on_the_first_day_is_told_in_the_hours_of_the_week():
    """Replayed are 900 parts of Monday, of which all is worked; of the week it is less than half."""
    scenario = a_line(press(61), duration="168 h")
    layout = layout_of(scenario)
    records, ending = run_in_memory(scenario)
    run = columns_of(records, layout, ending.at)
    window = window_of(run, layout)
    stretch = stretch_of(scenario, run, window, 900)
    assert stretch.recorded(run, layout, window).uph == pytest.approx(3600 / 61 * 80 / 168, rel=0.01)
    whole = stretch_of(scenario, run, window, 10**6)
    assert whole.recorded(run, layout, window).uph == pytest.approx(3600 / 61 * 80 / 168, rel=0.001)


def test_without_waiting_no_line_ships_more_than_comes():
    """A camera is too slow by a tenth; what answers at once bring is seen from the first parts of a week."""
    scenario = a_line(camera(gateway=modelled(66), buffer=2), duration="168 h")
    compare = partial(throttle_of, scenario)
    layout = layout_of(scenario)
    summary, _ = told(scenario, compare=lambda run, window: compare(run, layout, window, Interrupt()))
    throttle = summary.throttle
    assert throttle.uph_without_inference == pytest.approx(summary.takt_uph, rel=0.01)
    assert throttle.loss == pytest.approx(1 - 60 / 66, rel=0.05)


def test_a_gate_leaves_the_interval_of_a_line_that_keeps_hours():
    """It has none of its own, as belts have not; what passes it at night is a part or two."""
    gated = camera(gateway=modelled(30), decides="at_gate", gate={"places": 2, "travel": 2})
    output = told(a_line(gated, press({"exponential": {"mean": 50}}, "pack", buffer=3), duration="168 h"))[
        0
    ].throughput
    assert output.ci is not None


def test_different_hours_are_not_told_as_too_few_parts():
    """A hundred thousand parts more would bring no interval either."""
    scenario = a_line(press(30), duration="168 h")
    line = [entry.model_copy(update={"calendar": None}) for entry in scenario.line]
    summary, _ = told(scenario.model_copy(update={"line": tuple(line)}))
    assert [warning for warning in summary.warnings if "run longer" in warning] == []
    assert any("keep different hours" in warning for warning in summary.warnings)
