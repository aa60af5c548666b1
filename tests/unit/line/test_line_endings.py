"""How a run ends: whatever is still on the line is told as it stands at that moment, and nothing twice."""

import pytest
from stories import Happened, camera, happens, press, replies

from line_sim.errors import GatewayError
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import INTERRUPTED, Line
from line_sim.recording.memory import Memory
from line_sim.scenario import Scenario
from line_sim.testing import answered, scripted, timed_out


class Impatient(Memory):
    """An observer that wishes the line to stop as soon as a given part has left it."""

    def __init__(self, interrupt: Interrupt, item: int) -> None:
        super().__init__()
        keep = self.on_item

        def on_item(record):
            keep(record)
            if record.item_id == item:
                interrupt.wish()

        self.on_item = on_item


def interrupted_after(item: int, **scenario: object) -> Happened:
    """Run a line until the moment a part leaves it, and wish it to stop in the middle of that moment."""
    interrupt = Interrupt()
    observer = Impatient(interrupt, item)
    written = {"version": 1, "name": "interrupted", **scenario}
    ending = Line(Scenario.model_validate(written), {}, observer, interrupt=interrupt).run()
    return Happened(observer.records, ending)


def test_the_line_stops_at_the_end_of_its_duration_and_tells_what_is_on_it():
    """Parts on the machines, in the places and outside: all are on_line, what is not done stays empty."""
    run = happens(press(3), press(5, "pack", buffer=1), every=2, duration=12)
    assert run.ending == ("duration over", 12_000_000_000, "")
    assert run.visits == [
        (1, "press", 1, 2, 2, 5, 5),
        (2, "press", 1, 5, 5, 8, 8),
        (1, "pack", 1, 5, 5, 10, 10),
        (3, "press", 1, 8, 8, 11, 11),
        (4, "press", 1, 11, 11, None, None),
        (2, "pack", 1, 8, 10, None, None),
        (3, "pack", None, 11, None, None, None),
    ]
    assert run.items == [
        (1, 2, 10, "shipped"),
        (2, 4, None, "on_line"),
        (3, 6, None, "on_line"),
        (4, 8, None, "on_line"),
        (5, 10, None, "on_line"),
        (6, 12, None, "on_line"),
    ]


def test_what_happens_at_the_very_end_still_happens():
    """The horizon itself belongs to the run: the part that finishes at 4 s is shipped in 4 s."""
    assert happens(press(4), items=None, duration=4).items == [(1, 0, 4, "shipped"), (2, 4, None, "on_line")]
    assert happens(press(4), duration=3.999999999).items == [(1, 0, None, "on_line")]


def test_a_run_of_items_ends_when_the_last_one_has_left():
    """Three parts arrive; the run ends when the line is empty, not when the last one arrives."""
    run = happens(press(3), items=3, every=1)
    assert run.ending == ("completed", 10_000_000_000, "")
    assert run.items == [(1, 1, 4, "shipped"), (2, 2, 7, "shipped"), (3, 3, 10, "shipped")]


def test_a_part_without_an_answer_stops_the_line_and_stays_on_its_machine():
    """on_no_result stop: the time of the run is the moment of the timeout; nothing moves any more."""
    run = happens(
        press(1),
        camera(on_no_result="stop", deadline=4),
        items=5,
        gateways={"camera": replies(answered("good", latency=2), timed_out(4), *[answered("good")] * 3)},
    )
    assert run.ending == ("stopped", 7_000_000_000, "there was no usable answer for part 2")
    assert run.visits == [
        (1, "press", 1, 0, 0, 1, 1),
        (1, "camera", 1, 1, 1, 3, 3),
        (2, "press", 1, 1, 1, 2, 3),
        (3, "press", 1, 3, 3, 4, None),
        (2, "camera", 1, 3, 3, 7, None),
    ]
    assert [item[3] for item in run.items] == ["shipped", "on_line", "on_line"]


def test_a_wish_to_stop_tears_no_hand_over_in_two():
    """Part 1 leaves and the wish comes in that very moment: parts 2 and 3 have still moved up, once each."""
    line = [press(1, "a"), press(2, "b")]
    run = interrupted_after(1, run={"items": 9}, arrivals={"saturated": True}, line=line)
    assert run.ending == (INTERRUPTED, 3_000_000_000, "")
    assert run.visits == [
        (1, "a", 1, 0, 0, 1, 1),
        (1, "b", 1, 1, 1, 3, 3),
        (2, "a", 1, 1, 1, 2, 3),
        (3, "a", 1, 3, 3, None, None),
        (2, "b", 1, 3, 3, None, None),
    ]
    assert run.items == [(1, 0, 3, "shipped"), (2, 1, None, "on_line"), (3, 3, None, "on_line")]


def test_a_wish_to_stop_lets_the_waiting_part_in_before_it_is_counted():
    """The saturated source's next part has its place in the buffer: it has arrived, so it is told."""
    run = interrupted_after(1, run={"items": 9}, arrivals={"saturated": True}, line=[press(1, buffer=1)])
    assert run.visits[1:] == [(2, "press", 1, 0, 1, None, None), (3, "press", None, 1, None, None, None)]
    assert run.items == [(1, 0, 1, "shipped"), (2, 0, None, "on_line"), (3, 1, None, "on_line")]


def test_ctrl_c_during_a_call_leaves_the_part_on_its_camera():
    """The wish is raised while the answer is awaited: the run ends there, with everything told."""
    interrupt, observer = Interrupt(), Memory()

    def answer(inquiry):
        if inquiry.item_id == 2:
            interrupt.wish()
        return answered("good", latency=2)

    written = {
        "version": 1,
        "name": "ctrl-c",
        "run": {"items": 9},
        "arrivals": {"saturated": True},
        "line": [press(1), camera()],
        "review": {"time": 1},
    }
    scenario = Scenario.model_validate(written)
    ending = Line(scenario, {"camera": scripted(answer)}, observer, interrupt=interrupt).run()
    run = Happened(observer.records, ending)
    assert run.ending == (INTERRUPTED, 3_000_000_000, "")
    assert run.visits[2:] == [
        (2, "press", 1, 1, 1, 2, 3),
        (3, "press", 1, 3, 3, None, None),
        (2, "camera", 1, 3, 3, None, None),
    ]
    assert [item[3] for item in run.items] == ["shipped", "on_line", "on_line"]


def test_a_broken_gateway_breaks_the_run_with_its_own_error():
    """What a gateway raises is no outcome: it comes out of the run as it is."""

    def answer(inquiry):
        raise GatewayError("no such model")

    with pytest.raises(GatewayError, match="no such model"):
        happens(camera(), items=1, gateways={"camera": scripted(answer)})
