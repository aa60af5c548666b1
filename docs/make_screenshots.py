"""Make the pictures of the report page: `python docs/make_screenshots.py results/A_RUN`; needs a Chromium."""

import io
import shutil
import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

IMAGES = Path(__file__).parent / "images"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
DESK = {"viewport": {"width": 1200, "height": 1560}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True}
LOOKS: dict[str, dict[str, Any]] = {
    "report-light": {**DESK, "color_scheme": "light"},
    "report-dark": {**DESK, "color_scheme": "dark"},
    "report-phone": {**PHONE, "color_scheme": "light"},
}
COLOURS = 128  # of the pictures' palettes: plenty for flat colours, and a third of the size


def screenshot(browser: Browser, page_file: Path, look: dict[str, Any]) -> Image.Image:
    """Return the upper part of a page as a reader sees it first."""
    context = browser.new_context(**look)
    page = context.new_page()
    page.goto(page_file.absolute().as_uri())
    picture = Image.open(io.BytesIO(page.screenshot()))
    context.close()
    return picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)


def main() -> None:
    """Write the pictures."""
    chromium = next((path for name in NAMES if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(OPTIONS))
        for name, look in LOOKS.items():
            picture = screenshot(browser, Path(sys.argv[1]) / "report.html", look)
            picture.save(IMAGES / f"{name}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
