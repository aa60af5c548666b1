"""Breakdowns: constant times and exact logs, machine time against calendar time."""

import pytest
from stories import happens, press

from line_sim.line.line import Line
from line_sim.recording.memory import Memory
from line_sim.scenario import Scenario


def failing(up: object, repair: object, counts: str = "operating") -> dict[str, object]:
    """Return a station's breakdowns."""
    return {"breakdowns": {"up": up, "repair": repair, "counts": counts}}


def test_an_interrupted_part_resumes():
    """Up 5 s of work, repair 2 s, cycle 3 s: part 2 is interrupted after 2 s of its work and keeps them."""
    run = happens(press(3, **failing(5, 2)), items=4)
    assert run.at("press") == [
        (1, 1, 0, 0, 3, 3),
        (2, 1, 3, 3, 8, 8),
        (3, 1, 8, 8, 11, 11),
        (4, 1, 11, 11, 16, 16),
    ]
    assert run.outages == [("press", 1, 5, 7), ("press", 1, 12, 14)]
    assert run.down == {(2, "press"): 2, (4, "press"): 2}


def test_an_idle_machine_does_not_age_in_operating_time():
    """Parts come every 10 s and need 3 s: the failure comes after 5 s of work, which is at 22 s."""
    run = happens(press(3, **failing(5, 2)), every=10, items=2)
    assert run.at("press") == [(1, 1, 10, 10, 13, 13), (2, 1, 20, 20, 25, 25)]
    assert run.outages == [("press", 1, 22, 24)]


def test_a_blocked_machine_does_not_age_in_operating_time():
    """Each turn is 1 s of work and 3 s blocked: 3 s of work are over at 9 s, when part 4 begins."""
    run = happens(press(1, **failing(3, 2)), press(4, "pack"), items=4)
    assert run.at("press") == [
        (1, 1, 0, 0, 1, 1),
        (2, 1, 1, 1, 2, 5),
        (3, 1, 5, 5, 6, 9),
        (4, 1, 9, 9, 12, 13),
    ]
    assert run.outages == [("press", 1, 9, 11)]


def test_one_part_may_be_interrupted_many_times():
    """Cycle 7 s, up 2 s, repair 1 s: interrupted after 2, 4 and 6 s of work."""
    run = happens(press(7, **failing(2, 1)), items=1)
    assert run.at("press") == [(1, 1, 0, 0, 10, 10)]
    assert run.outages == [("press", 1, 2, 3), ("press", 1, 5, 6), ("press", 1, 8, 9)]
    assert run.down == {(1, "press"): 3}


def test_at_a_tie_the_part_is_finished_before_the_machine_fails():
    """The up time ends as part 2 is finished: it leaves, and the failure meets part 3 as it begins."""
    run = happens(press(2, **failing(4, 3)), items=3)
    assert run.at("press") == [(1, 1, 0, 0, 2, 2), (2, 1, 2, 2, 4, 4), (3, 1, 4, 4, 9, 9)]
    assert run.outages == [("press", 1, 4, 7)]
    assert run.down == {(3, "press"): 3}


def test_the_end_of_the_run_ends_the_count_of_an_outage():
    """At the horizon the machine has been down for 2 s, and no more than these are told."""
    for counts in ("operating", "calendar"):
        run = happens(press(10, **failing(3, 100, counts)), duration=5)
        assert run.at("press") == [(1, 1, 0, 0, None, None)]
        assert run.outages == [("press", 1, 3, None)]
        assert run.down == {(1, "press"): 2}


def test_calendar_time_runs_while_the_machine_is_idle():
    """Down from 4 to 7 s: the part of 5 s waits for the repair although the machine was idle."""
    run = happens(press(1, **failing(4, 3, "calendar")), every=5, items=2)
    assert run.at("press") == [(1, 1, 7, 7, 8, 8), (2, 1, 10, 10, 11, 11)]
    assert run.items == [(1, 5, 8, "shipped"), (2, 10, 11, "shipped")]
    assert run.outages == [("press", 1, 4, 7)]  # it would fail again as the last part leaves: that is first
    assert run.down == {}


def test_a_waiting_place_keeps_the_part_while_the_machine_is_down():
    """With a place in front the part is queued at its arrival and started at the repair."""
    run = happens(press(1, buffer=1, **failing(4, 3, "calendar")), every=5, items=1)
    assert run.at("press") == [(1, 1, 5, 7, 8, 8)]


def test_calendar_time_interrupts_the_work():
    """Up 4 s, repair 3 s by the clock, cycle 3 s: down 4-7 and 11-14 whatever the machine does."""
    run = happens(press(3, **failing(4, 3, "calendar")), items=3)
    assert run.at("press") == [(1, 1, 0, 0, 3, 3), (2, 1, 3, 3, 9, 9), (3, 1, 9, 9, 15, 15)]
    assert run.outages == [("press", 1, 4, 7), ("press", 1, 11, 14)]
    assert run.down == {(2, "press"): 3, (3, "press"): 3}


