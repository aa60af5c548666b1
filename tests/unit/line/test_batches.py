"""A modelled server that puts requests together, or that several inspections share: worked out by hand."""

from typing import Any

import pytest
from stories import camera, happens, modelled, press

from line_sim.chance.chance import Chance
from line_sim.inspection.gateway import Inquiry
from line_sim.inspection.offline.models import modelled_gateways
from line_sim.inspection.offline.together import BatchGateway, BatchServer, Request
from line_sim.scenario import ModelledOptions, Scenario
from line_sim.units import SECOND

TIMES = {1: 3, 2: 4, 4: 8}


def latencies(happened, station="camera") -> dict[int, tuple[float, str]]:
    """Return how long each part waited for its answer, and what it got."""
    return {call[0]: (call[4], call[5]) for call in happened.calls if call[1] == station}


def waits(happened, station="camera") -> list[float]:
    """Return how long the parts waited that were answered, part by part."""
    told = latencies(happened, station)
    assert {outcome for _, outcome in told.values()} == {"answered"}
    return [told[item][0] for item in sorted(told)]


def batched(service: object = TIMES, *, most=4, wait: object = 2, **keys: Any) -> dict[str, Any]:
    """Return a modelled gateway that puts requests together."""
    batching = {"max": most, "wait": wait, "pads": keys.pop("pads", False)}
    return modelled(service, batching=batching, **keys)


def test_a_batch_begins_when_the_oldest_has_waited_and_takes_what_its_size_takes():
    """A request every second; the first batch begins at 3 s, and whoever comes at that moment is in it.

    Three take 6 s, between those of two and four. At 9 s six wait: the first four take 8 s. The last of eight
    is alone at 17 s and has waited long enough: 3 s.
    """
    happened = happens(camera(units=8, gateway=batched()), items=8, every=1)
    assert [call[3] for call in sorted(happened.calls)] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert waits(happened) == [9 - 1, 9 - 2, 9 - 3, 17 - 4, 17 - 5, 17 - 6, 17 - 7, 20 - 8]


def test_a_full_batch_waits_for_nothing():
    """Two are a batch: 1 and 2 begin at 2 s and end at 6 s, 3 and 4 begin then, for 5 waits until 8 + 5 s."""
    happened = happens(camera(units=5, gateway=batched(most=2, wait=60)), items=5, every=1)
    assert waits(happened) == [5, 4, 7, 6, 60 + 3]


def test_padded_batches_take_what_the_next_size_takes():
    """Three requests cost as much as four."""
    happened = happens(camera(units=3, gateway=batched(pads=True)), items=3, every=1)
    assert waits(happened) == [11 - 1, 11 - 2, 11 - 3]


def test_one_time_is_that_of_every_batch():
    """Whatever its size, and between sizes nothing is needed."""
    happened = happens(camera(units=3, gateway=batched(5)), items=3, every=1)
    assert waits(happened) == [8 - 1, 8 - 2, 8 - 3]


def test_two_workers_take_a_batch_each():
    """The first at 1 s, by itself as nothing is waited for, the second at 2 s; 3 and 4 begin at 4 s."""
    gateway = batched({1: 3, 4: 3}, wait=0, servers=2)
    happened = happens(camera(units=4, gateway=gateway), items=4, every=1)
    assert waits(happened) == [3, 3, 7 - 3, 7 - 4]


def test_requests_of_one_moment_find_each_other():
    """Four cameras that ask at once are one batch though nothing is waited for, and again and again."""
    happened = happens(camera(units=4, acquisition=1, gateway=batched(wait=0)), items=8)
    assert waits(happened) == [8] * 8
    assert {call[3] for call in happened.calls} == {1, 10}


def served(options: dict[str, Any], *asked: tuple[float, float | None]) -> list[tuple[float, str]]:
    """Return when requests are over that are put at these moments with these deadlines, and how."""
    model = ModelledOptions.model_validate(options["modelled"])
    server, chance = BatchServer(model), Chance(0)
    gateway = BatchGateway(server, model, station="camera", good_label="good", chance=chance)
    requests = [
        Request(
            gateway,
            Inquiry(
                item,
                1,
                "good",
                "",
                round(at * SECOND),
                None if deadline is None else round(deadline * SECOND),
            ),
        )
        for item, (at, deadline) in enumerate(asked, 1)
    ]
    over: dict[int, tuple[float, str]] = {}
    moments = {each.inquiry.issued_at for each in requests} | {each.expires_at for each in requests}
    while moments:
        now = min(moments)
        moments.remove(now)
        for each in requests:
            if each.inquiry.issued_at == now:
                server.put(each)
            if each.expires_at == now and each.inquiry.item_id not in over:
                server.give_up(each)
                over[each.inquiry.item_id] = (now / SECOND, "timed_out")
        for each, reply in server.decide(now):
            told = each.inquiry
            over[told.item_id] = ((told.issued_at + reply.latency) / SECOND, reply.outcome.name)
        again_at = server.next_at(now)
        moments |= set() if again_at is None else {again_at}
    return [over[item] for item in sorted(over)]


