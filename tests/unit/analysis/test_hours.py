"""What is told of lines that keep hours and stop in several ways: figures, growth, replays, the audit."""

import csv
import json

import pytest
from stories import press

from line_sim.analysis.summary.as_json import summary_json
from line_sim.analysis.summary.summarise import summarise
from line_sim.figures.flow import station_times
from line_sim.figures.oee import oee
from line_sim.figures.window import window_of
from line_sim.layout import layout_of
from line_sim.recording.run_columns import columns_of
from line_sim.scenario import Scenario
from line_sim.simulation import report_again, simulate
from line_sim.testing import run_in_memory
from line_sim.units import HOUR, MINUTE, SECOND

WEEKDAYS = {"days": {"Mon-Fri": ["06:00-14:00", "14:30-22:00"]}, "nights": {"Mon-Sun": ["22:00-06:00"]}}
DAYS = {"calendar": "days"}
SHARE = 5 * 15.5 / 168


def a_line(*line, comes=None, every="1 min", review=None, **run):
    """Return a line, at hours where its entries say so."""
    arrivals = {"saturated": True} if every is None else {"every": every, "calendar": comes}
    inspects = any("inspection" in entry for entry in line)
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "hours",
            "seed": 2,
            "run": run,
            "calendars": WEEKDAYS,
            "arrivals": arrivals,
            "line": list(line),
            "review": review or ({"time": 0, "buffer": 99} if inspects else None),
        }
    )


def seen(scenario):
    """Run a line; return its columns, layout and window."""
    records, ending = run_in_memory(scenario)[:2]
    layout = layout_of(scenario)
    columns = columns_of(records, layout, ending.at)
    return columns, layout, window_of(columns, layout)


def test_availability_leaves_planned_stops_out():
    """Busy for half of its shifts, always: availability is 50 % whatever the night, as ISO 22400-2 has it."""
    columns, layout, window = seen(a_line(press(30, **DAYS), comes="days", duration="168 h"))
    times = tuple(station_times(columns, layout, window))
    (told,) = oee(columns, layout, window, times)
    assert told.planned_busy_time == round(5 * 15.5 * HOUR)
    assert told.availability == pytest.approx(0.5, abs=0.001)
    assert times[0].shares()["off"] == pytest.approx(1 - SHARE, abs=1e-9)


def test_a_weekend_is_not_growth():
    """Parts come all week and pile up outside from Friday to Monday; a line that is too slow is other."""
    cycle = {"lognormal": {"mean": 45, "cv": 0.3}}
    line = press(cycle, breakdowns=ways, **DAYS), press(40, "pack", buffer=3, **DAYS)
    scenario = a_line(*line, comes="days", duration="72 h", starts_at="Mon 06:00")
    folder = tmp_path / "run"
    result = simulate(scenario, folder)
    first = (folder / "summary.json").read_text(encoding="utf-8")
    assert result.summary.audit_passed
    with (folder / "breakdowns.csv").open(newline="", encoding="utf-8") as file:
        assert {row["name"] for row in csv.DictReader(file)} == {"tool change", "jam"}
    numbers = json.loads(first)
    assert list(numbers["steady_state"]["outages"]) == ["press (jam)"]
    assert numbers["stations"]["press"]["off"] == pytest.approx(1 - 3 * 15.5 / 72)
    assert (
        sum(numbers["stations"]["press"][state] for state in ("busy", "blocked", "starved", "down", "off"))
        == 1
    )
    report_again(folder)
    assert (folder / "summary.json").read_text(encoding="utf-8") == first


def test_a_line_without_hours_tells_nothing_of_them():
    """No `off` among its shares, no check about it."""
    scenario = a_line(press(10), every=None, items=5).model_copy(update={"calendars": None})
    records, ending = run_in_memory(scenario)[:2]
    numbers = summary_json(summarise(records, layout_of(scenario), ended=ending.how, end=ending.at))
    assert "off" not in numbers["stations"]["press"]
    assert "calendars" not in numbers["audit"]["checks"]
    assert ending.at == 50 * SECOND < MINUTE