def test_a_finished_part_leaves_a_machine_that_is_down():
    """Part 2 is blocked from 2 s, the press down from 4 to 9 s: part 2 leaves at 6 s, part 3 starts at 9."""
    run = happens(press(1, **failing(4, 5, "calendar")), press(5, "pack"), items=3)
    assert run.at("press") == [(1, 1, 0, 0, 1, 1), (2, 1, 1, 1, 2, 6), (3, 1, 9, 9, 10, 11)]
    assert run.outages[0] == ("press", 1, 4, 9)
    assert run.down == {}


def test_an_outage_behind_a_blocked_part_is_over_when_it_is_over():
    """Down 3-4, 7-8, 11-12 by the clock, part 2 blocked from 2 to 11 s: the outages are told all the same."""
    run = happens(press(1, **failing(3, 1, "calendar")), press(10, "pack"), items=2)
    assert run.at("press") == [(1, 1, 0, 0, 1, 1), (2, 1, 1, 1, 2, 11)]
    assert run.outages[:3] == [("press", 1, 3, 4), ("press", 1, 7, 8), ("press", 1, 11, 12)]


def test_outages_behind_a_part_that_is_blocked_to_the_end_are_told():
    """Calendar time does not care that the machine is blocked when the run ends."""
    run = happens(press(1, **failing(3, 2, "calendar")), press(100, "pack"), duration=9)
    assert run.at("press") == [(1, 1, 0, 0, 1, 1), (2, 1, 1, 1, 2, None)]
    assert run.outages == [("press", 1, 3, 5), ("press", 1, 8, None)]


def test_at_a_tie_calendar_time_lets_the_part_finish_too():
    """The up time ends as part 2 is finished: it leaves, and the failure meets part 3 as it begins."""
    run = happens(press(2, **failing(4, 2, "calendar")), items=3)
    assert run.at("press") == [(1, 1, 0, 0, 2, 2), (2, 1, 2, 2, 4, 4), (3, 1, 4, 4, 8, 8)]
    assert run.outages == [("press", 1, 4, 6)]
    assert run.down == {(3, "press"): 2}


def test_a_machine_that_is_free_at_its_failure_makes_room_first():
    """At 6 s the mill is done with part 1, takes part 2, and fails on it: nobody is blocked."""
    run = happens(press(2), press(2, "mill", **failing(6, 10, "calendar")), every=2, items=2)
    assert run.at("press") == [(1, 1, 2, 2, 4, 4), (2, 1, 4, 4, 6, 6)]
    assert run.at("mill") == [(1, 1, 4, 4, 6, 6), (2, 1, 6, 6, 18, 18)]
    assert run.down == {(2, "mill"): 10}


def test_a_failure_comes_before_an_arrival_of_the_same_moment():
    """The part of 4 s finds the machine down; the part of 8 s, the moment of the repair, finds it up."""
    run = happens(press(1, **failing(4, 4, "calendar")), every=4, on_full="lose", items=2)
    assert run.items == [(1, 4, 4, "lost"), (2, 8, 9, "shipped")]


def test_parallel_machines_fail_one_by_one():
    """Each machine counts its own working time."""
    run = happens(press(3, units=2, **failing(4, 10)), items=4)
    assert run.at("press") == [
        (1, 1, 0, 0, 3, 3),
        (2, 2, 0, 0, 3, 3),
        (3, 1, 3, 3, 16, 16),
        (4, 2, 3, 3, 16, 16),
    ]
    assert run.outages == [("press", 1, 4, 14), ("press", 2, 4, 14)]


def test_machines_draw_outages_of_their_own():
    """Two machines do not fail together, and a third one changes neither's first failure."""
    random = failing({"exponential": {"mean": 5}}, {"exponential": {"mean": 1}}, "calendar")

    def first_failures(units):
        run = happens(press(1, units=units, **random), every=1, duration=60)
        return {unit: min(o[2] for o in run.outages if o[1] == unit) for unit in range(1, units + 1)}

    two, three = first_failures(2), first_failures(3)
    assert two[1] != two[2]
    assert {1: three[1], 2: three[2]} == two


@pytest.mark.parametrize("counts", ["operating", "calendar"])
def test_a_repair_that_takes_no_time_changes_nothing_but_the_log(counts):
    """Random repairs may round to 0 ns; a part is then as if it had not been interrupted."""
    run = happens(press(3, **failing(2, {"uniform": {"low": 0, "high": "1 ns"}}, counts)), items=2)
    assert [round(visit[4], 7) for visit in run.at("press")] == [3, 6]
    assert len(run.outages) >= 2


def test_waiting_for_parts_leaves_no_litter_of_alarms():
    """A machine that seldom fails and often waits keeps one event for its next failure, not one a part."""
    scenario = {
        "version": 1,
        "name": "seldom",
        "run": {"items": 500},
        "arrivals": {"every": 2},
        "line": [press(1, **failing("300 h", 1, "calendar"))],
    }
    line = Line(Scenario.model_validate(scenario), {}, Memory())
    line.run()
    assert len(line._floor.env._queue) <= 3
