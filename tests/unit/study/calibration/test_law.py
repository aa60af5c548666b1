"""The law of a server: it does what can be reckoned by hand, and what a run's model does."""

from collections.abc import Iterator
from itertools import pairwise, repeat

import pytest

from line_sim.inspection.gateway import Inquiry
from line_sim.inspection.offline.side_by_side import NEVER, SharedCall, SharingServer
from line_sim.scenario.gateways.modelled import ModelledOptions
from line_sim.study.calibration.law import Idle, Law, Sharing
from line_sim.study.calibration.simulating import after_given_up, closed, stream
from line_sim.truth import GOOD

FIFO = Law(1, (1.0,))
TWO = Law(2, (1.0, 2.0))
SHARED = Law(100, (1.0,))
LIMITED = Law(2, (1.0, 1.5))


@pytest.mark.parametrize(
    ("law", "latencies"),
    [
        (FIFO, [1, 2, 3, 4]),
        (TWO, [1, 1, 2, 2]),
        (SHARED, [4, 4, 4, 4]),
        (LIMITED, [4 / 3, 4 / 3, 8 / 3, 8 / 3]),
        (Law(100, (1.0, 1.6, 2.0)), [2, 2, 2, 2]),
    ],
)
def test_a_burst_of_equal_calls_is_answered_as_the_law_says(law: Law, latencies: list[float]) -> None:
    """One after the other, two at a time, all together, or two that share."""
    assert stream(law, [0, 0, 0, 0], repeat(1.0)) == pytest.approx(latencies)


def test_one_that_comes_in_mid_service_slows_the_other_where_they_share() -> None:
    """Of two calls of 1 s, half a second apart, the first is done after 1.5 s, and the second 0.5 s later."""
    assert stream(SHARED, [0, 0.5], repeat(1.0)) == pytest.approx([1.5, 1.5])
    assert stream(FIFO, [0, 0.5], repeat(1.0)) == pytest.approx([1.0, 1.5])


def test_overhead_keeps_no_place() -> None:
    """A lone call takes it longer; answers of a queue still come one work after the other."""
    assert stream(Law(1, (1.0,), overhead=0.2), [0, 0, 0], repeat(1.0)) == pytest.approx([1.2, 2.2, 3.2])


def test_a_call_after_a_pause_takes_longer_and_one_behind_it_does_not() -> None:
    """What a pause adds is once for the server, not once for each call."""
    law = Law(1, (1.0,), idle=(Idle(2.0, 0.5),))
    assert stream(law, [5, 5, 9, 9.5], repeat(1.0)) == pytest.approx([1.5, 2.5, 1.0, 1.5])


def test_a_closed_loop_never_leaves_a_queue_idle() -> None:
    """Three callers without a pause: an answer each second, and every caller one in three."""
    runs = closed(FIFO, 3, 5, repeat(1.0), repeat(0.0))
    assert [len(run) for run in runs] == [5, 5, 5]
    assert all(late.at - early.at == pytest.approx(3) for run in runs for early, late in pairwise(run))


@pytest.mark.parametrize(
    ("places", "speeds", "keeps", "latency"),
    [
        (1, (1.0,), False, 1.0),
        (1, (1.0,), True, 1.5),
        (100, (1.0,), False, 1.0),
        (100, (1.0,), True, 1.5),
        (2, (1.0, 2.0), True, 1.0),
    ],
)
def test_a_call_given_up_halfway_holds_up_the_next_one_only_where_work_goes_on(
    places: int, speeds: tuple[float, ...], keeps: bool, latency: float
) -> None:
    """Half a second is left of it; a server with a place to spare does not show it."""
    law = Law(places, speeds, keeps_computing=keeps)
    assert after_given_up(law, 1, 0.5, repeat(1.0)) == pytest.approx(latency)


def test_nobody_is_done_at_an_empty_server() -> None:
    """There is no next end to go to."""
    assert Sharing(FIFO).next_end is None
    with pytest.raises(RuntimeError, match="nothing is in service"):
        Sharing(FIFO).finish()


def modelled(options: ModelledOptions, sent: list[int], works: list[int]) -> list[int]:
    """Put calls to a run's modelled server at these whole nanoseconds; return their latencies."""

    class Gateway:
        def work(self, inquiry: Inquiry, rested: int) -> int:
            more = options.rests[rested - 1].adds.mean_ns if rested else 0
            return works[inquiry.item_id] + more

        def answered(self, inquiry: Inquiry, latency: int) -> int:
            return latency

    server, gateway = SharingServer(options), Gateway()
    calls = [SharedCall(gateway, Inquiry(n, 1, GOOD, "", at, None)) for n, at in enumerate(sent)]
    latencies: dict[int, int] = {}
    now, to_come = 0, list(calls)
    while len(latencies) < len(calls):
        ends = [call.over_at for call in calls if call.inquiry.item_id not in latencies]
        now = min([*ends, server.next_at() or NEVER, *(call.inquiry.issued_at for call in to_come[:1])])
        for call in calls:
            if call.over_at == now and call.inquiry.item_id not in latencies:
                latencies[call.inquiry.item_id] = server.over(call)
        while to_come and to_come[0].inquiry.issued_at == now:
            server.put(to_come.pop(0))
        server.decide(now)
    return [latencies[place] for place in range(len(sent))]


LAWS = [
    (Law(1, (1.0,)), {"places": 1}),
    (Law(2, (1.0, 2.0)), {"places": 2, "speed": {1: 1.0, 2: 2.0}}),
    (Law(3, (1.0, 1.5, 1.7)), {"places": 3, "speed": {1: 1.0, 2: 1.5, 3: 1.7}}),
    (Law(100, (1.0, 1.8)), {"places": 100, "speed": {1: 1.0, 2: 1.8}}),
]


@pytest.mark.parametrize(("law", "sharing"), LAWS)
def test_a_run_models_the_same_law(law: Law, sharing: dict[str, object]) -> None:
    """Two programs, one in whole nanoseconds and one in seconds, say the same of 300 calls."""
    numbers = numbers_of(7)
    gaps, works = [[next(numbers) for _ in range(300)] for _ in range(2)]
    sent = [sum(gaps[: n + 1]) for n in range(300)]
    law = Law(law.places, law.speeds, 1e-7, (Idle(2e-7, 1e-7), Idle(5e-7, 3e-7)))
    idle = [{"after": "200 ns", "adds": "100 ns"}, {"after": "500 ns", "adds": "300 ns"}]
    options = ModelledOptions.model_validate(
        {"service": 0, "sharing": sharing, "idle": idle, "overhead": "100 ns"}
    )
    told = [latency / 1e9 for latency in modelled(options, sent, works)]
    assert told == pytest.approx(
        stream(law, [at / 1e9 for at in sent], iter(w / 1e9 for w in works)), abs=5e-9
    )


def numbers_of(seed: int) -> Iterator[int]:
    """Give whole numbers from 1 to 2,000, in no order."""
    value = seed
    while True:
        value = (value * 1103515245 + 12345) % 2**31
        yield value // 1024 % 2000 + 1
