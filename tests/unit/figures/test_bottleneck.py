"""The station that holds the others up, however it is looked for; OEE with what it is divided by."""

from dataclasses import replace

import pytest
from recorded import CAMERA, REVIEW, item, ns, outage, run, visit
from stories import camera, happens, modelled, press

from line_sim.analysis.summary.summarise import summarise
from line_sim.analysis.summary.verdict import verdict
from line_sim.figures.bottleneck import active_periods
from line_sim.figures.window import Window
from line_sim.layout import Layout, Place, RunPlan, layout_of
from line_sim.recording.run_columns import columns_of
from line_sim.scenario import Scenario

PRESS = Layout((Place("press", planned=ns(2)),))


def periods(records, layout=PRESS, start=0, end=100):
    """Return a press's active periods in seconds."""
    window = Window(ns(start), ns(end), ns(end))
    found = active_periods(columns_of(records, layout, ns(100)), 0, layout.line[0], window)
    return [period / 10**9 for period in found.tolist()]


def test_parts_one_after_the_other_are_one_active_period():
    """Two at a stretch, a pause, one more."""
    visits = [visit(1, "press", 0, 0, 2, 2), visit(2, "press", 0, 2, 5, 5), visit(3, "press", 9, 9, 12, 12)]
    assert periods(run(visits=visits)) == [5, 3]


def test_being_blocked_ends_an_active_period():
    """The next part starts the moment the last has left, but in between the machine stood still."""
    visits = [visit(1, "press", 0, 0, 2, 4), visit(2, "press", 0, 4, 5, 5)]
    assert periods(run(visits=visits)) == [2, 1]


def test_a_repair_is_a_part_of_an_active_period():
    """Idle until it fails, repaired until the next part comes."""
    records = run(visits=[visit(1, "press", 7, 8, 9, 9)], outages=[outage("press", 5, 8)])
    assert periods(records) == [4]


def test_the_windows_ends_cut_active_periods():
    """From 1 s to 4 s; what lies outside is no period at all."""
    visits = [visit(1, "press", 0, 0, 2, 2), visit(2, "press", 3, 3, 5, 5), visit(3, "press", 9, 9, 10, 10)]
    assert periods(run(visits=visits), start=1, end=4) == [1, 1]


def test_each_machine_has_its_own_periods():
    """Two of them, at the same time."""
    layout = Layout((Place("press", units=2),))
    visits = [visit(1, "press", 0, 0, 3, 3), visit(2, "press", 0, 0, 5, 5, unit=2)]
    assert periods(run(visits=visits), layout) == [3, 5]


def summary(story, *, layout=None, **changes):
    """Return the summary of a line that has run."""
    return summarise(
        story.records,
        replace(layout, run=replace(layout.run, **changes)),
        ended=story.ending.how,
        end=story.ending.at,
    )


def line(*cycles, buffer=2, items=400):
    """Return the layout and the story of a saturated line of stations a, b, c with these cycle times."""
    stations = [press(cycle, name, buffer=buffer) for name, cycle in zip("abcde", cycles, strict=False)]
    written = {
        "version": 1,
        "name": "a story",
        "run": {"items": items},
        "arrivals": {"saturated": True},
        "line": stations,
    }
    return happens(*stations, items=items), layout_of(Scenario.model_validate(written))


@pytest.mark.parametrize("slowest", range(3))
def test_a_clear_bottleneck_is_found_wherever_it_is(slowest):
    """Exponential times, one station twice as slow: both methods name it, and the sentence does."""
    cycles = [{"exponential": {"mean": 2 if place == slowest else 1}} for place in range(3)]
    story, layout = line(*cycles)
    told = summary(story, layout=layout)
    name = "abc"[slowest]
    assert (told.bottleneck.by_active_period, told.bottleneck.by_turning_point) == (name, name)
    assert told.bottleneck.agree
    assert verdict(told).sentence.startswith(f"{name} holds the line back: it is active for")
    assert verdict(told).cause == "cycle"


def test_a_belt_that_is_always_fed_is_the_bottleneck():
    """Three places in 6 s pass half of what either station makes: one steps on every 2 s, without a pause."""
    belt = {"buffer": {"places": 3, "travel": 6}}
    stations = press(1, "a"), press(0.9, "b", **belt)
    written = {"version": 1, "name": "a story", "run": {"items": 60}, "arrivals": {"saturated": True}}
    layout = layout_of(Scenario.model_validate({**written, "line": stations}))
    told = summary(happens(*stations, items=60), layout=layout)
    assert told.bottleneck.station == "belt to b"
    assert told.bottleneck.active["belt to b"].n == 1
    assert (verdict(told).station, verdict(told).cause) == ("b", "belt")
    assert verdict(told).sentence.startswith("The belt to b holds the line back: parts step on it")
    stations = press(3, "a"), press(0.9, "b", **belt)
    layout = layout_of(Scenario.model_validate({**written, "line": stations}))
    assert summary(happens(*stations, items=60), layout=layout).bottleneck.station == "a"


