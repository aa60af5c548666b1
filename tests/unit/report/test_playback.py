"""What the page plays back: which stretch, where parts went, when belts stood, how fast at first."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from belt_lines import lines_with_belts
from hypothesis import given, settings
from pages import unpacked
from recorded import CAMERA, PRESS_AND_CAMERA, call, item, outage, run, visit
from strategies import written_scenarios

from line_sim.analysis.by_part import ByPart
from line_sim.layout import Exit, Lane, Layout, Place, layout_of
from line_sim.layout.crews import Crew
from line_sim.layout.places import Planned
from line_sim.recording.run_columns import NONE, columns_of
from line_sim.report.page.gantt import gantt
from line_sim.report.page.machines import states_of
from line_sim.report.page.playback.belts import stops
from line_sim.report.page.playback.journeys import FIRST_WAY, STAYS, UNKNOWN, journeys
from line_sim.report.page.playback.pace import SPEEDS, pace
from line_sim.report.page.playback.stretch import stretch_of
from line_sim.report.page.playback.view import playback
from line_sim.scenario import Scenario
from line_sim.scenario.fields import Belt
from line_sim.testing import run_in_memory
from line_sim.units import SECOND

MICRO = 1_000_000
PRESS = Place("press")


def story(down=(3, 4)):
    """Four parts: shipped, scrapped at the camera, still in front of it, lost."""
    items = [
        item(1, 0, 5),
        item(2, 1, 8, good=False, disposition="scrapped", evaluation="NotOK", lane=""),
        item(3, 2, None, disposition="on_line", outcome="", evaluation="", lane=""),
        item(4, 3, 3, disposition="lost", outcome="", evaluation="", lane=""),
    ]
    visits = [visit(1, "press", 0, 0, 2, 2), visit(2, "press", 2, 2, 4, 5), visit(3, "press", 5, 5, 7, 7)]
    visits += [visit(1, "camera", 2, 2, 5, 5), visit(2, "camera", 5, 5, 8, 8), visit(3, "camera", 7)]
    return run(items, visits, [call(1, 3, 0.5), call(2, 6, 1.5)], [outage("press", *down)])


def told(records, layout=PRESS_AND_CAMERA, most=100):
    """Return what is played back of a run on a page that holds so many visits."""
    columns = columns_of(records, layout)
    stretch = stretch_of(columns, layout, most)
    return playback(columns, layout, stretch, gantt(columns, layout, stretch))


def ways_of(records, layout):
    """Return each visit's end in words, by station and part."""
    columns = columns_of(records, layout)
    visits = [columns.visits(place) for place in range(len(layout.places))]
    led = journeys(columns, layout, visits, [ByPart(some, columns.parts) for some in visits])
    names = {STAYS: "stays", UNKNOWN: "unknown"}
    names |= dict(enumerate((way[:3] for way in led.ways), FIRST_WAY))
    return {
        (station.name, part): names[code]
        for place, station in enumerate(layout.places)
        for part, code in zip(
            columns.visits(place).item.tolist(), led.of(columns.visits(place)).tolist(), strict=True
        )
    }


def test_a_part_goes_where_its_next_row_is_and_off_the_line_as_its_story_ends():
    """Who has not left stays; the camera's way to scrap is drawn since a part took it."""
    found = ways_of(story(), PRESS_AND_CAMERA)
    assert found["press", 1] == found["press", 2] == (0, Lane.SHIP, 1)
    assert found["camera", 1] == (1, Lane.SHIP, Exit.SHIPPED)
    assert found["camera", 2] == (1, Lane.SCRAP, Exit.SCRAPPED)
    assert found["camera", 3] == "stays"


def test_where_no_row_says_it_nobody_knows_where_a_part_went():
    """A killed run has parts without a story, and stories whose next row was torn off."""
    records = run([item(1, 0, 9)], [visit(1, "press", 0, 0, 2, 2), visit(7, "press", 2, 2, 4, 5)])
    assert ways_of(records, PRESS_AND_CAMERA) == {("press", 1): "unknown", ("press", 7): "unknown"}


