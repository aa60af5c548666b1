"""A sweep that ended before its end, however it did, is gone on with to the same bytes."""

import json
from contextlib import suppress

import pytest
from dying_workers import Dying
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_sweeps import LINE, files, line_in, study_in, swept

from line_sim.errors import LineSimError, ScenarioError
from line_sim.line.interrupt import Interrupt
from line_sim.report.ended import ALL_DONE, BROKEN_OFF, INTERRUPTED
from line_sim.study.design.document import Asked
from line_sim.study.design.kept import STUDY
from line_sim.study.design.study import read_study
from line_sim.study.design.written import written
from line_sim.study.sweep.as_json import JSON
from line_sim.study.sweep.sweep import resume, sweep
from line_sim.study.sweep.swept import How
from line_sim.study.workers import Processes


@pytest.mark.parametrize("after", [1, 5, 11])
def test_after_a_wish_to_stop_it_goes_on_to_the_same_bytes(whole, after):
    """All that was done is kept, told as it is, and not done again."""
    desk, found = whole
    folder, interrupt, made = desk / f"stopped-{after}", Interrupt(), []

    def stop(done, _):
        made.append(done)
        if done == after:
            interrupt.wish()

    with Processes(1) as workers:
        stopped, _ = sweep(study_in(desk), folder, workers, counted=stop, interrupt=interrupt)
    assert stopped.ended == INTERRUPTED
    assert json.loads((folder / JSON).read_text())["ended"] == INTERRUPTED
    assert sum(runs.n for runs in stopped.runs) == after
    with Processes(1) as workers:
        over, _ = resume(folder, workers, counted=lambda done, _: made.append(done))
    assert over.ended == ALL_DONE
    assert made == list(range(1, 13))
    assert files(folder) == found


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1), other=st.floats(0, 1))
def test_wherever_a_kill_tore_its_tables_it_goes_on_to_the_same_bytes(whole, tmp_path_factory, share, other):
    """A row of runs.csv is written last: of a run that has none, nothing counts."""
    _, found = whole
    folder = tmp_path_factory.mktemp("torn")
    runs = found["runs.csv"][: int(share * len(found["runs.csv"]))]
    lines = runs.count(b"\r\n")
    whole_rows = found["sweep.csv"].split(b"\r\n")
    per_run = (len(whole_rows) - 2) // 12
    least = len(b"\r\n".join(whole_rows[: 1 + per_run * max(0, lines - 1)])) + 2 if lines else 0
    rows_left = found["sweep.csv"][: least + int(other * (len(found["sweep.csv"]) - least))]
    for name, content in {**found, "runs.csv": runs, "sweep.csv": rows_left}.items():
        if name != JSON:
            (folder / name).write_bytes(content)
    if runs and not lines:  # a header that is torn
        (folder / "runs.csv").write_bytes(b"")
        (folder / "sweep.csv").write_bytes(b"")
    with Processes(1) as workers:
        resume(folder, workers)
    assert files(folder) == found


def test_a_folder_that_another_one_is_at_work_on_is_refused(whole):
    """What it would cut off as torn is what the other one is writing."""
    desk, found = whole
    refused = []

    def meanwhile(*_):
        with Processes(1) as workers, pytest.raises(ScenarioError) as error:
            resume(desk / "busy", workers)
        refused.append(str(error.value))

    with Processes(1) as workers:
        sweep(study_in(desk), desk / "busy", workers, counted=meanwhile)
    assert len(refused) == 12
    assert "another study is at work in this folder" in refused[0]
    assert files(desk / "busy") == found


def test_another_study_is_refused_with_the_reason(whole):
    """What differs is named; nothing is written."""
    desk, found = whole
    other = read_study(desk / "line.yaml", Asked(over={"line.camera.units": "1,2"}, replications=3))
    with (
        Processes(1) as workers,
        pytest.raises(ScenarioError, match="another study than was begun: over was"),
    ):
        resume(desk / "whole", workers, other)
    assert files(desk / "whole") == found
    with Processes(1) as workers:
        assert resume(desk / "whole", workers, study_in(desk))[0].ended == ALL_DONE


def test_a_scenario_that_has_changed_since_is_refused(tmp_path):
    """Its runs and those that are there would not be of one line."""
    swept(study_in(tmp_path), tmp_path / "out")
    line_in(tmp_path, LINE.replace("500 ms", "400 ms"))
    with (
        Processes(1) as workers,
        pytest.raises(ScenarioError, match="other variants, figures or seeds now than when it was begun"),
    ):
        resume(tmp_path / "out", workers)


def test_the_file_of_a_study_reads_as_the_study(tmp_path):
    """So that its folder is all that is needed to go on."""
    asked = Asked(
        over={
            "line.camera.units": "1..4",
            "line.camera.deadline": "100ms..400ms/7",
            "product.defect_rate": "1%..2%",
        },
        until={"uph": "2.5 %"},
        replications=10,
        design="lhs",
        points=4,
        cost={"line.camera.units": 3},
    )
    study = read_study(line_in(tmp_path), asked)
    swept(study, tmp_path / "out")
    again = read_study(tmp_path / "out" / STUDY)
    assert again == study
    assert written(again) == written(study)


def test_workers_that_die_lose_nothing_that_is_on_the_disk(whole):
    """What is known is told, the way on is named, and it is gone on with to the same bytes."""
    desk, found = whole
    way = rf"all workers are gone; broken off; 'line-sim sweep --resume {desk}/died' goes on where it was"
    with Dying(5) as workers, pytest.raises(LineSimError, match=f"^{way}$"):
        sweep(study_in(desk), desk / "died", workers)
    numbers = json.loads((desk / "died" / JSON).read_text())
    assert (numbers["ended"], [point["replications"] for point in numbers["points"]]) == (
        BROKEN_OFF,
        [3, 2, 0, 0],
    )
    assert numbers["matters_note"] == "the sweep was broken off"
    with Processes(1) as workers:
        resume(desk / "died", workers)
    assert files(desk / "died") == found


def test_an_interrupted_sweep_that_keeps_runs_leaves_no_half_of_one(tmp_path):
    """And goes on to the same bytes."""
    study = study_in(tmp_path, over={"line.camera.units": [1, 2]}, replications=2)
    how = How(keep_runs=True)
    swept(study, tmp_path / "whole", how)
    interrupt = Interrupt()
    with Processes(1) as workers, suppress(KeyboardInterrupt):
        sweep(study, tmp_path / "out", workers, how, counted=lambda *_: interrupt.wish(), interrupt=interrupt)
    assert [path.name for path in (tmp_path / "out").glob("*/*")] == ["replication-001"]
    with Processes(1) as workers:
        resume(tmp_path / "out", workers)
    assert files(tmp_path / "out") == files(tmp_path / "whole")
