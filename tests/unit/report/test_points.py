"""The pages of sweeps and plans: what they say in words, from JSON, whatever anybody called things."""

import base64
import hashlib
import json
import re

import pytest
from made_studies import BUFFER, DEADLINE, DEADLINES, DEMANDS, UNITS, grid, hypercube, plan, sweep, written
from pages import Reading

from line_sim.cli.group import run_command_line
from line_sim.errors import RunFileError
from line_sim.report.points.demands import Demand, demands_of
from line_sim.report.points.facts import axis_facts
from line_sim.report.points.figures import shown_figures
from line_sim.report.points.plan.compose import plan_page
from line_sim.report.points.plan.confirmed import confirmed
from line_sim.report.points.plan.decisions import decision_facts
from line_sim.report.points.plan.trails import with_trails
from line_sim.report.points.plan.writing import write_plan_page
from line_sim.report.points.settings import number, options, value_text
from line_sim.report.points.sweep.compose import sweep_page
from line_sim.report.points.sweep.writing import write_sweep_page

HOSTILE = "</script><script>alert(1)</script>&\"2\" '1' ${x}{{7*7}}</style>"


def found(mean, half):
    """Return a figure with an interval."""
    return {"mean": mean, "ci_low": mean - half, "ci_high": mean + half}


def data_of(html):
    """Return what the page gives to its script."""
    return json.loads(
        re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)[1]
    )


def test_a_sweep_says_first_what_meets_the_demands_and_what_that_costs():
    """Which points, the cheapest of them, the best by each figure, what was swept, what failed and why."""
    read = Reading(sweep_page(grid()))
    assert read.mistakes == []
    assert len(read.identities) == len(set(read.identities))
    for words in (
        "4 of 19 points meet every demand. The cheapest of them: camera.units\u00a0=\u00a03 and",
        "The highest output, 14,309 UPH (95 %: 14,230 to 14,388), at camera.units\u00a0=\u00a03",
        "21 points over camera.units (1, 2, 3) and camera.deadline (7 values from 100 ms to 400 ms)",
        "Point 1: locked up in run 3: camera waits for review, review for camera",
    ):
        assert words.replace("\u00a0", " ") in read.text.replace("\u00a0", " "), words


def test_a_point_that_failed_is_the_best_of_nothing():
    """Though a line that locked up has figures, and the highest ones."""
    data = sweep({UNITS: [1, 2, 3], DEADLINE: DEADLINES})
    best = max(data["points"], key=lambda point: point["kpis"].get("uph", {}).get("mean", 0))
    best["error"] = "the line locked up in 3 of 10 replications"
    text = Reading(sweep_page(data)).text
    (told,) = re.findall(r"The highest output, ([\d,]+) UPH", text)[:1]
    assert float(told.replace(",", "")) < best["kpis"]["uph"]["mean"] - 0.5


def test_without_demands_the_first_word_is_the_best_point():
    """And how many others may be as good; that they all may be is said as such."""
    text = Reading(sweep_page(sweep({UNITS: [1, 2, 3], DEADLINE: DEADLINES}))).text
    assert re.search(r"The highest output, [\d,]+ UPH \(95 %: .*?\), at camera\.units", text)
    same = sweep({DEADLINE: DEADLINES})
    for point in same["points"]:
        point["kpis"]["uph"] = found(9000 + point["variant"], 100)
    assert "no other one is surely worse" in Reading(sweep_page(same)).text


def test_a_point_that_failed_meets_nothing_whatever_figures_it_has():
    """A line that locked up in one run of ten is told with its figures, and never as one that will do."""
    data = sweep({UNITS: [3], DEADLINE: DEADLINES}, demands=[{**DEMANDS[0], "limit": 1000}])
    assert "7 of 7 points meet every demand" in Reading(sweep_page(data)).text
    data["points"][2]["error"] = "the line locked up in 1 of 10 replications"
    html = sweep_page(data)
    assert "6 of 6 points meet every demand" in Reading(html).text
    assert data_of(html)["points"][2]["ok"] == "failed"
    assert data_of(html)["points"][2]["y"][0] is not None


@pytest.mark.parametrize(
    ("mean", "half", "standing"),
    [(110, 5, "met"), (90, 5, "missed"), (102, 5, "open"), (100, 0, "met"), (95, 5, "open")],
)
def test_a_demand_is_met_only_where_the_whole_interval_keeps_it(mean, half, standing):
    """At least 100; at most is the mirror image."""
    assert Demand("uph", True, 100).standing(found(mean, half)) == standing
    assert Demand("uph", False, -100).standing(found(-mean, half)) == standing


