"""A plan whose workers, runs or disk fail in its middle: what there is stays, is told, and goes on."""

import json

import pytest
import yaml
from dying_workers import Dying
from full_disks import room_for
from pages import Reading
from plan_cases import TWO_STATIONS

import line_sim
from line_sim.cli.group import run_command_line
from line_sim.errors import LineSimError, RunFileError
from line_sim.report.points.plan.writing import write_plan_page
from line_sim.study.design.study import read_study
from line_sim.study.plan import sampling
from line_sim.study.plan.kept import KeptRuns
from line_sim.study.plan.planning import plan
from line_sim.study.workers import Processes

STUDY = {
    "study": "Places",
    "scenario": "line.yaml",
    "over": {"line.b.buffer": [0, 3]},
    "cost": {"line.b.buffer": 1},
    "demand": {"uph": ">= 2600"},
    "tolerance": {"uph": "4 %"},
}
"""No place makes .667 of 3,600 an hour, three places .833: the first design is not enough, the second is."""
FILES = ("runs.csv", "plan.json")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Plan once in one go; return the study's file and what it left."""
    desk = tmp_path_factory.mktemp("desk")
    (desk / "line.yaml").write_text(TWO_STATIONS, encoding="utf-8")
    path = desk / "study.yaml"
    path.write_text(yaml.safe_dump(STUDY, sort_keys=False), encoding="utf-8")
    plan(read_study(path), desk / "whole", Processes(1))
    return path, {name: (desk / "whole" / name).read_bytes() for name in FILES}


def gone_on(path, folder):
    """Go on with a plan, and return what it leaves."""
    plan(read_study(path), folder, Processes(1), resume=True)
    return {name: (folder / name).read_bytes() for name in FILES}


def numbers(folder):
    """Return what plan.json says."""
    return json.loads((folder / "plan.json").read_text(encoding="utf-8"))


def test_a_plan_leaves_its_numbers_itself(whole):
    """Whoever plans: plan.json is there with the runs."""
    path, found = whole
    assert json.loads(found["plan.json"])["ended"] == "answered"
    assert path.with_name("whole").joinpath("plan.json").is_file()


def test_workers_that_die_lose_nothing_and_the_way_on_is_named(whole, tmp_path):
    """Five runs are kept and told, the plan failed, and it is gone on with to the same bytes."""
    path, found = whole
    way = rf"all workers are gone; broken off; 'line-sim plan --resume {tmp_path}/died' goes on where it was"
    with pytest.raises(LineSimError, match=f"^{way}$"):
        plan(read_study(path), tmp_path / "died", Dying(5))
    told = numbers(tmp_path / "died")
    assert (told["ended"], told["chosen"], told["replications_in_all"]) == ("failed", None, 5)
    assert told["answer"] == "Failed after 5 runs: no answer yet."
    assert [design["verdict"] for design in told["designs"]] == ["undecided", "not sampled"]
    assert gone_on(path, tmp_path / "died") == found


def test_an_answer_that_was_found_before_is_told_though_nothing_confirms_it(tmp_path, whole):
    """The workers die while it is run again: the answer stands, with the fresh runs that there are."""
    path, found = whole
    runs = json.loads(found["plan.json"])
    sampled = sum(design["replications"] for design in runs["designs"])
    with pytest.raises(LineSimError, match="all workers are gone"):
        plan(read_study(path), tmp_path / "out", Dying(sampled + 3))
    told = numbers(tmp_path / "out")
    assert (told["ended"], told["chosen"]) == ("failed", runs["chosen"])
    assert told["confirmation"]["replications"] == 3
    assert told["answer"].endswith(f"Failed after {sampled + 3} runs, before it was confirmed.")
    assert gone_on(path, tmp_path / "out") == found


