"""From a run that has been told to `report.html` in its folder."""

from pathlib import Path
from typing import Any

from line_sim.recording.run_columns import columns_of
from line_sim.recording.whole import by_report, read_object, write_whole
from line_sim.report.page.compose import Contents, page
from line_sim.scenario import load
from line_sim.scenario.dump import dump_to_show
from line_sim.simulation import RunResult

NAME = "report.html"


def write_page(result: RunResult) -> Path:
    """Make the page of a run, leave it beside its files, and return where it is.

    Raises RunFileError where a file of the run cannot be used or the page cannot be written.
    """
    folder, summary = result.folder, result.summary
    scenario = load(folder / "scenario.yaml", read_files=False)
    text = page(
        Contents(
            summary=summary,
            run=columns_of(result.tables, summary.layout, summary.window.last),
            scenario=scenario,
            scenario_text=dump_to_show(scenario),
            info=_info(folder / "run.json"),
        )
    )
    path = folder / NAME
    write_whole(path, text, by_report(folder))
    return path


def _info(path: Path) -> dict[str, Any]:
    """Read `run.json`; a run that was killed at once has none. Its form was proven with the summary."""
    return read_object(path) if path.exists() else {}
