"""The style and the script that the pages of sweeps and plans share."""

from line_sim.report.page.frame import ROOM as PAGE
from line_sim.report.page.frame import asset

ROOM = "line_sim.report.points"
SHARED = (ROOM, PAGE)
"""Where templates are looked for, behind a page's own."""

OF_THE_PAGE = ("base.js", "svg_pen.js", "saving.js")
SCRIPTS = ("words.js", "scales.js", "pen.js", "chart.js", "chosen.js", "rows.js")


def look() -> str:
    """Return the style of a page."""
    return asset("page.css") + asset("points.css", ROOM)


def shared_script() -> list[str]:
    """Return the texts of the script that every such page has, in order."""
    return [*map(asset, OF_THE_PAGE), *(asset(name, ROOM) for name in SCRIPTS)]
