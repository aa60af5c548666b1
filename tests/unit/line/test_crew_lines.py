"""Random lines whose stations share people: what must hold of every line holds of them."""

from collections import Counter
from dataclasses import replace

import pytest
from crew_lines import crew_scenarios
from hypothesis import given, settings
from stories import happens, press

from line_sim.analysis.audit.audit import audit, audit_columns
from line_sim.figures.flow import station_times
from line_sim.figures.stops.crews import crew_times
from line_sim.figures.window import window_of
from line_sim.layout import layout_of
from line_sim.recording.run_columns import columns_of
from line_sim.scenario import Scenario
from line_sim.scenario.stops.crews import CrewMap
from line_sim.study.theory.gauge import exponential
from line_sim.testing import run_in_memory
from line_sim.units import SECOND


def looked_at(scenario):
    """Run a line, and return its records, layout, columns, window and ending."""
    records, ending = run_in_memory(scenario)[:2]
    layout = layout_of(scenario)
    columns = columns_of(records, layout, ending.at)
    return records, layout, columns, window_of(columns, layout), ending


@settings(max_examples=200, deadline=None)
@given(crew_scenarios())
def test_the_audit_finds_nothing(scenario):
    """People, their order, hours, repairs and all the rest agree with the rows."""
    _, layout, columns, window, ending = looked_at(scenario)
    checks = audit_columns(columns, layout, window, ending.how)
    assert {name: check for name, check in checks.items() if not check.passed} == {}


@settings(max_examples=100, deadline=None)
@given(crew_scenarios())
def test_parts_are_conserved_and_shares_add_up(scenario):
    """What came in went out or is there; the states add up to 1, and what waits is a part of two of them."""
    records, layout, columns, window, _ = looked_at(scenario)
    came = Counter(item.item_id for item in records.items)
    assert sorted(came) == list(range(1, len(records.items) + 1)), "each part that came is told of once"
    for time in station_times(columns, layout, window):
        shares = time.shares() or {"busy": 1.0}
        parts = {"inference_wait", "waits_for_crew"}
        assert sum(share for state, share in shares.items() if state not in parts) == 1
        if time.missed is not None:
            assert 0 <= time.missed.to_work <= time.starved
            assert 0 <= time.missed.to_repair <= time.down
    for crew in crew_times(columns, layout, window):
        assert 0 <= crew.busy <= crew.there


@settings(max_examples=50, deadline=None)
@given(crew_scenarios())
def test_the_same_line_twice_is_the_same(scenario):
    """Same seed, same rows."""
    assert run_in_memory(scenario)[:2] == run_in_memory(scenario)[:2]


def random_line(seed, crews, **needs):
    """Return a line of two machines each, off at times, whose random times never tie."""
    often = {"up": exponential(9), "repair": exponential(3)}
    stops = [often, {**often, "counts": "calendar"}, {"up": 5, "counts": "parts", "repair": exponential(2)}]
    line = [
        press(exponential(2), name, units=2, buffer=2, calendar="hours", breakdowns=stops, **needs)
        for name in ("one", "two")
    ]
    return {
        "version": 1,
        "name": "random",
        "seed": seed,
        "run": {"items": 200},
        "calendars": {"hours": {"Mon": ["00:00:10-00:01:30", "00:02:00-00:03:00", "00:04:00-23:00"]}},
        "arrivals": {"saturated": True},
        "crews": crews,
        "line": line,
    }


@pytest.mark.parametrize("seed", range(5))
def test_people_in_plenty_are_as_good_as_none_needed(seed):
    """With as many people as there are machines and ways to stop all goes as if nobody were needed."""
    needs = {"crew": {"team": ["work"], "others": ["repair"]}}
    plenty = run_in_memory(random_line(seed, {"team": 4, "others": 12}, **needs)).records
    alone = run_in_memory(random_line(seed, None)).records
    assert plenty.visits == alone.visits
    assert plenty.outages == alone.outages
    scarce = run_in_memory(random_line(seed, {"team": 4, "others": 1}, **needs)).records
    assert scarce.visits != alone.visits


