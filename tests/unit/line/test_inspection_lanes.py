"""Inspection and review: deadlines, servers, fallbacks, and a review lane that blocks the camera."""

import pytest
from stories import camera, deadline_of, happens, modelled, press, replies

from line_sim.inspection.gateway import Inquiry
from line_sim.inspection.offline.modelled import ModelledGateway
from line_sim.scenario import ModelledOptions
from line_sim.testing import answered, scripted, timed_out, unavailable, unreadable

SLOW_THIRD = [1, 1, 9, 1, 1]


def test_the_camera_holds_the_part_for_picture_and_answer():
    """0.5 s for the picture, 1.5 s for the answer: the call is issued after the picture."""
    run = happens(camera(acquisition=0.5, gateway=modelled(1.5)), items=2)
    assert run.at("camera") == [(1, 1, 0, 0, 2, 2), (2, 1, 2, 2, 4, 4)]
    assert run.calls == [(1, "camera", 1, 0.5, 1.5, "answered"), (2, "camera", 1, 2.5, 1.5, "answered")]
    assert run.lanes == [(1, "ship", "OK", "answered"), (2, "ship", "OK", "answered")]


def test_a_missed_deadline_frees_the_station_at_the_deadline():
    """Part 3's answer would take 9 s: after 2 s it goes to review and part 4 begins."""
    run = happens(camera(deadline=2), items=5, gateways={"camera": scripted(deadline_of(SLOW_THIRD))})
    assert [visit[3:] for visit in run.at("camera")] == [
        (0, 1, 1),
        (1, 2, 2),
        (2, 4, 4),
        (4, 5, 5),
        (5, 6, 6),
    ]
    assert run.lanes[2] == (3, "review", "Undefined", "timed_out")
    assert run.items[2] == (3, 2, 4, "shipped")  # the reviewer finds nothing wrong with it


@pytest.mark.parametrize(
    ("policy", "lane", "disposition"),
    [("review", "review", "shipped"), ("ship", "ship", "shipped"), ("scrap", "", "scrapped")],
)
@pytest.mark.parametrize("reply", [timed_out(2), unavailable(latency=2), unreadable(latency=2)])
def test_a_part_without_an_answer_follows_the_policy(policy, lane, disposition, reply):
    """Whatever the reason that there is no answer, and the line goes on with the next part."""
    run = happens(
        camera(on_no_result=policy, deadline=2),
        press(1, "pack"),
        items=2,
        gateways={"camera": replies(reply, answered("good"))},
    )
    outcome = reply.outcome.name
    assert (1, lane, "Undefined", outcome) in run.lanes
    assert {item[0]: item[3] for item in run.items} == {1: disposition, 2: "shipped"}
    assert (1 in [visit[0] for visit in run.at("pack")]) == (policy != "scrap")


def test_a_server_that_stops_at_the_deadline_is_free_for_the_next_part():
    """Two cameras, one server of 3 s, deadline 4 s: the second call begins late and is given up."""
    run = happens(camera(units=2, deadline=4, gateway=modelled(3, after_deadline="stops")), items=4)
    assert run.calls == [
        (1, "camera", 1, 0, 3, "answered"),
        (2, "camera", 2, 0, 4, "timed_out"),
        (3, "camera", 1, 3, 4, "answered"),
        (4, "camera", 2, 4, 4, "timed_out"),
    ]


def test_a_server_that_keeps_computing_slows_the_next_part():
    """It finishes part 2 at 6 s although nobody waits: part 3, asked at 3 s, would be done at 9 s."""
    gateway = modelled(3, after_deadline="keeps_computing")
    run = happens(camera(units=2, deadline=4, gateway=gateway), items=3)
    assert run.calls == [
        (1, "camera", 1, 0, 3, "answered"),
        (2, "camera", 2, 0, 4, "timed_out"),
        (3, "camera", 1, 3, 4, "timed_out"),
    ]


def test_with_one_camera_only_a_server_that_keeps_computing_adds_up():
    """Service 3 s, deadline 2 s: the line goes on at each deadline, however far behind the server is."""
    stops = happens(camera(deadline=2, gateway=modelled(3)), items=3)
    keeps = happens(camera(deadline=2, gateway=modelled(3, after_deadline="keeps_computing")), items=3)
    assert (
        stops.calls
        == keeps.calls
        == [(item, "camera", 1, 2 * item - 2, 2, "timed_out") for item in (1, 2, 3)]
    )
    assert stops.ending.at == keeps.ending.at == 6 * 10**9


