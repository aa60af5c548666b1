"""The live screen: what a frame tells, how it is drawn, and what the drawing process may do to a run."""

import io
import sys
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from line_sim.dashboard.drawing import draw
from line_sim.dashboard.feeding import NORMAL_SCREEN, Feeder
from line_sim.dashboard.frame import Counts, Frame, Latencies, ShareFrame, StationFrame
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
    assert "camera                             |####|  4/4    W B  no server for 13 s" in (
        draw(frame, 81, 40, unicode=False).plain
    )


def test_a_quantile_among_timed_out_calls_is_not_told_as_a_number():
    """With a fifth of the calls timed out p50 is known to a percent and p90 is not."""
    counts = Durations(fine_limits((200 * MILLISECOND,), 200 * MILLISECOND))
    for _ in range(8):
        counts.add(90 * MILLISECOND)
    median = quantile(merged([counts]), 2, 0.5)
    assert median is not None
    assert abs(median / 0.09 - 1) < 0.01
    assert quantile(merged([counts]), 2, 0.9) is None


FRAME = Frame(
    name="Flange line",
    clock="coupled",
    line_s=75.2,
    wall_s=80.0,
    share=0.5,
    stations=(
        StationFrame("press", 0, 0, "X"),
        StationFrame("camera", 4, 4, "WB", True, 0.2, (0.15,)),
        StationFrame("pack", 4, 1, "D"),
        StationFrame("review", 20, 3, "B"),
    ),
    counts=Counts(160, 140, 4, 0, 16, 141, 5),
    latencies=Latencies(
        147, (("p50", 0.0912), ("p90", 0.1301), ("p99", None)), 0.2, (0, 0, 10, 60, 40, 0), (0.1, -0.2)
    ),
    shares=(
        ShareFrame("timeout_rate", "timeouts", 3, 147, of_calls=True, marked=True),
        ShareFrame("escape_rate", "escapes", 2, 140, marked=True),
        ShareFrame("overkill_rate", "overkill", 3, 150),
        ShareFrame("first_pass_yield", "first pass", 145, 156),
    ),
    uph=6702.0,
    takt_uph=14400.0,
)

SMALL = """\
Flange line                             line 0:01:15  wall 0:01:20  coupled clock
##############################...............................  50 %  0:01:20 left

press                                             X
camera                             |####|  4/4    W B  ######.. 150/200 ms
pack                               |...#|  1/4    D
review             |.................###|  3/20   B

output   6,702 UPH so far, takt asks 14,400 (47 %)
parts    160 in, 140 shipped, 4 scrapped, 0 lost, 16 on the line
lanes    ship 141, review 5;  escapes 2 (1.4 %), overkill 3 (2.0 %)

latency  p50 91 p90 130 p99 > deadline ms of 147 calls;  timeouts 3 (2.0 %)
last     +x"""


def test_a_frame_is_drawn_in_letters_that_need_no_colour():
    """State, buffer, wait against the deadline, figures: all can be read from plain ASCII."""
    drawn = draw(FRAME, 81, 40, unicode=False).plain.splitlines()
    assert [line.rstrip() for line in drawn[:14]] == SMALL.splitlines()
    assert drawn[-1].startswith("B busy   W waiting for the answer   X blocked")


def test_figures_are_shown_as_far_as_there_is_room():
    """First-pass yield has none on 81 columns, and some on 160."""
    wide = draw(FRAME, 160, 40, unicode=False).plain
    assert "overkill 3 (2.0 %), first pass 145 (92.9 %)" in wide


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({}, "output   6,702 UPH so far, takt"),
        ({"from_s": 60.0}, "output   6,702 UPH after the warm-up, takt"),
        ({"auto": True}, "output   6,702 UPH so far, warm-up not cut, takt"),
    ],
)
def test_the_screen_says_what_its_output_is_since(keys, words):
    """Since the start, since a stated warm-up, or since the start as the warm-up is found at the end."""
    assert words in draw(replace(FRAME, **keys), 100, 40).plain


