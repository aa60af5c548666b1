"""Blocking after service, starving, parallel machines: whole logs of small lines with constant times."""

import pytest
from stories import camera, happens, press, takes

from line_sim.units import SECOND


def test_one_machine_makes_one_part_after_the_other():
    """A saturated machine starts on the next part in the moment the last one has left."""
    run = happens(press(2), items=3)
    assert run.visits == [
        (1, "press", 1, 0, 0, 2, 2),
        (2, "press", 1, 2, 2, 4, 4),
        (3, "press", 1, 4, 4, 6, 6),
    ]
    assert run.items == [(1, 0, 2, "shipped"), (2, 2, 4, "shipped"), (3, 4, 6, "shipped")]
    assert run.ending == ("completed", 6 * SECOND, "")


def test_without_a_buffer_the_finished_part_stays_on_its_machine():
    """1 s before 3 s: from part 2 on the press is blocked for 2 s in each turn, not free for the next."""
    run = happens(press(1), press(3, "pack"), items=4)
    assert run.visits == [
        (1, "press", 1, 0, 0, 1, 1),
        (1, "pack", 1, 1, 1, 4, 4),
        (2, "press", 1, 1, 1, 2, 4),
        (2, "pack", 1, 4, 4, 7, 7),
        (3, "press", 1, 4, 4, 5, 7),
        (3, "pack", 1, 7, 7, 10, 10),
        (4, "press", 1, 7, 7, 8, 10),
        (4, "pack", 1, 10, 10, 13, 13),
    ]


def test_a_buffer_of_one_puts_the_blocking_off():
    """Part 2 waits in the place; part 3 is the first that finds no room, and moves in as part 2 leaves it."""
    run = happens(press(1), press(3, "pack", buffer=1), items=4)
    assert run.at("press") == [
        (1, 1, 0, 0, 1, 1),
        (2, 1, 1, 1, 2, 2),
        (3, 1, 2, 2, 3, 4),
        (4, 1, 4, 4, 5, 7),
    ]
    assert run.at("pack") == [
        (1, 1, 1, 1, 4, 4),
        (2, 1, 2, 4, 7, 7),
        (3, 1, 4, 7, 10, 10),
        (4, 1, 7, 10, 13, 13),
    ]


def test_a_buffer_of_two_puts_it_off_by_one_part_more():
    """Parts 2 and 3 wait in the places; part 4 is blocked from 4 to ... 4: a place is free just then."""
    run = happens(press(1), press(3, "pack", buffer=2), items=5)
    assert run.at("press") == [
        (1, 1, 0, 0, 1, 1),
        (2, 1, 1, 1, 2, 2),
        (3, 1, 2, 2, 3, 3),
        (4, 1, 3, 3, 4, 4),
        (5, 1, 4, 4, 5, 7),
    ]
    assert run.at("pack") == [
        (1, 1, 1, 1, 4, 4),
        (2, 1, 2, 4, 7, 7),
        (3, 1, 3, 7, 10, 10),
        (4, 1, 4, 10, 13, 13),
        (5, 1, 7, 13, 16, 16),
    ]


def test_a_departure_moves_the_whole_blocked_line_up_at_once():
    """Three blocked machines move in the same moment, most downstream first."""
    run = happens(press(1, "a"), press(1, "b"), press(9, "c"), items=5)
    assert [visit[:2] for visit in run.visits if visit[6] == 20] == [(2, "c"), (3, "b"), (4, "a")]
    assert [visit[:2] for visit in run.visits if visit[3] == 20] == [(3, "c"), (4, "b"), (5, "a")]


def test_a_starved_machine_starts_in_the_moment_of_the_hand_over():
    """3 s before 1 s: pack waits 2 s in each turn and nothing is ever queued."""
    run = happens(press(3), press(1, "pack", buffer=5), items=3)
    assert run.at("pack") == [(1, 1, 3, 3, 4, 4), (2, 1, 6, 6, 7, 7), (3, 1, 9, 9, 10, 10)]


