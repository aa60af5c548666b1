"""Whose folder it is, and its page made again: what `line-sim report DIR` does with the folder of a study."""

from collections.abc import Callable
from pathlib import Path

from line_sim.errors import ScenarioError
from line_sim.report.points.plan import writing as plan
from line_sim.report.points.sweep import writing as sweep
from line_sim.study.confirm import page as confirmation
from line_sim.study.confirm.told import JSON as CONFIRMATION
from line_sim.study.pages import comparison, replications, workbook
from line_sim.study.replications.files import JSON as REPLICATIONS

PAGES: dict[str, Callable[[Path], Path]] = {
    REPLICATIONS: replications.write_replications_page,
    comparison.JSON: comparison.compared_again,
    sweep.DATA: sweep.write_sweep_page,
    plan.DATA: plan.write_plan_page,
    CONFIRMATION: confirmation.write_confirm_page,
}
"""By the file that only the folder of such a study has: what makes its page again and says where it is."""

WORKBOOKS: dict[str, Callable[[Path], Path]] = {REPLICATIONS: workbook.write_replications_workbook}


def study_in(folder: Path) -> str | None:
    """Return the file that tells which study a folder holds; None for any other folder."""
    return next((name for name in PAGES if (folder / name).is_file()), None)


def made_again(folder: Path, kind: str, *, xlsx: bool) -> list[tuple[str, Path]]:
    """Make the page of a study again, and its workbook where that is wanted; return what was made.

    Raises RunFileError where its files cannot be used, ScenarioError for a workbook of a study that has none.
    """
    if xlsx and kind not in WORKBOOKS:
        raise ScenarioError(
            f"--xlsx: {folder} holds no run and no replications, of which there are workbooks"
        )
    made = [("Page", PAGES[kind](folder))]
    return [*made, ("Workbook", WORKBOOKS[kind](folder))] if xlsx else made
