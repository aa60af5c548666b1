"""From `plan.json` to `plan.html` in its folder."""

from pathlib import Path

from line_sim.recording.whole import by_report, read_object, write_whole
from line_sim.report.points.plan.compose import plan_page
from line_sim.report.points.plan.trails import with_trails
from line_sim.report.points.reading import refused_where_torn

DATA = "plan.json"
NAME = "plan.html"


def write_plan_page(folder: Path) -> Path:
    """Make the page of a plan from the JSON in its folder, leave it beside it, and return where it is.

    Raises RunFileError where the JSON cannot be used or the page cannot be written.
    """
    data = read_object(folder / DATA, "plan again, or go on with --resume")
    with refused_where_torn(folder / DATA):
        text = plan_page({**data, "designs": with_trails(data, folder)})
    path = folder / NAME
    write_whole(path, text, by_report(folder))
    return path
