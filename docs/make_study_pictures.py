"""Pictures of the pages of sweeps and plans: `python docs/make_study_pictures.py SWEEP PLAN`, two folders."""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from line_sim.report.points.plan.writing import write_plan_page
from line_sim.report.points.sweep.writing import write_sweep_page

IMAGES = Path(__file__).parent / "images"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
WIDTH = 1200
SWEEP_UNTIL = '[data-charts="lines"] .chart-field'
PLAN_UNTIL = '[data-charts="tradeoff"] figcaption'
"""The pictures show the page from its top to the end of these."""

COLOURS = 128


def shown(page: Page, page_file: Path, until: str) -> bytes:
    """Return the picture of a page from its top to the end of an element."""
    page.goto(page_file.absolute().as_uri())
    end = page.locator(until).evaluate("element => element.getBoundingClientRect().bottom")
    page.set_viewport_size({"width": WIDTH, "height": round(end) + 24})
    return page.screenshot()


def main() -> None:
    """Write the pictures."""
    sweep, plan = (Path(name) for name in sys.argv[1:3])
    pages = {
        "sweep": (write_sweep_page(sweep), SWEEP_UNTIL),
        "plan": (write_plan_page(plan), PLAN_UNTIL),
    }
    chromium = next((path for name in NAMES if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(OPTIONS))
        for name, (page_file, until) in pages.items():
            page = browser.new_context(
                viewport={"width": WIDTH, "height": 900}, reduced_motion="reduce"
            ).new_page()
            picture = Image.open(io.BytesIO(shown(page, page_file, until))).convert("RGB")
            few = picture.quantize(COLOURS, dither=Image.Dither.NONE)
            few.save(IMAGES / f"{name}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
