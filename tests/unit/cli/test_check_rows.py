"""What `check` says of the places of a line: their work, their load, and which of them is the bottleneck."""

import pytest
from click.testing import CliRunner

from line_sim.cli import commands

SCENARIO = """
version: 1
name: A chute
run: {items: 3}
arrivals: {every: 1 s}
line:
  - {station: chute, cycle: 0}
  - {station: press, cycle: 500 ms}
"""


def checked(folder, scenario):
    """Return what is said of a scenario."""
    (folder / "line.yaml").write_text(scenario)
    return CliRunner().invoke(commands, ["check", str(folder / "line.yaml")]).output


def test_what_takes_no_time_has_no_limit(tmp_path):
    """It was said to make `inf` an hour; its column stays in line with the others."""
    told = checked(tmp_path, SCENARIO)
    chute, press = (line for line in told.splitlines() if " a part " in line)
    assert "no limit" in chute
    assert "7,200 UPH" in press
    assert chute.index("loaded") == press.index("loaded")


def test_a_line_that_takes_no_time_has_no_limit_at_all(tmp_path):
    """Neither at best, nor is demand a share of it, nor is there a bottleneck."""
    told = checked(tmp_path, SCENARIO.replace("500 ms", "0"))
    assert "no limit" in next(line for line in told.splitlines() if line.startswith("  at best"))
    assert "inf" not in told
    assert "% of at best" not in told
    assert "<- bottleneck" not in told


REVIEWED = """
version: 1
name: Sorted by hand
run: {items: 100}
arrivals: {every: 250 ms}
product: {defect_rate: 0.1}
line:
  - {station: press, cycle: 180 ms}
  - inspection: camera
    acquisition: 30 ms
    gateway: {modelled: {service: 50 ms}}
    ship_when: {labels: [good], score_at_least: 0.8}
  - {station: pack, cycle: 190 ms}
review: {units: PEOPLE, time: TIME}
"""


@pytest.mark.parametrize(
    ("people", "time", "place", "load"),
    [
        (1, "3.1 s", "review", "124 %"),  # 1,440 an hour for one who makes 1,161
        (2, "3.1 s", "press", "72 %"),  # the crew makes 2,323
        (3, "6.0 s", "review", "80 %"),
        (1, "0 s", "press", "72 %"),  # and not pack, which is slower, but of fewer parts
    ],
)
def test_the_bottleneck_is_the_place_with_the_highest_load(tmp_path, people, time, place, load):
    """Review among them, all of its people together; it stood at the slowest station whatever review did."""
    told = checked(tmp_path, REVIEWED.replace("PEOPLE", str(people)).replace("TIME", time))
    (marked,) = (line.split() for line in told.splitlines() if "<- bottleneck" in line)
    assert (marked[0], " ".join(marked[-4:-2])) == (place, load)
    assert "  sent to review                           1,440 an hour" in told


def test_limits_without_review_say_so(tmp_path):
    """`At least` is no promise where review holds the line up; a line without inspection has none."""
    told = checked(tmp_path, REVIEWED.replace("PEOPLE", "1").replace("TIME", "9 s"))
    best, least = (line for line in told.splitlines() if line.startswith(("  at best", "  at least")))
    assert best.endswith("18,947 UPH  (review left out)")
    assert least.endswith("18,947 UPH  (review left out)")
    assert "(review left out)" not in checked(tmp_path, SCENARIO)


def test_a_line_that_an_answer_stops_is_told_no_limits_without_any(tmp_path):
    """It made 14,400 an hour of no answer at all; and that it ends there is said."""
    stops = (
        REVIEWED.replace("PEOPLE", "1")
        .replace("TIME", "1 s")
        .replace(
            "gateway: {modelled: {service: 50 ms}}",
            "deadline: 1 s\n    on_no_result: stop\n    gateway: {grpc: {target: 'localhost:1', model: m}}",
        )
    )
    told = checked(tmp_path, stops)
    assert "Limits, if answers were right and took no time" in told
    assert "Limits, if no answer came" not in told
    assert "camera ends the run at the first part that gets no usable answer." in told
    assert "Limits, if no answer came" in checked(tmp_path, stops.replace("stop", "review"))


def test_a_check_fits_a_narrow_terminal(tmp_path):
    """Its drawing and its table, at 80 columns; sentences are wrapped by the terminal."""
    scenario = REVIEWED.replace("PEOPLE", "1").replace("TIME", "9 s").replace("camera", "top camera")
    told = checked(tmp_path, scenario)
    drawn = [line for line in told.splitlines()[1:] if not line.startswith("  ! ")]
    assert max(map(len, drawn)) <= 80
    assert "In round brackets: the waiting places in front." in told


