"""Gates: parts ride on while their calls are out, and are sent on by their answers at the end of the belt."""

import pytest
from fake_wall import FakeServer, FakeWall, Fare, run_coupled, without_skew
from gate_lines import lines_with_gates
from hypothesis import given, settings
from hypothesis import strategies as st
from stories import camera, clock_time, deadline_of, happens, modelled, press, replies, takes

from line_sim.analysis.audit.audit import audit
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.scenario import Scenario
from line_sim.testing import answered, run_in_memory, scripted, unavailable
from line_sim.units import MILLISECOND, SECOND

LATE = [2, 2, 9, 1, 1]
"""Answers of 2 2 9 1 1 s; the deadline is 5 s."""


def at_gate(places=3, travel=3, **keys):
    """Return an inspection with a gate."""
    return camera(decides="at_gate", gate={"places": places, "travel": travel}, **keys)


def by_part(happened, station):
    """Return when each part left a station, in seconds, in the order of the parts."""
    return [visit[-1] for visit in sorted(happened.at(station))]


def gone(happened):
    """Return when each part left the line, in seconds, in the order of the parts."""
    return [item[2] for item in sorted(happened.items)]


def late(inspection, **keys):
    """Run five parts past an inspection whose third answer comes too late, and a station of a second."""
    answers = {"camera": scripted(deadline_of(LATE))}
    return happens(
        inspection | {"acquisition": 1, "deadline": 5, "on_no_result": "ship"},
        press(1, "pack"),
        items=5,
        gateways=answers,
        **keys,
    )


def test_a_part_rides_on_and_is_sent_on_by_its_answer_at_the_gate():
    """The third answer is given up at 8 s, 5 s after its call; those behind it close up and pass."""
    story = late(at_gate())
    assert sorted((call[3], call[0]) for call in story.calls) == [(n, n) for n in (1, 2, 3, 4, 5)]
    assert by_part(story, "camera") == clock_time("1 2 3 4 5")
    assert by_part(story, "camera gate") == clock_time("4 5 8 9 10")
    assert gone(story) == clock_time("5 6 9 10 11")


def test_every_event_of_the_late_answer_is_told():
    """Calls in the order of their answers; when a part steps on, is at the gate, is done, has passed."""
    story = late(at_gate())
    assert story.calls == [
        (1, "camera", 1, 1.0, 2.0, "answered"),
        (2, "camera", 1, 2.0, 2.0, "answered"),
        (4, "camera", 1, 4.0, 1.0, "answered"),
        (5, "camera", 1, 5.0, 1.0, "answered"),
        (3, "camera", 1, 3.0, 5.0, "timed_out"),
    ]
    assert story.at("camera gate") == [
        (1, 1, 1.0, 4.0, 4.0, 4.0),
        (2, 1, 2.0, 5.0, 5.0, 5.0),
        (3, 1, 3.0, 6.0, 8.0, 8.0),
        (4, 1, 4.0, 9.0, 9.0, 9.0),
        (5, 1, 5.0, 10.0, 10.0, 10.0),
    ]


def test_the_synchronous_twin_holds_every_part_for_its_answer():
    """The same parts with the camera waiting, and three places in front of it: 17 s instead of 11 s."""
    assert gone(late(camera(buffer=3))) == clock_time("4 7 13 15 17")


def test_the_fallback_decides_for_a_part_without_an_answer():
    """By default it goes to review; the parts behind it are shipped."""
    story = happens(
        at_gate(acquisition=1, deadline=5),
        items=4,
        gateways={"camera": scripted(deadline_of([2, 9, 1, 1]))},
        review={"time": 10, "buffer": 1},
    )
    assert story.lanes == [
        (1, "ship", "OK", "answered"),
        (3, "ship", "OK", "answered"),
        (4, "ship", "OK", "answered"),
        (2, "review", "Undefined", "timed_out"),
    ]
    assert by_part(story, "camera gate") == clock_time("4 7 8 9")


def test_a_full_belt_blocks_the_camera_whose_call_is_out():
    """One place of a second: the second call goes out at 2 s, its part steps on when the first has passed."""
    story = happens(at_gate(1, 1, acquisition=1), items=3, gateways={"camera": takes([4 * SECOND] * 3)})
    assert story.at("camera") == [
        (1, 1, 0.0, 0.0, 1.0, 1.0),
        (2, 1, 1.0, 1.0, 2.0, 5.0),
        (3, 1, 5.0, 5.0, 6.0, 6.0),
    ]
    assert by_part(story, "camera gate") == clock_time("5 6 10")