def test_demands_are_read_from_json_and_as_a_study_file_writes_them():
    """Percent is a share, a time is seconds, what is no demand is left out."""
    asked = {"uph": ">= 13500", "escape_rate": "<= 0.5 %", "flow_time": "<= 250 ms", "wip": "few"}
    assert demands_of({"demand": asked, "tolerance": {"uph": 100}}) == [
        Demand("uph", True, 13500, 100),
        Demand("escape_rate", False, 0.005),
        Demand("flow_time", False, 0.25),
    ]
    assert [demand.kpi for demand in demands_of({"demands": DEMANDS})] == ["uph", "escape_rate"]
    assert demands_of({}) == []


def test_a_sweep_takes_its_demands_from_the_study_that_lies_beside(tmp_path):
    """sweep.json does not tell them; a study file that cannot be read tells none."""
    folder = written(tmp_path, "sweep.json", sweep({UNITS: [1, 2, 3], DEADLINE: DEADLINES}))
    (folder / "study.yaml").write_text("demand: {uph: '>= 12000.0'}\ntolerance: {uph: 120.0}\n")
    html = write_sweep_page(folder).read_text()
    assert data_of(html)["demands"] == [{"kpi": "uph", "least": True, "limit": 12000.0, "tolerance": 120.0}]
    assert "meet every demand" in Reading(html).text
    (folder / "study.yaml").write_text("demand: {uph: '>= 1")
    assert data_of(write_sweep_page(folder).read_text())["demands"] == []


def test_a_point_leads_to_the_page_of_its_run_where_that_was_kept(tmp_path):
    """To where it is and nowhere else; where there is none, nothing is offered."""
    folder = written(tmp_path, "sweep.json", sweep({UNITS: [1, 2]}, kept_runs=True))
    (folder / "variant-002" / "replication-001").mkdir(parents=True)
    (folder / "variant-002" / "replication-001" / "report.html").write_text("")
    first, second = data_of(write_sweep_page(folder).read_text())["points"]
    assert "run" not in first
    assert second["run"] == "./variant-002/replication-001/report.html"
    outside = sweep({UNITS: [1]})
    outside["points"][0]["run"] = "../../elsewhere"
    assert "run" not in data_of(sweep_page(outside))["points"][0]


def test_settings_are_options_that_a_shell_reads_back():
    """Quoted where they must be, values as a scenario has them."""
    settings = {UNITS: 2, DEADLINE: "250 ms", "run.clock": True, "line.a.name": "it's"}
    told = options(settings)
    assert told.startswith(
        "--set line.camera.units=2 --set 'line.camera.deadline=250 ms' --set run.clock=true"
    )
    import shlex

    assert shlex.split(told)[-1] == "line.a.name=it's"


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (3, 3),
        (0.25, 0.25),
        ("250 ms", 0.25),
        ("1e-05", 1e-05),
        ("fast", None),
        (True, None),
        ("nan", None),
        ([1], None),
    ],
)
def test_a_setting_has_its_place_on_an_axis_where_it_is_a_number(value, read):
    """Of numbers and times; of nothing else."""
    assert number(value) == read


def test_levels_stand_in_the_order_of_their_numbers():
    """Texts that are none stay in the order in which they came."""
    points = [{"settings": {"k": value}} for value in ("400 ms", "1 s", "50 ms")]
    (axis,) = axis_facts([{"key": "k", "unit": "s"}], points)
    assert axis["texts"] == ["50 ms", "400 ms", "1 s"]
    (axis,) = axis_facts([{"key": "k"}], [{"settings": {"k": value}} for value in ("slow", "fast")])
    assert (axis["texts"], axis["numbers"]) == (["slow", "fast"], None)
    assert value_text(0.1 + 0.2) == "0.3"


def test_figures_are_written_in_one_unit_to_digits_that_tell_them_apart():
    """A share in percent, short times in milliseconds; more of an output is better, less of an escape."""
    kpis = [
        {"name": name, "unit": unit}
        for name, unit in (("flow_time", "s"), ("escape_rate", "share"), ("uph", "UPH"))
    ]
    point = {
        "kpis": {
            "uph": found(13912.3, 10),
            "escape_rate": found(0.0031, 0.0004),
            "flow_time": found(1.2, 0.1),
        }
    }
    shown = {one.name: one for one in shown_figures(kpis, [point], {})}
    assert list(shown) == ["uph", "flow_time", "escape_rate"]
    assert shown["uph"].told(point["kpis"]["uph"]) == "13,912 (13,902 to 13,922)"
    assert shown["escape_rate"].text(0.0031) == "0.310 %"
    assert shown["flow_time"].text(1.2) == "1,200 ms"
    assert [one.better for one in shown.values()] == ["more", "less", "less"]