def test_an_answer_at_the_very_deadline_is_in_time():
    """Latency equal to the deadline: answered."""
    run = happens(camera(deadline=2, gateway=modelled(2)), items=2)
    assert [call[5] for call in run.calls] == ["answered", "answered"]


def test_several_servers_answer_at_the_same_time():
    """Three cameras on two servers of 2 s: the third call waits for the first free one."""
    run = happens(camera(units=3, gateway=modelled(2, servers=2)), items=4)
    assert sorted(run.calls) == [
        (1, "camera", 1, 0, 2, "answered"),
        (2, "camera", 2, 0, 2, "answered"),
        (3, "camera", 3, 0, 4, "answered"),
        (4, "camera", 1, 2, 2, "answered"),
    ]


def test_a_full_review_lane_blocks_the_camera():
    """All parts go to one reviewer of 5 s with one place: part 3 stays on the camera until there is room."""
    run = happens(camera(gateway=modelled(1, false_alarm_rate=1.0)), items=4, review={"time": 5, "buffer": 1})
    assert run.at("camera") == [
        (1, 1, 0, 0, 1, 1),
        (2, 1, 1, 1, 2, 2),
        (3, 1, 2, 2, 3, 6),
        (4, 1, 6, 6, 7, 11),
    ]
    assert run.at("review") == [
        (1, 1, 1, 1, 6, 6),
        (2, 1, 2, 6, 11, 11),
        (3, 1, 6, 11, 16, 16),
        (4, 1, 11, 16, 21, 21),
    ]


def test_a_part_for_the_ship_lane_waits_behind_one_for_a_full_review():
    """The camera is one machine: while part 2 is blocked towards review, part 3 has to wait for it."""
    answers = [answered("bad", latency=1)] * 2 + [answered("good", latency=1)]
    run = happens(
        camera(buffer=1),
        press(1, "pack"),
        items=3,
        review={"time": 9, "cleared": "ships"},
        gateways={"camera": replies(*answers)},
    )
    assert run.at("camera") == [(1, 1, 0, 0, 1, 1), (2, 1, 0, 1, 2, 10), (3, 1, 1, 10, 11, 11)]
    assert run.items == [(1, 0, 10, "shipped"), (3, 1, 12, "shipped"), (2, 0, 19, "shipped")]


def test_a_blocked_ship_lane_holds_parts_for_review_back_too():
    """Pack has no place: part 2 (good) is blocked at 2 s, so part 3 (bad) comes late to review."""
    answers = [answered(label, latency=1) for label in ("good", "good", "bad")]
    run = happens(
        camera(),
        press(9, "pack"),
        items=3,
        review={"time": 1, "cleared": "ships"},
        gateways={"camera": replies(*answers)},
    )
    assert run.at("camera") == [(1, 1, 0, 0, 1, 1), (2, 1, 1, 1, 2, 10), (3, 1, 10, 10, 11, 11)]
    assert run.at("review") == [(3, 1, 11, 11, 12, 12)]


@pytest.mark.parametrize(
    ("defect_rate", "mistakes", "disposition"),
    [
        (1.0, {}, "scrapped"),
        (1.0, {"miss_rate": 1.0}, "shipped"),
        (1.0, {"false_alarm_rate": 1.0}, "scrapped"),
        (0.0, {}, "shipped"),
        (0.0, {"false_alarm_rate": 1.0}, "scrapped"),
        (0.0, {"miss_rate": 1.0}, "shipped"),
    ],
)
def test_reviewers_err_on_what_the_part_truly_is(defect_rate, mistakes, disposition):
    """A miss ships a defective part, a false alarm scraps a good one; each only its own kind of part."""
    run = happens(
        camera(),
        items=3,
        defect_rate=defect_rate,
        review={"time": 1, **mistakes},
        gateways={"camera": replies(*[timed_out(1)] * 3)},
    )
    assert [item[3] for item in run.items] == [disposition] * 3


