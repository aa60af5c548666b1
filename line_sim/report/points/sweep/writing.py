"""From `sweep.json` to `sweep.html` in its folder."""

from pathlib import Path

from line_sim.recording.whole import by_report, read_object, write_whole
from line_sim.report.points.reading import asked_in, refused_where_torn, with_runs
from line_sim.report.points.sweep.compose import sweep_page

DATA = "sweep.json"
NAME = "sweep.html"
MOST_POINTS = 10_000
"""A page of more would be larger than browsers open without waiting: 1.5 kB a point."""


def write_sweep_page(folder: Path) -> Path:
    """Make the page of a sweep from the JSON in its folder, leave it beside it, and return where it is.

    Raises RunFileError where the JSON cannot be used or the page cannot be written.
    """
    data = read_object(folder / DATA, "sweep again, or go on with --resume")
    with refused_where_torn(folder / DATA):
        text = sweep_page({**asked_in(folder), **data, "points": with_runs(data, folder)})
    path = folder / NAME
    write_whole(path, text, by_report(folder))
    return path