def test_a_plan_says_its_answer_what_it_took_and_what_its_guarantee_is_worth():
    """The sentence, the design to copy, verdicts with reasons, fresh seeds, both sides of the guarantee."""
    read = Reading(plan_page(plan()))
    assert read.mistakes == []
    assert len(read.identities) == len(set(read.identities))
    for words in (
        "Design 18 is the cheapest that makes 0.75 UPH or more",
        "Asked for: Output at least 0.750 UPH (give or take 0.004 UPH); with 95 % confidence.",
        "730 runs of 18 of 33 designs",
        "--set line.second.buffer=2 --set line.third.buffer=3",
        "at most 0.66 UPH can be made",
        "Run again 200 times with seeds that nothing was chosen by, the answer meets every demand.",
        "With a probability of at least 95 %",
        "both are right: the tolerance is what you said makes no difference to you",
        "what is not listed may be cheaper",
    ):
        assert words in read.text, words


def test_a_plan_without_an_answer_says_so():
    """No design is marked, nothing was confirmed, and the chip warns."""
    data = plan() | {
        "chosen": None,
        "answer": "No design keeps uph >= 0.9.",
        "confirmation": None,
        "ended": "no design",
    }
    read = Reading(plan_page(data))
    assert "No answer" in read.text
    assert "was not run again with fresh seeds" in read.text
    assert "the answer</strong>" not in plan_page(data)


def test_fresh_runs_may_miss_a_limit_by_less_than_the_tolerance():
    """That is within what was asked for; more than that is not."""
    demand = Demand("uph", True, 100, 2)
    figures = shown_figures([{"name": "uph", "unit": "UPH"}], [], {"uph": "more"})
    near, far = ({"replications": 50, "kpis": {"uph": found(mean, 0.5)}} for mean in (99, 95))
    assert confirmed(near, figures, [demand]).rows[0][-1] == "within the tolerance"
    assert "misses a limit" in confirmed(far, figures, [demand]).sentence
    assert confirmed(None, figures, [demand]) is None


def test_the_triangle_follows_from_its_width_at_the_end():
    """It narrows by half the tolerance a run and closes at the budget, in whatever unit the sum is."""
    told = {"kpi": "uph", "verdict": "met", "replications": 40, "sum": 9.0, "boundary": 6.0, "budget": 100}
    facts = decision_facts(told, {"replications": 60}, {"uph": 55.0})
    assert (facts["at"], facts["slope"]) == (40, pytest.approx(0.1))
    assert decision_facts({**told, "boundary": 0.0}, {}, {"uph": 3.0})["slope"] == 1.5
    assert decision_facts({**told, "boundary": 0.0}, {}, {})["slope"] is None


