"""A run that is made again: the same to the last field, or the study ends and says which run it was."""

import json
import pickle
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rows import calls_again, items_again, jobs, outages, visits_again
from small_sweeps import files, line_in, study_in, swept

from line_sim.cli.group import run_command_line
from line_sim.errors import EngineError
from line_sim.line.interrupt import Interrupt
from line_sim.recording.reader import RunRecords, tables_of
from line_sim.scenario import load, loads
from line_sim.simulation import simulate
from line_sim.special import binomial
from line_sim.study import lean
from line_sim.study.design.study import read_study
from line_sim.study.plan.planning import plan
from line_sim.study.replications.replicate import Plan, replicate
from line_sim.study.running import prepared
from line_sim.study.running.differing import difference
from line_sim.study.running.engines import Wished, on_simpy
from line_sim.study.running.prepared import Prepared
from line_sim.study.running.second_look import (
    DIFFERS,
    ONE_IN,
    is_one_of,
    left_where_engines_differ,
    look_again,
    look_at_files,
)
from line_sim.study.sweep.as_json import JSON
from line_sim.study.sweep.jobs import Job, perform
from line_sim.study.workers import Processes
from line_sim.study.workers.chunks import do, packed

CAMERA = ["line.camera.gateway={modelled: {service: 120 ms}}", "run.items=30", "run.duration=null"]


def second_engine(scenario, gateways, defect_kinds, interrupt, *, late=0):
    """An engine of another name; `late`: it has the third visit end so many ns later."""
    ran = on_simpy(scenario, gateways, defect_kinds, interrupt)
    first, second, third, *others = ran.rows.visits
    visits = (first, second, third._replace(left_at=third.left_at + late), *others)
    return ran._replace(rows=tables_of(replace(ran.rows, visits=visits)), engine="second")


@pytest.fixture
def engine(monkeypatch):
    """Have all lines run by another engine, to which a test may give a mistake."""
    made = {"late": 0}
    monkeypatch.setattr(prepared, "engine_of", lambda *_: partial(second_engine, **made))
    prepared._kept.cache_clear()
    yield made
    prepared._kept.cache_clear()


def test_a_run_that_is_the_same_on_both_is_content():
    """As one of SimPy's own is, which nobody need make again."""
    scenario = load("scenarios/second_camera.yaml", CAMERA)
    ran = Prepared(scenario, second_engine).run(scenario.seed)
    assert look_again(scenario, ran)
    assert look_again(scenario, Prepared(scenario).run(scenario.seed))


def test_a_run_that_is_another_is_told_with_its_first_difference():
    """The row, the field, both values; the scenario is there to make it again."""
    scenario = load("scenarios/second_camera.yaml", [*CAMERA, "seed=7"])
    ran = Prepared(scenario, partial(second_engine, late=5)).run(7)
    left = on_its_own(scenario).visits[2].left_at
    with pytest.raises(EngineError, match=f"visits.csv:4: left is {left + 5}, and there {left}") as error:
        look_again(scenario, ran)
    assert "seed 7: the run of the engine 'second' is not that of 'simpy'" in str(error.value)
    assert error.value.exit_code == 1


def on_its_own(scenario):
    """The records that SimPy makes."""
    return Prepared(scenario).run(scenario.seed).rows


def test_another_ending_is_told_where_all_rows_are_the_same():
    """Rows do not say until when a line was looked at."""
    scenario = load("scenarios/second_camera.yaml", CAMERA)
    ran = Prepared(scenario, second_engine).run(scenario.seed)
    with pytest.raises(EngineError, match=r"it ended: completed at .* ns, and there: completed"):
        look_again(scenario, ran._replace(ending=ran.ending._replace(at=ran.ending.at + 1)))


