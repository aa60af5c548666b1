"""What is told of crews: their limits before a run, their figures after it."""

import csv
import json

import pytest
from stories import camera, modelled, press
from variant_lines import product, scenario_of

from line_sim.analysis.crew_limits import hardly_ever_up
from line_sim.analysis.growth.long_run import long_run
from line_sim.analysis.growth.outlook import THE_LINE
from line_sim.analysis.lasting.ceiling import ceiling_of
from line_sim.analysis.limits import limits
from line_sim.api import run
from line_sim.layout import layout_of
from line_sim.report.crews import of_a_crew
from line_sim.report.page.writing import write_page
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


def test_people_have_no_work_with_what_was_scrapped_before():
    """Half of every variant is scrapped: packing needs 7.5 s of its person for each 10 s, and not 15."""
    variants = {name: {"share": 0.5, "defect_rate": 0.5} for name in "AB"}
    packing = press(15, "packing", units=2, buffer=50, crew={"operators": ["work"]})
    sparse = {"run": {"duration": "10 h"}, "arrivals": {"every": 10}, "product": {"variants": variants}}
    looks = camera(gateway={"modelled": {"service": 0}}, buffer=50)
    bench = {"time": 0, "buffer": 9}
    found = long_run(one_operator(line=[looks, packing], review=bench, **sparse), {}, {})
    assert found.outlook.takes_in == pytest.approx(360)


def test_set_ups_are_work_for_people_and_age_the_machine():
    """Every part is of another variant: 1 s of work and 3 s of set-up; a jam of 1 s for 8 s of that."""
    jams = {"up": {"exponential": {"mean": 8}}, "repair": {"exponential": {"mean": 1}}}
    mixed = {"variants": {"A": {"share": 0.5}, "B": {"share": 0.5}}, "sequence": {"batches": 1}}
    mill = press(1, "a", changeover=3, breakdowns=jams, crew={"operators": ["work", "repair"]})
    (crew,) = limits(one_operator(product=mixed, line=[mill])).crews
    assert crew.mean == pytest.approx(4.5e9)


def test_people_are_enough_for_what_variants_make_of_the_traffic():
    """Half of the parts are defective by their variant alone: packing 9 s of the others is half the work."""
    variants = {"A": {"share": 0.5, "defect_rate": 0.0}, "B": {"share": 0.5, "defect_rate": 1.0}}
    line = [press(1, "a"), camera(), press(9, "b", buffer=9, crew={"operators": ["work"]})]
    found = limits(
        one_operator(
            arrivals={"every": 6}, product={"variants": variants}, line=line, review={"time": 1, "buffer": 9}
        )
    )
    assert found.long_run.outlook.takes_in == pytest.approx(600)  # it took in 400, as if all had to be packed


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


def test_the_page_tells_of_a_crew_what_the_screen_does(tmp_path):
    """How busy its people were, and how long they were waited for: there was only what machines waited."""
    run(one_operator(), out=tmp_path / "run")
    result = report_again(tmp_path / "run")
    page = write_page(result).read_text(encoding="utf-8")
    (crew,) = result.summary.crews
    assert f"operators: {of_a_crew(crew)}." in page


def test_without_crews_nothing_is_told_of_them(tmp_path):
    """No file, no key."""
    line = [press(1, "a")]
    run(one_operator(line=line, crews=None), out=tmp_path / "run")
    told = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert not (tmp_path / "run" / "crews.csv").exists()
    assert "crews" not in told
    assert "waits_for_crew" not in told["stations"]["a"]


def cut_at(folder, moment):
    """Make of a run's folder what is left where it was killed: only what was over by then has been told."""
    over = {"visits": "left_at", "items": "left_at", "crews": "ended_at"}
    for name, when in over.items():
        path = folder / f"{name}.csv"
        header, *rows = path.read_text().splitlines()
        at = header.split(",").index(when)
        told = (row for row in rows if (end := row.split(",")[at]) and float(end) <= moment)
        path.write_text("\n".join([header, *told, ""]))
    told = json.loads((folder / "run.json").read_text())
    gone = {"ended", "reason", "ended_at_s", "finished"}
    (folder / "run.json").write_text(json.dumps({key: told[key] for key in told.keys() - gone}))


@pytest.mark.parametrize("moment", [201.2, 202, 203.9])
def test_a_killed_run_may_tell_of_work_on_a_part_that_has_not_left(tmp_path, moment):
    """The operator is done with it at once, and it is blocked for seconds: the audit said that it failed."""
    line = [press(1, "a", crew={"operators": ["work"]}), press(2, "b", crew={"operators": ["work"]})]
    line.append(press(7, "c"))
    run(one_operator(line=line), out=tmp_path / "run")
    cut_at(tmp_path / "run", moment)
    assert all(check.passed for check in audit_again(tmp_path / "run").values())


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
