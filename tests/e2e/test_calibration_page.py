"""A calibration's page in a headless Chromium: every chart drawn, on a desk and on a phone."""

from pathlib import Path
from typing import Any

import pytest
from browsers import DESK, PHONE, chromium, opened
from known_servers import Known, gamma

from line_sim.report.studies.page import write_study_page
from line_sim.study.calibration.fit.fit import fit
from line_sim.study.calibration.law import Idle, Law
from line_sim.study.calibration.page import calibration_page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a server that shares and has to wake up, where a browser finds it."""
    law = Law(100, (1.0, 1.6, 1.9), 0.002, (Idle(0.04, 0.02),), keeps_computing=True)
    found = fit(Known(law, gamma(0.1, 0.1), 0.1, per_byte=1e-7).observed(4, each=15, takts=15))
    place = tmp_path_factory.mktemp("page")
    measured = {"at": "2026-03-01T12:00:00Z", "how": "a test", "server": {"server": "grpc"}}
    write_study_page(place / "report.html", calibration_page(found, measured, "A server"))
    return place


@pytest.mark.parametrize("how", [{"viewport": DESK}, PHONE], ids=["desk", "phone"])
def test_every_chart_is_drawn(folder: Path, how: dict[str, Any]) -> None:
    """Each has its drawing, nothing is complained of, and nothing is wider than the screen."""
    with chromium() as browser, opened(browser, folder, **how) as page:
        charts = page.locator("[data-chart]")
        assert charts.count() == 10
        assert page.locator("[data-chart] svg").count() >= 10
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert "It shares its processors among all calls" in page.inner_text("h1, header")
