"""What becomes of a part after review: it goes on behind its camera, it is repaired, or the line locks up."""

import pytest
from stories import camera, happens, modelled, press

from line_sim.line.line import DEADLOCKED
from line_sim.testing import answered, scripted

BAD = answered("bad", latency=1)
GOOD = answered("good", latency=1)


def finds(*bad: tuple[int, int]):
    """Answer `bad` about these parts on these visits, `good` about all others, after a second."""
    return scripted(lambda inquiry: BAD if (inquiry.item_id, inquiry.visit) in bad else GOOD)


def test_a_cleared_part_goes_on_behind_the_camera_that_sent_it():
    """Part 1 is looked at again and then packed, behind part 2; it has been in review all the same."""
    run = happens(
        camera(), press(1, "pack", buffer=1), items=2, review={"time": 1}, gateways={"camera": finds((1, 1))}
    )
    assert run.at("review") == [(1, 1, 1, 1, 2, 2)]
    assert run.at("pack") == [(1, 1, 2, 2, 3, 3), (2, 1, 2, 3, 4, 4)]
    assert [(item.item_id, item.lane, item.disposition) for item in run.records.items] == [
        (1, "review", "shipped"),
        (2, "ship", "shipped"),
    ]


def test_what_ships_from_review_is_never_packed():
    """The same line with `cleared: ships`."""
    review = {"time": 1, "cleared": "ships"}
    run = happens(camera(), press(1, "pack"), items=2, review=review, gateways={"camera": finds((1, 1))})
    assert [visit[0] for visit in run.at("pack")] == [2]
    assert {item[0]: item[2] for item in run.items} == {1: 2, 2: 3}


def test_each_camera_has_its_parts_back_behind_itself():
    """Part 1 is sent by the first camera and by the second one, too; part 2 by the second one alone."""
    run = happens(
        camera("early"),
        press(1, "drill", buffer=5),
        camera("late", buffer=5),
        press(1, "pack", buffer=5),
        items=2,
        every=10,
        review={"time": 1},
        gateways={"early": finds((1, 1)), "late": finds((1, 1), (2, 1))},
    )
    ways = {item: [v.station for v in run.records.visits if v.item_id == item] for item in (1, 2)}
    assert ways[1] == ["early", "review", "drill", "late", "review", "pack"]
    assert ways[2] == ["early", "drill", "late", "review", "pack"]
    assert [v.visit for v in run.records.visits if v.station == "review"] == [1, 2, 1]


def test_what_is_repaired_comes_before_what_is_new():
    """Part 1 is found defective at 3 s and waits apart: the press takes it next, before part 4."""
    run = happens(
        press(2, buffer=9),
        camera(),
        items=5,
        every=1,
        defect_rate=1.0,
        review={"time": 0.5, "rework": {"to": "press", "buffer": 1, "defect_rate": 0}},
        gateways={"camera": finds((1, 1))},
    )
    assert run.at("press")[:4] == [
        (1, 1, 1, 1, 3, 3),
        (2, 1, 2, 3, 5, 5),
        (1, 1, 4.5, 5, 7, 7),
        (3, 1, 3, 7, 9, 9),
    ]
    stories = {item.item_id: (item.reworked, item.true_state) for item in run.records.items}
    assert stories == {1: (1, "good"), **dict.fromkeys((2, 3, 4, 5), (0, "defective"))}


@pytest.mark.parametrize(("at_most", "shipped"), [(1, False), (2, False), (3, True)])
def test_a_part_is_repaired_so_often_and_then_scrapped(at_most, shipped):
    """It is bad until its fourth visit; each repair is a visit, a call and a look of its own."""
    review = {"time": 1, "rework": {"to": "press", "at_most": at_most, "defect_rate": 1.0}}
    bad = finds(*((1, visit) for visit in (1, 2, 3)))
    run = happens(
        press(1), camera(), items=1, every=1, defect_rate=1.0, review=review, gateways={"camera": bad}
    )
    rounds = at_most + 1
    assert [visit.visit for visit in run.records.visits if visit.station == "press"] == [
        *range(1, rounds + 1)
    ]
    assert [call.visit for call in run.records.calls] == [*range(1, rounds + 1)]
    assert run.records.items[0].reworked == at_most
    assert run.items[0][3] == ("shipped" if shipped else "scrapped")


def test_no_part_is_repaired_where_none_is_to_be():
    """Share 0; a share of one half repairs about half, always the same parts."""

    def scrapped(share):
        run = happens(
            *(press(1), camera(gateway=modelled(0))),
            items=400,
            every=9,
            defect_rate=1.0,
            review={"time": 1, "rework": {"to": "press", "share": share, "defect_rate": 0.0}},
        )
        return {item.item_id for item in run.records.items if item.disposition == "scrapped"}

    assert scrapped(0.0) == set(range(1, 401))
    assert scrapped(1.0) == set()
    assert 160 < len(scrapped(0.5)) < 240
    assert scrapped(0.5) == scrapped(0.5)


def test_a_circle_of_full_places_locks_the_line_up():
    """Everything is defective and to be repaired, and there is no room for it: three parts, and no more."""
    run = happens(
        press(1),
        camera(gateway=modelled(0)),
        items=9,
        defect_rate=1.0,
        review={"time": 3, "rework": {"to": "press", "at_most": 9, "defect_rate": 1.0}},
    )
    assert run.ending.how == DEADLOCKED
    assert run.ending.reason == ("press waits for room at camera, camera at review, review at press")
    assert (run.ending.at, {item[3] for item in run.items}) == (4 * 10**9, {"on_line"})


def test_a_line_that_still_moves_somewhere_has_not_locked_up():
    """A second reviewer is busy: with her result the circle may open, and does."""
    run = happens(
        press(1),
        camera(gateway=modelled(0)),
        items=3,
        every=1,
        defect_rate=1.0,
        review={"time": 5, "units": 2, "rework": {"to": "press", "at_most": 1, "defect_rate": 0.0}},
    )
    assert run.ending.how == "completed"
    assert {item[3] for item in run.items} == {"shipped"}


def test_a_belt_that_stands_locks_a_line_up_though_it_has_room():
    """One that does not accumulate stands for the part at its end, and takes nothing more."""
    belt = {"places": 3, "travel": 3, "accumulates": False}
    run = happens(
        press(1, buffer=belt),
        camera(gateway=modelled(0)),
        items=9,
        every=1,
        defect_rate=1.0,
        review={"time": 1, "rework": {"to": "camera", "at_most": 9, "defect_rate": 1.0}},
    )
    assert run.ending.how == DEADLOCKED
    assert run.ending.reason == "camera waits for room at review, review at camera"
