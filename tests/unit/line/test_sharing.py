"""A modelled server that shares its processors, worked out by hand to the nanosecond."""

from typing import Any

from stories import Happened, camera, happens, modelled

from line_sim.chance.chance import Chance
from line_sim.inspection.gateway import Inquiry
from line_sim.inspection.offline.side_by_side import SharedCall, SharingGateway, SharingServer
from line_sim.scenario import ModelledOptions, Scenario
from line_sim.testing import run_in_memory
from line_sim.units import SECOND

ONE = {1: 1}
"""One processor, whoever shares it."""


def sharing(
    service: object, places: int, speed: dict[int, float] | None = None, **keys: Any
) -> dict[str, Any]:
    """Return a modelled gateway that works on calls side by side."""
    return modelled(service, sharing={"places": places, "speed": speed or ONE}, **keys)


def ends(happened: Happened) -> dict[int, tuple[float, str]]:
    """Return when each part's call was over, and how, in seconds."""
    return {call[0]: (call[3] + call[4], call[5]) for call in happened.calls}


def answered(happened: Happened) -> list[float]:
    """Return when each part was answered, part by part."""
    told = ends(happened)
    assert {how for _, how in told.values()} == {"answered"}
    return [told[item][0] for item in sorted(told)]


def test_two_calls_at_once_take_twice_as_long_on_one_processor():
    """Both are put at 0 s and are 3 s of work."""
    assert answered(happens(camera(units=2, gateway=sharing(3, 9)), items=2)) == [6, 6]


def test_on_two_processors_they_do_not_notice_each_other():
    """Three go at 0.666666667 each: 3 s of work are done in 4.49999999775 s, and told of at the next ns."""
    two = {1: 1, 2: 2}
    assert answered(happens(camera(units=2, gateway=sharing(3, 9, two)), items=2)) == [3, 3]
    run = run_in_memory(line(3, sharing(3, 9, two)))
    assert [call.latency for call in run.records.calls] == [4_499_999_998] * 3


def line(items: int, gateway: dict[str, Any]) -> Scenario:
    """Return a line on which a camera each is asked about so many parts at once."""
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "a story",
            "run": {"items": items},
            "arrivals": {"saturated": True},
            "line": [camera(units=items, gateway=gateway)],
            "review": {"time": 0, "buffer": 9},
        }
    )


def test_who_comes_later_slows_down_who_is_there():
    """1 is alone from 1 to 2 s, then both go at half; 1 is done at 6 s, 2 has 1 s left and is alone again."""
    assert answered(happens(camera(units=2, gateway=sharing(3, 9)), items=2, every=1)) == [6, 7]


def test_a_third_waits_where_there_are_two_places():
    """1 and 2 at half until 6 s; 3 begins then, beside nobody."""
    assert answered(happens(camera(units=3, gateway=sharing(3, 2)), items=3)) == [6, 6, 9]


def served(options: dict[str, Any], *asked: tuple[float, float | None]) -> list[tuple[float, str]]:
    """Return when calls are over that are put at these moments with these deadlines, and how."""
    model = ModelledOptions.model_validate(options["modelled"])
    server, chance = SharingServer(model), Chance(0)
    gateway = SharingGateway(server, model, station="camera", good_label="good", chance=chance)
    to_come = [
        SharedCall(gateway, Inquiry(item, 1, "good", "", nanoseconds(at), limit and nanoseconds(limit)))
        for item, (at, limit) in enumerate(asked, 1)
    ]
    inside: list[SharedCall] = []
    over: dict[int, tuple[float, str]] = {}
    while to_come or inside:
        moments = [call.inquiry.issued_at for call in to_come] + [call.over_at for call in inside]
        again_at = server.next_at()
        now = min([*moments, *([] if again_at is None else [again_at])])
        for call in [call for call in inside if call.over_at == now]:
            inside.remove(call)
            over[call.inquiry.item_id] = (now / SECOND, server.over(call).outcome.name)
        for call in [call for call in to_come if call.inquiry.issued_at == now]:
            to_come.remove(call)
            inside.append(call)
            server.put(call)
        server.decide(now)
    return [over[item] for item in sorted(over)]


def nanoseconds(seconds: float) -> int:
    """Return seconds as nanoseconds."""
    return round(seconds * SECOND)


def test_who_gives_up_leaves_its_share_to_the_others():
    """Two calls of 4 s at once. 2 gives up at 2 s: 1 has 3 s left and is alone, until 5 s."""
    assert served(sharing(4, 9), (0, None), (0, 2)) == [(5, "answered"), (2, "timed_out")]


def test_a_server_that_keeps_computing_does_not_know_who_has_given_up():
    """The same story: 1 is as slow as before, until 8 s."""
    keeps = sharing(4, 9, after_deadline="keeps_computing")
    assert served(keeps, (0, None), (0, 2)) == [(8, "answered"), (2, "timed_out")]


