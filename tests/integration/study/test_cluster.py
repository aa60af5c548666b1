"""A Dask cluster over loopback: it does what processes do, and whatever dies there ends in a word."""

import os
import shutil
import sys
from contextlib import closing
from functools import partial
from threading import Thread

import pytest
from cluster_jobs import dies_at, dies_once_at, doubles, fails_at_7, quick_then, until_wished
from clusters import loopback, wait_until
from commands import ROOT

from line_sim import __version__
from line_sim.errors import ClusterError, LineSimError, ScenarioError
from line_sim.line.interrupt import Interrupt
from line_sim.study.workers import Cluster

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Open a cluster of two workers for stories after which they are as they were."""
    with loopback(tmp_path_factory.mktemp("cluster")) as cluster, Cluster(cluster.ready()) as workers:
        yield workers


def test_results_come_in_the_order_of_the_jobs_in_one_call_after_the_other(cluster):
    """Also after a call whose reader has read enough."""
    assert list(cluster.in_order(doubles, range(3000), Interrupt())) == list(range(0, 6000, 2))
    with closing(cluster.in_order(doubles, range(3000), Interrupt())) as some:
        assert next(some) == 0
    assert list(cluster.in_order(doubles, range(5), Interrupt())) == [0, 2, 4, 6, 8]
    assert list(cluster.in_order(doubles, [], Interrupt())) == []


def test_a_wish_reaches_the_jobs_at_hand_and_begins_no_more(cluster, tmp_path):
    """The two that had begun tell how far they came; nobody ever sees the others."""
    interrupt = Interrupt()
    found = []
    work = partial(until_wished, folder=tmp_path)
    reader = Thread(target=lambda: found.extend(cluster.in_order(work, range(20), interrupt)))
    reader.start()
    wait_until(lambda: len(list(tmp_path.iterdir())) == 2)
    interrupt.wish()
    reader.join()
    begun = sorted(int(path.name) for path in tmp_path.iterdir())
    assert found == [f"{job} stopped" for job in begun]
    assert len(begun) == 2


def test_jobs_that_are_out_when_the_reader_leaves_are_told_to_stop(cluster, tmp_path):
    """They would have worked for nobody for ever, and for no one else."""
    ahead = cluster.in_order(partial(quick_then, folder=tmp_path), range(4), Interrupt())
    assert next(ahead) == "first"
    wait_until(lambda: any(tmp_path.iterdir()))
    ahead.close()
    assert list(cluster.in_order(doubles, range(4), Interrupt())) == [0, 2, 4, 6]


def test_an_error_comes_home_as_itself_from_wherever_it_was(cluster):
    """With what happened there as a note, and after all results before it."""
    results = cluster.in_order(fails_at_7, range(20), Interrupt())
    assert [next(results) for _ in range(7)] == list(range(7))
    with pytest.raises(ScenarioError, match="no such thing") as raised:
        next(results)
    assert "fails_at_7" in "".join(raised.value.__notes__)


def test_a_worker_that_dies_has_its_job_begun_again_elsewhere(tmp_path):
    """And the results are those of a study in which nobody died."""
    with loopback(tmp_path) as started, Cluster(started.ready()) as cluster:
        work = partial(dies_once_at, place=5, mark=tmp_path / "died")
        assert list(cluster.in_order(work, range(12), Interrupt())) == list(range(12))
        assert cluster.count == 1


def test_a_job_under_which_every_worker_dies_is_named(tmp_path):
    """Its neighbours, which were blamed with it, are not; and their results came."""
    allowed = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
    with loopback(tmp_path, workers=0, **allowed) as started, Cluster(started.ready()) as cluster:
        started.add_worker("--nanny")
        results = cluster.in_order(partial(dies_at, place=3), range(6), Interrupt())
        assert [next(results) for _ in range(3)] == [0, 1, 2]
        with pytest.raises(LineSimError, match=r"the job 3 ended.*memory enough"):
            next(results)


def test_the_last_worker_is_missed(tmp_path):
    """Dask itself would wait for ever; and a cluster that has none at first is told, too."""
    told = []
    with loopback(tmp_path, workers=0) as started:
        with (
            Cluster(started.ready(), say=told.append, patience=0.5) as cluster,
            pytest.raises(ClusterError, match=r"no worker for 0\.5 s; start some"),
        ):
            list(cluster.in_order(doubles, range(3), Interrupt()))
        assert len(told) == 1
        assert "has no worker; waiting for one, at most 0.5 s" in told[0]
        started.add_worker()
        with Cluster(started.ready(), patience=60) as cluster:
            work = partial(dies_at, place=3, word=tmp_path / "word")
            results = cluster.in_order(work, range(6), Interrupt())
            assert [next(results) for _ in range(3)] == [0, 1, 2]
            cluster.patience = 0.5
            (tmp_path / "word").touch()
            with pytest.raises(ClusterError, match=r"no worker for 0\.5 s"):
                next(results)


def test_a_worker_that_lacks_something_is_told(cluster, monkeypatch):
    """Not the job's own error: the task never came to it."""
    monkeypatch.setattr("line_sim.study.workers.tasks.do_chunk", partial(int, "no number"))
    with pytest.raises(ClusterError, match=r"a worker cannot do a run: [A-Za-z]*Error: .*install the same"):
        list(cluster.in_order(doubles, range(3), Interrupt()))


def test_a_scheduler_that_goes_is_told_at_once(tmp_path):
    """Not only when Dask has given up to reach it again."""
    with loopback(tmp_path, workers=1) as started, Cluster(started.ready()) as cluster:
        results = cluster.in_order(partial(quick_then, folder=tmp_path), range(4), Interrupt())
        assert next(results) == "first"
        started.scheduler.kill()
        with pytest.raises(ClusterError, match="the scheduler has gone"):
            next(results)


def test_a_worker_with_another_simulator_is_refused(tmp_path):
    """By its version where that tells, else by its files; whenever it comes."""
    other = tmp_path / "other"
    shutil.copytree(ROOT / "line_sim", other / "line_sim", ignore=shutil.ignore_patterns("__pycache__"))
    with (other / "line_sim" / "units.py").open("a") as file:
        file.write("# mended\n")
    path = {"PYTHONPATH": os.pathsep.join([str(other), *sys.path])}
    with loopback(tmp_path, workers=0) as started, Cluster(started.ready()) as cluster:
        started.add_worker(**path)
        with pytest.raises(ClusterError, match=r"other files of line-sim.*install the same"):
            list(cluster.in_order(doubles, range(3), Interrupt()))
        started.workers[0].kill()
        init = other / "line_sim" / "__init__.py"
        init.write_text(init.read_text().replace(f'"{__version__}"', '"9.9"'))
        started.add_worker(**path)
        with pytest.raises(ClusterError, match=r"has line-sim 9\.9 instead of .*install the same"):
            list(cluster.in_order(doubles, range(3), Interrupt()))


def test_an_address_where_nobody_is(monkeypatch):
    """In one line, with what starts a scheduler."""
    monkeypatch.setattr("line_sim.study.workers.cluster.ANSWER_S", 0.5)
    with pytest.raises(ClusterError, match=r"no Dask scheduler can be reached there.*'dask scheduler'"):
        Cluster("tcp://127.0.0.1:1").__enter__()
    with pytest.raises(ScenarioError, match="neither an address"):
        Cluster("127.0.0.1:1").__enter__()