@pytest.mark.parametrize(
    ("defect_rate", "mistakes", "evaluation"),
    [
        (1.0, {}, "NotOK"),
        (1.0, {"miss_rate": 1.0}, "OK"),
        (1.0, {"false_alarm_rate": 1.0}, "NotOK"),
        (0.0, {}, "OK"),
        (0.0, {"false_alarm_rate": 1.0}, "NotOK"),
        (0.0, {"miss_rate": 1.0}, "OK"),
    ],
)
def test_a_modelled_network_errs_on_what_the_part_truly_is(defect_rate, mistakes, evaluation):
    """As the reviewers do."""
    run = happens(camera(gateway=modelled(1, **mistakes)), items=3, defect_rate=defect_rate)
    assert [lane[2] for lane in run.lanes] == [evaluation] * 3


def test_several_reviewers_work_at_the_same_time():
    """Two reviewers of 4 s behind a camera of 1 s: parts 1 and 2 at once, part 3 as the first is free."""
    run = happens(camera(gateway=modelled(1, false_alarm_rate=1.0)), items=3, review={"time": 4, "units": 2})
    assert run.at("review") == [(1, 1, 1, 1, 5, 5), (2, 2, 2, 2, 6, 6), (3, 1, 5, 5, 9, 9)]


def test_the_question_names_the_part_and_what_it_truly_is():
    """What a modelled or a rendered answer needs, and the deadline that a real call gets."""
    asked: list[Inquiry] = []

    def answer(inquiry):
        asked.append(inquiry)
        return answered("good", latency=1)

    happens(
        camera(acquisition=2, deadline=7), items=2, defect_rate=1.0, gateways={"camera": scripted(answer)}
    )
    assert asked == [
        Inquiry(1, 1, "defective", "", 2 * 10**9, 7 * 10**9),
        Inquiry(2, 1, "defective", "", 5 * 10**9, 7 * 10**9),
    ]


class Ticks:
    """An inference server told tick by tick, with its queue in full view: the truth in slow motion."""

    def __init__(self, workers: int, *, keeps: bool) -> None:
        self.workers = workers
        self.keeps = keeps

    def latencies(self, calls: list[tuple[int, int]], deadline: int | None) -> list[int | None]:
        """Return the latency of each call (moment, work), None where it was given up."""
        found: list[int | None] = [None] * len(calls)
        queue: list[int] = []
        at_work: dict[int, int] = {}
        for now in range(max(moment for moment, _ in calls) + sum(work for _, work in calls) + 1):
            for call in [call for call, ends in at_work.items() if ends == now]:
                del at_work[call]
                if deadline is None or now - calls[call][0] <= deadline:
                    found[call] = now - calls[call][0]
            if deadline is not None and not self.keeps:
                given_up = [call for call in [*queue, *at_work] if now - calls[call][0] >= deadline]
                queue = [call for call in queue if call not in given_up]
                at_work = {call: ends for call, ends in at_work.items() if call not in given_up}
            queue += [call for call, (moment, _) in enumerate(calls) if moment == now]
            while queue and len(at_work) < self.workers:
                call = queue.pop(0)
                at_work[call] = now + calls[call][1]
        return found


@pytest.mark.parametrize("keeps", [False, True])
@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("deadline", [None, 3, 6])
def test_the_modelled_server_is_the_queue_it_says_it_is(workers, keeps, deadline):
    """Against a server simulated tick by tick, on 40 random loads of 25 calls each."""
    import random

    dice = random.Random(f"{workers} {keeps} {deadline}")  # noqa: S311 - a test's dice
    for _ in range(40):
        moments = sorted(dice.randrange(60 // workers) for _ in range(25))
        calls = [(moment, dice.randint(1, 7)) for moment in moments]
        options = ModelledOptions(
            service=0, servers=workers, after_deadline="keeps_computing" if keeps else "stops"
        )
        gateway = ModelledGateway(options, seed=0, station="camera", good_label="good")
        gateway._service = lambda item, visit, attempt, calls=calls: calls[item][1]
        told = [
            gateway.ask(Inquiry(item, 1, "good", "", moment, deadline))
            for item, (moment, _) in enumerate(calls)
        ]
        truth = Ticks(workers, keeps=keeps).latencies(calls, deadline)
        assert [None if reply.status != "OK" else reply.latency for reply in told] == truth
        assert all(reply.latency == deadline for reply in told if reply.status != "OK")