def test_a_run_that_was_broken_off_is_no_run_to_look_at():
    """Nor is one whose second look is: where it was broken off is chance."""
    scenario = load("scenarios/second_camera.yaml", CAMERA)
    ran, stopped = Prepared(scenario, second_engine).run(scenario.seed), Interrupt()
    stopped.wish()
    assert not look_again(scenario, ran, stopped)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_difference_in_any_field_of_any_row_is_found(data):
    """Two runs with the same rows are the same, and with one other field they are not."""
    many = {
        "items": data.draw(st.lists(items_again, min_size=1, max_size=4)),
        "visits": data.draw(st.lists(visits_again, min_size=1, max_size=4)),
        "calls": data.draw(st.lists(calls_again, min_size=1, max_size=4)),
        "outages": data.draw(st.lists(outages, min_size=1, max_size=4)),
        "jobs": data.draw(st.lists(jobs, min_size=1, max_size=4)),
    }
    run = RunRecords(**{name: tuple(rows) for name, rows in many.items()})
    assert difference(run, run) == difference(run, tables_of(run)) == ""
    table = data.draw(st.sampled_from(sorted(many)))
    row = data.draw(st.integers(0, len(many[table]) - 1))
    field = data.draw(st.sampled_from(many[table][row]._fields))
    rows = list(many[table])
    rows[row] = rows[row]._replace(**{field: another(getattr(rows[row], field), field)})
    other = replace(run, **{table: tuple(rows)})
    assert difference(run, other)
    assert difference(replace(run, **{table: run_rows(run, table)[:-1]}), run)


def run_rows(run, table):
    """The rows of a table."""
    return getattr(run, table)


def another(value, field):
    """A value that the field may have and has not."""
    if isinstance(value, str):
        return f"{value}x"
    if field == "score":
        return 0.5 if value is None else value / 2 + 0.25 if value != 0.5 else 0.75
    return 0 if value is None else value + 1


def test_one_run_of_a_thousand_is_looked_at_whatever_line_of_the_study_it_is():
    """As many as chance picks; and the lines of a study, which share seeds, are not all picked at once."""
    n = 200_000
    for picked in (
        sum(is_one_of(seed, 1) for seed in range(n)),
        sum(is_one_of(5, which) for which in range(n)),
    ):
        assert binomial.at_most(picked, n, 1 / ONE_IN) > 1e-5
        assert binomial.more_than(picked - 1, n, 1 / ONE_IN) > 1e-5
    assert [is_one_of(9, 3) for _ in range(2)] == [is_one_of(9, 3)] * 2


def test_a_sweep_by_two_engines_that_agree_is_the_sweep_by_one(engine, tmp_path, monkeypatch):
    """Byte by byte; and the first of its runs was made by both."""
    looks = []
    monkeypatch.setattr(lean, "look_again", lambda *run: looks.append(run) or look_again(*run))
    swept(study_in(tmp_path), tmp_path / "second")
    assert [scenario.seed for scenario, *_ in looks] == [3]
    assert looks[0][1].engine == "second"
    engine.clear()
    prepared._kept.cache_clear()
    monkeypatch.undo()
    swept(study_in(tmp_path), tmp_path / "simpy")
    assert files(tmp_path / "second") == files(tmp_path / "simpy")
    assert not (tmp_path / "second" / DIFFERS).exists()


def test_a_sweep_whose_engines_differ_ends_with_the_run_that_shows_it(engine, tmp_path, capsys):
    """It is no error of one run, beside which others go on: nobody knows how many others are wrong."""
    engine["late"] = 5
    line_in(tmp_path)
    out = tmp_path / "out"
    asked = ["sweep", str(tmp_path / "line.yaml"), "--over", "line.camera.units=1,2", "--replications", "3"]
    assert run_command_line([*asked, "--out", str(out), "--jobs", "1", "--quiet"]) == 1
    said = capsys.readouterr().err
    assert (
        "Small line, seed 3: the run of the engine 'second' is not that of 'simpy': visits.csv:4: left"
        in said
    )
    assert f"with {out / DIFFERS}, which 'line-sim run {out / DIFFERS}' makes again" in said
    assert f"'line-sim sweep --resume {out}' goes on where it was" in said
    kept = load(out / DIFFERS)
    assert (kept.name, kept.seed, kept.run.items) == ("Small line", 3, 30)
    assert json.loads((out / JSON).read_text())["ended"] == "broken off"
    assert (out / "runs.csv").read_text().count("\n") == 1