@pytest.mark.parametrize(
    "make", [lambda: sweep_page(grid()), lambda: plan_page(plan()), lambda: sweep_page(hypercube(40))]
)
def test_they_ask_nothing_of_the_network_and_run_no_script_but_their_own(make):
    """No address, no handler in an element; the policy names its script; always the same text."""
    html = make()
    elements = Reading(html).elements
    assert not [name for _, attributes in elements for name in attributes if name.startswith("on")]
    linked = [
        attributes[name] for _, attributes in elements for name in ("src", "href") if name in attributes
    ]
    assert all(link.startswith("#") for link in linked)
    script = re.search(r"<script>(.*?)</script>", html, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in html
    assert html == make()


def test_what_a_study_is_called_is_text_and_nothing_else():
    """Names, keys, values, errors and reasons may be anything; the page shows them as they are."""
    data = grid()
    data |= {"study": HOSTILE, "scenario": HOSTILE}
    for point in data["points"]:
        point["settings"] = {**point["settings"], UNITS: f"{point['settings'][UNITS]}{HOSTILE}"}
    data["axes"][0] |= {"values": [], "numbers": []}
    data["points"][0]["error"] = HOSTILE
    data["kpis"] = [{**kpi, "title": f"{kpi['title']} {HOSTILE}"} for kpi in data["kpis"]]
    asked = plan()
    asked |= {"study": HOSTILE, "answer": HOSTILE}
    asked["designs"][5] |= {"verdict": HOSTILE, "why": HOSTILE}
    for html in (sweep_page(data), plan_page(asked)):
        read = Reading(html)
        assert read.mistakes == []
        assert HOSTILE in read.text
        assert html.count("<script") == 2
        assert html.lower().count("</script") == 2


@pytest.mark.parametrize(
    "torn",
    [{}, {"points": 3}, {"points": [{}], "axes": [], "kpis": []}, {"points": [], "axes": 7, "kpis": []}],
)
def test_json_that_somebody_changed_is_refused_by_its_name(tmp_path, torn):
    """Never with a traceback."""
    with pytest.raises(RunFileError, match=r"sweep\.json: not as a study writes it"):
        write_sweep_page(written(tmp_path, "sweep.json", torn))
    with pytest.raises(RunFileError, match=r"plan\.json: not as a study writes it"):
        write_plan_page(written(tmp_path, "plan.json", {"designs": [{}]}))


def test_a_sweep_that_came_to_nothing_still_has_a_page():
    """Every run failed: it says so, and lists why."""
    data = sweep({UNITS: [1, 2], BUFFER: [0, 1]}, pareto=[], effects=[])
    for point in data["points"]:
        point |= {"kpis": {}, "error": "no room"}
    text = Reading(sweep_page(data | {"kpis": [], "ended": "interrupted"})).text
    assert "No point has figures" in text
    assert "Points 1, 2, 3, 4: no room" in text
    assert "The sweep ended early (interrupted)" in text


@pytest.mark.parametrize(
    ("name", "data", "page"), [("sweep.json", grid, "sweep.html"), ("plan.json", plan, "plan.html")]
)
def test_report_makes_the_page_of_a_study_again(tmp_path, capsys, name, data, page):
    """`line-sim report DIR` knows a folder by the file in it."""
    folder = written(tmp_path / "study", name, data())
    assert run_command_line(["report", str(folder)]) == 0
    assert capsys.readouterr().out == f"Page: {folder / page}\n"
    assert (folder / page).read_text().startswith("<!DOCTYPE html>")


def test_the_way_to_a_decision_is_drawn_from_the_runs_that_were_kept(tmp_path):
    """Sums of what runs bring above the limit, of a ratio in counts; confirming runs are not among them."""
    demands = [{**DEMANDS[0], "limit": 100.0}, {**DEMANDS[1], "limit": 0.1, "ratio": True}]
    ends = [
        {"kpi": "uph", "sum": 3.0, "replications": 2},
        {"kpi": "escape_rate", "sum": 1.5, "replications": 2},
    ]
    data = plan() | {"demands": demands}
    data["designs"] = [{**data["designs"][0], "design": 1, "replications": 3, "demands": ends}]
    folder = written(tmp_path, "plan.json", data)
    rows = (
        "0,1,1,7,completed,101,1,20",
        "0,1,2,8,completed,102,1,15",
        "0,1,3,9,completed,1,0,9",
        "1,1,1,4,completed,9,9,9",
    )
    head = "confirms,design,replication,seed,ended,uph,escape_rate.count,escape_rate.of"
    (folder / "runs.csv").write_text("\n".join((head, *rows)) + "\n")
    (design,) = with_trails(data, folder)
    assert [one["trail"] for one in design["demands"]] == [[[1, 1.0], [2, 3.0]], [[1, 1.0], [2, 1.5]]]
    data["designs"][0]["demands"][0] = {**ends[0], "sum": 4.0}
    (design,) = with_trails(data, folder)
    assert ["trail" in one for one in design["demands"]] == [False, True]
    (folder / "runs.csv").write_text("confirms,design\n0,1\n")
    assert not any("trail" in one for one in with_trails(data, folder)[0]["demands"])


def test_a_sweep_that_was_interrupted_tells_what_it_has():
    """Points without a run are counted as such, and are not among those that could meet a demand."""
    data = sweep(
        {UNITS: [3], DEADLINE: DEADLINES}, demands=[{**DEMANDS[0], "limit": 1000}], ended="interrupted"
    )
    for point in data["points"][5:]:
        point |= {"kpis": {}, "replications": 0}
    text = Reading(sweep_page(data)).text
    assert "5 of 5 points meet every demand" in text
    assert "The sweep ended early (interrupted). 2 of 7 points were not run." in text
