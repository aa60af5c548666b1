"""What the compiled engine changes for a user: one table, before (`--engine simpy`) and after (`auto`).

    python benchmarks/modelled/before_after.py [--rounds 3] [--only TEXT]

In turns, each a whole command with its start-up, its workers and all that it writes, but for the throttle:
there the replays alone are told too, as `simulate()` of the same 20,000 parts spends them. Told are the
medians of processor time and of the clock, and the median of the ratios, with the least and the largest.
The first row is SimPy by hand, which has no engine: it says how fast the machine is.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from commands import on_engine
from in_turns import spread
from measuring import NotThereError, Spent, in_process, median, whole_command
from the_line import scenario_text

HERE = Path(__file__).parent
SCENARIOS = HERE.parents[1] / "scenarios"
PYTHON = Path(sys.executable)
ENGINES = "simpy", "auto"
MODELLED = "line.camera.gateway={modelled: {service: {lognormal: {mean: 25 ms, cv: 0.4}}, miss_rate: 0.05}}"
AT_DEFAULT = ("run.items=20000", "run.clock=virtual", MODELLED)
Measure = Callable[[str], Spent]


def study(*command: str | Path) -> Measure:
    """Measure a command that leaves no folder."""
    return lambda engine: whole_command(on_engine(command, engine))


def run(scenario: Path | str, *options: str) -> Measure:
    """Measure `line-sim run` of a scenario file, or of its text."""

    def measure(engine: str) -> Spent:
        with tempfile.TemporaryDirectory() as folder:
            path = scenario
            if isinstance(path, str):
                path = Path(folder) / "scenario.yaml"
                path.write_text(str(scenario), encoding="utf-8")
            out = ("--out", Path(folder) / "run", "--quiet")
            return whole_command(on_engine(["run", path, *options, *out], engine))

    return measure


def rows() -> dict[str, Measure]:
    """Return what is measured, by its name."""
    cameras = SCENARIOS / "second_camera.yaml"
    sets = [word for text in AT_DEFAULT for word in ("--set", text)]
    return {
        "by hand in SimPy, 60,000 parts": lambda _: in_process(
            PYTHON, HERE / "by_hand.py", "stores", "60000"
        ),
        "the 3 stations, 60,000 parts, in memory": lambda engine: in_process(
            PYTHON, HERE / "ours.py", "kept", engine, "60000"
        ),
        "run, the 3 stations, 200,000 parts": run(scenario_text(200_000)),
        "validate --parts 40000 --jobs 1": study("validate", "--parts", "40000", "--jobs", "1"),
        "validate --parts 40000": study("validate", "--parts", "40000"),
        "100 replications, second camera": run(cameras, "--replications", "100"),
        "throttle's replays, 20,000 parts": partial(replays, 20_000),
        "run, the throttle's line, 20,000 parts": run(throttled(20_000)),
        "run, the default line, 20,000 parts": run(SCENARIOS / "default.yaml", *sets),
    }


def replays(parts: int, engine: str) -> Spent:
    """Measure the comparisons of a run of the line of `bench_throttle.py`."""
    return in_process(PYTHON, HERE.parent / "bench_throttle.py", "--json", engine, str(parts))


def throttled(parts: int) -> str:
    """Return that line as a scenario file."""
    sys.path.append(str(HERE.parent))
    from bench_throttle import scenario  # noqa: PLC0415 - it lies one folder up

    from line_sim.scenario.dump import dump  # noqa: PLC0415 - a process that measures others stays small

    return dump(scenario(parts))


def main() -> None:
    """Measure in turns and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", action="append", metavar="TEXT", help="only what has it in its name")
    chosen = parser.parse_args()
    print(f"{'medians of ' + str(chosen.rounds) + ' rounds, seconds':<42} {'processor':>18}   {'wall':>18}")
    print(f"{'':<42} {'before':>9} {'after':>8}   {'before':>9} {'after':>8}   x, processor time     x, wall")
    for name, measure in rows().items():
        if chosen.only and not any(text in name for text in chosen.only):
            continue
        found: dict[str, list[Spent]] = {engine: [] for engine in ENGINES}
        missing = False
        for _ in range(chosen.rounds):
            for engine in ENGINES:
                try:
                    found[engine].append(measure(engine))
                except NotThereError:
                    missing = True
        print(line(name, found["simpy"], [] if missing else found["auto"]), flush=True)


def line(name: str, before: list[Spent], after: list[Spent]) -> str:
    """Return a row of the table."""
    was = median(before)
    if not after:
        return f"{name:<42} {was.processor:>9.3f} {'-':>8}   {was.wall:>9.3f} {'-':>8}   not there yet"
    now = median(after)
    pairs = list(zip(before, after, strict=True))
    processor = spread([one.processor / other.processor for one, other in pairs])
    wall = spread([one.wall / other.wall for one, other in pairs])
    return (
        f"{name:<42} {was.processor:>9.3f} {now.processor:>8.3f}   {was.wall:>9.3f} {now.wall:>8.3f}"
        f"  {processor} {wall}"
    )


if __name__ == "__main__":
    main()
