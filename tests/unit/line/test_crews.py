"""People whom stations share: constant times and exact logs."""

from stories import happens, press

WORK, REPAIR, BOTH = ["work"], ["repair"], ["work", "repair"]


def fails(up, repair, counts="operating"):
    """Return a station's breakdowns."""
    return {"breakdowns": {"up": up, "repair": repair, "counts": counts}}


def test_one_person_works_at_two_machines_in_turn():
    """The second machine takes its part at once, and waits for the person until the first is done."""
    run = happens(press(2, units=2, crew={"operator": WORK}), items=3, crews={"operator": 1})
    assert run.jobs == [
        ("press", 1, "work", 0, 0, 2),
        ("press", 2, "work", 0, 2, 4),
        ("press", 1, "work", 2, 4, 6),
    ]
    assert run.at("press") == [(1, 1, 0, 0, 2, 2), (2, 2, 0, 0, 4, 4), (3, 1, 2, 2, 6, 6)]


def test_two_people_are_as_good_as_none_needed_at_two_machines():
    """Nobody ever waits."""
    shared = happens(press(2, units=2, crew={"operator": WORK}), items=9, crews={"operator": 2})
    alone = happens(press(2, units=2), items=9)
    assert shared.visits == alone.visits


def test_at_one_moment_the_end_of_the_line_is_served_first():
    """At 2 s first and last both have a part: the last one gets the person, whoever asked first."""
    line = [press(2, "first", crew={"operator": WORK}), press(1, "last", buffer=1, crew={"operator": WORK})]
    run = happens(*line, items=2, crews={"operator": 1})
    assert run.jobs == [
        ("first", 1, "work", 0, 0, 2),
        ("last", 1, "work", 2, 2, 3),
        ("first", 1, "work", 2, 3, 5),
        ("last", 1, "work", 5, 5, 6),
    ]


def test_who_asked_earlier_comes_before_the_end_of_the_line():
    """Unit 2 has waited since 0 s: at 2 s it is served before the last station, which asks then."""
    line = [press(2, "first", units=2, crew={"operator": WORK})]
    line.append(press(1, "last", buffer=1, crew={"operator": WORK}))
    run = happens(*line, items=2, crews={"operator": 1})
    assert run.jobs[:3] == [
        ("first", 1, "work", 0, 0, 2),
        ("first", 2, "work", 0, 2, 4),
        ("last", 1, "work", 2, 4, 5),
    ]


def test_at_one_moment_units_are_served_by_their_number():
    """Four machines take a part at 0 s."""
    run = happens(press(1, units=4, crew={"operator": WORK}), items=4, crews={"operator": 1})
    assert [(unit, began) for _, unit, _, _, began, _ in run.jobs] == [(1, 0), (2, 1), (3, 2), (4, 3)]


def test_people_are_let_go_while_a_finished_part_is_blocked():
    """First is done at 1 s and blocked until 5 s; its person works at last meanwhile."""
    line = [press(1, "first", crew={"operator": WORK}), press(4, "last", crew={"operator": WORK})]
    run = happens(*line, items=2, crews={"operator": 1})
    assert run.jobs == [
        ("first", 1, "work", 0, 0, 1),
        ("last", 1, "work", 1, 1, 5),
        ("first", 1, "work", 1, 5, 6),
        ("last", 1, "work", 6, 6, 10),
    ]


def test_machines_wait_for_the_only_fitter():
    """Both fail after 3 s of work: the second is repaired behind the first, down twice as long."""
    line = press(4, units=2, crew={"fitter": REPAIR}, **fails(3, 5))
    run = happens(line, items=2, crews={"fitter": 1})
    assert run.jobs == [("press", 1, "repair", 3, 3, 8), ("press", 2, "repair", 3, 8, 13)]
    assert run.outages == [("press", 1, 3, 8), ("press", 2, 3, 13)]
    assert run.down == {(1, "press"): 5, (2, "press"): 10}
    assert run.at("press") == [(1, 1, 0, 0, 9, 9), (2, 2, 0, 0, 14, 14)]


def test_repairs_are_made_from_the_end_of_the_line_on():
    """Both stations fail at 3 s by the calendar."""
    line = [press(9, name, crew={"fitter": REPAIR}, **fails(3, 2, "calendar")) for name in ("one", "two")]
    run = happens(*line, items=1, crews={"fitter": 1})
    assert run.outages[:2] == [("two", 1, 3, 5), ("one", 1, 3, 7)]


def test_a_failure_lets_the_person_go_who_is_needed_for_the_repair_too():
    """It fails at 2 s: its person is free then, repairs it until 5 s, and is asked for again to go on."""
    run = happens(press(3, crew={"team": BOTH}, **fails(2, 3)), items=1, crews={"team": 1})
    assert run.jobs == [
        ("press", 1, "work", 0, 0, 2),
        ("press", 1, "repair", 2, 2, 5),
        ("press", 1, "work", 5, 5, 6),
    ]
    assert run.down == {(1, "press"): 3}


