"""Arrivals: takt, waiting outside, losing, never-ending supply."""

from stories import camera, happens, press, takes

from line_sim.units import SECOND


def test_the_first_part_comes_one_interval_after_the_start():
    """A takt of 2 s: arrivals at 2, 4 and 6 s."""
    assert [item[1] for item in happens(press(1), every=2, items=3).items] == [2, 4, 6]


def test_a_part_without_room_waits_outside():
    """It has arrived, but it is queued only when it has moved in; the next ones still come on time."""
    run = happens(press(5, buffer=1), every=2, items=4)
    assert run.at("press") == [
        (1, 1, 2, 2, 7, 7),
        (2, 1, 4, 7, 12, 12),
        (3, 1, 7, 12, 17, 17),
        (4, 1, 12, 17, 22, 22),
    ]
    assert run.items == [
        (1, 2, 7, "shipped"),
        (2, 4, 12, "shipped"),
        (3, 6, 17, "shipped"),
        (4, 8, 22, "shipped"),
    ]


def test_a_part_without_room_is_lost_where_that_is_the_rule():
    """Cycle 5 s, no place, a part every 2 s: the parts of 4, 6 and 10 s find the machine taken."""
    run = happens(press(5), every=2, items=5, on_full="lose")
    assert run.items == [
        (2, 4, 4, "lost"),
        (3, 6, 6, "lost"),
        (1, 2, 7, "shipped"),
        (5, 10, 10, "lost"),
        (4, 8, 13, "shipped"),
    ]
    assert run.at("press") == [(1, 1, 2, 2, 7, 7), (4, 1, 8, 8, 13, 13)]


def test_an_arrival_gets_the_room_that_a_departure_makes_in_the_same_moment():
    """Cycle 4 s, a part every 2 s: part 3 comes at 6 s, just as part 1 leaves; it gets in."""
    run = happens(press(4), every=2, items=4, on_full="lose")
    assert run.items == [(2, 4, 4, "lost"), (1, 2, 6, "shipped"), (4, 8, 8, "lost"), (3, 6, 10, "shipped")]


def test_the_room_of_a_moment_may_come_from_far_downstream():
    """Both machines are blocked; at 11 s pack finishes, all move up, and the arrival of 11 s gets in."""
    run = happens(press(1), press(9, "pack"), every=1, items=11, on_full="lose")
    assert [item[0] for item in run.items if item[3] == "shipped"] == [1, 2, 11]
    assert run.at("press") == [(1, 1, 1, 1, 2, 2), (2, 1, 2, 2, 3, 11), (11, 1, 11, 11, 12, 20)]


def test_waiting_places_in_front_of_the_first_station_count_for_arrivals():
    """One machine and one place hold two parts; the third of three quick ones is lost."""
    run = happens(press(10, buffer=1), every=1, items=3, on_full="lose")
    assert [(item[0], item[3]) for item in run.items] == [(3, "lost"), (1, "shipped"), (2, "shipped")]


def test_lost_parts_count_as_arrived():
    """run.items counts arrivals: after three of them, two lost, the run ends with the last on the line."""
    run = happens(press(10), every=1, items=3, on_full="lose")
    assert run.ending.at == 11 * SECOND
    assert len(run.items) == 3


def test_a_saturated_line_always_has_a_part_at_hand():
    """A part arrives when it is let in, so that nothing stands outside: arrived and queued are one moment."""
    run = happens(press(3, buffer=2), items=5)
    assert [visit[2] for visit in run.at("press")] == [0, 0, 0, 3, 6]
    assert [item[1] for item in run.items] == [0, 0, 0, 3, 6]


def test_a_saturated_line_fills_every_machine_at_the_start():
    """Two cameras and one place: three parts arrive at 0 s."""
    run = happens(camera(units=2, buffer=1), items=4, gateways={"camera": takes([2 * SECOND] * 4)})
    assert [item[1] for item in run.items] == [0, 0, 0, 2]


def test_random_arrivals_follow_their_own_draws_only():
    """The same arrival times on another line, with another station, with losses or without."""
    every = {"exponential": {"mean": 2}}

    def arrivals(*line, **keys):
        return {item[0]: item[1] for item in happens(*line, every=every, items=200, **keys).items}

    first = arrivals(press(1))
    assert arrivals(press(3, "other"), press({"exponential": {"mean": 1}}, "next"), on_full="lose") == first
    assert list(first.values()) == sorted(first.values())
    assert arrivals(press(1), seed=1) != first
