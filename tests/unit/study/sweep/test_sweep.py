"""A sweep: the same chance in every variant, the same files whoever runs it, and on after every end."""

import csv
import json
import resource
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from dying_workers import Dying
from small_sweeps import CAMERAS, LINE, files, line_in, study_in, swept

from line_sim.errors import LineSimError, RunFileError, ScenarioError
from line_sim.line.interrupt import Interrupt
from line_sim.report.ended import ALL_DONE, BROKEN_OFF, INTERRUPTED
from line_sim.scenario import load
from line_sim.study.design.document import Asked
from line_sim.study.design.kept import STUDY
from line_sim.study.design.study import read_study
from line_sim.study.design.written import written
from line_sim.study.lean import figures_in, summary_of
from line_sim.study.replications.precision import Goal, enough, reached
from line_sim.study.replications.seeds import replication_seed
from line_sim.study.sweep.as_json import JSON
from line_sim.study.sweep.sweep import resume, sweep
from line_sim.study.sweep.swept import How
from line_sim.study.workers import Processes


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Sweep two cameras by two deadlines, and return the folder of the line and the study's files."""
    desk = tmp_path_factory.mktemp("desk")
    swept(study_in(desk), desk / "whole")
    return desk, files(desk / "whole")


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


def test_a_folder_that_is_none_of_a_sweep_is_refused(tmp_path):
    """Also one whose tables are damaged in the middle."""
    with Processes(1) as workers, pytest.raises(RunFileError, match="is this the right folder"):
        resume(tmp_path, workers)
    swept(study_in(tmp_path), tmp_path / "out")
    table = tmp_path / "out" / "sweep.csv"
    table.write_bytes(table.read_bytes().replace(b",uph,", b",ups,", 1))
    with Processes(1) as workers, pytest.raises(RunFileError, match="does not belong where it stands"):
        resume(tmp_path / "out", workers)


@pytest.mark.parametrize("figure", ["nan", "1e999", " 5 ", "0x1", "1_000"])
def test_a_figure_that_no_run_has_told_is_refused(whole, tmp_path, figure):
    """Python reads some of them as numbers."""
    _, found = whole
    for name, content in found.items():
        (tmp_path / name).write_bytes(content)
    row = next(row for row in found["sweep.csv"].split(b"\r\n") if b",uph," in row)
    damaged = row.rpartition(b",")[0] + b"," + figure.encode()
    (tmp_path / "sweep.csv").write_bytes(found["sweep.csv"].replace(row, damaged, 1))
    with Processes(1) as workers, pytest.raises(RunFileError, match="does not belong where it stands"):
        resume(tmp_path, workers)


@pytest.mark.parametrize(
    ("kpis", "message"),
    [(5, "kpis is no list"), ("uph", "kpis is no list"), (["uhp"], "there is no such figure")],
)
def test_kpis_that_somebody_has_changed_are_refused(whole, tmp_path, kpis, message):
    """With the reason, not with a traceback."""
    _, found = whole
    for name, content in found.items():
        (tmp_path / name).write_bytes(content)
    state = json.loads(found["sweep-state.json"]) | {"kpis": kpis}
    (tmp_path / "sweep-state.json").write_text(json.dumps(state))
    with Processes(1) as workers, pytest.raises((RunFileError, ScenarioError), match=message):
        resume(tmp_path, workers)


def test_what_stands_behind_the_last_run_is_cut_off_or_refused(whole, tmp_path):
    """Cut off where it is torn, refused where it is a run that the sweep does not have."""
    _, found = whole
    for name, content in found.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "sweep.csv").write_bytes(found["sweep.csv"] + b"\0" * 20)
    (tmp_path / "runs.csv").write_bytes(found["runs.csv"] + b"2,1")
    with Processes(1) as workers:
        resume(tmp_path, workers)
    assert files(tmp_path) == found
    last = found["runs.csv"].rsplit(b"\r\n", 2)[1] + b"\r\n"
    (tmp_path / "runs.csv").write_bytes(found["runs.csv"] + last)
    lines = found["sweep.csv"].splitlines(keepends=True)[1:]
    again = b"".join(lines[-len(lines) // 12 :])
    (tmp_path / "sweep.csv").write_bytes(found["sweep.csv"] + again)
    with Processes(1) as workers, pytest.raises(RunFileError, match="once more or too many"):
        resume(tmp_path, workers)


@pytest.mark.parametrize("name", ["runs.csv", "sweep.csv"])
def test_a_header_that_is_torn_is_written_again(whole, tmp_path, name):
    """The disk was full when the sweep began."""
    _, found = whole
    for other in ("study.yaml", "sweep-state.json"):
        (tmp_path / other).write_bytes(found[other])
    (tmp_path / name).write_bytes(found[name][:9])
    with Processes(1) as workers:
        resume(tmp_path, workers)
    assert files(tmp_path) == found


def test_a_disk_that_is_full_is_told_with_the_way_on(whole, tmp_path):
    """Which file, and what to do; with room it goes on to the same bytes."""
    desk, found = whole
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(found["sweep.csv"]) // 2, old[1]))
    try:
        with pytest.raises(RunFileError, match=r"sweep\.csv: cannot be written .* goes on where it was$"):
            swept(study_in(desk), tmp_path / "full")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    with Processes(1) as workers:
        resume(tmp_path / "full", workers)
    assert files(tmp_path / "full") == found


def test_a_table_that_is_no_file_is_refused(whole, tmp_path):
    """A device would be read for ever."""
    _, found = whole
    for name, content in found.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "runs.csv").unlink()
    (tmp_path / "runs.csv").symlink_to("/dev/null")
    with Processes(1) as workers, pytest.raises(RunFileError, match="it is no file"):
        resume(tmp_path, workers)


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    """As that of a run is."""
    study = study_in(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(ScenarioError, match="choose another with --out"):
        swept(study, tmp_path / "file" / "out")


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
