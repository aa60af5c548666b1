"""What is told of lines that keep hours and stop in several ways: figures, growth, replays, the audit."""

import csv
import json
from functools import partial

import pytest
from hypothesis import given, settings
from prometheus_client import generate_latest
from scraping import samples_of, value
from stopping_lines import stopping_scenarios
from stories import camera, modelled, press

from line_sim.analysis.audit.audit import audit
from line_sim.analysis.growth.growth import growth_of
from line_sim.analysis.growth.rising import rising
from line_sim.analysis.limits import limits
from line_sim.analysis.summary.as_json import summary_json
from line_sim.analysis.summary.summarise import summarise
from line_sim.analysis.what_if.replay.recursion import knows
from line_sim.analysis.what_if.replay.replays import replay, run_again
from line_sim.chance.chance import Chance
from line_sim.dashboard.framing import frame_of
from line_sim.figures.flow import station_times, throughput
from line_sim.figures.oee import oee
from line_sim.figures.statistics.measured import Average
from line_sim.figures.stops.outages import few_outages
from line_sim.figures.window import window_of
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.line.records import Outage
from line_sim.live.state import LiveState
from line_sim.metrics.serving import registry_of
from line_sim.recording.reader import RunRecords
from line_sim.recording.run_columns import columns_of
from line_sim.report.page.gantt import gantt
from line_sim.report.page.playback.stretch import stretch_of
from line_sim.report.page.wip import wip_chart
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
    line = partial(a_line, press({"exponential": {"mean": 20}}, **DAYS), duration=f"{14 * 168} h")
    enough, too_fast = line(every="1 min"), line(every="40 s")
    assert rising(*seen(enough)) == ()
    assert [queue.place for queue in rising(*seen(too_fast))] == ["outside"]
    found = growth_of(enough, *seen(enough)[::2])
    assert (found.reached, found.grows) == (True, False)
    assert growth_of(too_fast, *seen(too_fast)[::2]).reached is False


def test_in_less_than_ten_weeks_nothing_is_seen_of_growth():
    """Of a week that ends before the backlog is worked off nobody can tell."""
    scenario = a_line(press(20, **DAYS), duration=f"{6 * 24} h")
    assert rising(*seen(scenario)) == ()


def test_loads_are_those_of_the_time_that_is_worked():
    """A part a minute all week, 25 s each, for 46 % of the time: loaded to 90 %, and at best 66 an hour."""
    found = limits(a_line(press(25, **DAYS), items=1))
    (load,) = found.long_run.outlook.loads
    assert load.value == pytest.approx(25 / 60 / SHARE)
    assert found.bottleneck.uph == pytest.approx(3600 / 25 * SHARE)
    both = limits(a_line(press(25, **DAYS), comes="days", items=1))
    assert both.long_run.outlook.loads[0].value == pytest.approx(25 / 60)
    assert both.demand_uph == pytest.approx(60 * SHARE)


def test_each_way_to_stop_lengthens_a_part():
    """A stop of 5 s every 10 parts of 1 s, and 10 % of the work: 1 + 0.5 + 0.1 s a part."""
    ways = [{"up": 10, "counts": "parts", "repair": 5}, {"up": 10, "repair": 1}]
    found = limits(a_line(press(1, breakdowns=ways), items=1))
    assert found.bottleneck.mean == pytest.approx(1.6 * SECOND)
    assert found.long_run.outlook.loads[0].makes == pytest.approx(3600 / 1.6)


def test_of_several_ways_each_must_be_seen_often_enough():
    """300 tool changes do not make up for one jam; those that come with every tenth part are no chance."""
    ways = [
        {"name": "tool", "up": 10, "counts": "parts", "repair": 5},
        {"name": "jam", "up": {"exponential": {"mean": "1 h"}}, "repair": {"exponential": {"mean": 60}}},
    ]
    columns, layout, window = seen(a_line(press(1, breakdowns=ways), every=None, items=3_000))
    assert [few.station for few in few_outages(columns, layout, window)] == ["press (jam)"]


def test_shifts_that_all_keep_leave_the_interval_as_it_is():
    """The rates of 20 stretches that are equal in working time: those of the line on end, by the share."""
    times = [press({"exponential": {"mean": 300}}), press(200, "pack", buffer=2)]
    shifts = a_line(*({**each, **DAYS} for each in times), every=None, duration=f"{4 * 168} h")
    on_end = a_line(*times, every=None, duration=f"{4 * 5 * 15.5} h")
    both = [(columns, window, layout) for columns, layout, window in map(seen, (shifts, on_end))]
    kept, plain = (throughput(columns, window, layout=layout) for columns, window, layout in both)
    assert kept.uph == pytest.approx(plain.uph * SHARE)
    assert kept.batches.mean == pytest.approx(plain.batches.mean * SHARE, rel=1e-3)
    widths = [each.batches.high - each.batches.low for each in (kept, plain)]
    assert widths[0] == pytest.approx(widths[1] * SHARE, rel=1e-2)


def test_different_hours_leave_no_interval():
    """No stretch is like the next then, and the reason is told."""
    line = press(30, **DAYS), press(20, "pack", buffer=9)
    columns, layout, window = seen(a_line(*line, every=None, duration=f"{168} h"))
    told = throughput(columns, window, layout=layout)
    assert (told.ci, told.lack.reason) == (None, "hours")


