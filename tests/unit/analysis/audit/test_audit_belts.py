"""The audit of belts: a true story passes, and each way of moving a part too early or too late is named."""

from dataclasses import replace

import pytest
from belt_lines import lines_with_belts
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded import killed_after
from stories import camera, happens, modelled, press

from line_sim.analysis.audit.audit import audit
from line_sim.layout import Layout, Place, layout_of
from line_sim.scenario import Scenario
from line_sim.scenario.fields import Belt
from line_sim.testing import run_in_memory
from line_sim.units import SECOND

BOTH = pytest.mark.parametrize("accumulates", [True, False])


def story(*, accumulates, **how):
    """Return the records of a slow station behind a belt of two places and 3 s, and the layout."""
    belt = {"places": 2, "travel": 3, "accumulates": accumulates}
    line = press(1, "one"), press(4, "two", buffer=belt)
    places = Place("one"), Place("two", buffer=2, belt=Belt(**belt))
    return happens(*line, items=6, **how).records, Layout(places, saturated=not how)


def failed(records, layout):
    """Return the details of the checks that failed, by name."""
    found = audit(records, layout, "completed")
    return {name: check.detail for name, check in found.items() if not check.passed}


def lie(records, item, **seconds):
    """Return the records with other moments for one part: `one_left` is when it steps on the belt."""
    at = {name: round(value * SECOND) for name, value in seconds.items()}
    visits = []
    for visit in records.visits:
        if visit.item_id == item and visit.station == "one" and "stepped_on" in at:
            visit = visit._replace(left_at=at["stepped_on"])  # noqa: PLW2901 - a row made anew
        elif visit.item_id == item and visit.station == "two":
            told = {name: value for name, value in at.items() if name != "stepped_on"}
            told |= {"queued_at": at["stepped_on"]} if "stepped_on" in at else {}
            visit = visit._replace(**told)  # noqa: PLW2901 - as above
        visits.append(visit)
    return replace(records, visits=tuple(visits))


@BOTH
def test_a_true_story_passes(accumulates):
    """Saturated and paced."""
    for how in ({}, {"every": 1.25}):
        assert failed(*story(accumulates=accumulates, **how)) == {}


@BOTH
def test_a_part_that_steps_on_too_early_is_found(accumulates):
    """Part 2 leaves the first station at 2.5 s, when part 1 has left the first place."""
    records, layout = story(accumulates=accumulates)
    found = failed(lie(records, 2, stepped_on=2.4), layout)
    assert "stepped on the belt to two before there was room" in found["promptness"]


@BOTH
def test_a_part_that_is_taken_before_it_is_there_is_found(accumulates):
    """Part 1 is at the end at 4 s."""
    records, layout = story(accumulates=accumulates)
    found = failed(lie(records, 1, started_at=3.9), layout)
    assert "taken by two before the belt had brought it" in found["promptness"]


@BOTH
def test_a_part_that_waits_at_the_end_in_vain_is_found(accumulates):
    """Nothing stands in the way of part 1."""
    records, layout = story(accumulates=accumulates)
    found = failed(lie(records, 1, started_at=4.1), layout)
    assert "a part waited for two in vain" in found["promptness"]


@BOTH
def test_a_part_that_is_held_although_the_first_place_is_free_is_found(accumulates):
    """Part 2 could have left at 2.5 s; part 3 comes so late that it is in nobody's way."""
    records, layout = story(accumulates=accumulates)
    found = failed(lie(records, 2, stepped_on=2.6), layout)
    assert "a finished part stayed although there was room" in found["promptness"]


def test_on_a_saturated_line_a_belt_is_so_many_stations_of_the_recursion():
    """The oracle takes part: every departure is that of a line with a station for each place."""
    records, layout = story(accumulates=True)
    assert "6 parts, out of every station" in audit(records, layout, "completed")["sample_path_oracle"].detail
    stands = audit(*story(accumulates=False), "completed")["sample_path_oracle"]
    assert (stands.passed, stands.detail[:14]) == (True, "does not apply")
    late = lie(records, 6, started_at=24.5, finished_at=28.5, left_at=28.5)
    assert "left at another moment than the recursion says" in failed(late, layout)["sample_path_oracle"]


def test_a_part_that_overtakes_on_a_belt_is_found():
    """Also where two machines take from its end."""
    belt = {"places": 3, "travel": 3}
    line = press(1, "one"), press(2, "two", units=2, buffer=belt)
    records = happens(*line, items=4).records
    layout = Layout((Place("one"), Place("two", units=2, buffer=3, belt=Belt(**belt))), saturated=True)
    assert failed(records, layout) == {}
    assert (
        "overtook" in failed(lie(records, 2, started_at=6.5, finished_at=8.5, left_at=8.5), layout)["order"]
    )


@settings(max_examples=150, deadline=None)
@given(lines_with_belts(), st.floats(0.05, 1))
def test_what_a_killed_run_has_told_passes(scenario, share):
    """Cut off anywhere: nothing is told of parts that were on a belt or a machine then."""
    found = audit(killed_after(run_in_memory(scenario), share), layout_of(scenario), None)
    assert {name: check for name, check in found.items() if not check.passed} == {}


REPAIRS_BESIDE_A_BELT = {
    "version": 1,
    "name": "repairs beside a belt",
    "run": {"items": 3},
    "arrivals": {"every": 1},
    "product": {"defect_rate": 1},
    "line": [
        press(4, buffer={"places": 2, "travel": 2, "accumulates": False}),
        camera(gateway=modelled(1)),
    ],
    "review": {"time": 1, "buffer": 9, "rework": {"to": "press", "defect_rate": 0}},
}


def test_what_is_repaired_rides_on_no_belt():
    """It leaves review when the press takes it, whatever the belt beside it does."""
    records, _ = run_in_memory(Scenario.model_validate(REPAIRS_BESIDE_A_BELT))
    layout = layout_of(Scenario.model_validate(REPAIRS_BESIDE_A_BELT))
    held = next(
        visit for visit in records.visits if visit.station == "review" and visit.left_at > visit.finished_at
    )
    assert failed(records, layout) == {}

    def later(visit):
        mine = visit.item_id == held.item_id and visit.visit == 2 and visit.station == "press"
        moved = visit._replace(left_at=visit.left_at + 1) if visit is held else visit
        return visit._replace(queued_at=visit.queued_at + 1) if mine else moved

    moved = replace(records, visits=tuple(map(later, records.visits)))
    assert "stayed although there was room" in failed(moved, layout)["promptness"]
