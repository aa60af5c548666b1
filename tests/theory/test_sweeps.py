"""A sweep against theory: M/M/c for several numbers of servers, in one study."""

from math import factorial

import pytest
from small_sweeps import study_in, swept

LINE = """\
version: 1
name: Several servers
seed: 5
run: {items: 2500, warm_up: 150 s}
arrivals: {every: {exponential: {mean: 500 ms}}}
line:
  - {station: work, cycle: {exponential: {mean: 800 ms}}, buffer: 1000000}
"""


def time_in_system(rate: float, mean: float, servers: int) -> float:
    """Return the mean time in an M/M/c system (Erlang C; Kleinrock, Queueing Systems I, 3.5)."""
    load = rate * mean
    waiting = load**servers / factorial(servers) * servers / (servers - load)
    waits = waiting / (sum(load**n / factorial(n) for n in range(servers)) + waiting)
    return mean + waits * mean / (servers - load)


def test_the_time_in_the_system_falls_as_erlang_says(tmp_path):
    """Each interval holds the truth."""
    study = study_in(tmp_path, LINE, over={"line.work.units": [2, 3, 4]}, replications=10)
    found = swept(study, tmp_path / "out", jobs=2)
    for runs in found.runs:
        low, high = runs.estimates["flow_time"].interval
        truth = time_in_system(2, 0.8, runs.variant.settings["line.work.units"])
        assert low <= truth <= high
        busy = runs.estimates["work.busy"]
        assert busy.mean == pytest.approx(
            1.6 / runs.variant.settings["line.work.units"], abs=3 * busy.half_width
        )
