"""Servers that do not answer, against a fake wall: line time does not outrun their outage."""

import pytest
from fake_wall import GOOD, STARTED, FakeServer, FakeWall, Fare, run_coupled
from stories import camera

from line_sim.inspection.gateway import Inquiry, Reply
from line_sim.inspection.outcome import Outcome, TimedOut, Unavailable, Unreadable
from line_sim.line.interrupt import Interrupt
from line_sim.scenario import Scenario
from line_sim.units import HOUR, MILLISECOND, SECOND

REFUSED = Reply(Unavailable("connection refused"), MILLISECOND, "UNAVAILABLE")
ANSWERED = Reply(GOOD, MILLISECOND, "OK")


def line(*entries, every, review=0, **run) -> Scenario:
    """Return a line of cameras, with a part every so often; None: there is always one."""
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "a story",
            "run": run,
            "arrivals": {"saturated": True} if every is None else {"every": every},
            "line": list(entries),
            "review": {"time": review, "buffer": 100},
        }
    )


def scripted(*replies: Reply, then: Reply = ANSWERED) -> FakeServer:
    """Return a server that gives its first answers as told, then always the last one."""
    script = iter(replies)
    return FakeServer(lambda _: Fare(next(script, then)))


def away(wall: FakeWall, since: int, until: int) -> FakeServer:
    """Return a server that refuses whatever comes within a stretch of wall time (ns from the start)."""
    return FakeServer(lambda _: Fare(REFUSED if since <= wall.time - STARTED < until else ANSWERED))


def outcomes(run, station="camera") -> list[str]:
    """Return how a camera's calls ended, in order."""
    return [call.outcome for call in sorted(run.records.calls) if call.station == station]


def slept(scenario: Scenario, *replies: Reply, then: Reply = ANSWERED) -> int:
    """Return the wall time that a run takes."""
    wall = FakeWall()
    run_coupled(scenario, {"camera": scripted(*replies, then=then)}, wall=wall)
    return wall.slept


def test_an_outage_meets_the_parts_that_come_while_it_lasts():
    """A part a second; the server goes behind the third one, for 4.5 s of wall time: five parts meet that."""
    wall = FakeWall()
    server = away(wall, 3 * MILLISECOND, 4500 * MILLISECOND)
    run = run_coupled(line(camera(), items=100, every=1), {"camera": server}, wall=wall)
    assert outcomes(run) == ["answered"] * 3 + ["unavailable"] * 5 + ["answered"] * 92
    assert wall.slept == pytest.approx(5 * SECOND, rel=0.03)  # and runs free before and behind


def test_at_wall_pace_it_is_the_same_outage():
    """The clock that always keeps pace meets as many."""
    wall = FakeWall()
    server = away(wall, 3999 * MILLISECOND, 8500 * MILLISECOND)
    run = run_coupled(line(camera(), items=100, every=1), {"camera": server}, wall=wall, factor=1)
    assert outcomes(run) == ["answered"] * 3 + ["unavailable"] * 5 + ["answered"] * 92


def test_a_server_that_never_comes_back_makes_the_run_as_long_as_its_line_time():
    """From the first refusal on: nine parts more, a second each."""
    assert slept(line(camera(), items=10, every=1), then=REFUSED) == 9 * SECOND + MILLISECOND


def test_a_server_that_has_ended_for_good_is_not_waited_for():
    """It does half a minute after the first of a hundred refusals, an hour each; then line time runs free."""
    wall, server = FakeWall(), scripted(then=REFUSED)
    wall.after(30 * SECOND, lambda: setattr(server, "gone", True))
    run = run_coupled(line(camera(), items=100, every="1 h"), {"camera": server}, wall=wall)
    assert outcomes(run) == ["unavailable"] * 100
    assert wall.slept == pytest.approx(31 * SECOND, abs=SECOND)


def test_each_server_is_waited_for_by_itself():
    """Camera `b` is answered all the time, which says nothing of the server of camera `a`."""
    wall = FakeWall()
    cameras = camera("a", on_no_result="ship"), camera("b", buffer=5)
    gateways = {"a": away(wall, 0, 4500 * MILLISECOND), "b": scripted()}
    run = run_coupled(line(*cameras, items=50, every=1), gateways, wall=wall)
    assert outcomes(run, "a") == ["unavailable"] * 5 + ["answered"] * 45


