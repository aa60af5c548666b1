"""A user at the command line, with an inference that is modelled: no server, no network."""

import csv
import json
import os
import re
import subprocess
import sys
import time

import pytest
from commands import CONTRACT, MODELLED, csv_bytes, line_sim

COLUMNS = {
    "items.csv": "item_id,true_state,defect,arrived_at,left_at,flow_s,evaluation,label,score,"
    "inference_outcome,inference_s,lane,disposition",
    "visits.csv": "item_id,station,unit,queued_at,started_at,finished_at,left_at,down_s",
    "calls.csv": "item_id,station,unit,attempt,issued_at,latency_s,outcome,status,label,score,skew_s,"
    "request_bytes",
    "latency.csv": "station,quantity,population,n,censored,statistic,value_s,ci_low_s,ci_high_s",
}
SUMMARY_KEYS = [
    *("scenario", "seed", "clock", "window", "items", "throughput", "stations", "latency", "lanes"),
    *("quality", "timeouts", "throttle", "audit", "warnings"),
]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """One modelled run of the contract's scenario: what it printed, and its folder."""
    cwd = tmp_path_factory.mktemp("user")
    done = line_sim("run", CONTRACT, "--set", MODELLED, "--out", "mine", cwd=cwd)
    return done, cwd / "mine"


def test_a_run_ends_well_and_leaves_every_file_of_the_contract(run):
    """Exit 0, and the files that users' scripts read, under their names and with their columns."""
    done, folder = run
    assert done.returncode == 0, done.stderr
    assert {path.name for path in folder.iterdir()} == {
        *COLUMNS,
        *("breakdowns.csv", "report.html", "run.json", "scenario.yaml", "summary.json"),
    }
    for name, header in COLUMNS.items():
        assert (folder / name).read_text().splitlines()[0] == header


def test_the_summary_file_has_the_keys_of_the_contract(run):
    """Scripts find every number under its documented name, and NaN nowhere."""
    _, folder = run
    summary = json.loads((folder / "summary.json").read_text(), parse_constant=pytest.fail)
    assert set(SUMMARY_KEYS) <= set(summary)
    assert summary["items"]["arrived"] == 300
    assert set(summary["stations"]) == {"press", "camera", "pack", "review"}
    assert summary["audit"]["passed"] is True
    for shares in summary["stations"].values():
        states = ("busy", "blocked", "starved", "down")
        assert sum(shares[state] for state in states) == pytest.approx(1.0, abs=1e-12)
        assert shares["inference_wait"] <= shares["busy"]


def test_the_files_agree_with_each_other(run):
    """Parts in = parts out + on the line; a call a part; every part's visits begin at the press."""
    _, folder = run
    with (folder / "items.csv").open(newline="") as file:
        items = list(csv.DictReader(file))
    with (folder / "calls.csv").open(newline="") as file:
        calls = list(csv.DictReader(file))
    assert sorted(int(item["item_id"]) for item in items) == list(range(1, 301))
    assert {item["disposition"] for item in items} <= {"shipped", "scrapped"}
    assert len(calls) == 300
    late = [call["item_id"] for call in calls if call["outcome"] == "timed_out"]
    reviewed = {item["item_id"] for item in items if item["lane"] == "review"}
    assert late
    assert set(late) <= reviewed


def test_a_person_reads_what_the_waiting_did_in_80_columns(run):
    """The summary fits a terminal, says what inference cost, and where the files are."""
    done, _ = run
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    for word in ("UPH", "takt", "no waiting", "blocked", "timeouts", "escapes", "overkill", "audit", "mine"):
        assert word in done.stdout


