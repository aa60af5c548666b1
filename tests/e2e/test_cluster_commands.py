"""A user whose study is made by the workers of a Dask cluster on loopback, and what dies meanwhile."""

import json
import signal
import subprocess
import sys

import pytest
from clusters import loopback, wait_until
from commands import CONTRACT, MODELLED, csv_bytes, line_sim

from line_sim.study.replications.files import read_study

pytestmark = pytest.mark.slow
SHORT = ("--set", MODELLED, "--items", "60")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Start a cluster of two workers."""
    with loopback(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


def study_bytes(study):
    """Return every table of a study and its runs, and their numbers, by path."""
    folders = (study, *sorted(study.glob("replication-*")))
    tables = {
        f"{folder.name}/{name}": text for folder in folders[1:] for name, text in csv_bytes(folder).items()
    }
    return {**tables, **csv_bytes(study), "replications.json": (study / "replications.json").read_bytes()}


def started(arguments, cwd):
    """Start a command whose output is read later."""
    command = [sys.executable, "-m", "line_sim.cli", *map(str, arguments)]
    return subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def in_mid_study(process, study):
    """Wait until the first results are on the disk."""

    def begun():
        assert process.poll() is None, process.communicate()
        return (study / "replications.csv").exists()

    wait_until(begun)


def test_there_and_here_the_files_are_the_same(cluster, tmp_path):
    """Byte for byte, for any number of workers; and Dask's log keeps to itself."""
    rule = ("--replications", "4", "--quiet")
    ways = {"one": ("--jobs", "1"), "two": ("--jobs", "2"), "there": ("--cluster", cluster.ready())}
    for name, way in ways.items():
        done = line_sim("run", CONTRACT, *SHORT, *rule, *way, "--out", name, cwd=tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), done.stderr
    one, two, there = (study_bytes(tmp_path / name) for name in ways)
    assert one == two == there
    assert {path.name for path in (tmp_path / "one").iterdir()} == {
        path.name for path in (tmp_path / "there").iterdir()
    }
    assert all(not path.name.startswith(".") for path in (tmp_path / "there").iterdir())


def test_what_is_compared_or_validated_there_is_the_same(cluster, tmp_path):
    """Commands that make runs take their workers alike."""
    told = {}
    for name, way in {"here": ("--jobs", "1"), "there": ("--cluster", cluster.ready())}.items():
        arguments = (
            *SHORT,
            "--set-b",
            "line.camera.units=2",
            "--replications",
            "2",
            "--json",
            f"{name}.json",
        )
        both = ("compare", CONTRACT, CONTRACT, *arguments, "--out", name, "--quiet", *way)
        done = line_sim(*both, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        table = line_sim("validate", "--only", "packaging", "--markdown", *way, cwd=tmp_path)
        assert (table.returncode, table.stderr) == (0, "")
        told[name] = ((tmp_path / f"{name}.json").read_bytes(), table.stdout)
    assert told["here"] == told["there"]
    assert (tmp_path / "there" / "b" / "replication-002" / "items.csv").exists()


def test_ctrl_c_keeps_what_is_done_and_leaves_the_cluster_free(cluster, tmp_path):
    """Exit 130; runs that were broken off are named, and the next study finds every worker idle."""
    many = ("run", CONTRACT, "--set", MODELLED, "--items", "150", "--replications", "500", "--out", "r")
    with started((*many, "--cluster", cluster.ready()), tmp_path) as running:
        in_mid_study(running, tmp_path / "r")
        running.send_signal(signal.SIGINT)
        printed, said = running.communicate()
    assert (running.returncode, said) == (130, "")
    assert "interrupted after" in printed
    study = json.loads((tmp_path / "r" / "replications.json").read_text())
    assert study["ended"] == "interrupted"
    folders = {path.name for path in (tmp_path / "r").glob("*replication-*")}
    assert {each["folder"] for each in study["replications"]} | set(study["broken_off"]) == folders
    assert 1 <= len(study["replications"]) < 500
    quick = ("run", CONTRACT, *SHORT, "--replications", "2", "--out", "s", "--quiet")
    assert line_sim(*quick, "--cluster", cluster.ready(), cwd=tmp_path).returncode == 0


def test_a_worker_and_then_the_scheduler_are_killed_in_mid_study(tmp_path):
    """The first changes no byte; after the second one line says so, and what is on the disk is whole."""
    arguments = ("run", CONTRACT, "--set", MODELLED, "--items", "60", "--replications", "12", "--quiet")
    assert line_sim(*arguments, "--jobs", "1", "--out", "here", cwd=tmp_path).returncode == 0
    home = tmp_path / "dask"
    home.mkdir()
    with loopback(home) as cluster:
        with started((*arguments, "--cluster", cluster.ready(), "--out", "there"), tmp_path) as running:
            in_mid_study(running, tmp_path / "there")
            cluster.workers[0].kill()
            printed, said = running.communicate()
        assert (running.returncode, printed, said) == (0, "", "")
        assert study_bytes(tmp_path / "there") == study_bytes(tmp_path / "here")
        assert all(not path.name.startswith(".") for path in (tmp_path / "there").iterdir())

        with started((*arguments, "--cluster", cluster.ready(), "--out", "torn"), tmp_path) as running:
            in_mid_study(running, tmp_path / "torn")
            cluster.scheduler.kill()
            printed, said = running.communicate()
    assert (running.returncode, printed) == (3, "")
    assert "the scheduler has gone" in said
    assert len(said.splitlines()) == 1
    assert_whole(tmp_path / "torn", tmp_path / "here")


def assert_whole(torn, whole):
    """Every row of a study that was broken off, and every folder that has a name, is that of the whole."""
    rows, all_rows = read_study(torn), read_study(whole)
    assert 1 <= len(rows) < len(all_rows)
    assert rows == dict(list(all_rows.items())[: len(rows)])
    folders = sorted(torn.glob("replication-*/"))
    assert len(folders) >= len(rows)
    for folder in folders[: len(rows)]:
        assert csv_bytes(folder) == csv_bytes(whole / folder.name)


WITHOUT_DASK = "import sys; sys.modules['distributed'] = None; from line_sim.cli import main; main()"


def test_without_the_extra_one_line_names_it(tmp_path):
    """Exit 2; nothing else of the simulator needs it."""
    arguments = ("run", str(CONTRACT), *SHORT, "--replications", "2", "--cluster", "tcp://127.0.0.1:1")
    command = [sys.executable, "-c", WITHOUT_DASK, *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "Error: Dask is needed for a cluster: pip install 'line-sim[cluster]'\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--cluster", "nobody.json"), "neither an address"),
        (("--cluster", "tcp://127.0.0.1:1", "--jobs", "2"), "choose one"),
    ],
)
def test_each_mistake_has_one_message_and_leaves_nothing_behind(arguments, said, tmp_path):
    """Exit 2, no traceback, no folder."""
    done = line_sim("run", CONTRACT, *SHORT, "--replications", "2", *arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
