"""summary.xlsx of replications: every figure, the runs, and each run's values."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from line_sim.errors import RunFileError
from line_sim.figures.names import title_of, unit_of
from line_sim.recording.whole import by_report, read_object
from line_sim.report.workbook.run import NAME
from line_sim.report.workbook.sheets import Sheet, Value, write_workbook
from line_sim.study.kpis import Figures
from line_sim.study.replications.files import JSON, read_study

_ESTIMATES = ("mean", "ci_low", "ci_high", "half_width", "relative_half_width", "n")
_HEADINGS = ("mean", "95 % from", "95 % to", "half-width", "half-width, share of the mean", "runs")


def write_replications_workbook(folder: Path) -> Path:
    """Write the workbook of a study's replications beside its files, and return where it is.

    Raises RunFileError where a file of the study cannot be used or the workbook cannot be written.
    """
    data, runs = read_object(folder / JSON, "run the study again"), read_study(folder)
    try:
        sheets = list(_sheets(data, runs))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise RunFileError(
            f"{folder / JSON}: no replications to make a workbook of ({error!r:.80}); run the study again"
        ) from error
    return write_workbook(folder / NAME, sheets, by_report(folder))


def _sheets(data: Mapping[str, Any], runs: Mapping[int, Figures]) -> Iterator[Sheet]:
    figures = [_figure(name, row) for name, row in data["kpis"].items()]
    yield Sheet("summary", ("figure", "name", "unit", *_HEADINGS, "note"), figures, width=14)
    about = [(key, str(data[key])) for key in ("scenario", "seed", "ended", "reason")]
    yield Sheet("study", ("what", "value"), about, width=24)
    names = list(data["kpis"])
    headings = ("replication", "seed", "folder", "ended", "audit passed")
    told = [
        _run(each, figures_of, names)
        for each, figures_of in zip(data["replications"], runs.values(), strict=True)
    ]
    yield Sheet("runs", (*headings, *(f"{name}, {unit_of(name)}" for name in names)), told)
    tidy = [
        (each["number"], str(each["seed"]), name, figures_of.get(name), unit_of(name))
        for each, figures_of in zip(data["replications"], runs.values(), strict=True)
        for name in names
    ]
    yield Sheet("values", ("replication", "seed", "kpi", "value", "unit"), tidy)


def _figure(name: str, row: Mapping[str, Any]) -> Sequence[Value]:
    numbers = [row[key] for key in _ESTIMATES]
    return (title_of(name), name, row["unit"], *numbers, str(row["ci_note"] or ""))


def _run(run: Mapping[str, Any], figures: Figures, names: Sequence[str]) -> Sequence[Value]:
    """Return a run's row; a seed is text, as it may have more digits than Excel keeps."""
    facts = (run["number"], str(run["seed"]), str(run["folder"]), run["ended"], bool(run["audit_passed"]))
    return (*facts, *(figures.get(name) for name in names))