def test_what_an_inspection_seldom_does_is_drawn_only_where_it_did():
    """No way to scrap from a camera that scrapped nothing, none to the line's halt; review has both."""
    records = run([item(1, 0, 5)], [visit(1, "press", 0, 0, 2, 2), visit(1, "camera", 2, 2, 5, 5)])
    ways = [(way[0], way[2]) for way in told(records).spec["ways"]]
    assert ways == [(0, "ship"), (1, "ship"), (1, "review"), (2, "ship"), (2, "scrap")]


@settings(max_examples=60, deadline=None)
@given(written_scenarios())
def test_every_step_of_a_whole_run_is_a_way_of_its_layout(written):
    """Only a part that is still there has no way, and the bins hold what the stories say."""
    scenario = Scenario.model_validate(written)
    happened = run_in_memory(scenario)
    layout = layout_of(scenario)
    columns = columns_of(happened.records, layout)
    visits = [columns.visits(place) for place in range(len(layout.places))]
    led = journeys(columns, layout, visits, [ByPart(some, columns.parts) for some in visits])
    left = dict.fromkeys(led.ways, 0)
    for place in range(len(layout.places)):
        visits = columns.visits(place)
        codes = led.of(visits)
        assert ((codes == STAYS) == (visits.left == NONE)).all()
        assert UNKNOWN not in codes
        for code in codes[codes >= FIRST_WAY].tolist():
            assert led.ways[code - FIRST_WAY].start == place
            left[led.ways[code - FIRST_WAY]] += 1
    for end in (Exit.SHIPPED, Exit.SCRAPPED):
        ends = columns.items.says("disposition", end.value).sum()
        assert sum(count for way, count in left.items() if way.to is end) == ends


def test_waits_in_front_stand_beside_the_gantts_visits():
    """In the order of its rows: how long in front, and the way; who was never taken is told apart."""
    spec = told(story()).spec
    press, camera, review = spec["visits"]
    assert unpacked(press, 2) == [[0, 0, 0], [2, 2, 2]]
    assert unpacked(camera, 2) == [[0, 0], [3, 5]]
    assert unpacked(review, 2) == [[], []]
    assert unpacked(spec["places"][1]["waiting"], 2) == [[6], [7 * MICRO]]
    assert spec["ways"][1:4:2] == [[1, "shipped", "ship"], [1, "scrapped", "scrap"]]


def test_parts_are_told_with_when_they_came_and_what_they_are():
    """Number (folded steps), arrival, the wait outside times four; 2 for a lost one, 1 for a bad one."""
    items, came, flags = unpacked(told(story()).spec["parts"], 3)
    assert (items, came) == ([2, 2, 2, 2], [0, MICRO, MICRO, MICRO])
    assert flags == [0, 4 * MICRO + 1, 4 * 3 * MICRO, 2]


def test_a_stretch_counts_what_was_over_before_it():
    """Cut to its last seconds, when most was lost: the part that was lost came and went before."""
    late = told(story(down=(6, 7.5)), most=2)
    assert late.told.startswith("Line time 5.0 s to 8.0 s of 8.0 s: all of it is too much for one page")
    assert late.spec["before"] == {"came": 1, "lost": 1, "shipped": 0, "scrapped": 0}


def test_the_most_telling_stretch_is_the_one_in_which_most_time_was_lost():
    """A long outage late in the run draws the page there; without anything lost it is the first stretch."""
    visits = [visit(n, "press", n, n, n + 1, n + 1) for n in range(40)]
    items = [item(n, n, n + 1) for n in range(40)]
    layout = Layout((PRESS,))
    late = columns_of(run(items, visits, [], [outage("press", 33.2, 33.9)]), layout)
    found = stretch_of(late, layout, 8)
    assert found.start <= 33 * SECOND < 34 * SECOND <= found.end
    assert found.end - found.start == 8 * SECOND
    calm = stretch_of(columns_of(run(items, visits), layout), layout, 8)
    assert (calm.start, calm.end, calm.visits) == (0, 8 * SECOND, 40)
    assert stretch_of(late, layout, 40).end == 40 * SECOND