def test_who_gives_up_in_the_queue_has_taken_no_place():
    """One place: 2 gives up at 3 s, when 1 is done, and 3 begins; kept at, 2 is done at 6 s, 3 at 9 s."""
    story = (0, None), (0, 3), (1, None)
    assert served(sharing(3, 1), *story) == [(3, "answered"), (3, "timed_out"), (6, "answered")]
    keeps = sharing(3, 1, after_deadline="keeps_computing")
    assert served(keeps, *story) == [(3, "answered"), (3, "timed_out"), (9, "answered")]


def test_an_answer_at_the_deadline_is_in_time():
    """A nanosecond later it is not."""
    assert served(sharing(3, 9), (0, 6), (0, None)) == [(6, "answered"), (6, "answered")]
    late = served(sharing(3.000000001, 9), (0, 6), (0, None))
    assert late == [(6, "timed_out"), (6.000000002 - 0.000000001, "answered")]


def test_a_call_that_was_nearly_done_is_slowed_down_after_all():
    """At 2 s it has 1 s left, when three others come: that takes 4 s. Then each has a third, 0.333333333."""
    told = served(sharing(3, 9), (0, None), (2, None), (2, None), (2, None))
    assert told == [(6, "answered"), *[(12.000000007, "answered")] * 3]


def test_waking_up_is_paid_by_who_comes_after_a_while():
    """After 2 s of rest a call is 1 s more of work; a run begins with a server that has just been asked."""
    idle = {"after": 2, "adds": 1}
    told = happens(camera(gateway=sharing(1, 1, idle=idle)), items=3, every=4)
    assert answered(told) == [4 + 2, 8 + 2, 12 + 2]
    busy = happens(camera(gateway=sharing(1, 1, idle=idle)), items=3, every=2)
    assert answered(busy) == [2 + 2, 4 + 1, 6 + 1]


def test_a_longer_rest_costs_more():
    """After half a second of rest .5 s more, after 2 s 1 s in place of that."""
    idle = [{"after": 0.5, "adds": 0.5}, {"after": 2, "adds": 1}]
    told = happens(camera(gateway=sharing(1, 1, idle=idle)), items=3, every=2)
    assert answered(told) == [2 + 2, 4 + 1, 6 + 1.5]
    long = happens(camera(gateway=sharing(1, 1, idle=idle)), items=2, every=5)
    assert answered(long) == [5 + 2, 10 + 2]


def test_all_who_come_in_one_moment_wake_it_up():
    """Two at once find it asleep: both are 2 s of work."""
    gateway = sharing(1, 9, {1: 1, 2: 2}, idle={"after": 0, "adds": 1})
    assert answered(happens(camera(units=2, acquisition=1, gateway=gateway), items=2)) == [3, 3]


def test_servers_that_wake_up_share_nothing():
    """Without `sharing` two servers are two: 3, put with the others, waits for the first that is free."""
    gateway = modelled(2, servers=2, idle={"after": 1, "adds": 1})
    assert answered(happens(camera(units=3, acquisition=1, gateway=gateway), items=3)) == [
        1 + 3,
        1 + 3,
        1 + 3 + 3,
    ]


def test_work_for_nobody_takes_a_place_and_keeps_the_server_awake():
    """One place: 1 gives up at 3 s and is worked on until 6 s; 2 waits until then, and wakes nobody."""
    gateway = sharing(5, 1, after_deadline="keeps_computing", idle={"after": 1, "adds": 1})
    told = happens(camera(units=1, gateway=gateway, deadline=7, on_no_result="ship"), items=2, every=1)
    assert ends(told)[1] == (1 + 6, "answered")
    assert ends(told)[2] == (7 + 5, "answered")


def test_records_are_the_same_for_the_same_seed():
    """Random work, random waking: the same part needs as long."""
    gateway = sharing(
        {"exponential": {"mean": 1}},
        3,
        {1: 1, 2: 1.8},
        idle={"after": 0.2, "adds": {"exponential": {"mean": 1}}},
    )
    scenario = line(40, gateway)
    assert run_in_memory(scenario) == run_in_memory(scenario)
    other = scenario.model_copy(update={"seed": scenario.seed + 1})
    assert run_in_memory(other) != run_in_memory(scenario)
    assert sum(call.latency for call in run_in_memory(scenario).records.calls) > 40 * SECOND


def test_calls_that_need_no_work_are_answered_one_after_the_other_in_one_moment():
    """Three come at once to one place: none of them is forgotten."""
    assert served(sharing(0, 1), (1, 5), (1, 5), (1, 5)) == [(1, "answered")] * 3
