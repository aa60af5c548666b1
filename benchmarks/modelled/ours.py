"""The line in line-sim, on each engine.

    python benchmarks/modelled/ours.py records|files|simulate ENGINE PARTS     what a run takes, as JSON
    python benchmarks/modelled/ours.py compare ENGINE PARTS SEED...            its figures, run by run

`records` keeps every record in memory (of the compiled engine: its rows, as they come), `files` writes every
file with records and no figure, `simulate` is all that `line-sim run` does but its page.
"""

import inspect
import json
import sys
import time
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean

import yaml
from measuring import NOT_THERE, tell
from the_line import scenario_text

from line_sim.line.line import Line
from line_sim.recording.memory import Memory
from line_sim.recording.writer import RunFolder
from line_sim.scenario import Scenario
from line_sim.simulation import simulate
from line_sim.units import SECOND

ENGINES = "simpy", "compiled"


def is_there(engine: str) -> bool:
    """Whether this line-sim has such an engine and may choose it."""
    return engine == "simpy" or find_spec("line_sim.engine") is not None


def scenario(parts: int, seed: int = 0) -> Scenario:
    """Return the line as a scenario."""
    return Scenario.model_validate(yaml.safe_load(scenario_text(parts, seed)))


def records(engine: str, parts: int, _: Path, seed: int = 0) -> Memory:
    """Run the line and keep its records in memory."""
    memory = Memory()
    _run(engine, scenario(parts, seed), memory)
    return memory


def files(engine: str, parts: int, folder: Path) -> None:
    """Run the line and write its records to their files."""
    with RunFolder(folder / "run", time.monotonic) as recorder:
        _run(engine, scenario(parts), recorder)


def simulated(engine: str, parts: int, folder: Path) -> None:
    """Run the line, write its files, audit them and compute every figure."""
    chosen = {"engine": engine} if "engine" in inspect.signature(simulate).parameters else {}
    simulate(scenario(parts), folder / "run", **chosen)


def _run(engine: str, line: Scenario, observer: Memory | RunFolder) -> None:
    Line(line, {}, observer).run()


def figures(engine: str, parts: int, seed: int) -> dict[str, float]:
    """Return what `same_line.py` compares: throughput, and the mean wait and blocking at each station."""
    kept = records(engine, parts, Path(), seed).records
    ended = max(visit.left_at for visit in kept.visits if visit.left_at is not None)
    told = {"throughput": parts / (ended / SECOND)}
    for station in "abc":
        visits = [visit for visit in kept.visits if visit.station == station]
        told[f"{station} waited"] = fmean(one.started_at - one.queued_at for one in visits) / SECOND
        told[f"{station} blocked"] = fmean(one.left_at - one.finished_at for one in visits) / SECOND
    return told


def main() -> None:
    """Do as the command line says."""
    what, engine, parts, *seeds = sys.argv[1], sys.argv[2], int(sys.argv[3]), *sys.argv[4:]
    if not is_there(engine):
        sys.exit(NOT_THERE)
    if what == "compare":
        json.dump([figures(engine, parts, int(seed)) for seed in seeds], sys.stdout)
    else:
        tell(partial({"records": records, "files": files, "simulate": simulated}[what], engine), parts)


if __name__ == "__main__":
    main()
