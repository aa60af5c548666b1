"""A user at the command line who runs a line many times."""

import json
import signal
import subprocess
import sys
import time

import pytest
from commands import CONTRACT, MODELLED, csv_bytes, line_sim

pytestmark = pytest.mark.slow
SHORT = ("--set", MODELLED, "--items", "60")


def told(path):
    """Read a JSON file that holds no NaN."""
    return json.loads(path.read_text(), parse_constant=pytest.fail)


def test_side_by_side_or_one_after_the_other_the_files_are_the_same(tmp_path):
    """Every table and number of every replication, and of the study, byte for byte, stopped alike."""
    rule = ("--replications", "13", "--until", "first_pass_yield=30%", "--quiet")
    for jobs, name in (("1", "serial"), ("2", "parallel")):
        done = line_sim("run", CONTRACT, *SHORT, *rule, "--jobs", jobs, "--out", name, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
    serial, parallel = tmp_path / "serial", tmp_path / "parallel"
    study = told(serial / "replications.json")
    assert (study["ended"], len(study["replications"])) == ("precision reached", 10)
    assert {path.name for path in serial.iterdir()} == {path.name for path in parallel.iterdir()}
    assert (serial / "replications.json").read_bytes() == (parallel / "replications.json").read_bytes()
    for folder in (serial, *sorted(serial.glob("replication-*"))):
        assert csv_bytes(folder) == csv_bytes(parallel / folder.relative_to(serial))


def test_a_scenario_against_itself_differs_by_exactly_nothing(tmp_path):
    """Every figure, as scenarios and as the folders they leave; a change then shows and is listed."""
    arguments = ("--replications", "2", "--json", "c.json", "--out", "both", "--quiet")
    done = line_sim("compare", CONTRACT, CONTRACT, *SHORT, *arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    runs = ("both/a/replication-001", "both/b/replication-001")
    assert line_sim("compare", *runs, "--json", "d.json", "--quiet", cwd=tmp_path).returncode == 0
    for name in ("c.json", "d.json"):
        found = told(tmp_path / name)
        assert found["changes"] == []
        assert len(found["kpis"]) > 4
        assert {(k["difference"], k["half_width"], k["significant"]) for k in found["kpis"].values()} == {
            (0, 0, False)
        }
    unlike = ("both/a/replication-001", "both/b/replication-002")
    welch = line_sim("compare", *unlike, cwd=tmp_path).stdout
    assert "the pairing is lost" in welch
    assert "Welch" in welch


def test_ctrl_c_keeps_and_reports_the_replications_that_are_done(tmp_path):
    """Exit 130; what was broken off is named and not counted."""
    arguments = ("run", CONTRACT, "--set", MODELLED, "--items", "500", "--replications", "500", "--out", "r")
    command = [sys.executable, "-m", "line_sim.cli", *map(str, arguments)]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as running:
        while not (tmp_path / "r" / "replications.csv").exists():
            assert running.poll() is None
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        printed, _ = running.communicate()
    assert running.returncode == 130
    study = told(tmp_path / "r" / "replications.json")
    assert study["ended"] == "interrupted"
    assert 1 <= len(study["replications"]) < 500
    assert study["kpis"]["uph"]["n"] == len(study["replications"])
    assert "interrupted after" in printed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", CONTRACT, "--until", "uph=1%"), "need --replications"),
        (("run", CONTRACT, "--replications", "3", "--until", "uph=1%"), "--replications 10 or more"),
        (("run", CONTRACT, *SHORT, "--replications", "19", "--until", "speed=1%"), "there is no such figure"),
        (("compare", CONTRACT, CONTRACT), "asks a real server"),
        (("compare", CONTRACT, "."), "not one of each"),
        (("validate", "--only", "perpetuum"), "no case has that in its name"),
    ],
)
def test_each_mistake_has_one_message_and_leaves_nothing_behind(arguments, said, tmp_path):
    """Exit code 2, no traceback, no folder."""
    done = line_sim(*arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_theory_from_the_command_line(tmp_path):
    """A table for people, one in Markdown, and exit code 0 where all agree."""
    done = line_sim("validate", "--only", "packaging", "--only", "2 equal Erlang-2, B=0", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "all 2 numbers agree with theory" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    page = line_sim("validate", "--only", "packaging", "--markdown", cwd=tmp_path).stdout
    assert page.startswith("| case | source | quantity |")
