"""The layout: the one place that knows which station follows, and which of simultaneous events is first."""

import pytest
import simpy
from stories import QUICK_REVIEW, camera, press

from line_sim.layout import HAND_OVER, Exit, Kind, Lane, Layout, Place, Way, layout_of, specs_of
from line_sim.scenario import Scenario

INSPECTED = {
    "version": 1,
    "name": "a story",
    "run": {"items": 3},
    "arrivals": {"every": 1},
    "line": [press("1 s"), camera(), press("1 s", name="pack")],
    "review": QUICK_REVIEW,
}

PRESS, PACK = Place("press"), Place("pack")


def inspected() -> Layout:
    """Return the layout of press, camera and pack, with a review bench."""
    return layout_of(Scenario.model_validate(INSPECTED))


def test_places_are_the_line_in_order_and_then_the_bench():
    """Everybody tells a place by its index here."""
    layout = inspected()
    assert [place.name for place in layout.places] == ["press", "camera", "pack", "review"]
    assert [place.kind for place in layout.places] == [
        Kind.STATION,
        Kind.INSPECTION,
        Kind.STATION,
        Kind.REVIEW,
    ]
    assert (layout.entry, layout.bench) == (0, 3)


def test_ways_lead_from_place_to_place_and_off_the_line():
    """An inspection has four ways, a station one, the bench two."""
    layout = inspected()
    assert layout.ways_from(0) == {Lane.SHIP: 1}
    assert layout.ways_from(1) == {
        Lane.SHIP: 2,
        Lane.REVIEW: 3,
        Lane.SCRAP: Exit.SCRAPPED,
        Lane.STOP: Exit.HALT,
    }
    assert layout.ways_from(2) == {Lane.SHIP: Exit.SHIPPED}
    assert layout.ways_from(3) == {Lane.SHIP: 2, Lane.SCRAP: Exit.SCRAPPED}


def test_ways_are_told_from_their_end_too():
    """The bench has its parts from the camera, pack its from the camera and the bench."""
    layout = inspected()
    assert layout.leading_to(3) == (1,)
    assert layout.leading_to(Exit.SHIPPED) == (2,)
    assert layout.leading_to(2) == (1, 3)
    assert layout.leading_to(layout.entry) == ()


def test_the_ship_lane_is_the_line_from_its_entry_to_its_end():
    """Review is beside it; a line whose way goes round is gone through once."""
    assert inspected().ship_lane == (0, 1, 2)
    round_and_round = Layout((PRESS, PACK), joined=(Way(0, Lane.SHIP, 1), Way(1, Lane.SHIP, 0)))
    assert round_and_round.ship_lane == (0, 1)


def test_upstream_is_what_a_part_may_have_passed_before():
    """A place is upstream of itself where a way leads back to it."""
    layout = inspected()
    assert [layout.upstream(place) for place in range(4)] == [(), (0,), (0, 1, 3), (0, 1)]
    back = Layout(layout.line, layout.review, joined=(*layout.ways, Way(3, Lane.REVIEW, 0)))
    assert [back.upstream(place) for place in range(4)] == [(0, 1, 3)] * 4
    assert back.ways_from(3)[Lane.REVIEW] == back.entry


def test_departures_come_before_arrivals_downstream_before_upstream():
    """Review, pack, camera, press, each before its belt, then outages, then arrivals; no two share a rank."""
    layout = inspected()
    moving = (rank(place) for place in (3, 2, 1, 0) for rank in (layout.finish_rank, layout.belt_rank))
    ranks = [*moving, layout.outage_rank, layout.arrival_rank]
    assert ranks == sorted(set(ranks))
    assert ranks[0] > HAND_OVER


def test_what_follows_at_once_has_simpys_own_rank():
    """SimPy gives it to every event that succeeds."""
    assert simpy.events.NORMAL == HAND_OVER


def test_every_place_has_its_words_in_the_scenario():
    """In the order of the places, the review bench last."""
    scenario = Scenario.model_validate(INSPECTED)
    assert specs_of(scenario) == (*scenario.line, scenario.review)


@pytest.mark.parametrize("stations", [1, 2, 5])
def test_a_line_without_review_ends_at_its_last_station(stations):
    """One way each, the last one off the line."""
    layout = Layout(tuple(Place(f"s{n}") for n in range(stations)))
    assert [way.to for way in layout.ways] == [*range(1, stations), Exit.SHIPPED]
    assert layout.leading_to(Exit.SHIPPED) == (stations - 1,)


def test_the_layout_knows_whether_a_way_leads_back():
    """Also where it leads over several places."""
    straight = Layout((Place("a"), Place("b", kind=Kind.INSPECTION)), Place("review", kind=Kind.REVIEW))
    assert not straight.leads_back
    for start, to in ((1, 0), (2, 0), (2, 1)):
        bent = Layout(straight.line, straight.review)
        bent.__dict__["ways"] = (*straight.ways, Way(start, Lane.SCRAP, to))
        assert bent.leads_back
    off = Layout(straight.line, straight.review)
    off.__dict__["ways"] = (*straight.ways, Way(0, Lane.SCRAP, Exit.SCRAPPED))
    assert not off.leads_back


def test_an_inspection_that_decides_at_a_gate_is_two_places():
    """The camera sends all parts to its gate; there the ways of its answers begin."""
    gate = {"decides": "at_gate", "gate": {"places": 6, "travel": 3}}
    line = [press("1 s"), camera(deadline=2, **gate), press("1 s", name="pack")]
    scenario = Scenario.model_validate({**INSPECTED, "line": line})
    layout = layout_of(scenario)
    assert [place.name for place in layout.places] == ["press", "camera", "camera gate", "pack", "review"]
    asks, at = layout.places[1:3]
    assert (asks.kind, asks.inspects, asks.decides) == (Kind.INSPECTION, True, False)
    assert (at.kind, at.inspects, at.decides, at.units, at.buffer) == (Kind.GATE, False, True, 1, 6)
    assert layout.ways_from(1) == {Lane.SHIP: 2}
    assert layout.ways_from(2) == {
        Lane.SHIP: 3,
        Lane.REVIEW: 4,
        Lane.SCRAP: Exit.SCRAPPED,
        Lane.STOP: Exit.HALT,
    }
    assert (layout.gate_of(1), layout.decider_of(1), layout.camera_of(2)) == (2, 2, 1)
    assert (layout.gate_of(0), layout.decider_of(0), layout.camera_of(0)) == (None, 0, 0)
    kinds = [type(spec).__name__ for spec in specs_of(scenario)]
    assert kinds == ["Station", "Inspection", "Gate", "Station", "Review"]
    assert layout.inspections == (asks,)
