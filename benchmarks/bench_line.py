"""What a user gets of a modelled 3-station line, against the same line hand-written with SimPy Stores.

    python benchmarks/bench_line.py [PARTS] [ROUNDS]

The line: saturated, exponential times of mean 1 s, buffers of 4. The baseline (`modelled/by_hand.py`) draws
from `random`, keeps no record and tells no figure; on each engine, and against another peer, with the time by
the clock: `modelled/in_turns.py`. Against it, in turns:

- the line alone, its records thrown away;
- the line with its files;
- `simulate()`: line, files, audit and every figure;
- the command `line-sim run`: all that, the pages, and a process of its own. Its start-up is taken off:
  the same command with one part.

All of it is processor time, the operating system's part in it, so that what else the machine does counts
little. A ratio is the baseline's time by ours, the median over the rounds; above 1 we are the faster.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from modelled import by_hand

from line_sim.line.line import Line
from line_sim.recording.writer import RunFolder
from line_sim.scenario import Scenario
from line_sim.scenario.dump import dump
from line_sim.simulation import simulate

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


class Nobody:
    """An observer that has every record made and keeps none."""

    def on_visit(self, record: object) -> None:
        """Let it go."""

    on_item = on_visit


def stores(parts: int, _: Path) -> None:
    """Run the line as SimPy's examples would write it."""
    by_hand.stores(parts)


def line(parts: int, _: Path) -> None:
    """Run the line; its records are made and thrown away."""
    Line(scenario(parts), {}, Nobody()).run()


def line_with_files(parts: int, folder: Path) -> None:
    """Run the line with all its recording."""
    with RunFolder(folder / "run", time.monotonic) as recorder:
        Line(scenario(parts), {}, recorder).run()


def simulation(parts: int, folder: Path) -> None:
    """Run the line, record it, compute every figure."""
    simulate(scenario(parts), folder / "run")


def command(parts: int, folder: Path) -> None:
    """Run the command in a process of its own."""
    written = folder / "benchmark.yaml"
    written.write_text(dump(scenario(parts)), encoding="utf-8")
    arguments = [
        sys.executable,
        "-m",
        "line_sim.cli",
        "run",
        str(written),
        "--out",
        str(folder / "run"),
        "--quiet",
    ]
    subprocess.run(arguments, check=True)


def processor_time() -> float:
    """Return the seconds that processors have worked for this process and its children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def taken(run: Callable[[int, Path], None], parts: int) -> float:
    """Return the seconds of processor time of one run, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        began = processor_time()
        run(parts, Path(folder))
        return processor_time() - began


def seconds(run: Callable[[int, Path], None], parts: int) -> float:
    """Return the seconds that so many parts take, without the start-up of a command."""
    return taken(run, parts) - (taken(run, 1) if run is command else 0.0)


def main() -> None:
    """Measure in turn and print the medians and their ratios."""
    parts = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    ours = {
        "the line, in memory": line,
        "the line with its files": line_with_files,
        "simulate()": simulation,
        "the command line-sim run": command,
    }
    for run in (stores, line, line_with_files, simulation):
        taken(run, 2_000)
    ratios: dict[str, list[float]] = {what: [] for what in ours}
    baseline: list[float] = []
    for _ in range(rounds):
        baseline.append(seconds(stores, parts))
        for what, run in ours.items():
            ratios[what].append(baseline[-1] / seconds(run, parts))
    print(f"SimPy Stores, no recording: {parts / statistics.median(baseline):,.0f} parts/s of processor time")
    print(f"ratios to it, medians of {rounds} rounds of {parts:,} parts:")
    for what, found in ratios.items():
        print(f"  {what:<26}: {statistics.median(found):5.2f}  ({min(found):.2f} to {max(found):.2f})")


if __name__ == "__main__":
    main()
