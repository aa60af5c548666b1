"""Parts a second of a modelled 3-station line, against the same line hand-written with SimPy Stores.

    python benchmarks/bench_line.py [PARTS]

The line: saturated, exponential times of mean 1 s, buffers of 4. Ours draws item-keyed numbers, blocks
after service and writes every file; the baseline draws from `random`, keeps no record and lets a Store
stand for buffer and machine. Both run in turn, several times; what counts is the ratio of the medians.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import simpy

from line_sim.line.line import Line
from line_sim.recording.writer import RunFolder
from line_sim.scenario import Scenario

ROUNDS = 5
EXPONENTIAL = {"exponential": {"mean": 1}}


def scenario(parts: int) -> Scenario:
    """Return the line as a scenario."""
    line = [{"station": name, "cycle": EXPONENTIAL, "buffer": 4} for name in ("a", "b", "c")]
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "benchmark",
            "run": {"items": parts},
            "arrivals": {"saturated": True},
            "line": line,
        }
    )


def ours(parts: int) -> None:
    """Run the line with all its recording."""
    with tempfile.TemporaryDirectory() as folder, RunFolder(Path(folder) / "run", time.monotonic) as recorder:
        Line(scenario(parts), {}, recorder).run()


def stores(parts: int) -> None:
    """Run the line as SimPy's examples would write it."""
    env = simpy.Environment()
    chance = random.Random(1)
    buffers = [simpy.Store(env, capacity=4) for _ in range(3)]
    out = simpy.Store(env)

    def source() -> Generator[simpy.Event, Any, None]:
        for part in range(parts):
            yield buffers[0].put(part)

    def station(before: simpy.Store, after: simpy.Store) -> Generator[simpy.Event, Any, None]:
        while True:
            part = yield before.get()
            yield env.timeout(chance.expovariate(1.0))
            yield after.put(part)

    env.process(source())
    for before, after in zip(buffers, [*buffers[1:], out], strict=True):
        env.process(station(before, after))
    env.run()


def timed(run: Callable[[int], None], parts: int) -> float:
    """Return the parts a second of one run."""
    began = time.perf_counter()
    run(parts)
    return parts / (time.perf_counter() - began)


def main() -> None:
    """Measure both in turn and print the medians and their ratio."""
    parts = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
    for run in (ours, stores):
        timed(run, 2_000)
    pairs = [(timed(ours, parts), timed(stores, parts)) for _ in range(ROUNDS)]
    mine, baseline = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"line-sim, all files written : {mine:10,.0f} parts/s")
    print(f"SimPy Stores, no recording  : {baseline:10,.0f} parts/s")
    print(
        f"ratio                       : {mine / baseline:10.2f}  (median of {ROUNDS} rounds of {parts} parts)"
    )


if __name__ == "__main__":
    main()
