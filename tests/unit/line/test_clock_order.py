"""Line time: whole nanoseconds, and the documented order of what happens in one moment."""

from collections.abc import Callable

import pytest
import simpy
from stories import camera, happens, press

from line_sim.layout import FIRST_FINISH, HAND_OVER
from line_sim.line.clocks.virtual import Cue, LineEnvironment


def after(env: LineEnvironment, delay: int, rank: int, action: Callable[[], object]) -> None:
    """Have something done after a delay, in a rank."""
    Cue(env, lambda _: action(), rank).after(delay)


def logged(*timers: tuple[int, int, str]) -> list[tuple[int, str]]:
    """Set timers (delay, rank, name) and return what happened when."""
    env, log = LineEnvironment(), []
    for delay, rank, name in timers:
        after(env, delay, rank, lambda name=name: log.append((env.now, name)))
    env.run_line(horizon=None)
    return log


def test_time_comes_first_then_the_rank_then_the_order_of_asking():
    """Three timers of one moment go by rank; two of one rank as they were set."""
    assert logged((5, 9, "late rank"), (5, 2, "first"), (5, 2, "second"), (4, 9, "earlier")) == [
        (4, "earlier"),
        (5, "first"),
        (5, "second"),
        (5, "late rank"),
    ]


def test_what_follows_at_once_comes_before_all_else_of_that_moment():
    """A hand-over that is asked for in a moment happens before the timers of that moment go on."""
    env, log = LineEnvironment(), []
    follows = env.event()
    follows.callbacks.append(lambda _: log.append("hand-over"))
    after(env, 1, FIRST_FINISH, follows.succeed)
    after(env, 1, FIRST_FINISH + 1, lambda: log.append("next station"))
    env.run_line(horizon=None)
    assert log == ["hand-over", "next station"]
    assert HAND_OVER < FIRST_FINISH


def test_time_stands_at_the_horizon():
    """Events at the horizon happen, later ones do not, and then it is the horizon."""
    env, log = LineEnvironment(), []
    for delay in (3, 7, 8):
        after(env, delay, 5, lambda delay=delay: log.append(delay))
    env.run_line(horizon=7)
    assert (log, env.now) == ([3, 7], 7)


def test_a_mistake_in_a_process_is_not_swallowed():
    """What a process raises comes out of the run."""
    env = LineEnvironment()

    def fails():
        yield env.timeout(1)
        raise ValueError("broken")

    env.process(fails())
    with pytest.raises(ValueError, match="broken"):
        env.run_line(horizon=None)


def test_a_cue_may_be_given_again_and_again():
    """After 2 s and once at once, in the order of all others, each time with what it has to bring."""
    env, log = LineEnvironment(), []
    cue = Cue(env, lambda cue: log.append((env.now, cue.brings)), FIRST_FINISH)

    def follow() -> None:
        cue.brings = "a part"
        cue.follow()

    cue.brings = "an answer"
    cue.after(2)
    after(env, 2, FIRST_FINISH + 1, follow)
    after(env, 2, FIRST_FINISH + 1, lambda: log.append("another"))
    env.run_line(horizon=None)
    assert log == [(2, "an answer"), (2, "a part"), "another"]


def test_a_process_of_simpy_can_live_on_the_line():
    """Its events rank with the hand-overs, as SimPy gives them no other rank."""
    env, log = LineEnvironment(), []

    def lives():
        yield env.timeout(3)
        log.append(env.now)

    env.process(lives())
    after(env, 3, FIRST_FINISH, lambda: log.append("a finish"))
    env.run_line(horizon=None)
    assert log == [3, "a finish"]
    assert simpy.events.NORMAL == HAND_OVER


def test_an_end_waits_for_what_follows_at_once():
    """After the stop the hand-over of that moment is completed, and nothing else happens."""
    env, log = LineEnvironment(), []
    follows = Cue(env, lambda _: log.append("hand-over"))

    def stop() -> None:
        follows.follow()
        env.stop()

    after(env, 1, FIRST_FINISH, stop)
    after(env, 1, FIRST_FINISH + 1, lambda: log.append("too late"))
    env.run_line(horizon=9)
    assert (log, env.now) == (["hand-over"], 1)


def test_step_by_step_it_is_the_same_line():
    """`step`, which the clocks of the wall use, goes on as `run_line` does."""
    env, log = LineEnvironment(), []
    follows = Cue(env, lambda _: log.append("hand-over"))
    after(env, 1, FIRST_FINISH, follows.follow)
    after(env, 1, FIRST_FINISH + 1, lambda: log.append("later"))
    moments = []
    while env.next_at() is not None:
        moments.append(env.next_at())
        env.step()
    assert (log, moments, env.now) == (["hand-over", "later"], [1, 1, 1], 1)


def test_a_nanosecond_is_never_lost():
    """Cycles of 0.1 s drift in floats; here the 1,000th part leaves at 100 s, exactly."""
    assert happens(press("100 ms"), items=1000).ending.at == 100 * 10**9
    assert happens(press("1 ns"), press("3 ns", "b"), items=3).ending.at == 10


def test_downstream_stations_finish_first():
    """A and b finish at 2 s: b's part leaves, then a's goes straight onto b without being blocked."""
    run = happens(press(1, "a"), press(1, "b"), items=3)
    assert run.visits == [
        (1, "a", 1, 0, 0, 1, 1),
        (1, "b", 1, 1, 1, 2, 2),
        (2, "a", 1, 1, 1, 2, 2),
        (2, "b", 1, 2, 2, 3, 3),
        (3, "a", 1, 2, 2, 3, 3),
        (3, "b", 1, 3, 3, 4, 4),
    ]


def test_the_review_bench_finishes_before_the_line():
    """Reviewer and camera are both done at 4 s: the bench is free when the camera's part wants it."""
    run = happens(
        camera(gateway={"modelled": {"service": 2, "false_alarm_rate": 1.0}}),
        items=3,
        review={"time": 2},
    )
    assert run.at("camera") == [(1, 1, 0, 0, 2, 2), (2, 1, 2, 2, 4, 4), (3, 1, 4, 4, 6, 6)]
    assert run.at("review") == [(1, 1, 2, 2, 4, 4), (2, 1, 4, 4, 6, 6), (3, 1, 6, 6, 8, 8)]


def test_machines_of_one_station_finish_in_the_order_in_which_they_began():
    """Two machines of equal times: unit 1 hands over first, so its part is the first downstream."""
    run = happens(press(2, units=2), press(1, "pack"), items=4)
    assert [visit[0] for visit in run.at("pack")] == [1, 2, 3, 4]


def test_finishing_comes_before_failing_before_arriving():
    """At 4 s: part 1 is finished, the machine fails, part 2 arrives and finds it down until 6 s."""
    down = {"breakdowns": {"up": 4, "repair": 2, "counts": "calendar"}}
    run = happens(press(2, **down), every=2, items=2, on_full="wait")
    assert run.at("press") == [(1, 1, 2, 2, 4, 4), (2, 1, 6, 6, 8, 8)]
    assert run.outages == [("press", 1, 4, 6)]