def test_the_latest_server_to_be_back_lets_go():
    """Both are away, one for 2.5 s and one for 6.5 s: line time keeps pace until the second one is back."""
    wall = FakeWall()
    cameras = camera("a", on_no_result="ship"), camera("b", on_no_result="ship")
    gateways = {"a": away(wall, 0, 2500 * MILLISECOND), "b": away(wall, 0, 6500 * MILLISECOND)}
    run = run_coupled(line(*cameras, items=50, every=1), gateways, wall=wall)
    assert [outcomes(run, name).count("unavailable") for name in ("a", "b")] == [3, 7]


@pytest.mark.parametrize(
    ("outcome", "status", "lets_go"),
    [
        (GOOD, "OK", True),
        (Unreadable("no label"), "OK", True),
        (Unreadable("not a JPEG"), "INVALID_ARGUMENT", True),
        (Unreadable("the file is gone"), "NO_PICTURE", False),  # it was never sent
        (TimedOut(), "DEADLINE_EXCEEDED", False),
        (Unavailable("too much to do"), "RESOURCE_EXHAUSTED", False),
    ],
)
def test_only_an_answer_shows_a_server(outcome: Outcome, status: str, lets_go: bool):
    """A refused call, one that ends otherwise an hour later, one an hour after that."""
    hours = slept(line(camera(), items=3, every="1 h"), REFUSED, Reply(outcome, MILLISECOND, status)) / HOUR
    assert hours == pytest.approx(1 if lets_go else 2, abs=1e-6)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (TimedOut(), "DEADLINE_EXCEEDED"),
        (Unreadable("no label"), "OK"),
        (Unreadable("the file is gone"), "NO_PICTURE"),
    ],
)
def test_other_calls_without_use_hold_nothing(outcome: Outcome, status: str):
    """Three calls a millisecond each, and two idle hours between them: three milliseconds."""
    useless = Reply(outcome, MILLISECOND, status)
    assert slept(line(camera(), items=3, every="1 h"), then=useless) == 3 * MILLISECOND


@pytest.mark.parametrize(("refused_after", "wall_time"), [(3, 10 * SECOND), (1, 0)])
def test_what_counts_is_which_call_ended_last(refused_after: int, wall_time: int):
    """Two cameras ask at once. One answer is there after 2 ms and brought at 9; the other call is refused.

    If that ended later, the review of its part, 10 s, keeps pace with the wall; else it does not.
    """
    fares = [
        Fare(ANSWERED._replace(latency=2 * MILLISECOND), bringing=7 * MILLISECOND),
        Fare(REFUSED._replace(latency=refused_after * MILLISECOND)),
    ]
    server, wall = FakeServer(lambda inquiry: fares[inquiry.item_id - 1]), FakeWall()
    scenario = line(camera(units=2), items=2, every=None, review=10)
    run_coupled(scenario, {"camera": server}, wall=wall)
    assert wall.slept == pytest.approx(wall_time, abs=9 * MILLISECOND)


def test_a_run_does_not_wait_for_an_end_at_which_nothing_happens():
    """The one part is refused at 1 h; until the end, at 1.9 h, there is nothing to wait for."""
    assert slept(line(camera(), duration="1.9 h", every="1 h"), then=REFUSED) == MILLISECOND


def test_a_wish_to_stop_counts_while_line_time_keeps_pace():
    """Half an hour after the refusal: the run ends at once, where the line was."""
    wall, interrupt = FakeWall(), Interrupt()
    wall.after(HOUR // 2, interrupt.wish)
    scenario = line(camera(), items=5, every="1 h")
    run = run_coupled(scenario, {"camera": scripted(then=REFUSED)}, wall=wall, interrupt=interrupt)
    assert run.ending == ("interrupted", HOUR + MILLISECOND, "")
    assert wall.time == STARTED + HOUR // 2


def test_the_rest_of_the_line_keeps_pace_too():
    """What is refused is reviewed for 10 s, while nobody asks: wall time too, as nothing shows a server."""
    assert slept(line(camera(), items=1, every=1, review=10), REFUSED) == 10 * SECOND + MILLISECOND


def test_a_call_behind_a_refused_one_is_late_against_its_pace():
    """Its request leaves 7 ms late, and the next one does not inherit that."""
    sending = {2: 7 * MILLISECOND}

    def fares(inquiry: Inquiry) -> Fare:
        return Fare(REFUSED, sending=sending.get(inquiry.item_id, 0))

    run = run_coupled(line(camera(), items=3, every=1), {"camera": FakeServer(fares)})
    assert [call.skew for call in run.records.calls] == [0, 7 * MILLISECOND, 0]
