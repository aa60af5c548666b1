"""Plans from a study file to an answer, on a small line, with their files."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from plan_cases import TWO_STATIONS

import line_sim
from line_sim.cli import commands
from line_sim.errors import RunFileError, ScenarioError
from line_sim.line.interrupt import Interrupt
from line_sim.study.design.study import read_study
from line_sim.study.plan.as_json import plan_json
from line_sim.study.plan.planned import Planned
from line_sim.study.plan.planning import Told, plan
from line_sim.study.plan.verdicts import how_it_ended, sentence, verdicts
from line_sim.study.workers import Processes

STUDY = {
    "study": "Places",
    "scenario": "line.yaml",
    "over": {"line.b.buffer": [0, 1, 2, 3, 4, 5, 6], "line.b.units": [1, 2]},
    "cost": {"line.b.buffer": 1, "line.b.units": 4},
    "demand": {"uph": ">= 2700"},
    "tolerance": {"uph": "2 %"},
}
"""One machine of b and B places make (B + 2) / (B + 3): none makes .667, one .75, two .8."""


def study_file(folder: Path, line: str = TWO_STATIONS, **keys: object) -> Path:
    """Write a study beside its line; a key that is None is left out."""
    (folder / "line.yaml").write_text(line, encoding="utf-8")
    path = folder / "study.yaml"
    said = {key: each for key, each in {**STUDY, **keys}.items() if each is not None}
    path.write_text(yaml.safe_dump(said, sort_keys=False), encoding="utf-8")
    return path


def planned(path: Path, out: Path, **options: object) -> Planned:
    """Plan in this process."""
    return plan(read_study(path), out, Processes(1), **options)  # type: ignore[arg-type]


def words_of(found: Planned) -> dict[int, str]:
    """Return the verdict on each design."""
    return {each.design.number: each.words for each in verdicts(found)}


def test_the_cheapest_that_does_is_found_and_confirmed(tmp_path: Path) -> None:
    """Two places (.8): less is too little or at the limit, more is dearer; fresh runs say so, too."""
    found = planned(study_file(tmp_path, demand={"uph": ">= 2790"}), tmp_path / "out")
    assert found.chosen is not None
    assert dict(found.designs[found.chosen - 1].settings) == {"line.b.buffer": 2, "line.b.units": 1}
    assert how_it_ended(found) == "answered"
    told = words_of(found)
    assert told[1] == "not feasible"
    assert told[14] == "dearer than the answer"
    seeds = {sample.seed for runs in found.course.runs.values() for sample in runs}
    assert not seeds & {sample.seed for sample in found.confirming}
    assert "The cheapest design that keeps every demand (95 % sure) is 5" in sentence(found)


def test_every_number_of_workers_leaves_the_same_bytes(tmp_path: Path) -> None:
    """Runs come back in the order in which they were asked for."""
    path = study_file(tmp_path, over={"line.b.buffer": [0, 2, 4]}, cost=None)
    for count in (1, 2):
        plan(read_study(path), tmp_path / f"out{count}", Processes(count))
    for name in ("plan.json", "runs.csv", "runs.json"):
        assert (tmp_path / "out1" / name).read_bytes() == (tmp_path / "out2" / name).read_bytes()


def test_what_is_run_and_what_is_worked_out_is_the_same(tmp_path: Path) -> None:
    """The quick way leaves the runs that the slow one leaves."""
    path = study_file(tmp_path, over={"line.b.buffer": [0, 4]})
    quick = planned(path, tmp_path / "quick")
    slow = planned(path, tmp_path / "slow", quick=False)
    assert (quick.worked_out, slow.worked_out) == (2, 0)
    assert (tmp_path / "quick/runs.csv").read_bytes() == (tmp_path / "slow/runs.csv").read_bytes()


@pytest.mark.parametrize("cut", [10, 400, 2000, -1, -300])
def test_a_plan_goes_on_with_the_runs_on_disk(tmp_path: Path, cut: int) -> None:
    """Whatever was cut off, also in the middle of a row: in the end the files are the same."""
    path = study_file(tmp_path)
    planned(path, tmp_path / "out")
    whole = {name: (tmp_path / "out" / name).read_bytes() for name in ("runs.csv", "plan.json")}
    (tmp_path / "out/runs.csv").write_bytes(whole["runs.csv"][:cut])
    planned(path, tmp_path / "out", resume=True)
    assert {name: (tmp_path / "out" / name).read_bytes() for name in whole} == whole


def test_a_folder_is_enough_to_go_on_with(tmp_path: Path) -> None:
    """The study lies in it, also where its own file has gone; from Python the page is there as well."""
    path, out = study_file(tmp_path), tmp_path / "out"
    assert (
        CliRunner()
        .invoke(commands, ["plan", str(path), "--seed", "9", "--out", str(out), "--quiet"])
        .exit_code
        == 0
    )
    whole = {name: (out / name).read_bytes() for name in ("study.yaml", "runs.csv", "plan.json", "plan.html")}
    path.unlink()
    for name, found in (("plan.json", whole["plan.json"][:0]), ("runs.csv", whole["runs.csv"][:2000])):
        (out / name).write_bytes(found)
    asked = ["plan", "--resume", str(out), "--jobs", "1", "--quiet"]
    assert CliRunner().invoke(commands, asked, standalone_mode=False).return_value == 0
    assert {name: (out / name).read_bytes() for name in whole} == whole
    (out / "plan.html").unlink()
    assert line_sim.plan(resume=out, jobs=1).chosen is not None
    assert {name: (out / name).read_bytes() for name in whole} == whole


def test_no_folder_and_no_study_is_told(tmp_path: Path) -> None:
    """There is nothing to plan, or the seed is said already."""
    said = CliRunner().invoke(commands, ["plan"]).output
    assert "name a study file, or --resume DIR" in said
    assert CliRunner().invoke(commands, ["plan", "--resume", str(tmp_path), "--seed", "1"]).exit_code == 2
    with pytest.raises(ScenarioError, match="needs a study file"):
        line_sim.plan()
    with pytest.raises(RunFileError, match=r"no study\.yaml with runs\.json"):
        line_sim.plan(resume=tmp_path)


def test_a_stop_keeps_what_is_done_and_says_so(tmp_path: Path) -> None:
    """After 30 runs somebody has had enough; the plan goes on from there."""
    path, interrupt = study_file(tmp_path), Interrupt()

    def enough(done: int, _: int) -> None:
        if done == 30:
            interrupt.wished = True

    found = planned(path, tmp_path / "out", interrupt=interrupt, told=Told(counted=enough))
    assert found.interrupted
    assert found.runs_in_all == 30
    assert plan_json(found)["chosen"] is None
    assert sentence(found) == "Interrupted after 30 runs: no answer yet."
    planned(path, tmp_path / "out", resume=True)
    planned(path, tmp_path / "other")
    for name in ("runs.csv", "plan.json"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_a_stop_while_the_answer_is_confirmed_keeps_the_answer(tmp_path: Path) -> None:
    """What is left is a second opinion."""
    path, interrupt = study_file(tmp_path, over={"line.b.buffer": [3]}, cost=None), Interrupt()

    def enough(text: str) -> None:
        if "confirmed by" in text:
            interrupt.wished = True

    found = planned(path, tmp_path / "out", interrupt=interrupt, told=Told(enough))
    assert plan_json(found)["chosen"] == 1
    assert sentence(found).endswith("Interrupted after 20 runs, before it was confirmed.")


def test_runs_of_something_else_are_not_gone_on_with(tmp_path: Path) -> None:
    """Other designs, or another seed; another tolerance is no other run."""
    path, out = study_file(tmp_path), tmp_path / "out"
    planned(path, out)
    planned(study_file(tmp_path, tolerance={"uph": 30}), out, resume=True)
    with pytest.raises(ScenarioError, match="other variants, figures or seeds"):
        planned(study_file(tmp_path, TWO_STATIONS.replace("mean: 1 s", "mean: 2 s")), out, resume=True)
    with pytest.raises(ScenarioError, match="other variants, figures or seeds"):
        planned(study_file(tmp_path, seed=8), out, resume=True)


def test_a_damaged_file_is_told_with_its_line(tmp_path: Path) -> None:
    """A run that is missing in the middle cannot be made up for."""
    path, out = study_file(tmp_path), tmp_path / "out"
    planned(path, out)
    rows = (out / "runs.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (out / "runs.csv").write_text("".join(rows[:3] + rows[4:]), encoding="utf-8")
    with pytest.raises(RunFileError, match=r"runs.csv:\d+: replication 3 is missing"):
        planned(path, out, resume=True)


def test_no_design_does(tmp_path: Path) -> None:
    """The nearest is told; what no run can make is not run."""
    path = study_file(tmp_path, demand={"uph": ">= 3590"}, over={"line.b.buffer": [0, 1]}, cost=None)
    found = planned(path, tmp_path / "out")
    assert how_it_ended(found) == "no design"
    assert "Nearest came 2 (line.b.buffer=1)" in sentence(found)
    with pytest.raises(ScenarioError):
        planned(path, tmp_path / "out")
    far = planned(study_file(tmp_path, demand={"uph": ">= 9000"}), tmp_path / "far")
    assert set(words_of(far).values()) == {"dropped by its bounds"}
    assert far.runs_in_all == 0
    assert sentence(far) == "No design keeps uph >= 9,000. All were dropped by their bounds."


def test_a_cap_leaves_it_open_with_what_would_be_needed(tmp_path: Path) -> None:
    """One place makes exactly .75: with a narrow tolerance nobody knows after 20 runs."""
    path = study_file(tmp_path, over={"line.b.buffer": [1]}, tolerance={"uph": 5})
    found = planned(path, tmp_path / "out", most=20)
    (told,) = verdicts(found)
    assert told.words == "undecided"
    assert told.why.startswith("after 20 replications; uph may need ")
    assert how_it_ended(found) == "undecided"
    assert plan_json(found)["designs"][0]["demands"][0]["budget"] > 20


def test_a_mean_within_the_tolerance_is_told_as_such(tmp_path: Path) -> None:
    """One place makes .75, which is the limit: whatever is said, the tolerance is named."""
    found = planned(
        study_file(tmp_path, over={"line.b.buffer": [1]}, tolerance={"uph": 40}), tmp_path / "out"
    )
    (told,) = verdicts(found)
    assert "either answer is right" in told.why
    (demand,) = plan_json(found)["designs"][0]["demands"]
    assert demand["within_tolerance"] is True


def test_without_prices_the_best_is_chosen(tmp_path: Path) -> None:
    """All cost the same: the one that makes most is the answer."""
    path = study_file(tmp_path, over={"line.b.buffer": [2, 20]}, cost=None, best={"uph": 30})
    found = planned(path, tmp_path / "out")
    assert found.chosen == 2
    assert plan_json(found)["designs"][0]["cost"] is None


def test_a_line_that_may_lock_up_is_no_answer(tmp_path: Path) -> None:
    """Rework that comes back into full places: such a design is out, however much it makes before."""
    looped = """
