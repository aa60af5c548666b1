"""Belts: places that take time, told as short stories and held against lines of stations."""

from itertools import pairwise

from belt_lines import closing_up, lines_with_belts, without_belts
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from stories import camera, happens, press, takes

from line_sim.analysis.audit.audit import audit
from line_sim.layout import FIRST_FINISH, layout_of
from line_sim.line.buffer import BeltBuffer
from line_sim.line.clocks.virtual import Cue, LineEnvironment
from line_sim.line.line import DEADLOCKED, DURATION_OVER
from line_sim.line.parts import Part
from line_sim.scenario import Scenario
from line_sim.scenario.fields import Belt, belt_of
from line_sim.testing import run_in_memory
from line_sim.units import SECOND

thorough = settings(max_examples=200, deadline=None)


def belt(places, travel, **how):
    """Return a belt as it is written."""
    return {"buffer": {"places": places, "travel": travel, **how}}


def departures(happened, station):
    """Return when each part left a station, in seconds."""
    return [visit[-1] for visit in sorted(happened.at(station))]


def starts(happened, station):
    """Return when each part was started at a station, in seconds."""
    return [visit[3] for visit in sorted(happened.at(station))]


def two_stations(one, other, **belts):
    """Run a saturated line of two stations that take these seconds, part by part, with a belt between."""
    times = {"one": [round(time * SECOND) for time in one], "two": [round(time * SECOND) for time in other]}
    line = camera("one"), camera("two", **belts)
    return happens(*line, items=len(one), gateways={name: takes(row) for name, row in times.items()})


def test_five_parts_on_a_belt_of_three_places():
    """Written out: what leaves the first station is on the belt for 6 s, or longer where one waits ahead."""
    story = two_stations([2, 1, 4, 1, 3], [3, 3, 1, 2, 2], **belt(3, 6))
    assert departures(story, "one") == [2, 4, 8, 10, 13]
    assert starts(story, "two") == [8, 11, 14, 16, 19]
    assert departures(story, "two") == [11, 14, 15, 18, 21]


def test_a_slow_station_fills_the_belt():
    """Two places: the first station is blocked until the slow one takes a part, and then steps on at once."""
    story = happens(press(1, "one"), press(4, "two", **belt(2, 3)), items=6)
    assert departures(story, "one") == [1, 2.5, 4, 8, 12, 16]
    assert starts(story, "two") == [4, 8, 12, 16, 20, 24]


def test_a_belt_that_does_not_accumulate_stands_with_all_that_is_on_it():
    """Part 1 takes from 4.5 to 9.5; part 2 is at the end at 6, and all stands until 9.5, part 3 half-way."""
    line = press(1.5, "one"), camera("two", **belt(3, 3, accumulates=False))
    quick = {"two": takes([5 * SECOND, SECOND, SECOND])}
    story = happens(*line, items=3, gateways=quick)
    assert departures(story, "one") == [1.5, 3, 4.5]
    assert starts(story, "two") == [4.5, 9.5, 11]
    closes_up = happens(line[0], camera("two", **belt(3, 3)), items=3, gateways=quick)
    assert starts(closes_up, "two") == [4.5, 9.5, 10.5]


def test_a_part_may_step_on_a_belt_that_stands_where_the_first_place_is_free():
    """At 6 s it stops for part 2; part 3 steps on and is carried from 11 s on, part 4 half a second later."""
    line = press(2, "one"), camera("two", **belt(4, 2, accumulates=False))
    story = happens(*line, items=4, gateways={"two": takes([7 * SECOND, 0, 0, 0])})
    assert departures(story, "one") == [2, 4, 6, 11.5]
    assert starts(story, "two") == [4, 11, 13, 13.5]


