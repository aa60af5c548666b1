"""The hand-over by itself: who gets a place, who gets a part, in which order."""

from line_sim.line.buffer import Buffer
from line_sim.line.clocks.virtual import Cue, LineEnvironment
from line_sim.line.parts import Part


class Bell:
    """A cue, and what it has brought whenever it was given."""

    def __init__(self, env: LineEnvironment) -> None:
        self.rung: list[object] = []
        self.cue = Cue(env, lambda cue: self.rung.append(cue.brings))


def made(places: int) -> tuple[LineEnvironment, Buffer, list[Part], list[Bell]]:
    """Return a buffer, three parts to put into it, and a bell for each."""
    env = LineEnvironment()
    return env, Buffer(env, places), [Part(1), Part(2), Part(3)], [Bell(env) for _ in range(3)]


def settle(env: LineEnvironment, until: int = 0) -> None:
    """Let everything happen that follows at once."""
    env.run_line(horizon=until)


def test_a_place_takes_a_part_at_once():
    """With room the hand-over is over as soon as it is asked for."""
    _, buffer, (one, two, _), (bell, *_) = made(1)
    assert buffer.put(one, bell.cue)
    assert not buffer.put(two, bell.cue)
    assert buffer.waiting() == [one]


def test_without_places_a_part_waits_for_a_machine():
    """Buffer 0: the part is not handed over before somebody takes it."""
    env, buffer, (one, *_), (moved, *_) = made(0)
    assert not buffer.put(one, moved.cue)
    assert one.queued_at == -1
    assert buffer.take() is one
    assert moved.rung == []
    settle(env)
    assert moved.rung == [None]


def test_a_waiting_machine_gets_the_part_past_the_places():
    """A part put while a machine waits goes straight onto it, places or not."""
    for places in (0, 2):
        env, buffer, (one, *_), (moved, offered, _) = made(places)
        buffer.wait(offered.cue)
        assert buffer.put(one, moved.cue)
        settle(env)
        assert (offered.rung, moved.rung) == ([one], [])
        assert buffer.waiting() == []


def test_parts_are_taken_in_the_order_in_which_they_came():
    """First come, first served, through the place and from the machines that are blocked behind it."""
    _, buffer, parts, bells = made(1)
    for part, bell in zip(parts, bells, strict=True):
        buffer.put(part, bell.cue)
    assert [buffer.take() for _ in parts] == parts
    assert buffer.take() is None


def test_machines_are_served_in_the_order_in_which_they_asked():
    """The one that has waited longest gets the first part."""
    env, buffer, (one, two, _), (first, second, moved) = made(0)
    buffer.wait(first.cue)
    buffer.wait(second.cue)
    buffer.put(one, moved.cue)
    buffer.put(two, moved.cue)
    settle(env)
    assert (first.rung, second.rung) == ([one], [two])


def test_one_departure_lets_one_blocked_part_in():
    """Taking from the place frees it for exactly one of the two that stand behind."""
    env, buffer, (one, two, three), bells = made(1)
    room = [buffer.put(part, bell.cue) for part, bell in zip((one, two, three), bells, strict=True)]
    settle(env, 5)
    assert buffer.take() is one
    settle(env, 5)
    assert room == [True, False, False]
    assert [bell.rung for bell in bells] == [[], [None], []]
    assert (one.queued_at, two.queued_at, three.queued_at) == (0, 5, -1)
    assert buffer.waiting() == [two]


def test_a_part_that_nobody_waits_with_moves_in_all_the_same():
    """A part outside has no machine to free."""
    env, buffer, (one, two, _), (moved, *_) = made(1)
    buffer.put(one, moved.cue)
    assert not buffer.put(two, None)
    assert buffer.take() is one
    settle(env)
    assert buffer.waiting() == [two]


def test_a_machine_that_withdraws_gets_nothing():
    """After the withdrawal the part goes to the next machine, or finds no room."""
    env, buffer, (one, two, _), (first, second, moved) = made(0)
    buffer.wait(first.cue)
    buffer.wait(second.cue)
    assert buffer.withdraw(first.cue)
    buffer.put(one, moved.cue)
    assert not buffer.withdraw(second.cue), "it has been given one"
    settle(env)
    assert (first.rung, second.rung) == ([], [one])
    assert not buffer.has_room()
    assert not buffer.put(two, moved.cue)


def test_room_is_a_free_place_or_an_idle_machine():
    """What a lossy arrival looks for."""
    _, buffer, (one, *_), (moved, offered, _) = made(1)
    assert buffer.has_room()
    buffer.put(one, moved.cue)
    assert not buffer.has_room()
    buffer.take()
    assert buffer.has_room()
    _, none, _, _ = made(0)
    assert not none.has_room()
    none.wait(offered.cue)
    assert none.has_room()


def test_a_part_counts_its_visits_to_each_place():
    """What it draws at a place hangs on how often it has been there."""
    part = Part(1)
    assert part.visit == 1
    told = []
    for place in ("mill", "camera", "mill", "mill", "camera"):
        part.comes_to(place)
        told.append(part.visit)
    assert told == [1, 1, 2, 3, 2]
