"""Stopping a run at the user's wish."""

import os
import signal

import pytest

from line_sim.cli.terminal.signals import stopping_on_signals
from line_sim.inspection.gateway import Inquiry, Reply
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import INTERRUPTED, Line
from line_sim.recording.memory import Memory
from line_sim.scenario import Scenario
from line_sim.testing import answered, scripted

LINE = Scenario.model_validate(
    {
        "version": 1,
        "name": "interrupted",
        "run": {"items": 10},
        "arrivals": {"every": 1},
        "line": [{"inspection": "camera", "gateway": {"modelled": {"service": 1}}, "buffer": 2}],
        "review": {"time": 0},
    }
)


def run_until(ask) -> tuple[Memory, str]:
    """Run the line with answers that may raise or wish; return what was recorded and how it ended."""
    memory = Memory()
    interrupt = Interrupt()
    line = Line(
        LINE, {"camera": scripted(lambda inquiry: ask(inquiry, interrupt))}, memory, interrupt=interrupt
    )
    return memory, line.run().how


def test_a_wish_during_a_call_breaks_it_off_and_keeps_everything():
    """Three parts were inspected, the fourth is on the machine: all of them are told, none twice."""

    def ask(inquiry: Inquiry, interrupt: Interrupt) -> Reply:
        if inquiry.item_id == 4:
            interrupt.wish()
        return answered("good", latency=0.5)

    memory, how = run_until(ask)
    assert how == INTERRUPTED
    assert [item.item_id for item in memory.records.items] == [1, 2, 3, 4]
    assert [item.disposition for item in memory.records.items] == ["shipped"] * 3 + ["on_line"]
    assert [call.item_id for call in memory.records.calls] == [1, 2, 3]
    assert [visit.left_at is None for visit in memory.records.visits] == [False, False, False, True]


def test_a_wish_between_two_events_lets_the_event_finish():
    """Outside a call a wish only sets a flag: no record is torn."""
    interrupt = Interrupt()
    interrupt.wish()
    memory = Memory()
    line = Line(LINE, {"camera": scripted(lambda _: answered("good"))}, memory, interrupt=interrupt)
    assert line.run().how == INTERRUPTED
    assert memory.records.items == ()


def test_what_tears_an_event_in_two_comes_out_of_the_line():
    """As a second Ctrl-C does, or the only one where nobody makes a wish of it: the torn part is not told."""

    def ask(inquiry: Inquiry, interrupt: Interrupt) -> Reply:
        if inquiry.item_id == 4:
            interrupt.wish()
            raise KeyboardInterrupt
        return answered("good", latency=0.5)

    with pytest.raises(KeyboardInterrupt):
        run_until(ask)


def test_the_first_signal_wishes_and_the_second_raises():
    """A user who presses Ctrl-C twice wants out now; afterwards signals are as they were."""
    before = signal.getsignal(signal.SIGINT)
    with stopping_on_signals() as interrupt:
        os.kill(os.getpid(), signal.SIGINT)
        assert interrupt.wished
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