def test_a_night_is_no_part_of_a_response():
    """A part that comes at night is due when the camera's shift begins, and is answered 2 s later."""
    scenario = a_line(camera(gateway=modelled("2 s"), acquisition=0, **DAYS), every="5 h", items=3)
    records, ending = run_in_memory(scenario)[:2]
    summary = summarise(records, layout_of(scenario), ended=ending.how, end=ending.at)
    rows = {(row.quantity, row.population, row.statistic): row.value for row in summary.latency}
    assert records.items[0].arrived_at == 5 * HOUR, "an hour before the shift"
    assert rows["response", "all", "max"] == 2 * SECOND
    assert rows["schedule_slip", "all", "max"] == 0


@settings(max_examples=40, deadline=None)
@given(stopping_scenarios())
def test_replays_of_such_lines_are_run_again(scenario):
    """Where the recursion does not know the line it says so, and the line itself is run."""
    scenario = scenario.model_copy(update={"line": scenario.line[:1], "review": None})
    keeps_hours = any(spec.calendar for spec in (*scenario.line, scenario.arrivals))
    listed = isinstance(scenario.line[0].breakdowns, tuple)
    if keeps_hours or listed:
        assert not knows(scenario, {})
    told = replay(scenario, {}, Interrupt(), Chance(scenario.seed))
    again = run_again(scenario, {}, Interrupt(), Chance(scenario.seed))
    assert told.shipped.tolist() == again.shipped.tolist()


def faulty(scenario, change):
    """Return which checks fail of a run whose records were changed."""
    records, ending = run_in_memory(scenario)[:2]
    checks = audit(change(records), layout_of(scenario), ending.how, ending.at)
    return {name for name, check in checks.items() if not check.passed}


def with_visits(records, change):
    """Return records with other visits."""
    return RunRecords(records.items, tuple(map(change, records.visits)), records.calls, records.outages)


def test_the_audit_sees_work_amidst_the_night():
    """A finish that is moved from the morning into the night before."""
    scenario = a_line(press(9 * 3600, **DAYS), every=None, items=2)
    assert faulty(scenario, lambda records: records) == set()

    def at_night(visit):
        moved = visit.finished_at - 10 * HOUR
        return visit._replace(finished_at=moved) if visit.item_id == 2 else visit

    assert "calendars" in faulty(scenario, lambda records: with_visits(records, at_night))


def test_the_audit_counts_the_parts_between_stops():
    """A stop that is told one part late, and one that is not told."""
    scenario = a_line(press(10, breakdowns={"up": 3, "counts": "parts", "repair": 5}), every=None, items=20)

    def late(records):
        first, *others = records.outages
        moved = Outage(first.station, first.unit, first.failed_at + SECOND, first.repaired_at)
        return RunRecords(records.items, records.visits, records.calls, (moved, *others))

    def missing(records):
        return RunRecords(records.items, records.visits, records.calls, records.outages[1:])

    assert faulty(scenario, lambda records: records) == set()
    assert "parts_between_stops" in faulty(scenario, late)
    assert "parts_between_stops" in faulty(scenario, missing)


def test_the_audit_sees_a_part_that_waits_into_its_shift():
    """Taken an hour after the shift began."""
    scenario = a_line(press(10, buffer=1, **DAYS), every="1 h", items=1)

    def later(visit):
        moved = {name: getattr(visit, name) + HOUR for name in ("started_at", "finished_at", "left_at")}
        return visit._replace(**moved)

    assert "promptness" in faulty(scenario, lambda records: with_visits(records, later))


def test_screen_and_metrics_tell_who_is_off():
    """Off by the calendar, whatever else the machine is; one that is down in two ways is so till both end."""
    state = LiveState(layout_of(a_line(press(10, **DAYS), items=1)))
    told = samples_of(generate_latest(registry_of(state)).decode())
    assert frame_of(state).stations[0].states == "o"
    assert value(told, "machines", station="press", state="off") == 1
    for at in (7, 8):
        state.on_down(at * HOUR, "press", 1)
    state.on_outage(Outage("press", 1, 8 * HOUR, 9 * HOUR, "2"))
    assert frame_of(state).stations[0].states == "D"
    state.on_outage(Outage("press", 1, 7 * HOUR, 10 * HOUR, "1"))
    assert frame_of(state).stations[0].states == "."


def test_the_page_tells_days_and_hatches_the_nights():
    """Ticks by day and time; each lane has its time off."""
    columns, layout, window = seen(a_line(press(30, **DAYS), comes="days", duration="168 h"))
    told = wip_chart(columns, window, Average(1.0), week=0)
    assert {tick.text for tick in told.x_ticks} >= {"Mon 00:00", "Wed 00:00", "Fri 00:00"}
    assert told.across == "day and time"
    chart = gantt(columns, layout, stretch_of(columns, layout))
    assert "off" in chart.spec["lanes"][0]
    always, plain_line, _ = seen(a_line(press(30), duration="1 h"))
    plain = gantt(always, plain_line, stretch_of(always, plain_line))
    assert "off" not in plain.spec["lanes"][0]


def test_a_run_with_all_of_it_leaves_its_files_and_is_read_again(tmp_path):
    """Names in breakdowns.csv and in the outages of the summary, `off` beside the other shares."""
    ways = [
        {"name": "tool change", "up": 200, "counts": "parts", "repair": "3 min"},
        {"name": "jam", "up": {"exponential": {"mean": "2 h"}}, "repair": {"exponential": {"mean": "8 min"}}},
    ]
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
