"""Make the pictures of the pages: `python docs/make_screenshots.py results/A_RUN`; needs a Chromium."""

import io
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from line_sim.report.page.writing import write_page
from line_sim.scenario import Scenario, load
from line_sim.simulation import simulate
from line_sim.study.comparison.scenarios import compare_scenarios
from line_sim.study.comparison.text import comparison_json
from line_sim.study.pages.comparison import write_comparison_page

IMAGES = Path(__file__).parent / "images"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
STILL = {"reduced_motion": "reduce"}  # the line does not play by itself: the same picture every time
DESK = {"viewport": {"width": 1200, "height": 1560}, **STILL}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, **STILL}
LOOKS: dict[str, dict[str, Any]] = {
    "report-light": {**DESK, "color_scheme": "light"},
    "report-dark": {**DESK, "color_scheme": "dark"},
    "report-phone": {**PHONE, "color_scheme": "light"},
}
WATCHED: dict[str, Any] = {
    "version": 1,
    "name": "Flange line with belts",
    "seed": 5,
    "run": {"items": 300},
    "arrivals": {"every": "250 ms"},
    "product": {"defect_rate": 0.08},
    "line": [
        {
            "station": "press",
            "cycle": "180 ms",
            "breakdowns": {"up": {"exponential": {"mean": 20}}, "repair": {"exponential": {"mean": 2}}},
        },
        {
            "inspection": "camera",
            "buffer": {"places": 5, "travel": "1 s"},
            "units": 2,
            "acquisition": "30 ms",
            "deadline": "400 ms",
            "gateway": {
                "modelled": {
                    "service": {"lognormal": {"mean": "200 ms", "cv": 0.6}},
                    "miss_rate": 0.1,
                    "false_alarm_rate": 0.03,
                }
            },
        },
        {"station": "oil", "buffer": 4, "cycle": "150 ms"},
        {
            "station": "pack",
            "buffer": {"places": 4, "travel": "600 ms", "accumulates": False},
            "cycle": "200 ms",
        },
    ],
    "review": {"buffer": 8, "units": 2, "time": {"lognormal": {"mean": 2.5, "cv": 0.5}}, "miss_rate": 0.15},
}
"""A line on which there is something to watch."""

COLOURS = 128  # of the pictures' palettes: plenty for flat colours, and a third of the size


def reduced(picture: bytes, colours: int = COLOURS) -> Image.Image:
    """Return a screenshot with few colours."""
    return Image.open(io.BytesIO(picture)).convert("RGB").quantize(colours, dither=Image.Dither.NONE)


def opened(browser: Browser, page_file: Path, look: dict[str, Any]) -> Page:
    """Open a page as a reader with that screen sees it."""
    page = browser.new_context(**look).new_page()
    page.goto(page_file.absolute().as_uri())
    return page


def watched(browser: Browser, folder: Path) -> bytes:
    """Return the picture of a line at a moment at which a machine is down."""
    write_page(simulate(Scenario.model_validate(WATCHED), folder))
    page = opened(browser, folder / "report.html", {**DESK, "color_scheme": "light"})
    down = page.locator("#watch-jump option", has_text="down for").last
    page.select_option("#watch-jump", down.get_attribute("value"))
    return page.locator("#watch").screenshot()


def factory(browser: Browser, folder: Path) -> bytes:
    """Return the picture of the factory line as the page first shows it."""
    write_page(simulate(load(IMAGES.parents[1] / "scenarios" / "factory.yaml"), folder))
    page = opened(browser, folder / "report.html", {**DESK, "color_scheme": "light"})
    return page.locator("#watch").screenshot()


def side_by_side(browser: Browser, folder: Path) -> bytes:
    """Return the picture of a comparison's page: a line, and the same with a second camera and server."""
    path, items = IMAGES.parents[1] / "scenarios" / "second_camera.yaml", "run.items=1000"
    second = ("line.camera.units=2", "line.camera.gateway.modelled.servers=2")
    more = (*second, "name=A second camera and server")
    sides = load(path, (items,)), load(path, (items, *more))
    found, _ = compare_scenarios(*sides, folder, 10)
    page_file = folder / "compare.html"
    write_comparison_page(comparison_json(found), (folder / "a", folder / "b"), page_file)
    return opened(browser, page_file, {**DESK, "color_scheme": "light"}).screenshot()


def main() -> None:
    """Write the pictures."""
    chromium = next((path for name in NAMES if (path := shutil.which(name))), None)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(OPTIONS))
        for name, look in LOOKS.items():
            page = opened(browser, Path(sys.argv[1]) / "report.html", look)
            reduced(page.screenshot()).save(IMAGES / f"{name}.png", optimize=True)
        reduced(watched(browser, Path(folder) / "run"), 256).save(IMAGES / "watch.png", optimize=True)
        reduced(side_by_side(browser, Path(folder) / "both")).save(IMAGES / "compare.png", optimize=True)
        reduced(factory(browser, Path(folder) / "factory"), 256).save(IMAGES / "factory.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