def story():
    """Return a scenario with everything about crews in it, and its records."""
    scenario = Scenario.model_validate(
        {
            "version": 1,
            "name": "crews",
            "run": {"items": 40},
            "arrivals": {"saturated": True},
            "crews": {"operator": 1, "fitter": 1},
            "line": [
                press(
                    2,
                    "one",
                    units=2,
                    crew={"operator": ["work"], "fitter": ["repair"]},
                    breakdowns={"up": 5, "repair": 3},
                ),
                press(3, "two", buffer=2, crew={"operator": ["work"]}),
            ],
        }
    )
    return scenario, *run_in_memory(scenario)[:2]


def _later(job):
    return job._replace(began_at=job.began_at + SECOND // 2)


CORRUPTIONS = {
    "came before": lambda job: job._replace(began_at=job.asked_at - 1),
    "let go": lambda job: job._replace(ended_at=job.ended_at - SECOND // 2),
    "waited although": _later,
    "asked for at another moment": lambda job: job._replace(asked_at=job.asked_at - SECOND // 3),
    "not what": lambda job: job._replace(crew="fitter" if job.crew == "operator" else "operator"),
    "gone": lambda job: None,
}


@pytest.mark.parametrize("what", CORRUPTIONS)
@pytest.mark.parametrize("row", [5, 12, 30])
def test_the_audit_sees_what_was_changed(what, row):
    """A row of crews.csv that says something else, or is gone, fails the check of the crews."""
    scenario, records, ending = story()
    changed = CORRUPTIONS[what](records.jobs[row])
    jobs = (*records.jobs[:row], *([changed] if changed else []), *records.jobs[row + 1 :])
    checks = audit(replace(records, jobs=jobs), layout_of(scenario), ending.how, ending.at)
    assert not checks["crews"].passed


def test_the_audit_sees_one_person_too_few():
    """What two people did cannot be done by one."""
    scenario, records, ending = story()
    two = scenario.model_copy(update={"crews": CrewMap({"operator": 2, "fitter": 1})})
    records, ending = run_in_memory(two)[:2]
    found = audit(records, layout_of(scenario), ending.how, ending.at)["crews"]
    assert "more than 1 of operator at once" in found.detail


def test_states_and_crews_of_a_story():
    """Two machines and one operator for 8 s: each works for 4 s and waits for 4 s; he never rests."""
    run = happens(press(2, units=2, crew={"operator": ["work"]}), duration=8, crews={"operator": 1})
    scenario = Scenario.model_validate(
        {
            "version": 1,
            "name": "s",
            "run": {"duration": 8},
            "arrivals": {"saturated": True},
            "crews": {"operator": 1},
            "line": [press(2, units=2, crew={"operator": ["work"]})],
        }
    )
    layout = layout_of(scenario)
    columns = columns_of(run.records, layout, 8 * SECOND)
    window = window_of(columns, layout)
    (time,) = station_times(columns, layout, window)
    assert (time.busy, time.starved, time.down) == (8 * SECOND, 8 * SECOND, 0)
    assert time.waits_for_crew == 8 * SECOND
    (crew,) = crew_times(columns, layout, window)
    assert (crew.share, crew.n, crew.had_to) == (1.0, 5, 4)
    assert crew.mean == (0 + 2 + 2 + 2 + 2) / 5 * SECOND


def test_a_shift_may_end_with_the_run():
    """At 10 s the machine goes off that has waited since 0 s: the repair asked for at 5 s gets its person."""
    fails = {"up": 5, "repair": 3, "counts": "calendar"}
    line = [
        press(20, "one", units=2, calendar="hours", crew={"team": ["work"]}),
        press(1, "two", breakdowns=fails, crew={"team": ["repair"]}),
    ]
    written = random_line(1, {"team": 1}) | {"run": {"duration": 10}, "line": line}
    written["calendars"] = {"hours": {"Mon": ["00:00-00:00:10"]}}
    records, layout, columns, window, ending = looked_at(Scenario.model_validate(written))
    assert [job.began_at for job in records.jobs if job.task == "repair"] == [10 * SECOND]
    assert audit_columns(columns, layout, window, ending.how)["crews"].passed
