"""Stations, review and arrivals that keep hours: exact logs, and a line that is only moved in time."""

import pytest
from fake_wall import GOOD, FakeServer, FakeWall, Fare, run_coupled
from hypothesis import given, settings
from hypothesis import strategies as st
from stories import camera, happens, press
from strategies import tied_stations

from line_sim.figures.flow import station_times
from line_sim.figures.window import window_of
from line_sim.inspection.gateway import Reply
from line_sim.layout import layout_of
from line_sim.recording.run_columns import columns_of
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory
from line_sim.units import HOUR, SECOND

TWO = {"Mon": ["00:00:00-00:00:10", "00:00:20-23:00:00"]}
"""Ten seconds on, ten off, then on for good."""
AT_HOURS = {"calendar": "hours"}
WEEK = {"two": {"Mon-Fri": ["06:00-09:00", "09:15-14:00", "14:00-18:00", "18:30-22:00"]}}
WORKED_HOURS = 5 * (3 + 4.75 + 4 + 3.5)


def test_a_part_resumes_where_it_stood():
    """The second part has 3 of its 7 s when the shift ends at 10 s: it is done at 24 s."""
    run = happens(press(7, **AT_HOURS), items=2, hours=TWO)
    assert run.at("press") == [(1, 1, 0, 0, 7, 7), (2, 1, 7, 7, 24, 24)]
    assert run.down == {}


def test_what_is_done_at_the_very_end_of_a_shift_is_done_in_it():
    """The part is finished at 10 s, and the machine still takes the next one, to do nothing to it."""
    run = happens(press(5, **AT_HOURS), items=3, hours=TWO)
    assert run.at("press") == [(1, 1, 0, 0, 5, 5), (2, 1, 5, 5, 10, 10), (3, 1, 10, 10, 25, 25)]


def test_a_machine_that_is_off_takes_no_part():
    """A part that comes at 12 s waits for the shift of 20 s."""
    run = happens(press(1, buffer=1, **AT_HOURS), every=12, items=1, hours=TWO)
    assert run.at("press") == [(1, 1, 12, 20, 21, 21)]


def test_a_part_that_comes_at_the_end_of_a_shift_comes_too_late():
    """Arrivals are behind all else of their moment."""
    run = happens(press(1, buffer=1, **AT_HOURS), every=10, items=1, hours=TWO)
    assert run.at("press") == [(1, 1, 10, 20, 21, 21)]


def test_a_finished_part_may_leave_a_machine_that_is_off():
    """Press holds its part from 9 s on, as pack is at work until 12 s; it takes the next one in its shift."""
    run = happens(press(3, **AT_HOURS), press(6, "pack"), items=4, hours=TWO)
    assert run.at("press") == [
        (1, 1, 0, 0, 3, 3),
        (2, 1, 3, 3, 6, 9),
        (3, 1, 9, 9, 22, 22),
        (4, 1, 22, 22, 25, 28),
    ]
    slow = happens(press(3, **AT_HOURS), press(9, "pack"), items=3, hours=TWO)
    assert slow.at("press")[1:] == [(2, 1, 3, 3, 6, 12), (3, 1, 20, 20, 23, 23)]


def test_the_takt_stands_while_no_parts_come():
    """Every 4 s of working time: the third comes after 8 s and 2 s more, and then 2 s into the next shift."""
    run = happens(press(0, buffer=9), every=4, items=4, hours=TWO, comes="hours")
    assert [came for _, came, *_ in run.items] == [4, 8, 22, 26]
    assert [came for _, came, *_ in happens(press(0), every=5, items=3, hours=TWO, comes="hours").items] == [
        5,
        10,
        25,
    ]


def test_operating_time_and_parts_do_not_count_while_off_and_a_repair_goes_on():
    """Up for 9 s of work, repaired from 9 s to 14 s: the part goes on at 20 s. Then 9 s more of work."""
    failing = {"up": 9, "repair": 5}
    run = happens(press(30, breakdowns=failing, **AT_HOURS), items=1, hours=TWO)
    assert run.outages[:2] == [("press", 1, 9, 14), ("press", 1, 29, 34)]
    told = dict(run.down)
    assert told[1, "press"] == 1 + 5 * (len(run.outages) - 1), (
        "of the first repair only the second that was on"
    )


def test_the_calendar_runs_while_a_machine_is_off():
    """It fails at 12 s, off as it is, and is repaired at 22 s: the shift of 20 s begins 2 s late for it."""
    failing = {"up": 12, "repair": 10, "counts": "calendar"}
    run = happens(press(15, breakdowns=failing, **AT_HOURS), items=1, hours=TWO)
    assert run.outages == [("press", 1, 12, 22)]
    assert run.at("press") == [(1, 1, 0, 0, 27, 27)]
    assert run.down == {(1, "press"): 2}


def test_an_inspection_takes_no_picture_while_it_is_off():
    """Of a picture of 4 s, 1 s is taken before the end of the shift."""
    run = happens(press(9), camera(acquisition=4, **AT_HOURS), items=1, hours=TWO)
    assert run.at("camera") == [(1, 1, 9, 9, 23, 23)]
    assert run.calls == [(1, "camera", 1, 23, 0, "answered")]


