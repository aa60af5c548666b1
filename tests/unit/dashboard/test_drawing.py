"""How a frame is drawn: whole, on any screen, and what the keys change."""

from dataclasses import replace

import pytest
from frames import FRAME, drawn

from line_sim.dashboard.drawing import draw
from line_sim.dashboard.frame import StationFrame
from line_sim.dashboard.legend import legend
from line_sim.dashboard.screen import View

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
