"""`line-sim sweep` as it is typed, in this process."""

import json

import pytest
from click.testing import CliRunner
from small_sweeps import LINE, line_in

from line_sim.cli import commands
from line_sim.cli.group import run_command_line

OVER = ("--over", "line.camera.units=1,2", "--over", "line.camera.deadline=500ms..1s/2")


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with the small line in it, in which the commands are typed."""
    line_in(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def typed(capsys, *arguments):
    """Run a command; return its exit code, and what it says."""
    code = run_command_line(["sweep", *arguments, "--jobs", "1"])
    said = capsys.readouterr()
    return code, said.out + said.err


def test_a_table_of_the_variants(desk, capsys):
    """Within 80 columns: settings, output, escapes, and what is best."""
    code, said = typed(capsys, "line.yaml", *OVER, "--replications", "3", "--out", "s")
    assert code == 0
    lines = said.splitlines()
    assert max(map(len, (line for line in lines if "Files:" not in line))) <= 80
    assert any(line.split()[:2] == ["units", "deadline"] for line in lines)
    assert sum("500 ms" in line and "±" in line for line in lines) == 2
    assert "best: no other variant ships as much per hour with" in said
    assert (desk / "s" / "sweep.csv").is_file()


def test_a_study_file_and_options_that_come_before_it(desk, capsys):
    """The same command; its cost has a column."""
    (desk / "study.yaml").write_text(
        "study: Cameras\nscenario: line.yaml\nover: {line.camera.units: [1, 2, 3]}\n"
        "cost: {line.camera.units: 12000}\ndemand: {uph: '>= 3'}\n"
    )
    code, said = typed(
        capsys, "study.yaml", "--replications", "2", "--over", "line.camera.units=1,2", "--out", "s"
    )
    assert code == 0
    assert "24,000" in said
    assert "36,000" not in said
    told = json.loads((desk / "s" / "sweep.json").read_text())
    assert [point["replications"] for point in told["points"]] == [2, 2]
    assert [front["better"] for front in told["pareto"]][1] == {"uph": "more", "cost": "less"}


def test_many_variants_leave_the_best_and_say_how_many_more(desk, capsys):
    """Two dozen rows."""
    arguments = (
        "--over",
        "line.camera.deadline=100ms..2s/40",
        "--replications",
        "1",
        "--items",
        "5",
        "--out",
        "s",
    )
    code, said = typed(capsys, "line.yaml", *arguments)
    assert code == 0
    assert "16 more variants are in sweep.csv and sweep.json" in said
    assert sum(" ms " in line or " s " in line for line in said.splitlines() if "±" not in line) >= 24


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name a scenario with --over, a study file, or --resume DIR"),
        (("line.yaml",), "line.yaml is a scenario: say with --over KEY=VALUES what is to be varied"),
        (("none.yaml", *OVER), "none.yaml cannot be read: No such file or directory"),
        (("line.yaml", "--over", "x"), "--over x: write KEY=VALUES, such as line.camera.units=1,2,3"),
        (("line.yaml", *OVER, *OVER), "it is named twice"),
        (("line.yaml", *OVER, "--until", "uph=1"), "write KPI=PERCENT%"),
        (("line.yaml", *OVER, "--points", "3"), "--points: points is 3; it is only for design: lhs"),
        (("line.yaml", *OVER, "--design", "lhs"), "points is missing"),
        (("line.yaml", "--over", "line.camera.units=0"), "line[1].units is 0; it must be 1 or more"),
        (("--resume", "s", "--out", "t"), "--resume goes on as it was begun"),
        (("--resume", "s", *OVER), "name a scenario"),
    ],
)
def test_what_is_wrong_is_said_with_what_is_allowed(desk, capsys, arguments, said):
    """Exit code 2, and nothing is written."""
    code, told = typed(capsys, *arguments)
    assert code == 2
    assert said in " ".join(told.split())
    assert [path.name for path in desk.iterdir()] == ["line.yaml"]


def test_a_line_that_locks_up_has_its_exit_code(desk, capsys):
    """And is told with its settings."""
    locking = LINE.replace("exponential: {mean: 600 ms}", "uniform: {low: 0 s, high: 1 ms}").replace(
        "{time: 2 s, buffer: 50, miss_rate: 0.1}",
        "{time: 3 s, rework: {share: 1, to: press, at_most: 9, defect_rate: 1}}",
    )
    locking = locking.replace("defect_rate: 0.3", "defect_rate: 1").replace("buffer: 2", "buffer: 0")
    line_in(desk, locking)
    code, said = typed(
        capsys,
        "line.yaml",
        "--over",
        "line.camera.units=1,2",
        "--replications",
        "2",
        "--out",
        "s",
        "--set",
        "arrivals={saturated: true}",
        "--set",
        "line.camera.gateway={modelled: {service: 0}}",
    )
    assert code == 6
    assert "! variant 1 (line.camera.units=1): the line locked up in 2 of 2 replications" in said


def test_a_sweep_is_gone_on_with(desk, capsys):
    """One that is over has nothing left to do, and tells the same."""
    _, first = typed(capsys, "line.yaml", *OVER, "--replications", "2", "--out", "s", "--quiet")
    assert first == ""
    before = (desk / "s" / "sweep.json").read_bytes()
    code, said = typed(capsys, "--resume", "s")
    assert code == 0
    assert "±" in said
    assert (desk / "s" / "sweep.json").read_bytes() == before
    code, said = typed(capsys, "line.yaml", "--over", "line.camera.units=1,2", "--resume", "s")
    assert code == 2
    assert "another study than was begun" in said


def test_help_shows_its_examples_as_they_are_typed():
    """On lines of their own."""
    shown = CliRunner().invoke(commands, ["sweep", "--help"], terminal_width=80)
    assert (
        "  line-sim sweep study.yaml" in shown.output.splitlines()[6:14]
        or "line-sim sweep study.yaml" in shown.output
    )
    assert "\b" not in shown.output


def test_of_very_many_variants_there_is_no_page(desk, capsys, monkeypatch):
    """The tables are there all the same, and it is said before the command is over."""
    monkeypatch.setattr("line_sim.report.points.sweep.writing.MOST_POINTS", 3)
    code, said = typed(capsys, "line.yaml", *OVER, "--replications", "1", "--out", "s")
    assert code == 0
    assert "No page: it would be of more than 3 points" in said
    assert (desk / "s" / "sweep.json").is_file()
    assert not (desk / "s" / "sweep.html").exists()


def test_settings_that_begin_alike_are_told_apart(desk, capsys):
    """Two gateways that differ in their last number have two names in the table."""
    (desk / "study.yaml").write_text(
        "study: Gateways\nscenario: line.yaml\nreplications: 2\n"
        "over: {line.camera.gateway: [{modelled: {service: 200 ms}}, {modelled: {service: 250 ms}}]}\n"
    )
    code, said = typed(capsys, "study.yaml", "--out", "s")
    assert code == 0
    assert [word for word in said.split() if "ms}}" in word] == ["...200ms}}", "...250ms}}"]


def test_the_axis_that_moves_a_figure_most_is_told_where_that_is_more_than_chance(desk, capsys):
    """A second camera nearly doubles the output of a slow one, a place more before the press does not."""
    slow = "uniform: {low: 1900 ms, high: 2 s}"
    text = LINE.replace("exponential: {mean: 600 ms}", slow).replace("miss_rate: 0.2", "servers: 2")
    text = text.replace("deadline: 1 s", "deadline: 10 s").replace("time: 2 s", "time: 100 ms")
    (desk / "line.yaml").write_text(text)
    over = ("--over", "line.camera.units=1,2", "--over", "line.press.buffer=2,3")
    code, said = typed(capsys, "line.yaml", *over, "--replications", "5", "--kpi", "uph", "--out", "s")
    assert code == 0
    assert "line.camera.units moves uph most" in map(str.strip, said.splitlines())
    (told,) = json.loads((desk / "s" / "sweep.json").read_text())["strongest"]
    assert (told["key"], told["alike"], told["behind"]) == ("line.camera.units", [], ["line.press.buffer"])