def test_the_gate_belongs_to_all_cameras_of_an_inspection():
    """Two cameras, one belt: calls overlap, and the call tells which camera made it."""
    two = at_gate(4, 4, acquisition=2, units=2)
    story = happens(two, items=4, gateways={"camera": takes([3 * SECOND] * 4)})
    assert [(call[0], call[2], call[3]) for call in story.calls] == [
        (1, 1, 2),
        (2, 2, 2),
        (3, 1, 4),
        (4, 2, 5),
    ]
    assert {visit[1] for visit in story.at("camera gate")} == {1}


def test_a_blocked_gate_keeps_its_part_on_the_belt():
    """A station of 10 s behind it: two places are all there is, and the next part waits on the camera."""
    story = happens(at_gate(2, 2, acquisition=1), press(10, "pack"), items=5)
    assert by_part(story, "camera gate") == clock_time("3 13 23 33 43")
    assert by_part(story, "camera") == clock_time("1 2 3 13 23")
    assert max(_on_belt(story)) == 2


def _on_belt(story):
    """Count the parts between the camera and the far side of the gate whenever one steps on."""
    rides = story.at("camera gate")
    return [sum(other[2] <= one[2] < other[5] for other in rides) for one in rides]


def test_a_part_that_stops_the_line_stays_at_the_gate():
    """There is no usable answer for part 2, and `on_no_result` is stop."""
    answers = {"camera": replies(answered("good"), unavailable(), answered("good"))}
    story = happens(at_gate(acquisition=1, on_no_result="stop"), items=3, gateways=answers)
    assert (story.ending.how, story.ending.at) == ("stopped", 5 * SECOND)
    assert (2, 1, 2.0, 5.0, 5.0, None) in story.at("camera gate")
    assert [item[3] for item in story.items] == ["shipped", "on_line", "on_line"]


def test_a_run_that_ends_tells_of_the_parts_on_their_way_to_the_gate():
    """At 5.5 s part 2 is at the gate without its answer, parts 3 to 5 are under way, calls are out."""
    answers = {"camera": takes([0, 9 * SECOND, 0, 0, 0, 0, 0])}
    story = happens(at_gate(4, 3, acquisition=1), duration=5.5, gateways=answers)
    assert story.at("camera gate")[1:] == [
        (2, 1, 2.0, 5.0, None, None),
        (3, None, 3.0, None, None, None),
        (4, None, 4.0, None, None, None),
        (5, None, 5.0, None, None, None),
    ]
    assert [call[0] for call in story.calls] == [1, 3, 4, 5]


@pytest.mark.parametrize(
    ("acquisition", "service", "servers", "every"),
    [(2, 3, 1, 3), (2, 3, 2, 2), (4, 3, 1, 4), (2, 12, 3, 4)],
)
def test_a_gate_that_is_long_enough_makes_what_the_slower_of_pictures_and_answers_allows(
    acquisition, service, servers, every
):
    """Constant times: a part every max(acquisition, service / servers); held, acquisition + service."""
    gateway = modelled(service, servers=servers)
    rides = happens(at_gate(12, 12, acquisition=acquisition, gateway=gateway), items=40)
    left = gone(rides)
    assert left[-1] - left[-13] == 12 * every
    held = gone(happens(camera(acquisition=acquisition, gateway=gateway), items=40))
    assert held[-1] - held[-13] == 12 * (acquisition + service)


@settings(max_examples=200, deadline=None)
@given(lines_with_gates())
def test_random_lines_with_gates_pass_the_audit(scenario):
    """Conservation, the order on the belt, the moments at the gate, decisions: all from the records."""
    run = run_in_memory(scenario)
    found = audit(run.records, layout_of(scenario), run.ending.how, run.ending.at)
    assert {name: check for name, check in found.items() if not check.passed} == {}


@settings(max_examples=100, deadline=None)
@given(lines_with_gates())
def test_no_part_is_lost_and_none_overtakes_on_the_belt(scenario):
    """Counted without the audit: who steps on first passes first, and each part that came is told of once."""
    run = run_in_memory(scenario)
    for spec in scenario.inspections:
        rides = [visit for visit in run.records.visits if visit.station == f"{spec.name} gate"]
        rides.sort(key=lambda visit: visit.queued_at)
        passed = [visit.left_at for visit in rides if visit.left_at is not None]
        assert passed == sorted(passed)
    numbers = [item.item_id for item in run.records.items]
    assert len(set(numbers)) == len(numbers)
    if run.ending.how == "completed":
        assert {item.disposition for item in run.records.items} <= {"shipped", "scrapped", "lost"}
        assert len(numbers) == scenario.run.items


