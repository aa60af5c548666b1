"""The protocol: every part in every round, in orders of their own, within the time that there is."""

import pytest

from line_sim.errors import ScenarioError
from line_sim.study.calibration.plan import LEAST_ROUNDS, MOST_ROUNDS, Pilot, plan

PILOT = Pilot(0.12, 0.3, 4)
SIZES = (12, 13, 14, 15)


def test_every_round_holds_every_part() -> None:
    """Lone calls, loops, bursts and an overlap, calls given up, sizes, and what is held out."""
    told = plan(PILOT, 0.25, 150, SIZES, 1)
    kinds = [{(part.name, part.size) for part in told.order(number)} for number in range(told.rounds)]
    assert all(each == kinds[0] for each in kinds)
    assert {("loop", n) for n in (1, 2, 3, 4)} | {("burst", n) for n in (2, 3, 4)} < kinds[0]
    assert {("given up", 1), ("given up", 4), ("takt", 1), ("pauses", 1), ("sizes", 1)} < kinds[0]
    assert {("stream", 1), ("cameras", 2), ("pings", 1)} < kinds[0]
    assert {part.every for part in told.parts if part.name == "burst"} == {0.03 * 0.12, 0.5 * 0.12}


def test_orders_differ_and_hang_on_the_seed_alone() -> None:
    """No two rounds begin alike for long; the same seed gives the same protocol."""
    one, other = plan(PILOT, 0.25, 150, SIZES, 1), plan(PILOT, 0.25, 150, SIZES, 1)
    assert one == other
    assert len({one.order(number) for number in range(9)}) == 9
    assert plan(PILOT, 0.25, 150, SIZES, 2).order(0) != one.order(0) == other.order(0)


@pytest.mark.parametrize("seconds", [80, 150, 300, 2000])
def test_the_time_is_kept(seconds: float) -> None:
    """What the parts are thought to take is what there is, to a tenth."""
    told = plan(PILOT, 0.25, seconds, SIZES, 1)
    assert LEAST_ROUNDS <= told.rounds <= MOST_ROUNDS
    assert 0.75 * seconds < told.rounds * told.each < 1.05 * seconds


def test_more_time_gives_more_lone_calls() -> None:
    """They are what all else rests on."""

    def takts(seconds: float) -> int:
        told = plan(PILOT, 0.25, seconds, SIZES, 1)
        return told.rounds * sum(part.number for part in told.parts if part.name == "takt")

    assert takts(300) > 1.8 * takts(150) > 0


def test_too_little_time_is_refused_with_how_much_is_needed() -> None:
    """The server may be slower than somebody thought."""
    with pytest.raises(
        ScenarioError, match=r"--seconds 20: a call takes 120 ms .* give at least \d+ seconds"
    ) as error:
        plan(PILOT, 0.25, 20, SIZES, 1)
    enough = float(str(error.value).split("at least ")[1].split()[0])
    assert plan(PILOT, 0.25, enough, SIZES, 1).rounds == LEAST_ROUNDS


def test_a_server_that_takes_one_picture_only_has_no_sizes() -> None:
    """A lone size tells nothing."""
    assert all(part.name != "sizes" for part in plan(PILOT, 0.25, 150, (12,), 1).parts)
