"""What is told of crews: their limits before a run, their figures after it."""

import csv
import json

import pytest
from stories import camera, modelled, press
from variant_lines import product, scenario_of

from line_sim.analysis.crew_limits import hardly_ever_up
from line_sim.analysis.growth.outlook import THE_LINE
from line_sim.analysis.lasting.ceiling import ceiling_of
from line_sim.analysis.limits import limits
from line_sim.api import run
from line_sim.layout import layout_of
from line_sim.scenario import Scenario
from line_sim.simulation import audit_again, report_again
from line_sim.testing import run_in_memory
from line_sim.units import HOUR


def one_operator(**more):
    """Return three stations of 1, 1 and 1.5 s that share an operator."""
    line = [
        press(cycle, name, buffer=5, crew={"operators": ["work"]})
        for name, cycle in zip("abc", (1, 1, 1.5), strict=True)
    ]
    written = {"version": 1, "name": "one operator", "run": {"items": 400}, "arrivals": {"saturated": True}}
    return Scenario.model_validate({**written, "crews": {"operators": 1}, "line": line, **more})


def test_a_crew_bounds_the_line():
    """One person needs 3.5 s for a part: 3,600 / 3.5 an hour, fewer than the slowest station's 2,400."""
    found = limits(one_operator())
    assert found.bottleneck.name == found.most_loaded == "operators"
    assert found.bottleneck.uph == pytest.approx(3600 / 3.5)
    assert limits(one_operator(crews={"operators": 3})).bottleneck.name == "c"
    assert found.zero_buffer_uph is None


def test_repairs_are_a_load_and_hours_are_a_share():
    """Of 10 s of work 5 s of repairs follow: a part of 1 s asks for 0.5 s of a fitter."""
    fails = {"up": {"exponential": {"mean": 10}}, "repair": {"exponential": {"mean": 5}}}
    line = [press(1, "a", breakdowns=fails, crew={"fitters": ["repair"]})]
    days = {"days": {"Mon-Sun": ["06:00-14:00"]}}
    crews = {"fitters": {"people": 2, "calendar": "days"}}
    (crew,) = limits(one_operator(line=line, calendars=days, crews=crews)).crews
    assert crew.mean == pytest.approx(0.5e9)
    assert crew.uph == pytest.approx(2 * HOUR / 3 / 0.5e9)


def test_a_run_tells_who_was_needed(tmp_path):
    """In crews.csv, summary.json and the verdict; the same again from the files."""
    run(one_operator(), out=tmp_path / "run")
    rows = list(csv.DictReader((tmp_path / "run" / "crews.csv").read_text().splitlines()))
    assert rows[0] == {
        "crew": "operators",
        "station": "a",
        "unit": "1",
        "task": "work",
        "name": "",
        "asked_at": "0.000000000",
        "began_at": "0.000000000",
        "ended_at": "1.000000000",
    }
    told = json.loads((tmp_path / "run" / "summary.json").read_text())
    crew = told["crews"]["operators"]
    assert crew["people"] == 1
    assert crew["busy"] == pytest.approx(1, abs=0.01)
    assert set(crew["stations"]) == {"a", "b", "c"}
    assert 0 < told["stations"]["a"]["waits_for_crew"] <= told["stations"]["a"]["starved"]
    assert told["remedies"][0]["remedy"] == "one_person_more"
    assert (told["held_back_by"]["station"], told["held_back_by"]["cause"]) == ("operators", "crew")
    assert all(check.passed for check in audit_again(tmp_path / "run").values())
    report_again(tmp_path / "run")
    assert json.loads((tmp_path / "run" / "summary.json").read_text()) == told


def test_without_crews_nothing_is_told_of_them(tmp_path):
    """No file, no key."""
    line = [press(1, "a")]
    run(one_operator(line=line, crews=None), out=tmp_path / "run")
    told = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert not (tmp_path / "run" / "crews.csv").exists()
    assert "crews" not in told
    assert "waits_for_crew" not in told["stations"]["a"]


def in_variants(*line, **more):
    """Return a line of parts of A, all good, and as many of B, all defective."""
    made = product(None, A={"share": 0.5, "defect_rate": 0.0}, B={"share": 0.5, "defect_rate": 1.0})
    return scenario_of(*line, made=made, crews={"operators": 1}, **more)


def test_set_ups_are_work_for_people():
    """Every part of a batch of one is set up for, for 2 s: 3 s for an operator, 1 s of repairs for them."""
    fails = {"up": {"exponential": {"mean": 9}}, "repair": {"exponential": {"mean": 3}}}
    line = press(1, changeover=2, breakdowns=fails, crew={"operators": ["work"], "fitters": ["repair"]})
    scenario = scenario_of(line, made=product(1), crews={"operators": 1, "fitters": 1})
    assert [crew.mean for crew in limits(scenario).crews] == pytest.approx([3e9, 1e9])
    assert [crew.load for crew in limits(scenario).crews] == pytest.approx([0.75, 0.25], rel=0.01)
    alone = press(1, changeover=2, crew={"operators": ["work"]})
    assert ceiling_of(scenario_of(alone, made=product(1), crews={"operators": 1})) == pytest.approx(1200)


def test_people_do_what_comes_to_their_station():
    """Behind the camera there is no B, which takes 5 s: of two parts that come one is worked on, for 1 s."""
    slow = press({"by_variant": {"A": 1, "B": 5}}, "slow", crew={"operators": ["work"]})
    line = press(0.1), camera(gateway=modelled(0)), slow
    assert ceiling_of(in_variants(*line, review={"time": 0})) == pytest.approx(2 * 3600)


def test_people_are_too_few_for_what_the_variants_bring():
    """They repair what comes of B, half of all: two visits of 1 s in 1.2 s; to the product's own rate one."""
    line = press(1, crew={"operators": ["work"]}, buffer=3, units=3), camera(gateway=modelled(0))
    review = {"time": 0, "buffer": 9, "rework": {"to": "press", "buffer": 9, "defect_rate": 0.0}}
    scenario = in_variants(*line, every={"exponential": {"mean": 1.2}}, review=review)
    ahead = limits(scenario).long_run.outlook
    assert ahead.takes_in == pytest.approx(3600 / 1.5)
    assert ahead.limit.place == THE_LINE


@pytest.mark.parametrize(("up", "people", "told"), [(3, 1, True), (4, 1, False), (3, 2, False)])
def test_a_machine_whose_repairs_never_end_is_told_of(up, people, told):
    """Two ways of `up` s by the calendar, 3 s of repair each: the one fails while the other is mended."""
    ways = [{"name": name, "up": up, "repair": 3, "counts": "calendar"} for name in ("jam", "leak")]
    line = [press(1, "a", breakdowns=ways, crew={"fitters": ["repair"]})]
    scenario = one_operator(line=line, crews={"fitters": people}, run={"duration": 6000})
    records, _ = run_in_memory(scenario)
    assert (len(records.items) < 10) == told
    found = hardly_ever_up(layout_of(scenario))
    assert bool(found) == told
    assert all("ask for more than the 1 of fitters can repair" in note for note in found)