def test_calls_of_one_camera_overlap_at_a_real_server():
    """Five calls of 4 s, a second apart: on the coupled clock they are out together."""
    line = {
        "version": 1,
        "name": "a story",
        "run": {"items": 5},
        "arrivals": {"saturated": True},
        "line": [at_gate(4, 4, acquisition=1, deadline=9)],
        "review": {"time": 0, "buffer": 9},
    }
    scenario = Scenario.model_validate(line)
    good = answered("good", latency=4)
    coupled = run_coupled(scenario, {"camera": FakeServer(lambda _: Fare(good))})
    virtual = run_in_memory(scenario, {"camera": scripted(lambda _: good)})
    assert without_skew(coupled.records) == virtual.records
    assert [call.issued_at for call in coupled.records.calls] == [n * SECOND for n in (1, 2, 3, 4, 5)]


seconds = st.integers(0, 9)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_departures_are_those_of_the_max_plus_recursion(data):
    """Cells are stations, the last one holds its part until its answer is there; the call goes out first."""
    parts = data.draw(st.integers(1, 12))
    pictures, answers, after = (
        data.draw(st.lists(seconds, min_size=parts, max_size=parts)) for _ in range(3)
    )
    places, cell = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 3))
    spec = at_gate(places, places * cell, acquisition=0)
    times = {"first": pictures, "camera": answers, "last": after}
    gateways = {name: takes([one * SECOND for one in row]) for name, row in times.items()}
    story = happens(camera("first"), spec, camera("last"), items=parts, gateways=gateways)
    assert gone(story) == _recursion(pictures, answers, after, places, cell)


def _recursion(pictures, answers, after, places, cell):
    """Return when each part leaves the last station."""
    left = [-1] * (places + 4)  # by the part before: first, camera, each cell, the gate's; the last station
    gone = []
    for picture, answer, work in zip(pictures, answers, after, strict=True):
        row = [max(max(left[0], 0) + picture, left[1])]  # the first station, then a camera that takes no time
        row.append(max(row[0], left[2]))
        asked = row[0]
        for place in range(places):
            ready = row[-1] + cell
            if place == places - 1:
                ready = max(ready, asked + answer)
            row.append(max(ready, left[place + 3]))
        gone.append(row[-1] + work)
        left = [*row, gone[-1], -1]
    return gone


def five_parts(**run):
    """Return a line of five parts, a second apart, whose answers take 4 s."""
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "a story",
            "run": {"items": 5, **run},
            "arrivals": {"saturated": True},
            "line": [at_gate(4, 4, acquisition=1, deadline=9)],
            "review": {"time": 0, "buffer": 9},
        }
    )


def test_at_wall_pace_calls_of_one_camera_are_out_together_too():
    """Real answers of 4 s at pace 1, modelled ones at ten times the pace: the same moments on the line."""
    good = answered("good", latency=4)
    wall = FakeWall()
    live = run_coupled(five_parts(), {"camera": FakeServer(lambda _: Fare(good))}, wall=wall, factor=1)
    assert wall.slept // MILLISECOND == 9000  # and a nanosecond for each call
    modelled_wall = FakeWall()
    told = run_coupled(five_parts(), {"camera": scripted(lambda _: good)}, wall=modelled_wall, factor=10)
    assert modelled_wall.slept == 9 * SECOND // 10
    left = [item.left_at for item in told.records.items]
    assert left == [item.left_at for item in live.records.items] == [n * SECOND for n in (5, 6, 7, 8, 9)]


def test_a_wish_to_stop_leaves_the_calls_that_are_out_to_nobody():
    """The first call goes out at 1 s and sets the pace: 5.5 s later two are answered, and three are out."""
    wall, interrupt = FakeWall(), Interrupt()
    wall.after(11 * SECOND // 2, interrupt.wish)
    slow = FakeServer(lambda _: Fare(answered("good", latency=4)))
    run = run_coupled(five_parts(), {"camera": slow}, wall=wall, interrupt=interrupt)
    assert run.ending.how == "interrupted"
    assert [call.item_id for call in run.records.calls] == [1, 2]
    assert [(item.item_id, item.disposition) for item in run.records.items] == [
        *((number, "shipped") for number in (1, 2)),
        *((number, "on_line") for number in (3, 4, 5)),
    ]
    found = audit(run.records, layout_of(five_parts()), run.ending.how, run.ending.at)
    assert all(check.passed for check in found.values())


def test_as_many_threads_as_calls_may_be_out():
    """One for each camera and each place before the gate."""
    spec = five_parts().inspections[0]
    assert spec.most_calls == 1 + 4
    assert spec.model_copy(update={"gate": None, "units": 3}).most_calls == 3
