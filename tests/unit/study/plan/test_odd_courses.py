"""What does not go smoothly: lines that halt, caps that change, two studies in one folder, damaged runs."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from line_sim.errors import RunFileError, ScenarioError
from line_sim.report.points.plan.confirmed import confirmed as page_of
from line_sim.study.alone import alone_in
from line_sim.study.design.study import read_study
from line_sim.study.plan.as_json import plan_json
from line_sim.study.plan.planned import Planned
from line_sim.study.plan.planning import plan
from line_sim.study.plan.procedure.boundaries import h2_of
from line_sim.study.plan.procedure.demands import Is, Requirement, Sample, Term
from line_sim.study.plan.procedure.feasibility import judge
from line_sim.study.plan.verdicts import sentence, verdicts
from line_sim.study.sweep.sweep import resume as resume_sweep
from line_sim.study.sweep.sweep import sweep
from line_sim.study.workers import Processes

LINE = """
version: 1
name: Camera
run: {duration: 40 s}
arrivals: {every: 1 s}
line:
  - inspection: camera
    deadline: 900 ms
    on_no_result: stop
    gateway: {modelled: {service: {exponential: {mean: 100 ms}}}}
  - {station: pack, buffer: 1, cycle: 10 ms}
review: {time: 1 s}
"""
STUDY = {
    "study": "Stops",
    "scenario": "line.yaml",
    "over": {"line.camera.deadline": ["900 ms", "9 s"]},
    "demand": {"uph": ">= 100"},
}


def study_file(folder: Path, **keys: object) -> Path:
    """Write a study beside its line."""
    (folder / "line.yaml").write_text(LINE, encoding="utf-8")
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump({**STUDY, **keys}, sort_keys=False), encoding="utf-8")
    return path


def planned(path: Path, out: Path, **options: object) -> Planned:
    """Plan in this process."""
    return plan(read_study(path), out, Processes(1), **options)  # type: ignore[arg-type]


def test_a_line_that_an_answer_stops_is_no_answer(tmp_path: Path) -> None:
    """One answer in 8,000 is too late: whatever was made until then, somebody has to start the line again."""
    found = planned(study_file(tmp_path, over={"line.camera.deadline": ["300 ms", "9 s"]}), tmp_path / "out")
    stopped, other = verdicts(found)
    assert (stopped.words, other.words) == ("not feasible", "feasible")
    assert stopped.why == "the line stopped for want of an answer in replication 1"


def test_an_answer_that_halts_on_fresh_chance_says_so(tmp_path: Path) -> None:
    """In the sentence, in plan.json and on the page."""
    found = planned(study_file(tmp_path, over={"line.camera.deadline": ["9 s"]}), tmp_path / "out")
    last = found.confirming[-1]
    halted = Planned(
        *(found.study, found.designs, found.course, found.dropped, found.folder),
        confirming=(*found.confirming[:-1], Sample(last.seed, "deadlocked", last.terms)),
    )
    assert "In fresh replication 20 the line locked up" in sentence(halted)
    told = plan_json(halted)["confirmation"]
    assert told["halted"] == "the line locked up in fresh replication 20"
    assert plan_json(found)["confirmation"]["halted"] is None
    page = page_of(told, (), ())
    assert page is not None
    assert not page.good
    assert "locked up in fresh replication 20" in page.sentence


def test_what_the_cap_left_open_among_equals_is_said(tmp_path: Path) -> None:
    """Both do, and make nearly the same: after 20 runs the better one is not known with any confidence."""
    cycles = [{"exponential": {"mean": "2 s"}}, {"exponential": {"mean": "1990 ms"}}]
    path = study_file(
        tmp_path,
        set={"line.camera.deadline": "9 s"},
        over={"line.pack.cycle": cycles},
        best={"uph": 0.001},
        tolerance={"uph": 90},
    )
    found = planned(path, tmp_path / "out", most=20)
    assert found.contest is not None
    assert found.contest.winner is None
    assert "It is not told apart in uph from" in sentence(found)


def test_a_plan_goes_on_with_a_lower_cap_than_it_has_runs(tmp_path: Path) -> None:
    """What was run is used, and nothing more is."""
    path = study_file(tmp_path, over={"line.camera.deadline": ["9 s"]})
    (tmp_path / "line.yaml").write_text(
        LINE.replace("every: 1 s", "every: {exponential: {mean: 1 s}}"), encoding="utf-8"
    )
    near = study_file_demanding(path, ">= 3600")
    assert len(planned(near, tmp_path / "out", most=60).course.runs[1]) == 60
    again = planned(near, tmp_path / "out", resume=True, most=25)
    assert len(again.course.runs[1]) == 60
    assert again.course.wanted() == []


def study_file_demanding(path: Path, demand: str) -> Path:
    """Write another demand into a study's file."""
    said = yaml.safe_load(path.read_text(encoding="utf-8")) | {"demand": {"uph": demand}}
    path.write_text(yaml.safe_dump(said), encoding="utf-8")
    return path


