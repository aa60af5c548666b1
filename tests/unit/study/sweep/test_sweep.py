"""A sweep: the same chance in every variant, the same files whoever runs it, and each variant as it is."""

import csv
import json

import pytest
from small_sweeps import CAMERAS, files, study_in, swept

from line_sim.analysis.audit.check import Check
from line_sim.errors import ScenarioError
from line_sim.report.ended import ALL_DONE
from line_sim.scenario import load
from line_sim.study import lean
from line_sim.study.lean import figures_in, summary_of
from line_sim.study.replications.precision import Goal, enough, reached
from line_sim.study.replications.seeds import replication_seed
from line_sim.study.running.second_look import is_one_of
from line_sim.study.sweep.as_json import JSON
from line_sim.study.sweep.sweep import AUDITED_ONE_IN, resume
from line_sim.study.sweep.swept import How
from line_sim.study.workers import Processes


def rows(folder):
    """Return the rows of sweep.csv."""
    with (folder / "sweep.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_row_is_what_the_variant_tells_under_that_seed(whole):
    """Variant by variant, replication by replication, each under the chance of the same replication."""
    desk, _ = whole
    found = rows(desk / "whole")
    for variant, (units, deadline) in enumerate([(1, "500 ms"), (1, "1 s"), (2, "500 ms"), (2, "1 s")], 1):
        for replication in (1, 3):
            seed = replication_seed(3, replication)
            overrides = [f"line.camera.units={units}", f"line.camera.deadline={deadline}", f"seed={seed}"]
            truth = figures_in(summary_of(load(desk / "line.yaml", overrides)))
            told = {
                row["kpi"]: float(row["value"]) if row["value"] else None
                for row in found
                if (int(row["variant"]), int(row["replication"])) == (variant, replication)
                and (row["line.camera.units"], row["line.camera.deadline"]) == (str(units), deadline)
                and int(row["seed"]) == seed
            }
            assert told == {name: value for name, value in truth.items() if name != "loss"}


def test_the_numbers_are_those_of_the_shape_that_others_rest_on(whole):
    """Axes, points with intervals, fronts, effects, and what matters."""
    _, found = whole
    told = json.loads(found[JSON])
    assert (told["study"], told["scenario"], told["seed"], told["design"]) == (
        "Small line",
        "Small line",
        3,
        "grid",
    )
    assert told["ended"] == ALL_DONE
    assert told["axes"] == [
        {"key": "line.camera.units", "values": [1, 2], "numbers": [1, 2], "unit": None},
        {"key": "line.camera.deadline", "values": ["500 ms", "1 s"], "numbers": [0.5, 1], "unit": "s"},
    ]
    assert {"name": "uph", "title": "Output", "unit": "UPH"} in told["kpis"]
    point = told["points"][1]
    assert (point["variant"], point["cost"], point["replications"], point["error"]) == (2, None, 3, None)
    assert point["settings"] == {"line.camera.units": 1, "line.camera.deadline": "1 s"}
    assert point["kpis"]["uph"].keys() >= {"mean", "ci_low", "ci_high", "half_width", "n", "ci_note"}
    effect = next(
        each for each in told["effects"] if (each["kpi"], each["key"]) == ("uph", "line.camera.units")
    )
    means = [point["kpis"]["uph"]["mean"] for point in told["points"]]
    assert [level["mean"] for level in effect["levels"]] == pytest.approx(
        [sum(means[:2]) / 2, sum(means[2:]) / 2]
    )
    assert {share["key"] for share in told["matters"]} == {*CAMERAS, "interactions"}


def test_two_processes_leave_the_same_bytes_as_one(whole):
    """Results are folded in the order of the jobs."""
    desk, found = whole
    swept(study_in(desk), desk / "two", jobs=2)
    assert files(desk / "two") == found


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    """As that of a run is."""
    study = study_in(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(ScenarioError, match="choose another with --out"):
        swept(study, tmp_path / "file" / "out")


def test_how_often_a_variant_is_run_depends_on_its_runs_alone(tmp_path):
    """It gets more until every goal is reached, whoever makes the runs, and each variant for itself."""
    goal = Goal("review.busy", 0.11)
    study = study_in(tmp_path, until={"review.busy": "11 %"}, replications=20)
    one, two = (swept(study, tmp_path / f"jobs-{jobs}", jobs=jobs) for jobs in (1, 2))
    counts = [runs.n for runs in one.runs]
    assert counts == [runs.n for runs in two.runs]
    assert files(tmp_path / "jobs-1") == files(tmp_path / "jobs-2")
    assert len(set(counts)) > 1
    for runs in one.runs:
        assert runs.n == 20 or reached(goal, runs.figures)
        assert runs.n == 10 or not enough([goal], runs.figures[:10])


def test_a_run_that_cannot_be_made_is_told_and_the_others_go_on(tmp_path):
    """Here one whose recording has no answer to what it is asked."""
    recording = tmp_path / "calls.csv"
    recording.write_text("item_id,station,outcome\n", encoding="utf-8")
    gateway = "line.camera.gateway"
    study = study_in(
        tmp_path, over={gateway: [{"modelled": {"service": "200 ms"}}, {"replay": {"calls": "calls.csv"}}]}
    )
    found = swept(study, tmp_path / "out")
    assert [runs.error is None for runs in found.runs] == [True, False]
    told = json.loads((tmp_path / "out" / JSON).read_text())
    assert told["points"][1]["error"]
    assert told["points"][1]["kpis"] == {}
    assert told["matters"] is None
    assert told["matters_note"] == "not every variant could be run"


LOCKS_UP = """\
version: 1
name: A circle without room
seed: 3
run: {items: 100}
arrivals: {every: 1 s}
product: {defect_rate: 0.3}
line:
  - {station: press, cycle: 500 ms, buffer: 0}
  - inspection: camera
    buffer: 0
    gateway: {modelled: {service: 100 ms}}
review: {time: 2 s, buffer: 0, rework: {to: press, at_most: 9, defect_rate: 0.5}}
"""


def test_a_variant_whose_line_locks_up_is_best_in_nothing(tmp_path):
    """What it told before it stood still is neither on a front nor the effect of a setting."""
    over = {"review.time": ["10 ms", "2 s"], "product.defect_rate": [0, 0.3]}
    found = swept(study_in(tmp_path, LOCKS_UP, over=over), tmp_path / "out")
    assert [runs.locked_up for runs in found.runs] == [0, 0, 0, 3]
    numbers = json.loads((tmp_path / "out" / JSON).read_text())
    fronts = [set(front["variants"]) for front in numbers["pareto"]]
    assert fronts
    assert not any(4 in front for front in fronts)
    assert (numbers["effects"], numbers["matters"]) == ([], None)
    assert "locked up" in numbers["matters_note"]


def test_a_wrong_point_is_told_before_anything_is_written(tmp_path):
    """All points are scenarios before the first run."""
    study = study_in(tmp_path, over={"line.camera.units": [1, 0]})
    with pytest.raises(ScenarioError, match="point 2"):
        swept(study, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_figure_that_no_variant_has_is_refused(tmp_path):
    """With those that there are."""
    with pytest.raises(ScenarioError, match="--kpi speed: there is no such figure"):
        swept(study_in(tmp_path), tmp_path / "out", How(("speed",)))


def test_only_the_figures_that_are_asked_for_are_kept(tmp_path):
    """In all files."""
    swept(study_in(tmp_path), tmp_path / "out", How(("uph", "camera.busy")))
    assert {row["kpi"] for row in rows(tmp_path / "out")} == {"uph", "camera.busy"}
    assert [kpi["name"] for kpi in json.loads((tmp_path / "out" / JSON).read_text())["kpis"]] == [
        "uph",
        "camera.busy",
    ]


def test_runs_that_are_kept_have_folders_with_their_pages(tmp_path):
    """Named by variant and replication; the tables are the same but for the loss, which they tell as well."""
    study = study_in(tmp_path, over={"line.camera.units": [1, 2]}, replications=2)
    swept(study, tmp_path / "kept", How(keep_runs=True))
    swept(study, tmp_path / "lean")
    names = sorted(path.relative_to(tmp_path / "kept").as_posix() for path in (tmp_path / "kept").glob("*/*"))
    assert names == [f"variant-00{v}/replication-00{r}" for v in (1, 2) for r in (1, 2)]
    assert all((tmp_path / "kept" / name / "report.html").is_file() for name in names)
    assert [row for row in rows(tmp_path / "kept") if row["kpi"] != "loss"] == rows(tmp_path / "lean")


def test_the_first_run_of_every_variant_is_audited_and_one_in_sixteen_of_the_others(tmp_path):
    """An audit takes longer than such a run; which are audited says the seed, and no worker."""
    swept(study_in(tmp_path, replications=40), tmp_path / "out", How(kpis=("uph",)), jobs=2)
    with (tmp_path / "out" / "runs.csv").open(newline="", encoding="utf-8") as file:
        told = list(csv.DictReader(file))
    assert {row["audit_passed"] for row in told} == {"true", ""}
    audited = {(int(row["variant"]), int(row["replication"])) for row in told if row["audit_passed"]}
    assert {(variant, 1) for variant in range(1, 5)} <= audited
    by_seed = {
        (variant, number)
        for variant in range(1, 5)
        for number in range(2, 41)
        if is_one_of(replication_seed(3, number), variant, AUDITED_ONE_IN, "audit")
    }
    assert by_seed == {each for each in audited if each[1] > 1}
    assert len({number for _, number in by_seed}) > 1


def test_an_audit_that_failed_is_told_and_its_variant_is_best_in_nothing(tmp_path, monkeypatch):
    """The run of a line that breaks its own rules; what was not audited speaks neither for nor against."""
    failed = Check(False, "parts vanish", ("items.csv:2",))
    monkeypatch.setattr(lean, "audit_columns", lambda *_: {"conservation": failed})
    found = swept(study_in(tmp_path), tmp_path / "out", How(kpis=("uph",)))
    assert [runs.audits_failed >= 1 for runs in found.runs] == [True] * 4
    assert all("the audit failed in" in runs.error for runs in found.runs)
    with (tmp_path / "out" / "runs.csv").open(newline="", encoding="utf-8") as file:
        assert "false" in {row["audit_passed"] for row in csv.DictReader(file)}
    with Processes(1) as workers:
        again, _ = resume(tmp_path / "out", workers)
    assert [runs.audits_failed for runs in again.runs] == [runs.audits_failed for runs in found.runs]
