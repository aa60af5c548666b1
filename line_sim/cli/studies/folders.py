"""The folders of studies: by which file each is known, and what makes its page again."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

Writes: TypeAlias = Callable[[Path], Path]
"""Makes the page of a folder, and returns where it is."""


def _sweep(folder: Path) -> Path:
    from line_sim.report.points.sweep.writing import write_sweep_page

    return write_sweep_page(folder)


def _plan(folder: Path) -> Path:
    from line_sim.report.points.plan.writing import write_plan_page

    return write_plan_page(folder)


KINDS: Mapping[str, Writes] = {"sweep.json": _sweep, "plan.json": _plan}
"""The file that a kind of study leaves, and what makes its page. A new kind is a row."""


def writer_of(folder: Path) -> Writes | None:
    """Return what makes the page of a study's folder; None where it is no study's."""
    return next((write for name, write in KINDS.items() if (folder / name).is_file()), None)