def test_travel_is_nobodys_time_but_the_parts():
    """It is neither busy nor blocked: the first station goes on at once, the second one is starved."""
    story = happens(press(1, "one"), press(1, "two", **belt(5, 10)), items=2)
    assert story.at("one") == [(1, 1, 0.0, 0.0, 1.0, 1.0), (2, 1, 1.0, 1.0, 2.0, 3.0)]
    assert story.at("two") == [(1, 1, 1.0, 11.0, 12.0, 12.0), (2, 1, 3.0, 13.0, 14.0, 14.0)]


def test_a_lossy_line_looks_for_a_free_first_place():
    """A part every second, a place of 2 s: every other one is lost, though the belt has room."""
    story = happens(press(0, **belt(3, 6)), items=6, every=1, on_full="lose")
    assert [part[-1] for part in sorted(story.items)] == ["shipped", "lost"] * 3


def test_the_parts_on_a_belt_at_the_end_of_a_run_are_told():
    """They have been queued since they stepped on, and are on no machine."""
    story = happens(press(1, "one"), press(1, "two", **belt(3, 9)), duration=6)
    assert [visit for visit in story.at("two") if visit[1] is None] == [
        (1, None, 1.0, None, None, None),
        (2, None, 4.0, None, None, None),
    ]


def test_two_machines_take_from_one_belt():
    """The one that has been idle longest gets the part at the end."""
    story = happens(press(1, "one"), press(5, "two", units=2, **belt(2, 2)), items=4)
    assert [(visit[0], visit[1], visit[3]) for visit in story.at("two")] == [
        (1, 1, 3.0),
        (2, 2, 4.0),
        (3, 1, 8.0),
        (4, 2, 9.0),
    ]


def told(run, names):
    """Return what a run tells of some stations and of all parts, whatever is told first."""
    visits = [
        (v.station, v.item_id, v.unit, v.started_at, v.finished_at, v.left_at, v.down)
        for v in run.records.visits
        if v.station in names and v.started_at is not None
    ]
    return sorted(visits, key=str), sorted(run.records.items), run.ending.at


TIED = {
    "version": 1,
    "name": "tied",
    "run": {"items": 12},
    "arrivals": {"every": 1, "on_full": "lose"},
    "line": [
        {"station": "a", "cycle": 1, "units": 2, **belt(2, 2)},
        {
            "station": "b",
            "cycle": 2,
            **belt(3, 4),
            "breakdowns": {"up": 3, "repair": 1, "counts": "calendar"},
        },
    ],
    "review": {"time": 1},
}


@thorough
@given(lines_with_belts())
@example(Scenario.model_validate(TIED))
def test_a_belt_is_so_many_stations_without_buffers(drawn):
    """To the nanosecond, in all that happens at the other stations: ties, breakdowns and losses too.

    What locks up with belts locks up without, if the run does not end first: a full belt is known to be stuck
    while parts on it still close up, so that it is noticed earlier there.
    """
    scenario = closing_up(drawn)
    assume(any(belt_of(spec.buffer) for spec in scenario.line))
    names = {spec.name for spec in scenario.line}
    one, other = run_in_memory(scenario), run_in_memory(without_belts(scenario))
    if one.ending.how == DEADLOCKED:
        assert other.ending.how in {DEADLOCKED, DURATION_OVER}
        return
    assert told(one, names) == told(other, names)
    stepped_on = {(v.station, v.item_id): v.queued_at for v in one.records.visits}
    for visit in other.records.visits:
        name, _, cell = visit.station.rpartition(" ")
        if cell == "1":
            assert stepped_on[name, visit.item_id] == visit.started_at


@thorough
@given(lines_with_belts())
def test_the_audit_agrees_with_every_line_of_belts(scenario):
    """The second opinion on belts of both kinds, in front of all that there is: nothing wrong anywhere."""
    run = run_in_memory(scenario)
    found = audit(run.records, layout_of(scenario), run.ending.how, run.ending.at)
    assert {name: check for name, check in found.items() if not check.passed} == {}


