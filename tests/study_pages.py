"""Studies with pages, small and made once, and what a browser saved of a chart."""

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

from pages import INSPECTED

from line_sim.scenario import Scenario
from line_sim.study.comparison.scenarios import compare_scenarios
from line_sim.study.comparison.text import comparison_json
from line_sim.study.pages.comparison import write_comparison_page
from line_sim.study.pages.replications import write_replications_page
from line_sim.study.replications.precision import Goal
from line_sim.study.replications.replicate import Plan, replicate

HOSTILE = "</script><script>alert(1)</script>&\"2\" '1' \N{SNOWMAN}${x}{{7*7}}</style>"
SVG = "{http://www.w3.org/2000/svg}"


def scenario(**changes: Any) -> Scenario:
    """Return the inspected line, shorter, with changes at its top level."""
    return Scenario.model_validate({**INSPECTED, "run": {"items": 60}, **changes})


def slower(**changes: Any) -> Scenario:
    """Return the same line with one camera and a later deadline."""
    press, camera = INSPECTED["line"]
    return scenario(line=[press, {**camera, "units": 1, "deadline": "500 ms"}], **changes)


def compared(folder: Path, one: Scenario, other: Scenario, count: int = 4) -> Path:
    """Compare two scenarios and leave the page with the runs."""
    found, folder = compare_scenarios(one, other, folder, count)
    return write_comparison_page(
        comparison_json(found), (folder / "a", folder / "b"), folder / "compare.html"
    )


def replicated(folder: Path, line: Scenario, count: int = 5, goals: tuple[Goal, ...] = ()) -> Path:
    """Replicate a scenario and leave the page with the runs."""
    replicate(line, folder, Plan(count, goals))
    return write_replications_page(folder)


def saved(page: Any, button: Any, to: Path) -> Path:
    """Press a button that saves a chart; return the file. A browser lets a page save ten a second."""
    page.wait_for_timeout(150)
    with page.expect_download() as download:
        button.focus()
        page.keyboard.press("Enter")
    file = to / download.value.suggested_filename
    download.value.save_as(file)
    return file


def needs_others(svg: ET.Element) -> list[str]:
    """Return what an SVG would have to fetch, run or look up elsewhere to look as it does."""
    found = [element.tag for element in svg.iter() if element.tag.removeprefix(SVG) in {"script", "style"}]
    found += [element.tag for element in svg.iter() if element.tag == f"{SVG}foreignObject"]
    for element in svg.iter():
        for name, value in element.attrib.items():
            if name.rpartition("}")[2] in {"class", "href"} or "var(" in value:
                found.append(f"{name}={value}")
    return found
