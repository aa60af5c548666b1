"""The files of a study: replications.csv while it runs, replications.json at its end, and back."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from line_sim.errors import RunFileError
from line_sim.figures.names import unit_of
from line_sim.figures.stops.outages import FewOutages
from line_sim.recording.csvtext import LINE_END, text_field
from line_sim.recording.whole import RUN_AGAIN, unwritable, write_json
from line_sim.study.kpis import Figures
from line_sim.study.replications.precision import FEWEST, estimate
from line_sim.study.student import CONFIDENCE, Estimate

if TYPE_CHECKING:
    from line_sim.study.replications.replicate import Replication, Replications

CSV, JSON = "replications.csv", "replications.json"
COLUMNS = ("replication", "seed", "kpi", "value")
HEADER = ",".join(COLUMNS) + LINE_END


class Table:
    """replications.csv: a row a replication and figure, on the disk as soon as the replication is over."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / CSV

    def add(self, replication: "Replication") -> None:
        """Add the rows of a replication. Raises RunFileError when they cannot be written."""
        text = rows(replication.number, replication.seed, replication.figures)
        try:
            with self._path.open("a", encoding="utf-8", newline="") as file:
                file.write(text if file.tell() else HEADER + text)
        except OSError as error:
            raise unwritable(self._path, error, RUN_AGAIN) from error


def rows(number: int, seed: int, figures: Mapping[str, float | None]) -> str:
    """Return a replication's rows; an empty value is a figure that this run could not tell."""
    return "".join(
        f"{number},{seed},{text_field(name)},{'' if value is None else repr(value)}{LINE_END}"
        for name, value in figures.items()
    )


def write_study(study: "Replications") -> None:
    """Write replications.json. Raises RunFileError when it cannot be written."""
    study.folder.mkdir(parents=True, exist_ok=True)
    write_json(study.folder / JSON, study_json(study))


def study_json(study: "Replications") -> dict[str, Any]:
    """Return a study as plain data."""
    return {
        "scenario": study.scenario,
        "seed": study.seed,
        "ended": study.ended,
        "reason": study.reason,
        "confidence": CONFIDENCE,
        "asked": {
            "replications": study.plan.most,
            "fewest": FEWEST if study.plan.goals else None,
            "until": {goal.kpi: goal.relative for goal in study.plan.goals},
        },
        "replications": [_as_json(each) for each in study.done],
        "broken_off": [each.folder.name for each in study.broken_off],
        "kpis": kpis_json(study.runs, study.few, study.ceiling),
    }


def _as_json(replication: "Replication") -> dict[str, Any]:
    return {
        "number": replication.number,
        "seed": replication.seed,
        "folder": replication.folder.name,
        "ended": replication.ended,
        "audit_passed": replication.audit_passed,
    }


def kpis_json(
    runs: Sequence[Figures], few: Sequence[FewOutages] = (), ceiling: float | None = None
) -> dict[str, Any]:
    """Return every figure with its mean and interval; None where a replication cannot tell it."""
    names = runs[0] if runs else ()
    return {
        name: {"unit": unit_of(name)} | estimate_json(estimate(runs, name, few, ceiling)) for name in names
    }


def estimate_json(found: Estimate | None) -> dict[str, Any]:
    """Return a mean and its interval as plain data."""
    if found is None:
        keys = ("mean", "half_width", "ci_low", "ci_high", "relative_half_width", "ci_note")
        return {**dict.fromkeys(keys), "n": 0}
    low, high = found.interval or (None, None)
    return {
        "mean": found.mean,
        "half_width": found.half_width,
        "ci_low": low,
        "ci_high": high,
        "relative_half_width": found.relative_half_width,
        "ci_note": found.lack.text if found.lack else found.note or None,
        "n": found.n,
    }


def read_study(folder: Path) -> dict[int, Figures]:
    """Read the figures of every replication, by seed, in order.

    Raises RunFileError for a missing or damaged replications.csv, with the line.
    """
    path = folder / CSV
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RunFileError(f"{path}: cannot be read ({error}); run the study again") from error
    table = csv.reader(io.StringIO(text, newline=""))
    if tuple(next(table, ())) != COLUMNS:
        raise RunFileError(f"{path}:1: the header is not {','.join(COLUMNS)}; restore the file")
    figures: dict[int, Figures] = {}
    for row in table:
        try:
            _, seed, name, value = row
            figures.setdefault(int(seed), {})[name] = float(value) if value else None
        except ValueError as error:
            raise RunFileError(f"{path}:{table.line_num}: {error}; restore or delete the row") from error
    return figures
