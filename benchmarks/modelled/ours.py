"""The line in line-sim, on each engine.

    python benchmarks/modelled/ours.py made|kept|files|simulate ENGINE PARTS     what a run takes, as JSON
    python benchmarks/modelled/ours.py compare ENGINE PARTS SEED...              its figures, run by run

`made` has every record made and thrown away, `kept` has them kept in memory (of the compiled engine as
columns), `files` writes every file with records and no figure, `simulate` is all that `line-sim run` does but
its page. The scenario has been read before. ENGINE is simpy, compiled or auto; with exit code 3 this line-sim
has only SimPy.
"""

import inspect
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from measuring import NOT_THERE, tell
from the_line import scenario_text

from line_sim.line.line import Line
from line_sim.line.records import Visit
from line_sim.recording.memory import Memory
from line_sim.recording.writer import RunFolder
from line_sim.scenario import Scenario
from line_sim.simulation import simulate
from line_sim.units import SECOND

TIMES = "queued_at", "started_at", "finished_at", "left_at"


class Nobody:
    """Has every record made by SimPy's line and keeps none."""

    def on_visit(self, record: object) -> None:
        """Let it go."""

    on_item = on_visit


class NoRows:
    """Has every row made by the compiled line and keeps none."""

    def on_rows(self, kind: str, rows: Any, words: Sequence[str]) -> None:
        """Let them go."""

    def on_round(self) -> None:
        """Nothing waits for it."""

    def on_end(self) -> None:
        """Nor for that."""


class Rows(NoRows):
    """Keeps the rows that the compiled line tells, as columns."""

    def __init__(self) -> None:
        self.kept: dict[str, list[dict[str, Any]]] = {}
        self.words: Sequence[str] = ()

    def on_rows(self, kind: str, rows: Any, words: Sequence[str]) -> None:
        """Keep copies: the array is used again."""
        self.kept.setdefault(kind, []).append({name: rows[name].copy() for name in rows.dtype.names})
        self.words = words


@dataclass(frozen=True, slots=True)
class Kept:
    """All that was told of a run, whichever line it was."""

    memory: Memory = field(default_factory=Memory)
    rows: Rows = field(default_factory=Rows)

    def visits(self) -> Iterator[tuple[str, list[Any]]]:
        """Yield of each station the times of its visits, as columns of whole ns."""
        if self.rows.kept:
            pieces = self.rows.kept["visit"]
            stations = np.concatenate([piece["station"] for piece in pieces])
            times = [np.concatenate([piece[name] for piece in pieces]) for name in TIMES]
            for code in np.unique(stations):
                yield self.rows.words[code], [column[stations == code] for column in times]
            return
        by_station: dict[str, list[Visit]] = {}
        for visit in self.memory.records.visits:
            by_station.setdefault(visit.station, []).append(visit)
        for station, visits in by_station.items():
            yield station, [np.array([getattr(visit, name) for visit in visits]) for name in TIMES]


def is_there(engine: str) -> bool:
    """Whether this line-sim has such an engine."""
    return engine == "simpy" or find_spec("line_sim.engine") is not None


@cache
def scenario(parts: int, seed: int = 0) -> Scenario:
    """Return the line as a scenario, read once."""
    return Scenario.model_validate(yaml.safe_load(scenario_text(parts, seed)))


def made(engine: str, parts: int, _: Path) -> None:
    """Run the line and throw its records away."""
    _run(engine, scenario(parts), Nobody(), NoRows)


def records(engine: str, parts: int, _: Path, seed: int = 0) -> Kept:
    """Run the line and keep its records in memory."""
    kept = Kept()
    _run(engine, scenario(parts, seed), kept.memory, lambda: kept.rows)
    return kept


def files(engine: str, parts: int, folder: Path) -> None:
    """Run the line and write its records to their files."""
    with RunFolder(folder / "run", time.monotonic) as recorder:
        _run(engine, scenario(parts), recorder, partial(_row_files, recorder))


def simulated(engine: str, parts: int, folder: Path) -> None:
    """Run the line, write its files, audit them and compute every figure."""
    chosen = {"engine": engine} if "engine" in inspect.signature(simulate).parameters else {}
    simulate(scenario(parts), folder / "run", **chosen)


def _run(
    engine: str, line: Scenario, observer: Nobody | Memory | RunFolder, takes: Callable[[], object]
) -> None:
    """Run the line alone: an observer is told by SimPy's, and what `takes` makes by the compiled one."""
    if engine == "simpy":
        Line(line, {}, observer).run()
        return
    from line_sim.engine.asking import engine_for  # noqa: PLC0415 - not every line-sim has them
    from line_sim.engine.run import Given, Told, run  # noqa: PLC0415 - as above

    told = Told(observers=(observer,), takes=takes)
    run(engine_for(line, engine), line, Given(gateways={}), told)


def _row_files(recorder: RunFolder) -> object:
    from line_sim.recording.arrays.files import RowFiles  # noqa: PLC0415 - only where it is there

    return RowFiles(recorder)


def figures(engine: str, parts: int, seed: int) -> dict[str, float]:
    """Return what `same_line.py` compares: throughput, and the mean wait and blocking at each station."""
    told: dict[str, float] = {"throughput": 0.0}
    for station, (queued, started, finished, left) in sorted(records(engine, parts, Path(), seed).visits()):
        told["throughput"] = parts / (int(left.max()) / SECOND)  # the last station's remains
        told[f"{station} waited"] = float(np.mean(started - queued)) / SECOND
        told[f"{station} blocked"] = float(np.mean(left - finished)) / SECOND
    return told


def main() -> None:
    """Do as the command line says."""
    what, engine, parts, *seeds = sys.argv[1], sys.argv[2], int(sys.argv[3]), *sys.argv[4:]
    kinds = {"made": made, "kept": records, "files": files, "simulate": simulated}
    if not is_there(engine):
        sys.exit(NOT_THERE)
    if what == "compare":
        json.dump([figures(engine, parts, int(seed)) for seed in seeds], sys.stdout)
    else:
        tell(partial(kinds[what], engine), parts)


if __name__ == "__main__":
    main()
