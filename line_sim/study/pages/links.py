"""Links from a study's page to the pages of its runs, as they lie from there."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from line_sim.report.studies.blocks import Cell

NAME = "report.html"


def link(run: Path, place: Path) -> str:
    """Return the address of a run's page from a folder; empty where the run has none."""
    page = run / NAME
    return quote(Path(os.path.relpath(page, place)).as_posix()) if page.exists() else ""


def links_to(runs: Sequence[Path], place: Path) -> Iterator[Cell]:
    """Yield a link to each run that has a page."""
    for run in runs:
        href = link(run, place)
        if href:
            yield Cell(run.name, href=href)
