"""The hand-over by itself: who gets a place, who gets a part, in which order."""

from line_sim.line.buffer import Buffer
from line_sim.line.clocks.virtual import LineEnvironment
from line_sim.line.parts import Part


def made(places: int) -> tuple[LineEnvironment, Buffer, list[Part]]:
    """Return a buffer and three parts to put into it."""
    env = LineEnvironment()
    return env, Buffer(env, places), [Part(1), Part(2), Part(3)]


def settle(env: LineEnvironment, until: int = 0) -> None:
    """Let everything happen that follows at once."""
    env.run_line(horizon=until, ended=lambda: False)


def test_a_place_takes_a_part_at_once():
    """With room the hand-over is over as soon as it is asked for."""
    _, buffer, (one, two, _) = made(1)
    assert buffer.put(one).processed
    assert not buffer.put(two).triggered
    assert buffer.waiting() == [one]


def test_without_places_a_part_waits_for_a_machine():
    """Buffer 0: the part is not handed over before somebody takes it."""
    env, buffer, (one, *_) = made(0)
    moved = buffer.put(one)
    assert not moved.triggered
    assert one.queued_at == -1
    assert buffer.take().value is one
    settle(env)
    assert moved.processed


def test_a_waiting_machine_gets_the_part_past_the_places():
    """A part put while a machine waits goes straight onto it, places or not."""
    for places in (0, 2):
        _, buffer, (one, *_) = made(places)
        wanted = buffer.take()
        assert not wanted.triggered
        buffer.put(one)
        assert wanted.value is one
        assert buffer.waiting() == []


def test_parts_are_taken_in_the_order_in_which_they_came():
    """First come, first served, through the place and from the machines that are blocked behind it."""
    _, buffer, parts = made(1)
    for part in parts:
        buffer.put(part)
    assert [buffer.take().value.item_id for _ in parts] == [1, 2, 3]


def test_machines_are_served_in_the_order_in_which_they_asked():
    """The one that has waited longest gets the first part."""
    _, buffer, (one, two, _) = made(0)
    first, second = buffer.take(), buffer.take()
    buffer.put(one)
    buffer.put(two)
    assert (first.value, second.value) == (one, two)


def test_one_departure_lets_one_blocked_part_in():
    """Taking from the place frees it for exactly one of the two that stand behind."""
    env, buffer, (one, two, three) = made(1)
    _, second, third = buffer.put(one), buffer.put(two), buffer.put(three)
    env.after(5, 9)
    settle(env, 5)
    assert buffer.take().value is one
    settle(env, 5)
    assert (second.processed, third.triggered) == (True, False)
    assert (one.queued_at, two.queued_at, three.queued_at) == (0, 5, -1)
    assert buffer.waiting() == [two]


def test_a_machine_that_withdraws_gets_nothing():
    """After the withdrawal the part goes to the next machine, or finds no room."""
    _, buffer, (one, two, _) = made(0)
    first, second = buffer.take(), buffer.take()
    buffer.withdraw(first)
    buffer.put(one)
    assert (first.triggered, second.value) == (False, one)
    assert not buffer.has_room()
    assert not buffer.put(two).triggered


def test_room_is_a_free_place_or_an_idle_machine():
    """What a lossy arrival looks for."""
    _, buffer, (one, *_) = made(1)
    assert buffer.has_room()
    buffer.put(one)
    assert not buffer.has_room()
    buffer.take()
    assert buffer.has_room()
    _, none, _ = made(0)
    assert not none.has_room()
    none.take()
    assert none.has_room()
