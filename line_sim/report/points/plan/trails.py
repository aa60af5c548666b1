"""The way of each sum to where it was decided, from `runs.csv`, the runs that a plan keeps."""

import csv
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from line_sim.report.points.demands import Demand, demands_of
from line_sim.report.points.figures import Json

RUNS = "runs.csv"
MOST_BYTES = 64 * 1024 * 1024
MOST_STEPS = 120
"""Of a long way so many steps are kept: more than a small chart can show."""

Excesses: TypeAlias = Mapping[tuple[str, str], list[float]]
"""What each run brings above the limit, by design and figure, in the order of the runs."""


def with_trails(data: Json, folder: Path) -> list[Json]:
    """Return the designs of a plan, their decisions with a `trail`: after so many runs, the sum.

    A way that does not end at the sum that the plan tells is left out, and so are all of a file that is not
    there, too large or not the plan's.
    """
    found = _read(folder / RUNS, demands_of(data))
    return [{**design, "demands": list(_decisions(design, found))} for design in data["designs"]]


def _decisions(design: Json, found: Excesses) -> Iterator[Json]:
    for decision in design.get("demands") or ():
        at = int(decision.get("replications") or design.get("replications") or 0)
        trail = _trail(found.get((str(design["design"]), decision["kpi"]), [])[:at])
        told = decision.get("sum")
        same = trail and told is not None and math.isclose(trail[-1][1], told, rel_tol=1e-6, abs_tol=1e-9)
        yield {**decision, "trail": trail} if same and not decision.get("trail") else decision


def _trail(excesses: list[float]) -> list[list[float]]:
    """Return the sums after some of the runs, always after the last."""
    stride = max(1, math.ceil(len(excesses) / MOST_STEPS))
    sums, total = list[list[float]](), 0.0
    for run, excess in enumerate(excesses, 1):
        total += excess
        if run % stride == 0 or run == len(excesses):
            sums.append([run, total])
    return sums


def _read(path: Path, demands: list[Demand]) -> Excesses:
    found: dict[tuple[str, str], list[float]] = {}
    try:
        if path.stat().st_size > MOST_BYTES:
            return {}
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["confirms"] == "0":
                    for demand in demands:
                        excess = _excess(row, demand)
                        found.setdefault((row["design"], demand.kpi), []).append(excess)
    except (OSError, ValueError, KeyError, TypeError, csv.Error):
        return {}
    return found


def _excess(row: Mapping[str, Any], demand: Demand) -> float:
    """Return by how much a run more than meets a limit; of a ratio in counts: count - limit x of what."""
    if demand.kpi in row:
        more = float(row[demand.kpi]) - demand.limit
    else:
        more = float(row[f"{demand.kpi}.count"]) - demand.limit * float(row[f"{demand.kpi}.of"])
    return more if demand.at_least else -more