STATION = st.builds(
    StationFrame,
    st.text(max_size=20),
    st.integers(0, 500),
    st.integers(0, 600),
    st.text("BWX.D", max_size=80),
    st.booleans(),
    st.none() | st.floats(0, 10),
    st.lists(st.floats(0, 1e4), max_size=3).map(tuple),
    st.none() | st.floats(0, 1e7),
)
COUNT = st.integers(0, 10**7)
BOOLS = st.booleans()
WORDS = st.text(st.characters(exclude_categories=["C"]), max_size=30)
"""As of the catalogue: on one line, unlike a name that a user gives."""
FRAMES = st.builds(
    Frame,
    name=st.text(max_size=90),
    clock=st.sampled_from(["virtual", "coupled", "realtime"]),
    line_s=st.floats(0, 1e9),
    wall_s=st.floats(0, 1e7),
    share=st.floats(0, 1),
    stations=st.lists(STATION, max_size=12).map(tuple),
    counts=st.builds(Counts, *[COUNT] * 7),
    latencies=st.builds(
        Latencies,
        COUNT,
        st.just((("p50", 0.1), ("p99", None))),
        st.floats(0, 1e4),
        st.lists(st.integers(0, 10**6), max_size=48).map(tuple),
        st.lists(st.floats(-5, 5), max_size=200).map(tuple),
    ),
    shares=st.lists(
        st.builds(ShareFrame, WORDS, WORDS, COUNT, COUNT, BOOLS, BOOLS),
        max_size=9,
    ).map(tuple),
    uph=st.none() | st.floats(0, 1e9),
    takt_uph=st.none() | st.floats(1, 1e9),
    from_s=st.floats(0, 1e6),
    auto=BOOLS,
)


@settings(max_examples=60)
@given(FRAMES, st.integers(1, 200), st.integers(1, 80), st.booleans())
def test_any_frame_fits_any_screen(frame, width, height, unicode):
    """Never more lines than there are, never one that is too wide, never an exception."""
    text = draw(frame, width, height, unicode=unicode)
    console = Console(width=1000, file=io.StringIO())
    lines = text.split("\n", allow_blank=True)
    assert len(lines) <= height
    assert all(console.measure(line).maximum <= width for line in lines)


@given(FRAMES)
def test_a_frame_survives_the_pipe(frame):
    """What is read is what was written, in one line."""
    line = frame.line()
    assert line.count("\n") == 1
    assert Frame.read(line) == frame


def test_a_drawing_process_that_is_stuck_or_gone_holds_nobody_up(capsys, monkeypatch):
    """Frames are dropped, the terminal is given back, and the run can say that the screen has failed."""
    monkeypatch.setattr("line_sim.dashboard.feeding.FIRST_AFTER_S", 0.01)
    monkeypatch.setattr("line_sim.dashboard.feeding.FRAME_EVERY_S", 0.01)
    monkeypatch.setattr("line_sim.dashboard.feeding.PATIENCE_S", 0.2)
    stuck = Feeder(lambda: FRAME, (sys.executable, "-c", "import time; time.sleep(60)"))
    gone = Feeder(lambda: FRAME, (sys.executable, "-c", "raise SystemExit(3)"))
    for feeder in (stuck, gone):
        feeder.start()
    deadline = time.monotonic() + 20
    while not gone.failed and time.monotonic() < deadline:
        time.sleep(0.01)
    assert gone.failed
    for feeder in (stuck, gone):
        feeder.close()
    assert stuck.failed
    assert capsys.readouterr().out.count(NORMAL_SCREEN) == 2


def broken_frame():
    """Fail as no frame should."""
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("frame", "command"), [(lambda: FRAME, ("/no/such/program",)), (broken_frame, (sys.executable, "-c", ""))]
)
def test_a_screen_that_never_comes_is_the_runs_affair_no_more(frame, command, capsys, monkeypatch):
    """No program, no room for a process, no frame: it has failed, and nothing is raised or printed."""
    monkeypatch.setattr("line_sim.dashboard.feeding.FIRST_AFTER_S", 0)
    feeder = Feeder(frame, command)
    feeder.start()
    deadline = time.monotonic() + 20
    while not feeder.failed and time.monotonic() < deadline:
        time.sleep(0.01)
    assert feeder.failed
    feeder.close()
    assert capsys.readouterr() == ("", "")
