"""A headless Chromium for looking at pages, where there is one."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """Return the path of an installed Chromium, None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


DESK: dict[str, int] = {"width": 1280, "height": 900}
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 780}, "is_mobile": True, "has_touch": True}
INK = """() => {
  const chart = document.querySelector('#gantt-field canvas');
  const copy = new OffscreenCanvas(chart.width, chart.height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(chart, 0, 0);
  const { data } = copy.getImageData(0, 0, chart.width, chart.height);
  const seen = new Set();
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] === 255) seen.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
  }
  return [...seen];
}"""
"""Every colour on the Gantt chart's canvas."""


@contextmanager
def chromium() -> Iterator[Any]:
    """Start a Chromium for some tests; skip them where there is none."""
    api = pytest.importorskip("playwright.sync_api", reason="needs playwright, a development package")
    path = find_chromium()
    if path is None:
        pytest.skip(f"no Chromium is installed (none of {', '.join(NAMES)} is on the path)")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(OPTIONS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(
    browser: Any, folder: Path, *, name: str = "report.html", clock: bool = False, **how: Any
) -> Iterator[Any]:
    """Open a page in a folder, a run's or one of that name; whatever the browser complains of fails the test.

    With `clock` no time passes on it but what `page.clock` lets pass.
    """
    context = browser.new_context(**{"viewport": DESK, **how})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request", lambda r: complaints.append(r.url) if not r.url.startswith(("file:", "data:")) else None
    )
    if clock:
        page.clock.install(time=0)
        page.clock.pause_at(1)
    page.goto((folder / name).as_uri())
    try:
        yield page
        assert complaints == []
    finally:
        context.close()