def test_a_plan_whose_engines_differ_ends_so_too(engine, tmp_path):
    """Where its designs are run, and not worked out."""
    engine["late"] = 5
    line_in(tmp_path)
    study = {"study": "Cameras", "scenario": "line.yaml", "over": {"line.camera.units": [1, 2]}}
    (tmp_path / "study.yaml").write_text(json.dumps({**study, "demand": {"uph": ">= 100"}}))
    with pytest.raises(EngineError, match=r"visits\.csv:4: left is"):
        plan(read_study(tmp_path / "study.yaml"), tmp_path / "out", Processes(1), quick=False)
    assert load(tmp_path / "out" / DIFFERS).seed == 3
    assert json.loads((tmp_path / "out" / "plan.json").read_text())["ended"] == "failed"


def test_a_worker_sends_the_scenario_home(engine):
    """The study's folder is seen by whoever began it, and need not be by who does the runs."""
    engine["late"] = 5
    scenario = load("scenarios/second_camera.yaml", CAMERA)
    job = Job(1, 1, scenario, ("uph",), again=True)
    outcome = pickle.loads(packed(do(perform, [job], Interrupt())))  # noqa: S301 - our own
    assert isinstance(outcome.error, EngineError)
    assert loads(outcome.error.scenario) == scenario


def test_a_folder_that_takes_no_file_does_not_hide_the_difference(tmp_path):
    """What is wrong is told first, and why its scenario is not kept."""
    error = EngineError("the runs differ")
    error.scenario = "name: line\n"
    with pytest.raises(EngineError, match=r"the runs differ .its scenario could not be kept: "):  # noqa: SIM117
        with left_where_engines_differ(tmp_path / "there" / "is none"):
            raise error


@pytest.fixture
def wrong_kernel(monkeypatch):
    """Have the compiled line draw every time a nanosecond longer than it is."""
    pytest.importorskip("numba")
    from line_sim.compiled.columns import Columns

    right = Columns.fill

    def fill(columns, told, first):
        right(columns, told, first)
        told += 1

    monkeypatch.setattr(Columns, "fill", fill)


THREE = """
version: 1
name: three parts
run: {items: 3}
arrivals: {saturated: true}
line: [{station: press, cycle: 2 s}]
"""


def test_replications_that_are_wrong_end_their_study(tmp_path, wrong_kernel):
    """The first one is made again, and a scenario is left that tells what it was."""
    plan = Plan(2, engine="compiled")
    with pytest.raises(EngineError, match=r"three parts, seed \d+: .*line-sim run .*differs.yaml"):
        replicate(loads(THREE), tmp_path / "study", plan)
    assert load(tmp_path / "study" / DIFFERS).name == "three parts"


def test_runs_of_a_sweep_that_are_kept_are_looked_at_too(tmp_path, wrong_kernel):
    """They have left their files, and are made again all the same."""
    job = Job(1, 1, loads(THREE), ("uph",), tmp_path / "run", again=True, wished=Wished("compiled"))
    with pytest.raises(EngineError, match="three parts"):
        perform(job, Interrupt())
    assert not (tmp_path / "run").exists()


def test_what_a_runs_files_leave_out_is_no_difference(tmp_path):
    """Of a line on which no station makes defects nobody writes what a part was at each call."""
    pytest.importorskip("numba")
    scenario = load(
        "scenarios/second_camera.yaml", ["run.items=200", "run.warm_up=0", "product.defect_rate=0.5"]
    )
    result = simulate(scenario, tmp_path / "run", engine="compiled")
    assert result.engine == "compiled"
    assert look_at_files(scenario, result)