def test_parallel_machines_take_parts_in_order_and_may_overtake():
    """Two machines, parts of 5, 1, 1, 1 s: part 1 is overtaken by parts 2, 3 and 4 on the other machine."""
    run = happens(camera(units=2), items=4, gateways={"camera": takes([5 * SECOND, SECOND, SECOND, SECOND])})
    assert run.at("camera") == [
        (2, 2, 0, 0, 1, 1),
        (3, 2, 1, 1, 2, 2),
        (4, 2, 2, 2, 3, 3),
        (1, 1, 0, 0, 5, 5),
    ]


def test_parallel_machines_are_blocked_one_by_one():
    """Two presses before one pack without a place: the part that has been finished first moves first."""
    run = happens(press(2, units=2), press(3, "pack"), items=4)
    assert run.at("press") == [
        (1, 1, 0, 0, 2, 2),
        (2, 2, 0, 0, 2, 5),
        (3, 1, 2, 2, 4, 8),
        (4, 2, 5, 5, 7, 11),
    ]
    assert run.at("pack") == [
        (1, 1, 2, 2, 5, 5),
        (2, 1, 5, 5, 8, 8),
        (3, 1, 8, 8, 11, 11),
        (4, 1, 11, 11, 14, 14),
    ]


def test_the_machine_that_has_been_idle_longest_takes_the_next_part():
    """Three machines, a part every 2 s, cycle 3 s: 1, 2, 3, then 1 again."""
    run = happens(press(3, units=3), every=2, items=5)
    assert [visit[:3] for visit in run.at("press")] == [
        (1, 1, 2),
        (2, 2, 4),
        (3, 3, 6),
        (4, 1, 8),
        (5, 2, 10),
    ]


def test_a_station_may_need_no_time_at_all():
    """Cycle 0: the part passes in the moment it comes, also with a slow station behind it."""
    run = happens(press(2, "a"), press(0, "b"), press(3, "c"), items=3)
    assert run.at("b") == [(1, 1, 2, 2, 2, 2), (2, 1, 4, 4, 4, 5), (3, 1, 6, 6, 6, 8)]
    assert run.items == [(1, 0, 5, "shipped"), (2, 2, 8, "shipped"), (3, 4, 11, "shipped")]


def test_two_inspections_in_a_line_each_decide():
    """A part that the first camera sends to review, and that ships from there, never sees the second one."""
    from line_sim.testing import answered, scripted

    def first(inquiry):
        return answered("good" if inquiry.item_id != 2 else "scratch", latency=1)

    run = happens(
        camera("early"),
        press(1, "drill"),
        camera("late"),
        items=3,
        review={"time": 5, "buffer": 1, "cleared": "ships"},
        gateways={
            "early": scripted(first),
            "late": scripted(lambda inquiry: answered("good", 0.2, latency=2)),
        },
    )
    assert run.visits == [
        (1, "early", 1, 0, 0, 1, 1),
        (1, "drill", 1, 1, 1, 2, 2),
        (2, "early", 1, 1, 1, 2, 2),
        (3, "early", 1, 2, 2, 3, 3),
        (1, "late", 1, 2, 2, 4, 4),
        (3, "drill", 1, 3, 3, 4, 4),
        (2, "review", 1, 2, 2, 7, 7),
        (3, "late", 1, 4, 4, 6, 7),
        (1, "review", 1, 4, 7, 12, 12),
        (3, "review", 1, 7, 12, 17, 17),
    ]
    assert run.lanes == [
        (2, "review", "NotOK", "answered"),
        (1, "review", "NotDecidable", "answered"),
        (3, "review", "NotDecidable", "answered"),
    ]


@pytest.mark.parametrize("buffer", [0, 1, 7])
def test_the_slowest_station_sets_the_pace_whatever_the_buffers(buffer):
    """Constant times: from the slow station on parts leave every 5 s."""
    run = happens(press(2, "a"), press(5, "b", buffer=buffer), press(3, "c", buffer=buffer), items=6)
    assert [item[2] for item in run.items] == [10, 15, 20, 25, 30, 35]