def test_its_page_says_that_it_is_not_all(tmp_path, whole):
    """`line-sim report` makes it of what was left; that of a whole plan says nothing of the kind."""
    path, _ = whole
    with pytest.raises(LineSimError):
        plan(read_study(path), tmp_path / "out", Dying(5))
    text = Reading(write_plan_page(tmp_path / "out").read_text(encoding="utf-8")).text
    assert "The plan ended early (failed)." in text
    whole_page = write_plan_page(path.with_name("whole")).read_text(encoding="utf-8")
    assert "ended early" not in whole_page


@pytest.fixture
def fourth_run_fails(monkeypatch):
    """Have the fourth run fail, with whatever error a test puts into the list."""
    errors, left, one_run = [], [3], sampling.one_run

    def failing(*arguments, **others):
        if not left[0]:
            raise errors[0]
        left[0] -= 1
        return one_run(*arguments, **others)

    monkeypatch.setattr(sampling, "one_run", failing)
    return errors


def test_a_run_that_raises_ends_it_with_its_own_error_and_the_way_on(
    whole, tmp_path, fourth_run_fails, capsys
):
    """With the exit code of that error, quiet as well, in one line."""
    path, _ = whole
    fourth_run_fails.append(RunFileError("calls.csv: no answer to part 7"))
    asked = ["plan", str(path), "--out", str(tmp_path / "out"), "--jobs", "1", "--quiet"]
    assert run_command_line(asked) == 4
    said = capsys.readouterr()
    way = f"'line-sim plan --resume {tmp_path / 'out'}' goes on where it was"
    assert said.out == ""
    assert said.err == f"Error: calls.csv: no answer to part 7; broken off; {way}\n"
    assert (numbers(tmp_path / "out")["ended"], numbers(tmp_path / "out")["replications_in_all"]) == (
        "failed",
        3,
    )


def test_a_mistake_of_ours_leaves_what_is_known_and_stays_what_it_is(whole, tmp_path, fourth_run_fails):
    """It is no clear message, but nothing is lost, and a note beside it names the way on."""
    path, _ = whole
    fourth_run_fails.append(ZeroDivisionError("division by zero"))
    with pytest.raises(ZeroDivisionError, match="division by zero") as error:
        line_sim.plan(path, out=tmp_path / "out", jobs=1)
    assert any("'line-sim plan --resume" in note for note in error.value.__notes__)
    assert numbers(tmp_path / "out")["ended"] == "failed"


def test_a_full_disk_is_one_clear_error_and_with_room_it_goes_on(whole, tmp_path):
    """Closing the file fails as well, and must not hide which one it was and what to do."""
    path, found = whole
    way = f"then 'line-sim plan --resume {tmp_path / 'full'}' goes on where it was"
    with room_for(1_500), pytest.raises(RunFileError) as error:
        plan(read_study(path), tmp_path / "full", Processes(1))
    said = str(error.value)
    assert said.startswith(f"{tmp_path / 'full' / 'runs.csv'}: cannot be written (")
    assert said.endswith(f"make room or get leave to write there, {way}")
    assert said.count("--resume") == 1
    assert 0 < (tmp_path / "full" / "runs.csv").read_bytes().count(b"\n") < found["runs.csv"].count(b"\n")
    assert gone_on(path, tmp_path / "full") == found


def test_a_full_disk_at_the_command_line_is_one_line(whole, tmp_path, capsys):
    """Exit code 4, and no traceback."""
    path, _ = whole
    asked = ["plan", str(path), "--out", str(tmp_path / "full"), "--jobs", "1", "--quiet"]
    with room_for(1_500):
        assert run_command_line(asked) == 4
    said = capsys.readouterr().err
    assert said.startswith("Error: ")
    assert said.count("\n") == 1
    assert "runs.csv: cannot be written" in said


def test_a_header_that_finds_no_room_is_told_as_well(tmp_path):
    """The file is let go of, too."""
    kept = KeptRuns(tmp_path, {"uph": False})
    with room_for(9), pytest.raises(RunFileError, match=r"runs\.csv: cannot be written"):
        kept.__enter__()