version: 1
name: Rework
run: {duration: 2000 s}
arrivals: {saturated: true}
product: {defect_rate: 0.5}
line:
  - {station: mill, buffer: 1, cycle: 1 s}
  - inspection: camera
    buffer: 1
    gateway: {modelled: {service: 1 s}}
review: {buffer: 1, time: 2 s, rework: {to: mill, share: 1}}
"""
    path = study_file(
        tmp_path, looped, over={"line.mill.buffer": [1]}, cost=None, demand={"uph": ">= 10"}, tolerance=None
    )
    found = planned(path, tmp_path / "out")
    (told,) = verdicts(found)
    assert told.words == "not feasible"
    assert told.why == "the line locked up in replication 1"


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"demand": None, "tolerance": None}, "nothing is demanded"),
        ({"tolerance": {"uph": 0}}, "it must be above 0"),
        ({"replications": {"least": 5, "most": 10}}, "a plan needs 20 of every design"),
        ({"best": "speed"}, "there is no such figure"),
        ({"best": {"uph": -1}}, "a number above 0"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_run(tmp_path: Path, keys: dict, message: str) -> None:
    """Nothing is left behind."""
    with pytest.raises(ScenarioError, match=message):
        planned(study_file(tmp_path, **keys), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_shares_of_counted_parts_are_judged_by_their_sums(tmp_path: Path) -> None:
    """Escapes are counts of counts, as the catalogue says; busy shares are means of runs."""
    inspected = """