def test_who_waited_takes_over_a_person_whose_machine_has_failed():
    """Unit 2 has waited since 0 s: it comes before the repair of unit 1, which is asked for at 2 s."""
    line = press(3, units=2, crew={"team": BOTH}, **fails(2, 3))
    run = happens(line, items=2, crews={"team": 1})
    assert run.jobs[:4] == [
        ("press", 1, "work", 0, 0, 2),
        ("press", 2, "work", 0, 2, 4),
        ("press", 1, "repair", 2, 4, 7),
        ("press", 2, "repair", 4, 7, 10),
    ]


def test_who_is_down_is_passed_over_and_keeps_the_place():
    """Station b asks at 3 s and is down from 4 s to 9 s: at 6 s another is served, at 9 s b comes first."""
    first = press(3, "a", units=2, crew={"operator": WORK})
    second = press(1, "b", buffer=2, crew={"operator": WORK}, **fails(4, 5, "calendar"))
    run = happens(first, second, items=4, crews={"operator": 1})
    assert run.jobs[:5] == [
        ("a", 1, "work", 0, 0, 3),
        ("a", 2, "work", 0, 3, 6),
        ("a", 1, "work", 3, 6, 9),
        ("b", 1, "work", 3, 9, 10),
        ("a", 2, "work", 6, 10, 13),
    ]


def test_work_and_repair_may_need_different_crews():
    """The operator is free while the fitter repairs."""
    line = press(3, units=2, crew={"operator": WORK, "fitter": REPAIR}, **fails(2, 3))
    run = happens(line, items=2, crews={"operator": 1, "fitter": 1})
    assert run.jobs == [
        ("press", 1, "work", 0, 0, 2),
        ("press", 2, "work", 0, 2, 4),
        ("press", 1, "repair", 2, 2, 5),
        ("press", 1, "work", 5, 5, 6),
        ("press", 2, "repair", 4, 5, 8),
        ("press", 2, "work", 8, 8, 9),
    ]


HOURS = {"hours": {"Mon": ["00:00:00-00:00:05", "00:00:10-23:00"]}}["hours"]


def off_from_5_to_10(people=1, **keys):
    """Return a crew that is off then."""
    return {"crews": {"team": {"people": people, "calendar": "hours"}}, "hours": HOURS, **keys}


def test_work_stands_while_its_person_is_off():
    """The second part has had 2 of its 3 s at 5 s; it goes on at 10 s, with the same person."""
    run = happens(press(3, crew={"team": WORK}), items=3, **off_from_5_to_10())
    assert run.jobs == [
        ("press", 1, "work", 0, 0, 3),
        ("press", 1, "work", 3, 3, 11),
        ("press", 1, "work", 11, 11, 14),
    ]


def test_what_is_due_at_the_end_of_a_shift_is_done_in_it_and_nothing_is_begun():
    """A part of 5 s is finished at 5 s; the next one, taken then, is begun at 10 s."""
    run = happens(press(5, crew={"team": WORK}), items=2, **off_from_5_to_10())
    assert run.jobs == [("press", 1, "work", 0, 0, 5), ("press", 1, "work", 5, 10, 15)]


def test_a_repair_stands_while_the_fitter_is_off():
    """It fails at 4 s; 1 of the 3 s of the repair is done at 5 s, and the rest from 10 s on."""
    run = happens(press(6, crew={"team": REPAIR}, **fails(4, 3)), items=1, **off_from_5_to_10())
    assert run.outages == [("press", 1, 4, 12)]


def test_who_works_at_a_machine_that_goes_off_is_let_go():
    """The machine is off from 5 s to 10 s, its crew is not: b is worked on then, and a goes on afterwards."""
    line = [press(6, "a", calendar="hours", crew={"team": WORK}, units=2)]
    run = happens(*line, press(4, "b", crew={"team": WORK}), items=1, crews={"team": 1}, hours=HOURS)
    assert run.jobs[:3] == [
        ("a", 1, "work", 0, 0, 5),
        ("a", 1, "work", 10, 10, 11),
        ("b", 1, "work", 11, 11, 15),
    ]


def test_who_goes_home_with_the_machine_goes_on_with_it():
    """Machine and crew keep the same hours: nobody else gets the person in between."""
    line = press(6, units=2, calendar="hours", crew={"team": WORK})
    run = happens(line, items=2, **off_from_5_to_10())
    assert run.jobs == [("press", 1, "work", 0, 0, 11), ("press", 2, "work", 0, 11, 17)]


def test_what_is_found_at_the_end_is_told():
    """At 3 s unit 1 has the person for its second part, and unit 2 waits for one."""
    run = happens(press(2, units=2, crew={"operator": WORK}), duration=3, crews={"operator": 1})
    assert run.jobs == [
        ("press", 1, "work", 0, 0, 2),
        ("press", 2, "work", 0, 2, None),
        ("press", 1, "work", 2, None, None),
    ]