@thorough
@given(lines_with_belts())
def test_no_belt_passes_more_than_its_places_in_its_travel(scenario):
    """Neither at its beginning nor, in the long run, at its end; parts keep their order."""
    run = run_in_memory(scenario)
    for spec in scenario.line:
        if (found := belt_of(spec.buffer)) is None:
            continue
        rows = sorted((v for v in run.records.visits if v.station == spec.name), key=lambda v: v.queued_at)
        assert all(
            (after.queued_at - before.queued_at) * found.places >= found.travel
            for before, after in pairwise(rows)
        )
        taken = [v.started_at for v in rows if v.started_at is not None]
        assert taken == sorted(taken)
        assert all(v.started_at - v.queued_at >= found.travel for v in rows if v.started_at is not None)


def tick_by_tick(one, other, places, cell):
    """Return when parts are started behind a belt that does not accumulate, moved on second by second."""
    on, started = [], []  # how far each part on the belt has come
    to_come, ready = 1, one[0]  # the first station is done with the part that it holds
    free_at = now = 0
    while len(started) < len(one):
        if on and on[0] == places * cell and now >= free_at:
            on.pop(0)
            free_at = now + other[len(started)]
            started.append(now)
        if to_come <= len(one) and now >= ready and len(on) < places and (not on or on[-1] >= cell):
            on.append(0)
            ready = now + one[to_come] if to_come < len(one) else now
            to_come += 1
        if not on or on[0] < places * cell:
            on = [at + 1 for at in on]
        now += 1
    return started


@thorough
@given(st.integers(1, 4), st.integers(1, 3), st.integers(2, 25), st.data())
def test_a_belt_that_does_not_accumulate_moves_second_by_second(places, cell, parts, data):
    """A second way to the same moments: every part on the belt moved on by hand."""
    seconds = st.lists(st.integers(1, 6), min_size=parts, max_size=parts)
    one, other = data.draw(seconds), data.draw(seconds)
    story = two_stations(one, other, **belt(places, places * cell, accumulates=False))
    assert starts(story, "two") == tick_by_tick(one, other, places, cell)


def by_itself(**belt_of):
    """Return a belt by itself of three places and 3 s, and its clock; nobody takes from it."""
    env = LineEnvironment()
    return env, BeltBuffer(env, Belt(places=3, travel=3, **belt_of), FIRST_FINISH + 1)


def test_nobody_steps_on_before_a_part_that_waits_for_that():
    """At 1 s the first place is free; who comes at that very moment, and first, is still behind part 2."""
    env, belt_buffer = by_itself()
    parts = [Part(1), Part(2), Part(3)]
    assert belt_buffer.put(parts[0], None)
    assert not belt_buffer.put(parts[1], None)
    came = []
    Cue(env, lambda _: came.append(belt_buffer.put(parts[2], None)), FIRST_FINISH).after(SECOND)
    env.run_line(horizon=5 * SECOND)
    assert came == [False]
    assert belt_buffer.waiting() == parts
    assert [part.queued_at for part in parts] == [0, SECOND, 2 * SECOND]


def test_a_belt_that_stands_is_not_looked_at_again():
    """Part 1 waits at the end from 3 s on; who comes at 4 s waits for a taking alone."""
    env, belt_buffer = by_itself(accumulates=False)
    belt_buffer.put(Part(1), None)
    Cue(env, lambda _: belt_buffer.put(Part(2), None), FIRST_FINISH).after(5 * SECOND // 2)
    came = []
    Cue(env, lambda _: came.append((belt_buffer.put(Part(3), None), env.next_at()))).after(4 * SECOND)
    env.run_line(horizon=9 * SECOND)
    assert came == [(False, None)], "nothing is to happen any more"
    assert [part.item_id for part in belt_buffer.waiting()] == [1, 2]
    assert belt_buffer.take() is not None
    assert env.next_at() == 9 * SECOND + SECOND // 2
