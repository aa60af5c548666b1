"""A study's page from blocks to one file: `write_study_page(path, Page(...))`.

A page is data (`blocks`): a headline, tiles, warnings and sections of blocks; its charts are data, too
(`charts`). What comes of it is one HTML text with style, script and numbers in it, which loads nothing from
elsewhere, is light or dark as the system is, fits a phone, can be printed, and lets every chart be saved
as SVG and as PNG. The same page gives the same text, byte for byte.

    page = Page(
        kind="sweep",
        name="Cameras and deadlines",
        headline="Two cameras and 300 ms ship the most.",
        sections=(
            Section("uph", "Output", (
                Words("More cameras help up to two."),
                Chart("uph", "Output over the deadline", lines(Axis("Deadline, ms"), Axis("UPH"), series)),
                Table("Output", (Heading("Variant", number=False), Heading("UPH")), (Row(("1", "912")),)),
            )),
        ),
    )
    write_study_page(folder / "sweep.html", page, again="run the study again")

Drawing lies in `assets/charts.js`, the look in the run page's `page.css` and in `assets/studies.css`.
"""

from pathlib import Path
from typing import Any

from line_sim.recording.whole import RUN_AGAIN, write_whole
from line_sim.report.page.frame import ROOM, asset, frame, render, script_of
from line_sim.report.studies.blocks import Page, charts_in

HERE = "line_sim.report.studies"
SHARED = tuple((ROOM, name) for name in ("base.js", "svg_pen.js", "saving.js"))
SCRIPTS = (*SHARED, (HERE, "charts.js"), (HERE, "studies.js"))


def write_study_page(path: Path, page: Page, again: str = RUN_AGAIN) -> Path:
    """Write a page and return where it is; `again` says what to do where that fails.

    Raises RunFileError where it cannot be written.
    """
    write_whole(path, study_page(page), again)
    return path


def study_page(page: Page) -> str:
    """Return the page as HTML.

    Raises ValueError where two charts have one name.
    """
    return render("study.html.j2", _views(page), (HERE, ROOM))


def _views(page: Page) -> dict[str, Any]:
    charts = [chart for section in page.sections for chart in charts_in(section.blocks)]
    specs = {chart.name: dict(chart.spec) for chart in charts}
    if len(specs) < len(charts):
        raise ValueError("two charts of a page have the same name")
    style = asset("page.css") + asset("studies.css", HERE)
    script = script_of(asset(name, room) for room, name in SCRIPTS)
    return {"page": page, **frame(style, script, {"charts": specs, "more": dict(page.data)})}