@pytest.mark.parametrize("damage", ["NaN", "1e999", '"' + 200_000 * "7"], ids=["nan", "inf", "huge"])
def test_what_is_no_number_in_runs_csv_is_refused(tmp_path: Path, damage: str) -> None:
    """No sum of it would ever be known."""
    path, out = study_file(tmp_path, over={"line.camera.deadline": ["9 s"]}), tmp_path / "out"
    planned(path, out)
    text = (out / "runs.csv").read_text(encoding="utf-8").rstrip("\n")
    (out / "runs.csv").write_text(f"{text.rpartition(',')[0]},{damage}\n", encoding="utf-8")
    with pytest.raises(RunFileError, match=r"runs\.csv"):
        planned(path, out, resume=True)


@pytest.mark.parametrize(("sign", "limit", "none"), [("<=", 0.01, 0), (">=", 0.99, 2)])
def test_runs_that_happened_to_see_nothing_rare_are_not_believed_at_once(
    sign: Is, limit: float, none: int
) -> None:
    """Of 40 parts .4 are expected at the limit: that there was none says nothing. Of 4,000 it says all."""
    demand = Requirement("escape_rate", sign, limit, 0.0005, ratio=True)
    few = judge(demand, [Term(none, 2)] * 20, h2_of(0.05))
    assert few.met is None
    assert few.budget > 100_000
    assert judge(demand, [Term(100 * none, 200)] * 20, h2_of(0.05)).met is True


def test_rare_counts_are_judged_right_as_often_as_is_said() -> None:
    """One in ten runs, and a fifth more than the limit: at 5 % error few of 100 are called feasible."""
    demand, h2 = Requirement("escape_rate", "<=", 0.01, 0.002, ratio=True), h2_of(0.05)
    rng = np.random.default_rng(7)
    runs = [[Term(int(count), 10) for count in rng.binomial(10, 0.012, 2_500)] for _ in range(100)]
    found = [judge(demand, terms, h2).met for terms in runs]
    assert found.count(False) >= 90


@pytest.mark.parametrize("keys", [{"demand": {"loss": "<= 5 %"}}, {"best": "loss"}])
def test_a_figure_that_no_run_of_a_plan_tells_is_refused(tmp_path: Path, keys: dict[str, object]) -> None:
    """Before anything is run: it would stay undecided, however much was."""
    with pytest.raises(ScenarioError, match="loss: it takes other runs"):
        planned(study_file(tmp_path, **keys), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_belongs_to_one_study_at_a_time(tmp_path: Path) -> None:
    """Whoever comes second leaves everything as it is; once the first has ended, it may go on."""
    path = study_file(tmp_path, over={"line.camera.deadline": ["9 s"]}, replications=2)
    planned(path, tmp_path / "plan")
    sweep(read_study(path), tmp_path / "sweep", Processes(1))
    for folder, go_on in (
        (tmp_path / "plan", lambda: planned(path, tmp_path / "plan", resume=True)),
        (tmp_path / "sweep", lambda: resume_sweep(tmp_path / "sweep", Processes(1))),
    ):
        with alone_in(folder), pytest.raises(ScenarioError, match="another study is at work"):
            go_on()
        go_on()