@pytest.mark.parametrize(("takes", "done"), [(1, 10), (2, 20), (11, 20), (14, 23)])
def test_an_answer_that_comes_while_off_is_taken_in_the_next_shift(takes, done):
    """Asked at 9 s; the call itself, and its deadline, take no notice of shifts."""
    gateway = {"modelled": {"service": takes}}
    run = happens(press(9), camera(gateway=gateway, deadline=60, **AT_HOURS), items=1, hours=TWO)
    assert run.calls == [(1, "camera", 1, 9, takes, "answered")]
    assert run.at("camera") == [(1, 1, 9, 9, done, done)]


def test_a_real_answer_that_comes_while_off_is_taken_in_the_next_shift():
    """On the coupled clock it is the same, and the rest of the night takes no wall time."""
    night = {"hours": {"Mon": ["00:00:00-00:00:10", "08:00-23:00"]}}
    gateway = {"grpc": {"target": "localhost:1"}}
    scenario = Scenario.model_validate(
        {
            "version": 1,
            "name": "a night",
            "run": {"items": 1},
            "calendars": night,
            "arrivals": {"saturated": True},
            "line": [press(9), camera(gateway=gateway, deadline=20, **AT_HOURS)],
            "review": {"time": 0},
        }
    )
    wall = FakeWall()
    server = FakeServer(lambda _: Fare(Reply(GOOD, 2 * SECOND, "OK")))
    records = run_coupled(scenario, {"camera": server}, wall=wall).records
    at_camera = next(visit for visit in records.visits if visit.station == "camera")
    assert (records.calls[0].latency, at_camera.finished_at) == (2 * SECOND, 8 * HOUR)
    assert wall.slept < 3 * SECOND


def test_reviewers_keep_hours_too():
    """What is sent to them while they are off waits."""
    gateway = {"modelled": {"service": 0, "false_alarm_rate": 1.0}}
    review = {"time": 1, "buffer": 9, **AT_HOURS}
    run = happens(press(8), camera(gateway=gateway), items=2, hours=TWO, review=review)
    assert run.at("review") == [(1, 1, 8, 8, 9, 9), (2, 1, 16, 20, 21, 21)]


def week_of(*line, calendar, **run):
    """Return a saturated line, at hours or not."""
    hours = {"calendar": "two"} if calendar else {}
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "a week",
            "run": run,
            "calendars": WEEK,
            "arrivals": {"saturated": True},
            "line": [{**entry, **hours} for entry in line],
        }
    )


LINE = press(70, "a"), press(50, "b", buffer=3), press(75, "c")


def shipped(records):
    """Count the shipped parts."""
    return sum(item.disposition == "shipped" for item in records.items)


def test_a_week_of_shifts_makes_what_as_much_time_on_end_makes():
    """To the part, and each step of each part at the same moment of working time."""
    shifts = run_in_memory(week_of(*LINE, calendar=True, duration=f"{7 * 24} h")).records
    on_end = run_in_memory(week_of(*LINE, calendar=False, duration=f"{WORKED_HOURS} h")).records
    assert shipped(shifts) == shipped(on_end) > 3_000
    worked = layout_of(week_of(*LINE, calendar=True, items=1)).calendars[0].worked
    left = [(v.item_id, v.station, worked(v.left_at)) for v in shifts.visits if v.left_at is not None]
    assert left == [(v.item_id, v.station, v.left_at) for v in on_end.visits if v.left_at is not None]


def test_off_is_the_calendar_to_the_nanosecond():
    """What is neither a shift nor in the run's week is off, for every station."""
    scenario = week_of(*LINE, calendar=True, duration=f"{7 * 24} h")
    records, ending = run_in_memory(scenario)[:2]
    layout = layout_of(scenario)
    columns = columns_of(records, layout, ending.at)
    for time in station_times(columns, layout, window_of(columns, layout)):
        assert time.off == 7 * 24 * HOUR - round(WORKED_HOURS * HOUR)
        assert time.planned == round(WORKED_HOURS * HOUR)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(tied_stations("s"), min_size=1, max_size=4),
    st.sampled_from([{"saturated": True}, {"every": 2}]),
    st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=6),
)
def test_all_that_keeps_the_same_hours_is_only_moved_in_time(stations, arrivals, pattern):
    """Whatever the ties: in working time the line does what it does without a calendar.

    Which of several idle machines takes a part is another matter: with a shift they line up anew.
    """
    shifts, at = [], 0
    for on, off in pattern:
        shifts.append(f"00:{at // 60:02d}:{at % 60:02d}-00:{(at + on) // 60:02d}:{(at + on) % 60:02d}")
        at += on + off
    entries = [
        {**entry, "station": f"s{number}", "cycle": max(1, entry["cycle"]), "breakdowns": None}
        for number, entry in enumerate(stations)
    ]
    plain = {"version": 1, "name": "x", "run": {"items": 15}, "arrivals": arrivals, "line": entries}
    kept = {
        **plain,
        "calendars": {"hours": {"Mon": [*shifts, "01:00-24:00"]}},
        "arrivals": arrivals | ({} if "saturated" in arrivals else AT_HOURS),
        "line": [entry | AT_HOURS for entry in entries],
    }
    scenario = Scenario.model_validate(kept)
    worked = layout_of(scenario).calendars[0].worked
    told = [(*v[:2], *map(worked, v[3:7])) for v in run_in_memory(scenario).records.visits]
    assert told == [(*v[:2], *v[3:7]) for v in run_in_memory(Scenario.model_validate(plain)).records.visits]