version: 1
name: Camera
run: {duration: 200 s}
arrivals: {every: 1 s}
product: {defect_rate: 0.3}
line:
  - inspection: camera
    gateway: {modelled: {service: 500 ms, miss_rate: 0.5}}
review: {buffer: 50, time: 1 s}
"""
    demand = {"escape_rate": "<= 30 %", "camera.busy": "<= 60 %", "uph": ">= 2000"}
    path = study_file(
        tmp_path, inspected, over={"line.camera.units": [1]}, cost=None, demand=demand, tolerance=None
    )
    found = planned(path, tmp_path / "out")
    assert {each.kpi: each.ratio for each in found.rules.requirements} == {
        "escape_rate": True,
        "camera.busy": False,
        "uph": False,
    }
    header, *rows = (tmp_path / "out/runs.csv").read_text(encoding="utf-8").splitlines()
    assert header.endswith("escape_rate.count,escape_rate.of,camera.busy,uph")
    counts, of = (sum(int(row.split(",")[place]) for row in rows[:20]) for place in (5, 6))
    told = plan_json(found)["designs"][0]["kpis"]["escape_rate"]
    assert told["mean"] == pytest.approx(counts / of)
    assert 0.1 < told["ci_low"] < 0.15 / 0.85 < told["ci_high"] < 0.25


def test_the_command_tells_the_answer_and_leaves_its_files(tmp_path: Path) -> None:
    """With exit codes for an answer, for none, and for what is wrong."""
    path, run = study_file(tmp_path), CliRunner().invoke
    done = run(
        commands, ["plan", str(path), "--out", str(tmp_path / "out"), "--jobs", "1"], standalone_mode=False
    )
    assert done.return_value == 0, done.output
    assert "The cheapest design that keeps every demand" in done.output
    assert json.loads((tmp_path / "out/plan.json").read_text(encoding="utf-8"))["ended"] == "answered"
    again = ["plan", str(path), "--resume", str(tmp_path / "out"), "--jobs", "1", "--quiet"]
    assert run(commands, again, standalone_mode=False).return_value == 0
    far = study_file(tmp_path, demand={"uph": ">= 9000"})
    asked = ["plan", str(far), "--out", str(tmp_path / "far"), "--jobs", "1", "--quiet"]
    none = run(commands, asked, standalone_mode=False)
    assert (none.return_value, none.output) == (5, "")
    both = run(commands, ["plan", str(path), "--out", "a", "--resume", str(tmp_path / "out")])
    assert both.exit_code == 2


def test_a_plan_from_python(tmp_path: Path) -> None:
    """What it left is what plan.json says."""
    found = line_sim.plan(study_file(tmp_path), out=tmp_path / "out", jobs=1)
    assert found.chosen is not None
    assert found.chosen["settings"]["line.b.units"] == 1
    assert line_sim.read_plan(tmp_path / "out").answer == found.answer
    (tmp_path / "out/plan.json").write_text("{}", encoding="utf-8")
    with pytest.raises(RunFileError, match="none of a plan"):
        line_sim.read_plan(tmp_path / "out")


def test_who_is_not_told_apart_before_the_cap_is_named(tmp_path: Path) -> None:
    """Mirror images make the same: after 30 runs of each both are left, and the answer says what it knows."""
    three = TWO_STATIONS + "  - {station: c, buffer: 1, cycle: {exponential: {mean: 1 s}}}\n"
    path = study_file(
        tmp_path,
        three,
        over={"line.b.buffer": [1, 2], "line.c.buffer": [1, 2]},
        cost={"line.b.buffer": 1, "line.c.buffer": 1},
        demand={"uph": ">= 2400"},
        best={"uph": 5},
    )
    found = planned(path, tmp_path / "out", most=30)
    group = found.course.answer
    assert group is not None
    left = found.course.contest(group).left
    assert replace(found, interrupted=False).chosen in left
