"""What it costs to have workers: 10,000 runs of 100 parts, and the memory of 100,000 results.

    python benchmarks/bench_workers.py [--runs 10000] [--results 100000] [--workers 2]

Processes of this machine, and a Dask scheduler with workers over loopback. Of each: the wall time times the
workers over the sum of the runs' own processor time (1.0: nothing is lost; on a busy machine it says more
of the others); two numbers that the others hardly change, the same over the sum of the runs' own wall time
(what is more than 1 is time in which a worker had no run) and the processor time of all processes, scheduler
and start-up included, over the runs' own; and the peak memory of the process that reads the results.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

from clusters import loopback  # noqa: E402
from commands import PEAK_KB  # noqa: E402

from line_sim.line.interrupt import Interrupt  # noqa: E402
from line_sim.scenario import Scenario, load  # noqa: E402
from line_sim.study.lean import figures_in, summary_of  # noqa: E402
from line_sim.study.replications.seeds import replication_seed  # noqa: E402
from line_sim.study.workers import Cluster, Processes  # noqa: E402

AGAIN = "import bench_workers; bench_workers.main()"
"""Workers find jobs by the name of their module, which must not be `__main__`."""
SCENARIO = "scenarios/second_camera.yaml"
MODELLED = "line.camera.gateway={modelled: {service: {lognormal: {mean: 120 ms, cv: 0.4}}, miss_rate: 0.05}}"


def run(number: int, interrupt: Interrupt, *, scenario: Scenario) -> tuple[float, float, float | None]:
    """Make a run; return its processor and wall time, and a figure."""
    began, at = time.thread_time(), time.perf_counter()
    seeded = scenario.model_copy(update={"seed": replication_seed(scenario.seed, number)})
    figures = figures_in(summary_of(seeded, interrupt))
    return time.thread_time() - began, time.perf_counter() - at, figures["uph"]


def result(number: int, _: Interrupt) -> dict[str, float]:
    """Return about as much as a run does."""
    return {f"station.{name}": number + name / 100 for name in range(60)}


def spent() -> float:
    """Return the processor time of this process and of its children that have ended, in seconds."""
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


def measure(kind: str, count: int, workers: int, *, results: bool) -> None:
    """Do the jobs and print what that took."""
    work = (
        result
        if results
        else partial(run, scenario=load(ROOT / SCENARIO, [MODELLED, "run.items=100", "run.duration=null"]))
    )
    own, own_wall, done, before = 0.0, 0.0, 0, spent()
    with ExitStack() as stack:
        if kind == "dask":
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            cluster = stack.enter_context(loopback(folder, workers))
            team = stack.enter_context(Cluster(cluster.ready()))
            list(team.in_order(result, range(workers), Interrupt()))  # all are there
        else:
            team = stack.enter_context(Processes(workers))
        began = time.perf_counter()
        for what in team.in_order(work, range(count), Interrupt()):
            done += 1
            if not results:
                own += what[0]
                own_wall += what[1]
        wall = time.perf_counter() - began
    assert done == count
    peak = eval(PEAK_KB) / 1024
    all_of_them = spent() - before
    if results:
        print(f"{kind}: {count} results, peak {peak:.0f} MB; {wall:.1f} s, processor {all_of_them:.1f} s")
        return
    print(
        f"{kind}: {count} runs, {workers} workers: own {own:.1f} s; wall {wall:.1f} s, x workers / own"
        f" {wall * workers / own:.2f}, / own wall {wall * workers / own_wall:.2f};"
        f" processor of all processes {all_of_them:.1f} s, / own {all_of_them / own:.2f}; peak {peak:.0f} MB"
    )


def main() -> None:
    """Measure each in a process of its own, so that its peak is its own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--results", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", choices=["processes", "dask"])
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        kind, what = chosen.one
        measure(kind, getattr(chosen, what), chosen.workers, results=what == "results")
        return
    for kind in ["processes", "dask"] if chosen.only is None else [chosen.only]:
        for what in ("results", "runs"):
            numbers = [f"--{name}={getattr(chosen, name)}" for name in ("runs", "results", "workers")]
            again = [sys.executable, "-c", AGAIN, *numbers, "--one", kind, what]
            subprocess.run(again, check=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})


if __name__ == "__main__":
    main()