def test_advice_goes_by_what_comes_past_the_others_that_fill_up(tmp_path):
    """A camera lets 8,675 of 120,000 parts an hour through: three people look at them, and not a hundred."""
    stuck = REVIEWED.replace("PEOPLE", "1").replace("TIME", "1 s").replace("250 ms", "30 ms")
    stuck = (
        stuck.replace("180 ms", "20 ms")
        .replace("190 ms", "20 ms")
        .replace(
            "gateway: {modelled: {service: 50 ms}}",
            "deadline: 385 ms\n    gateway: {grpc: {target: 'localhost:1', model: m}}",
        )
    )
    none = checked(tmp_path, stuck).split("Limits, if no answer came before its deadline")[1]
    assert "give review 3 people, or send fewer parts there; camera must make more, too." in none


SHARED = """
version: 1
name: One GPU
run: {items: 3}
arrivals: {every: 1 s}
servers:
  gpu: {modelled: {service: {1: 300 ms, 2: 400 ms}, batching: {max: 2}}}
  spare: {modelled: {service: 1}}
line:
  - {inspection: top, gateway: {server: gpu}}
  - {inspection: bottom, gateway: {server: gpu}}
review: {time: 0}
"""


def test_a_shared_server_has_a_row_of_its_own(tmp_path):
    """What it can answer for all who ask, its load, and a word on one that nobody asks."""
    (tmp_path / "line.yaml").write_text(SHARED)
    told = CliRunner().invoke(commands, ["check", str(tmp_path / "line.yaml")]).output
    (gpu,) = (line for line in told.splitlines() if line.startswith("  gpu "))
    assert gpu.split(None, 1)[1] == (
        "400.0 ms a part   9,000 UPH  loaded  40 %  by 2 requests a part in batches of 2  <- bottleneck"
    )
    assert "wait for gpu (300 ms, up to 2 together)" in told
    assert "servers.spare: no inspection asks it" in told


def test_review_that_keeps_hours_tells_what_a_look_takes(tmp_path):
    """9 s, as it says, and not 27 s of all time; what it makes is of all time."""
    days = "calendars: {days: {Mon-Sun: ['06:00-14:00']}}\nreview: {calendar: days, "
    scenario = REVIEWED.replace("PEOPLE", "1").replace("TIME", "9 s").replace("review: {", days)
    (row,) = (line for line in checked(tmp_path, scenario).splitlines() if line.startswith("  review "))
    assert row.split()[1:6] == ["9000.0", "ms", "a", "part", "133"]


def test_remarks_stand_right_behind_the_loads(tmp_path):
    """However long those of other rows are: at 80 columns there is no room to align them at their ends."""
    crews = "crews: {hands: 2}\nline:\n  - {station: press, cycle: 500 ms, crew: {hands: [work]}}"
    told = checked(tmp_path, SHARED.replace("line:", crews))
    rows = [line for line in told.splitlines() if line.startswith(("  hands ", "  gpu "))]
    assert len({line.index(remark) for line, remark in zip(rows, ("by 2", "of a person"), strict=True)}) == 1


def test_different_hours_are_said_to_be_beyond_the_means(tmp_path):
    """Two stations that are never on together, and one place between: no mean tells what they make."""
    apart = """
version: 1
name: By day and by night
run: {duration: 48 h}
arrivals: {saturated: true}
calendars: {day: {Mon-Sun: ["06:00-14:00"]}, night: {Mon-Sun: ["22:00-06:00"]}}
line:
  - {station: press, cycle: 30 s, calendar: day}
  - {station: pack, buffer: 1, cycle: 30 s, calendar: night}
"""
    assert "! not all keep the same hours" in checked(tmp_path, apart)
    assert "same hours" not in checked(tmp_path, apart.replace("night}", "day}"))


def test_a_belt_that_brings_review_too_little_has_a_row_of_its_own(tmp_path):
    """A part each 50 s steps on, and people look at one each 2 s: they were said to make 72 UPH."""
    scenario = REVIEWED.replace("PEOPLE", "1, buffer: {places: 4, travel: 200 s}").replace("TIME", "2 s")
    told = checked(tmp_path, scenario).splitlines()
    belt, review = (line.split() for line in told if line.startswith(("  belt to review ", "  review ")))
    assert " ".join(belt[3:9]) == "50000.0 ms a part 72 UPH"
    assert belt[-1] == "bottleneck"
    assert " ".join(review[1:7]) == "2000.0 ms a part 1,800 UPH"
    assert any(line.startswith("  sent to review  ") for line in told)