def test_a_batch_goes_on_for_those_that_still_wait():
    """2 and 3 are a batch from 2.5 to 5 s. 2 gives up at 4 s; 3 is answered at its deadline."""
    told = served(batched(2.5, most=2, wait=0), (0, 3), (1, 3), (2, 3))
    assert told == [(2.5, "answered"), (4, "timed_out"), (5, "answered")]


def test_who_gives_up_in_the_queue_is_in_no_batch():
    """1 is alone until 3 s. 2 gives up at 2 s, 3 at the moment when the server is free: 4 is alone."""
    options = batched({1: 3, 2: 9}, most=2, wait=0)
    told = served(options, (0, None), (1, 1), (1, 2), (2, None))
    assert told == [(3, "answered"), (2, "timed_out"), (3, "timed_out"), (6, "answered")]


def test_a_server_that_keeps_computing_does_not_know_who_has_given_up():
    """The same story: 2 and 3 are worked on, until 12 s, though nobody waits, and 4 comes after them."""
    options = batched({1: 3, 2: 9}, most=2, wait=0, after_deadline="keeps_computing")
    told = served(options, (0, None), (1, 1), (1, 2), (2, None))
    assert told == [(3, "answered"), (2, "timed_out"), (3, "timed_out"), (15, "answered")]


def test_a_batch_ends_when_the_last_of_it_gives_up():
    """1 and 2 begin at 0 s, would end at 10 s and give up at 2 and 4 s: then 3 begins, or else at 10 s."""
    story = (0, 2), (0, 4), (1, None)
    stops = served(batched({1: 1, 2: 10}, most=2, wait=5), *story)
    assert stops == [(2, "timed_out"), (4, "timed_out"), (1 + 5 + 1, "answered")]
    keeps = served(batched({1: 1, 2: 10}, most=2, wait=5, after_deadline="keeps_computing"), *story)
    assert keeps == [(2, "timed_out"), (4, "timed_out"), (11, "answered")]


def test_who_has_given_up_is_not_answered_at_the_same_moment():
    """A batch that takes no time begins at 2 s, when 1 has waited for 2 s and gives up: only 2 is told."""
    options = batched({1: 0, 3: 0}, most=3, wait=2, after_deadline="keeps_computing")
    assert served(options, (0, 2), (1, None)) == [(2, "timed_out"), (2, "answered")]


def test_the_next_oldest_is_waited_for_from_when_it_came():
    """1 gives up at 2 s. The server has waited for company of 2 since 1 s, and begins with it at 4 s."""
    told = served(batched(1, most=9, wait=3), (0, 2), (1, None))
    assert told == [(2, "timed_out"), (5, "answered")]


def test_two_inspections_share_a_queue():
    """Both ask `gpu`, which works on one at a time for 4 s; parts come every 5 s and need 1 s in between.

    Part 1 is asked about at 5 and, at the second camera, at 10 s, together with part 2 at the first: it is
    the second camera's turn first, as it is further downstream.
    """
    gpu = {"gpu": modelled(4)}
    line = camera("front", gateway={"server": "gpu"}), press(1), camera("back", gateway={"server": "gpu"})
    happened = happens(*line, items=2, every=5, servers=gpu)
    assert sorted((call[3], call[1], call[0], call[4]) for call in happened.calls) == [
        (5, "front", 1, 4),
        (10, "back", 1, 4),
        (10, "front", 2, 8),
        (19, "back", 2, 4),
    ]


def test_two_inspections_share_a_batch():
    """The same line, but the server takes two together in the time of one: nobody waits any more."""
    gpu = {"gpu": batched({1: 4, 2: 4}, most=2, wait=0)}
    line = camera("front", gateway={"server": "gpu"}), press(1), camera("back", gateway={"server": "gpu"})
    happened = happens(*line, items=2, every=5, servers=gpu)
    assert [call[4] for call in happened.calls] == [4, 4, 4, 4]


def test_a_shared_server_of_one_inspection_is_its_own():
    """The same records, whoever names it."""
    service = {"lognormal": {"mean": 2, "cv": 1}}
    keys = {"units": 2, "deadline": 3}
    own = happens(press(1), camera(gateway=modelled(service), **keys), items=200)
    gpu = {"gpu": modelled(service)}
    named = happens(press(1), camera(gateway={"server": "gpu"}, **keys), items=200, servers=gpu)
    assert own.records == named.records


def test_an_answer_that_hangs_on_later_requests_cannot_be_had_at_once():
    """The gateway says who must be asked in its place."""
    scenario = Scenario.model_validate(
        {
            "version": 1,
            "name": "together",
            "run": {"items": 1},
            "arrivals": {"saturated": True},
            "line": [camera(gateway=batched())],
            "review": {"time": 1},
        }
    )
    with pytest.raises(TypeError, match="hangs on requests to come"):
        modelled_gateways(scenario)["camera"].ask(Inquiry(1, 1, "good", "", 0, None))
