"""What a frame of the live screen tells: the state of the line at a moment."""

from dataclasses import replace

from frames import FRAME

from line_sim.dashboard.drawing import draw
from line_sim.dashboard.frame import StationFrame
from line_sim.dashboard.framing import frame_of
from line_sim.dashboard.quantiles import merged, quantile
from line_sim.dashboard.screen import aged
from line_sim.layout import layout_of
from line_sim.line.line import Line
from line_sim.line.records import Call, Outage, Visit
from line_sim.live.durations import Durations, fine_limits
from line_sim.live.state import LiveState
from line_sim.recording.memory import Memory
from line_sim.scenario import Scenario
from line_sim.testing import answered, scripted, timed_out
from line_sim.units import MILLISECOND

SCENARIO = Scenario.model_validate(
    {
        "version": 1,
        "name": "Two parts",
        "run": {"items": 4},
        "arrivals": {"every": "1 s"},
        "product": {"defect_rate": 0.4},
        "line": [
            {"station": "press", "cycle": "500 ms"},
            {
                "inspection": "camera",
                "buffer": 3,
                "units": 2,
                "deadline": "200 ms",
                "gateway": {"modelled": {"service": 0}},
            },
        ],
        "review": {"buffer": 2, "time": "10 s"},
    }
)


class Clock:
    """Wall time that stands still until it is moved."""

    now = 100.0

    def __call__(self) -> float:
        """Return it."""
        return self.now


def state_of(clock: Clock | None = None) -> LiveState:
    """Return the state of the line before its first part."""
    return LiveState(layout_of(SCENARIO), clock or Clock())


def test_a_line_that_is_over_is_told_as_its_records_tell_it():
    """Counts, lanes and calls of the frame are those of the records, and nobody is at work any more."""
    state, memory = state_of(), Memory()
    gateway = scripted(
        lambda inquiry: timed_out("200 ms") if inquiry.item_id == 3 else answered("good", latency="90 ms")
    )
    Line(SCENARIO, {"camera": gateway}, memory, state).run()
    frame, items = frame_of(state), memory.records.items
    assert [station.states for station in frame.stations] == [".", "..", "."]
    assert [station.waiting for station in frame.stations] == [0, 0, 0]
    assert frame.counts.arrived == 4
    assert frame.counts.on_line == 0
    assert frame.counts.shipped == sum(item.disposition == "shipped" for item in items)
    assert frame.counts.ship_lane == sum(item.lane == "ship" for item in items)
    assert frame.counts.review_lane == sum(item.lane == "review" for item in items) == 1
    shares = {share.name: (share.count, share.n) for share in frame.shares}
    escapes = sum(i.true_state == "defective" and i.disposition == "shipped" for i in items)
    assert shares["escape_rate"] == (escapes, frame.counts.shipped)
    assert shares["timeout_rate"] == (1, 4)
    assert "useless_rate" not in shares, "what is rare is told where it happens"
    assert frame.latencies.calls == 4
    assert frame.latencies.recent_s == (0.09, 0.09, -0.2, 0.09)
    assert frame.share == 1.0


def test_every_step_moves_the_state_of_its_machine():
    """A machine is busy, a camera waits for its answer, is blocked, starved, down and back."""
    clock = Clock()
    state = state_of(clock)
    state.on_arrival(1, 1)
    state.on_queued(1, "camera", 1)
    assert frame_of(state).stations[1].waiting == 1
    state.on_started(1, "camera", 2, 1)
    assert frame_of(state).stations[1] == StationFrame("camera", 3, 0, ".B", True, 0.2)
    state.on_asked(2, "camera", 2, 1)
    clock.now += 0.15
    assert frame_of(state).stations[1].states == ".W"
    assert frame_of(state).stations[1].waits_s == (0.15,)
    state.on_finished(4, "camera", 2, 1)
    state.on_down(5, "camera", 2)
    assert frame_of(state).stations[1].states == ".D"
    state.on_outage(Outage("camera", 2, 5, 6))
    assert frame_of(state).stations[1].states == ".X"
    state.on_visit(Visit(1, "camera", 2, 1, 1, 4, 7, 0))
    assert frame_of(state).stations[1].states == ".."
    state.on_finished(8, "camera", 2, 2)
    state.on_down(9, "camera", 2)
    state.on_visit(Visit(2, "camera", 2, 7, 7, 8, 10, 0))
    assert frame_of(state).stations[1].states == ".D", "a part may leave a machine that is down"
    state.on_outage(Outage("camera", 2, 9, 11))
    assert frame_of(state).stations[1].states == ".."


def test_a_server_that_does_not_answer_is_seen_until_one_does():
    """Two refused calls, 2 s apart; one that times out changes nothing, one that is answered everything."""
    clock, layout = Clock(), layout_of(SCENARIO)
    state = LiveState(replace(layout, run=replace(layout.run, clock="coupled")), clock)

    def silent_s(outcome: str, status: str = "OK") -> float | None:
        state.on_call(Call(1, "camera", 1, 1, 0, 5, outcome, status, "", None, 0, 0))
        clock.now += 2
        return frame_of(state).stations[1].silent_s

    outcomes = ("answered", "unavailable", "unavailable", "timed_out", "unreadable", "unavailable")
    assert [silent_s(outcome) for outcome in outcomes] == [None, 2.0, 4.0, 6.0, None, 2.0]
    assert silent_s("unreadable", "NO_PICTURE") == 4.0, "it was never sent"


def test_a_server_that_does_not_answer_stands_where_the_waiting_stands():
    """Also between two frames it goes on counting."""
    silent = replace(FRAME.stations[1], waits_s=(), silent_s=11.2)
    frame = aged(replace(FRAME, stations=(silent,)), 1.5)
    assert "no server for 12.7 s" in draw(frame, 81, 40, unicode=False).plain
    narrow = draw(frame, 50, 10, unicode=False).plain
    assert any("camera" in line and "no server for 12.7 s" in line for line in narrow.splitlines())


def test_a_quantile_among_timed_out_calls_is_not_told_as_a_number():
    """With a fifth of the calls timed out p50 is known to a percent and p90 is not."""
    counts = Durations(fine_limits((200 * MILLISECOND,), 200 * MILLISECOND))
    for _ in range(8):
        counts.add(90 * MILLISECOND)
    median = quantile(merged([counts]), 2, 0.5)
    assert median is not None
    assert abs(median / 0.09 - 1) < 0.01
    assert quantile(merged([counts]), 2, 0.9) is None
