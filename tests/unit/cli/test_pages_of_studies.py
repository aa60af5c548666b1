"""`line-sim sweep` and `line-sim plan` leave pages beside their numbers; `report` makes the same ones."""

import json
import re

from pages import Reading
from plan_cases import cameras_and_servers
from small_sweeps import line_in

from line_sim.cli.group import run_command_line

STUDY = """\
study: Two cameras
scenario: line.yaml
over: {line.camera.units: [1, 2], line.camera.deadline: [500 ms, 1 s]}
replications: 3
cost: {line.camera.units: 10}
demand: {uph: ">= 1000"}
"""


def data_of(html):
    """Return what a page gives to its script."""
    return json.loads(
        re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)[1]
    )


def test_a_sweep_leaves_its_page_with_the_ways_to_its_runs(tmp_path, capsys):
    """Demands of the study are on it, each point leads to its first run, and made again it is the same."""
    line_in(tmp_path)
    (tmp_path / "study.yaml").write_text(STUDY)
    out = tmp_path / "out"
    asked = [
        "sweep",
        str(tmp_path / "study.yaml"),
        "--out",
        str(out),
        "--jobs",
        "1",
        "--keep-runs",
    ]
    assert run_command_line(asked) == 0
    assert capsys.readouterr().out.endswith(f"\nPage:  {out / 'sweep.html'}\n")
    html = (out / "sweep.html").read_text()
    assert Reading(html).mistakes == []
    data = data_of(html)
    assert [(demand["kpi"], demand["limit"]) for demand in data["demands"]] == [("uph", 1000)]
    assert len(data["points"]) == 4
    assert all((out / point["run"]).is_file() for point in data["points"])
    assert {point["ok"] for point in data["points"]} <= {"met", "missed", "open"}
    assert run_command_line(["report", str(out)]) == 0
    assert (out / "sweep.html").read_text() == html


def test_a_plan_leaves_its_page_with_the_way_of_each_decision(tmp_path, capsys):
    """The answer is marked, the sums of its runs end where the plan says, and it is said where it is."""
    out = tmp_path / "out"
    study = cameras_and_servers(19_000, (3, 2)).write(tmp_path)
    assert run_command_line(["plan", str(study), "--out", str(out), "--jobs", "1"]) == 0
    assert f"Page:  {out / 'plan.html'}" in capsys.readouterr().out
    html = (out / "plan.html").read_text()
    assert Reading(html).mistakes == []
    data = data_of(html)
    answer = next(point for point in data["points"] if point["v"] == data["chosen"])
    (decision,) = answer["d"]
    assert decision["trail"][-1] == [decision["at"], answer["d"][0]["sum"]]
    assert [run for run, _ in decision["trail"]] == list(range(1, decision["at"] + 1))