def test_a_belt_stands_from_when_a_part_is_at_its_end_until_it_is_taken():
    """A belt of 4 s that does not accumulate carries the second part on for 1 s when the first is gone."""
    belt = Belt(places=4, travel="4 s", accumulates=False)
    layout = Layout((PRESS, Place("mill", buffer=4, belt=belt)))
    visits = [visit(1, "mill", 0, 6, 9, 9), visit(2, "mill", 1, 9, 12, 12)]
    begun, ended = stops(columns_of(run([], visits), layout).visits(1), belt, 12 * SECOND)
    assert (begun.tolist(), ended.tolist()) == ([4 * SECOND, 7 * SECOND], [6 * SECOND, 9 * SECOND])
    closed_up = belt.model_copy(update={"accumulates": True})
    assert not len(stops(columns_of(run([], visits), layout).visits(1), closed_up, 12 * SECOND)[0])


@settings(max_examples=80, deadline=None)
@given(lines_with_belts())
def test_every_part_is_carried_for_exactly_the_travel_time(scenario):
    """From stepping on to being taken a belt that does not accumulate runs for its travel."""
    happened = run_in_memory(scenario)
    layout = layout_of(scenario)
    columns = columns_of(happened.records, layout)
    for place, station in enumerate(layout.places):
        if station.belt is None or station.belt.accumulates:
            continue
        visits = columns.visits(place).sorted_by(columns.visits(place).queued)
        begun, ended = stops(visits, station.belt, columns.end)
        assert all(one <= other for one, other in pairwise(np.column_stack((begun, ended)).ravel().tolist()))
        for on, taken in zip(visits.queued.tolist(), visits.started.tolist(), strict=True):
            if taken != NONE:
                stood = np.clip(np.minimum(ended, taken) - np.maximum(begun, on), 0, None).sum()
                assert taken - on - stood == station.belt.travel


@pytest.mark.parametrize(
    ("latency", "speed"), [(0.03, 0.02), (0.12, 0.1), (1.2, 1), (40, 20), (0, 1), (5000, 1000)]
)
def test_a_typical_wait_takes_about_a_second_to_watch(latency, speed):
    """In round speeds; calls of no time say nothing, so the parts' work is taken: here two seconds."""
    calls = [call(1, 2, latency)]
    records = run([item(1, 0, 4)], [visit(1, "camera", 0, 0, 2, 2)], calls)
    layout = Layout((CAMERA,))
    assert pace(columns_of(records, layout), layout) == speed
    assert list(SPEEDS) == sorted(SPEEDS)
    assert (SPEEDS[0], SPEEDS[-1]) == (0.001, 1000)


def test_of_nothing_there_is_nothing_to_watch():
    """No part on a machine, or no time that passed."""
    assert told(run([], [])) is None
    assert told(run([item(1, 0, 0)], [visit(1, "press", 0, 0, 0, 0)])) is None


@pytest.mark.parametrize(("repaired", "machines"), [(None, [0]), (8, []), (7, [])])
def test_a_machine_that_is_repaired_at_the_very_end_is_not_down_there(repaired, machines):
    """The Gantt chart's bars end there either way; who is never repaired is told apart."""
    assert told(story(down=(6, repaired))).spec["never_repaired"] == machines


def test_the_legend_names_the_states_that_a_machine_is_seen_in():
    """Set-ups and waits for people are sums of the table; here such a machine is busy or down."""
    crew = Crew("fitters", 1)
    places = replace(PRESS, changeover=Planned(1.0, 1), repaired_by=crew), CAMERA
    layout = replace(PRESS_AND_CAMERA, line=places)
    assert set(states_of(layout)) - set(told(story(), layout).spec["states"]) == {"changeover", "people"}
