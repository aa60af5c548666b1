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
from line_sim.dashboard.legend import legend
from line_sim.dashboard.quantiles import merged, quantile
from line_sim.dashboard.screen import View, aged
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

PICTURE = """\
Flange line                            line 0:01:15  wall 0:01:20  coupled clock
##############################..............................  50 %  0:01:20 left

                             ######.. 150/200 ms
         +-------+         +--------+         +------+
160 in ->| press |-|####|->| camera |-|...#|->| pack |-> 140 shipped
         |   X   |   4/4   |  W B   |   1/4   |  D   |
         +-------+         +----+---+         +------+
                                +- 5 ->|........##| 3/20  review B -> 4 scrapped

output   6,702 UPH so far, takt asks 14,400 (47 %)
parts    160 in, 140 shipped, 4 scrapped, 0 lost, 16 on the line
lanes    ship 141, review 5, escapes 2 (1.4 %), overkill 3 (2.0 %),
         first pass 145 (92.9 %)

latency  p50 91 ms, p90 130 ms, p99 > deadline, timeouts 3 (2.0 %), 147 calls
last     +x"""

SMALL = """\
Flange line                           line 0:01:15
###############...............  50 %  0:01:20 left
press                              X
camera              |####|  4/4    W B  150/200 ms
pack                |...#|  1/4    D
review |..............###|  3/20   B
output   6,702 UPH so far, takt asks 14,400 (47 %)
parts    160 in, 140 shipped, 4 scrapped, 0 lost,
lanes    ship 141, review 5, escapes 2 (1.4 %),
latency  p50 91 ms, p90 130 ms, p99 > deadline,
         timeouts 3 (2.0 %), 147 calls"""


def drawn(frame, width, height, **how):
    """Return a frame's lines in ASCII, without blanks at their ends."""
    return [line.rstrip() for line in draw(frame, width, height, unicode=False, **how).plain.splitlines()]


def test_a_line_is_drawn_as_a_line_in_letters_that_need_no_colour():
    """Boxes and arrows, state, buffer, wait against the deadline, figures: all of it in plain ASCII."""
    lines = drawn(FRAME, 80, 40)
    assert lines[:17] == PICTURE.splitlines()
    assert lines[-1].startswith("B busy   W waiting for the answer   X blocked")


def test_a_small_screen_has_a_station_a_line():
    """On 50 by 11 every station, its machines and the timeouts are told, and no figure is cut in two."""
    assert drawn(FRAME, 50, 11) == SMALL.splitlines()


LONG = replace(
    FRAME,
    name="A line whose name somebody has written out in full, number 17",
    stations=(
        StationFrame("stamping press with a name that is exactly sixty chars long", 0, 0, "XB"),
        StationFrame(
            "camera at the gate behind the press looking from above it", 12, 7, "WWWBB.DX", True, 80, (35.2,)
        ),
        StationFrame("pack", 4, 1, "D"),
        StationFrame("review", 20, 3, "BBB"),
    ),
)


@pytest.mark.parametrize(("width", "height"), [(80, 23), (50, 11), (40, 9), (160, 49)])
def test_what_is_told_is_told_whole(width, height):
    """Eight cameras and long names: letters, or how many are in each state, and whole figures."""
    text = "\n".join(drawn(LONG, width, height))
    states = {"W W W B B . D X", "WWWBB.DX", "2B 3W 1X 1. 1D"}
    assert any(state in text for state in states)
    assert ("35.2/80.0 s" in text) == (width > 40)
    assert ("timeouts 3 (2.0 %)" in text) == (width > 40)
    assert ("camera at the gate behind the press looking from above it" in text) == (height > 20)
    assert all(not line.endswith(("(", "(2.0", "of", "in")) for line in text.splitlines())


def test_a_line_too_long_for_the_screen_says_so():
    """Thirty stations on 23 rows: those that are left out are counted."""
    many = replace(FRAME, stations=tuple(StationFrame(f"s{n}", 1, 0, ".") for n in range(30)))
    assert drawn(many, 80, 23)[-1] == "and 10 more"


def test_two_inspections_have_one_review():
    """Their lanes are joined below the line, and each has its own call over its box."""
    gate = StationFrame("gate", 2, 0, "W", True, 0.4, (0.1,))
    rows = drawn(replace(FRAME, stations=(*FRAME.stations[:3], gate, FRAME.stations[3])), 160, 40)
    assert "150/200 ms" in rows[3]
    assert "100/400 ms" in rows[3]
    lane = rows[8][: rows[8].index(" 5 ")]
    tees = [at for at, letter in enumerate(lane) if letter == "+"]
    assert len(tees) == 2
    assert all(rows[7][at - 1 : at + 2] == "-+-" for at in tees)


def test_a_gate_is_drawn_where_parts_leave_for_review():
    """Behind its belt; the lane to review begins below the gate, the open call stands over the camera."""
    press, camera, pack, review = FRAME.stations
    asks = replace(camera, at_gate=True, states=".B")
    gate = StationFrame("camera gate", 6, 5, "W", is_gate=True)
    rows = drawn(replace(FRAME, stations=(press, asks, gate, pack, review)), 160, 40)
    box = next(row for row in rows if "camera gate" in row)
    lane = next(row for row in rows if " 5 " in row and "review" in row)
    assert box.index("camera gate") < lane.index("+") < box.index("camera gate") + len("camera gate")
    assert "150/200 ms" in rows[3]
    assert any("5/6" in row for row in rows)


def test_the_hint_stays_where_the_legend_has_no_room():
    """The last line tells the keys; without keys there is none."""
    assert drawn(FRAME, 80, 23, hint="q ends the run")[-1] == "q ends the run"
    assert "q ends the run" in drawn(FRAME, 80, 12, hint="q ends the run")
    assert "q ends" not in draw(FRAME, 80, 23).plain


@pytest.mark.parametrize(("width", "height"), [(80, 23), (50, 11), (40, 9)])
def test_the_legend_explains_every_letter(width, height):
    """And on all but the smallest screens the keys, none of it cut."""
    text = legend(width, height).plain
    assert [line for line in text.splitlines() if len(line) > width] == []
    for words in ("busy", "waiting for the answer", "blocked", "starved", "down"):
        assert words in text
    assert ("ends the run as Ctrl-C" in text) == (height > 10)


@pytest.mark.parametrize(
    ("keys", "view"),
    [
        ("p", View(frozen=True)),
        ("pp", View()),
        ("?", View(explained=True)),
        ("??", View()),
        ("? ", View()),
        ("q", View(ending=True)),
        ("xyz", View()),
    ],
)
def test_keys_change_the_view(keys, view):
    """The letter p freezes and resumes, ? explains until any key, q ends, others do nothing."""
    assert View().after(keys) == view


def test_figures_are_shown_as_far_as_there_is_room():
    """First-pass yield is in a line of its own on 80 columns, beside the others on 160."""
    assert "overkill 3 (2.0 %), first pass 145 (92.9 %)" in draw(FRAME, 160, 40, unicode=False).plain


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
    heard=BOOLS,
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