def test_the_same_seed_gives_the_same_bytes_in_another_process_with_another_hash_seed(run, tmp_path):
    """Every CSV file and the summary, byte for byte."""
    _, folder = run
    again = line_sim(
        *("run", CONTRACT, "--set", MODELLED, "--out", "again", "--quiet"),
        cwd=tmp_path,
        env={"PYTHONHASHSEED": "7"},
    )
    assert again.returncode == 0
    assert again.stdout == ""
    assert csv_bytes(tmp_path / "again") == csv_bytes(folder)
    assert (tmp_path / "again" / "summary.json").read_bytes() == (folder / "summary.json").read_bytes()


def test_another_seed_gives_another_line(run, tmp_path):
    """`--seed` is used, and kept in the scenario as run."""
    _, folder = run
    other = line_sim("run", CONTRACT, "--set", MODELLED, "--seed", "8", "--out", "other", cwd=tmp_path)
    assert other.returncode == 0
    assert csv_bytes(tmp_path / "other")["items.csv"] != csv_bytes(folder)["items.csv"]
    assert "seed: 8" in (tmp_path / "other" / "scenario.yaml").read_text()


def test_report_makes_the_same_tables_again(run):
    """Everything derived can be deleted: it is made from the rows."""
    _, folder = run
    before = {name: (folder / name).read_bytes() for name in ("latency.csv", "summary.json", "report.html")}
    for name in before:
        (folder / name).unlink()
    done = line_sim("report", folder, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_the_scenario_as_run_runs_again(run, tmp_path):
    """`scenario.yaml` in the results holds the overrides, so it alone repeats the run."""
    _, folder = run
    done = line_sim("run", folder / "scenario.yaml", "--out", "again", "--quiet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert csv_bytes(tmp_path / "again") == csv_bytes(folder)


def test_every_answer_late_sends_every_part_to_review_and_loses_none(tmp_path):
    """A deadline that no answer meets: the line goes on, says so, and exits 0."""
    done = line_sim(
        *("run", CONTRACT, "--set", MODELLED, "--set", "line.camera.deadline=1ms", "--items", "60"),
        *("--out", "late"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    summary = json.loads((tmp_path / "late" / "summary.json").read_text())
    assert summary["timeouts"]["rate"] == 1.0
    assert summary["items"]["arrived"] == 60 == summary["items"]["shipped"] + summary["items"]["scrapped"]
    assert summary["lanes"] == {"ship": 0, "review": 60}
    assert any("timed out" in warning for warning in summary["warnings"])


def test_a_modelled_run_loads_neither_tensorflow_nor_grpc(tmp_path):
    """The simulator's process stays light."""
    script = (
        "import sys\nfrom line_sim.cli import commands\n"
        f"commands.main(['run', {str(CONTRACT)!r}, '--set', {MODELLED!r}, '--items', '20', '--out', 'r',"
        " '--quiet'], standalone_mode=False)\n"
        "heavy = 'tensorflow', 'grpc', 'ssl', 'matplotlib', 'pandas'\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("run", "nowhere.yaml"), 2, "nowhere.yaml cannot be read"),
        (("run", CONTRACT, "--set", "line.1.deadline=-1 s"), 2, "line[1].deadline is -1 s"),
        (("run", CONTRACT, "--set", "run.pace=2"), 2, "only the realtime clock has a pace"),
        (
            ("run", CONTRACT, "--set", "line.camera.gateway={replay: {calls: no.csv}}"),
            4,
            "no.csv: the file cannot",
        ),
        (
            ("check", CONTRACT, "--set", "line.camera.gateway={replay: {calls: no.csv}}"),
            4,
            "no.csv: the file cannot",
        ),
        (("run", CONTRACT, "--set", MODELLED, "--target", "a:1"), 2, "no inspection"),
        (("run", CONTRACT, "--frobnicate"), 2, "No such option"),
        (("check", CONTRACT, "--set", "run.items=many"), 2, "run.items is many"),
        (("report", "."), 4, "is this the folder of a run?"),
        (("run", CONTRACT, "--set", "line.camera.gateway.grpc.model=nobody"), 3, "line-sim export"),
        (
            ("run", CONTRACT, "--target", "127.0.0.1:1", "--set", "line.1.gateway.grpc.connect_timeout=0.2"),
            3,
            "no inference server at 127.0.0.1:1",
        ),
    ],
)
def test_each_mistake_has_one_message_and_its_exit_code(arguments, code, said, tmp_path):
    """No traceback, nothing left behind, and the documented exit code."""
    done = line_sim(*arguments, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_use_is_left_alone(tmp_path):
    """Nothing that a user has is written over."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    done = line_sim("run", CONTRACT, "--set", MODELLED, "--out", "mine", cwd=tmp_path)
    assert done.returncode == 2
    assert "not empty" in done.stderr
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_debug_shows_the_traceback(tmp_path):
    """Whoever hunts a bug sees where it was raised."""
    done = line_sim("run", "nowhere.yaml", "--debug", cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" in done.stderr


def test_a_reader_that_has_gone_is_no_error(tmp_path):
    """`line-sim schema | head -1` ends quietly."""
    command = f"{sys.executable} -m line_sim.cli schema | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )
    assert done.stderr == ""
    assert done.stdout == "{\n"


def test_check_says_what_review_is_sent_and_makes(tmp_path):
    """One reviewer takes 900 parts an hour: a line whose every call times out makes no more than that."""
    told = line_sim("check", CONTRACT, cwd=tmp_path).stdout
    right, none = told.split("Limits, if no answer came before its deadline")
    assert "900 UPH  loaded  96 %  <- bottleneck" in right
    assert "864 an hour" in right
    assert "review has room for 0.25 % of the parts besides those rightly sent there" in right
    assert "press: it is down for 1.8 % of the time in the long run; this run sees about 0.045" in right
    assert "review fills up: it is sent 14,400 parts an hour and makes 900" in none
    assert "the line takes in no more than 900 of the 14,400 parts" in none


def test_check_takes_a_real_servers_answers_from_an_earlier_run(tmp_path):
    """A tenth of 2,000 parts was sent to review; what is to come is told as though it went on so."""
    alarms = "line.camera.gateway={modelled: {service: 90 ms, false_alarm_rate: 0.04}}"
    run = line_sim(
        "run", CONTRACT, "--set", alarms, "--items", "2000", "--out", "run", "--quiet", cwd=tmp_path
    )
    assert run.returncode == 0, run.stderr
    told = line_sim("check", CONTRACT, "--answers-of", "run", cwd=tmp_path).stdout
    assert "Limits, with the answers of that run" in told
    sent = re.search(r"review fills up: it is sent ([\d,]+) parts an hour and makes 900; its 20 places", told)
    assert sent, told
    assert 1200 < int(sent[1].replace(",", "")) < 1600  # 6 % and 4 % of the others, of 14,400
    at_most = re.search(r"in the long run, at most +([\d,]+) UPH", told)
    assert at_most, told
    assert 7500 < int(at_most[1].replace(",", "")) < 11_000


def test_a_run_killed_half_way_gives_a_page_that_says_it_is_partial(tmp_path):
    """SIGKILL asks nobody: `line-sim report` makes the page from what the files kept."""
    command = (*(sys.executable, "-m", "line_sim.cli", "run", str(CONTRACT)), "--out", "mine", "--quiet")
    options = ("--items", "1000000", "--set", MODELLED, "--set", "review.units=20")
    items = tmp_path / "mine" / "items.csv"
    with subprocess.Popen([*command, *options], cwd=tmp_path) as running:
        while not (items.exists() and items.stat().st_size > 10_000):
            assert running.poll() is None
            time.sleep(0.05)
        running.kill()
    assert not (tmp_path / "mine" / "report.html").exists()
    done = line_sim("report", "mine", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Page:  mine/report.html" in done.stdout
    assert "This page is partial: the run was killed before it ended." in (
        tmp_path / "mine" / "report.html"
    ).read_text(encoding="utf-8")
