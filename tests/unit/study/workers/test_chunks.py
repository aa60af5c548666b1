"""Jobs go out in chunks, and nobody who reads the results can tell."""

import pickle
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from line_sim.errors import LineSimError
from line_sim.line.interrupt import Interrupt
from line_sim.study.workers.chunks import MOST_JOBS, Ahead, Outcome, Pace, do, done, packed
from line_sim.study.workers.order import MOST_OUT, in_order


class SlowError(Exception):
    """An error that can be written and not be read."""

    def __init__(self, what, why):
        super().__init__(f"{what}: {why}")


def negative(job, interrupt):
    """Turn a number round; 13 is one too many."""
    if job == 13:
        raise LineSimError("no such number")
    return -job


class Shuffled:
    """A team that has its chunks done in an order of its own, so many seconds a job."""

    def __init__(self, count, pick, a_job):
        self.count = count
        self.sent = []
        self._pick = pick
        self._a_job = a_job
        self._out = {}

    @property
    def has_room(self):
        """Whether it takes more."""
        return len(self._out) < 2 * self.count

    def send(self, first, jobs):
        """Take a chunk."""
        self.sent.append(jobs)
        self._out[first] = jobs

    def news(self, seconds):
        """Have one chunk done."""
        first = sorted(self._out)[self._pick(len(self._out))]
        outcome = do(negative, self._out.pop(first), Interrupt())
        outcome.seconds = self._a_job * len(outcome.results)
        yield first, outcome

    def stop(self):
        """Never be told."""
        pytest.fail("nobody wished it")


@given(
    count=st.integers(1, 7),
    jobs=st.lists(st.integers(0, 12), max_size=300),
    a_job=st.floats(0, 3),
    data=st.data(),
)
def test_every_result_comes_once_and_in_the_order_of_the_jobs(count, jobs, a_job, data):
    """However chunks are cut, and whoever is over first."""
    team = Shuffled(count, lambda out: data.draw(st.integers(0, out - 1)), a_job)
    assert list(in_order(team, iter(jobs), Interrupt())) == [-job for job in jobs]
    assert list(chain.from_iterable(team.sent)) == jobs


@given(count=st.integers(1, 7), before=st.integers(0, 200), data=st.data())
def test_an_error_comes_after_all_results_before_it(count, before, data):
    """And nothing comes after it."""
    team = Shuffled(count, lambda out: data.draw(st.integers(0, out - 1)), 0.01)
    results = in_order(team, [*[1] * before, 13, *[1] * 50], Interrupt())
    assert [next(results) for _ in range(before)] == [-1] * before
    with pytest.raises(LineSimError, match="no such number"):
        next(results)


def test_a_chunk_grows_to_a_second_of_work_and_no_further():
    """From one job, four times at most; where each takes long, it stays one."""
    pace, seen = Pace(), []
    for _ in range(6):
        seen.append(pace.jobs)
        pace.saw(Outcome([0] * pace.jobs, seconds=0.01 * pace.jobs))
    assert seen == [1, 4, 16, 64, 100, 100]
    pace.saw(Outcome([0], seconds=500.0))
    assert pace.jobs == 1
    for _ in range(20):
        pace.saw(Outcome([0] * pace.jobs, seconds=0.0))
    assert pace.jobs == MOST_JOBS


def test_the_last_jobs_are_shared_by_all_workers():
    """No worker has them all at hand while the others have none."""
    ahead = Ahead(range(40))
    sizes = [len(ahead.take(100, 4)) for _ in range(30)]
    assert sum(sizes) == 40
    assert max(sizes) == sizes[0] == 5
    assert ahead.take(100, 4) == []


def test_no_more_is_read_of_the_jobs_than_can_be_out():
    """A slow first job does not make a study of a million hold all the others."""
    read = []
    team = Shuffled(2, lambda out: out - 1, 5.0)  # whoever came last is over first

    def jobs():
        for number in range(1_000_000):
            read.append(number)
            yield number % 13

    assert next(in_order(team, jobs(), Interrupt())) == 0
    assert len(read) < MOST_OUT + 20


def home(outcome):
    """Send an outcome home."""
    return pickle.loads(packed(outcome))  # noqa: S301 - our own


def test_what_cannot_be_sent_home_is_told():
    """A result, or an error that would not be read there: nobody waits for it for ever."""
    lost = home(Outcome([lambda: None]))
    assert "cannot be sent home" in str(lost.error)
    slow = SlowError("a worker", "it slept")
    slow.add_note("where it happened")
    told = home(Outcome(error=slow)).error
    assert "a worker: it slept" in str(told)
    assert told.__notes__ == ["where it happened"]


def test_a_job_of_a_module_that_is_not_there_is_told():
    """As on a worker that has no such package."""
    outcome = pickle.loads(  # noqa: S301 - our own
        done(b"cno_such_module\nwork\n.", pickle.dumps([1]), Interrupt())
    )
    assert isinstance(outcome.error, ModuleNotFoundError)