def test_the_packaging_line_of_the_theory_page():
    """6.5, 5, 8, 5 and 6 s: the third is never blocked nor starved."""
    story, layout = line(6.5, 5, 8, 5, 6, buffer=5)
    told = summary(story, layout=layout, warm_up=ns(1000))
    assert told.bottleneck.station == "c"
    assert told.bottleneck.agree


def test_the_busiest_station_need_not_be_the_one():
    """A station that fails seldom and long is less busy than its steady neighbour, and holds it up."""
    failing = press(1, "a", breakdowns={"up": 50, "repair": 40})
    steady = press(1.3, "b", buffer=30)
    story = happens(failing, steady, items=400)
    written = {
        "version": 1,
        "name": "a story",
        "run": {"items": 400},
        "arrivals": {"saturated": True},
        "line": [failing, steady],
    }
    told = summary(story, layout=layout_of(Scenario.model_validate(written)))
    busy = {time.station: time.shares()["busy"] for time in told.stations}
    assert busy["b"] > busy["a"]
    assert told.bottleneck.by_active_period == "a"


def test_a_line_that_keeps_up_is_held_back_by_nothing():
    """A part every three seconds, two seconds of work."""
    story = happens(press(2), items=100, every=3)
    told = summary(story, layout=replace(PRESS, takt=3e9, run=RunPlan(items=100)))
    assert verdict(told).cause == "takt"
    assert verdict(told).station is None


def test_a_full_review_is_the_bottleneck():
    """Every part goes to one reviewer of nine seconds: the camera stands blocked."""
    gateway = modelled(0, false_alarm_rate=1.0)
    story = happens(camera(gateway=gateway), items=60, every=1, review={"time": 9, "buffer": 0})
    layout = Layout((replace(CAMERA, buffer=0),), replace(REVIEW, buffer=0), takt=1e9, run=RunPlan(items=60))
    told = summary(story, layout=layout)
    assert told.bottleneck.by_active_period == "review"
    assert verdict(told).cause == "review"


def test_nothing_is_said_of_an_empty_run():
    """No time has passed."""
    told = summarise(run(), PRESS, ended="interrupted")
    assert (told.bottleneck.station, told.bottleneck.agree, told.bottleneck.clear) == (None, False, False)
    assert verdict(told).station is None
    assert told.oee[0].oee_index is None


def test_oee_by_hand():
    """Ten seconds: three parts in 8 s of work, planned for 2 s each, one of them defective.

    Availability 8/10, performance 6/8, quality ratio 2/3: an index of 0.4.
    """
    visits = [visit(1, "press", 0, 0, 2, 2), visit(2, "press", 0, 2, 5, 5), visit(3, "press", 7, 7, 10, 10)]
    items = [item(1, 0, 2), item(2, 0, 5, good=False), item(3, 7, 10)]
    (told,) = summarise(run(items, visits), PRESS, ended="completed", end=ns(10)).oee
    assert (told.availability, told.performance) == (0.8, 0.75)
    assert told.quality_ratio == pytest.approx(2 / 3)
    assert told.oee_index == pytest.approx(0.4)
    assert (told.produced, told.good) == (3, 2)


def test_waiting_for_answers_is_lost_performance():
    """A picture of half a second and an answer of one and a half: performance is a quarter."""
    story = happens(camera(gateway=modelled(1.5), acquisition=0.5), items=20)
    layout = Layout((replace(CAMERA, planned=ns(0.5)),), REVIEW, run=RunPlan(items=20))
    told = summary(story, layout=layout)
    assert told.oee[0].performance == pytest.approx(0.25)
    assert told.oee[1].performance is None


def test_a_line_that_has_time_to_spare_is_held_back_by_nobody():
    """Parts come every 10 s, the press needs 4 and is never blocked: it could take more."""
    spare = [press(4), press(3, "pack", buffer=2)]
    written = {
        "version": 1,
        "name": "a story",
        "run": {"items": 40},
        "arrivals": {"every": "10 s"},
        "line": spare,
    }
    story = happens(*spare, every="10 s", items=40)
    told = verdict(summary(story, layout=layout_of(Scenario.model_validate(written))))
    assert (told.station, told.cause) == (None, "takt")
