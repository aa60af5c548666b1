"""What a calibration leaves: a model that a scenario takes, a page, words."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from known_servers import Known, gamma
from rich.console import Console

from line_sim.errors import RunFileError
from line_sim.report.studies.page import study_page
from line_sim.scenario.gateways.calibration_files import read_calibration
from line_sim.study.calibration.files import refuse_what_is_there, write_calibration
from line_sim.study.calibration.fit.fit import fit
from line_sim.study.calibration.fit.fitted import Fitted
from line_sim.study.calibration.law import Idle, Law
from line_sim.study.calibration.page import calibration_page
from line_sim.study.calibration.text import calibration_text
from line_sim.testing import run_in_memory

MEASURED: dict[str, Any] = {"at": "2026-03-01T12:00:00Z", "how": "a test", "server": {"server": "grpc"}}


def fitted(law: Law, rounds: int = 4) -> Fitted:
    """Fit a known server from a few rounds."""
    return fit(Known(law, gamma(0.1, 0.1), 0.1, per_byte=1e-7).observed(rounds=rounds, each=15, takts=15))


@pytest.fixture(scope="module")
def shared() -> Fitted:
    """A server that shares and has to wake up."""
    return fitted(Law(100, (1.0, 1.6, 1.9, 2.0), 0.002, (Idle(0.04, 0.02),), keeps_computing=True))


def test_what_is_written_is_read_again(shared: Fitted, tmp_path: Path) -> None:
    """Model, blocks and errors come back; the service is drawn from the very times that were measured."""
    written = write_calibration(tmp_path / "server.yaml", shared, MEASURED, "A server")
    read = read_calibration(tmp_path / "server.yaml")
    assert read.name == "A server"
    assert read.blocks == written.blocks
    assert read.held_out["throughput"] == pytest.approx(shared.held_out.figures["throughput"].error, abs=1e-5)
    assert read.model.after_deadline == "keeps_computing"
    assert read.model.sharing is not None
    assert read.model.sharing.places == 100
    assert read.model.sharing.total.at(4) == pytest.approx(shared.law.speeds[3], abs=1e-6)
    assert read.model.idle is not None
    assert read.model.alone.mean_ns == pytest.approx(1e9 * shared.mean_work.value, rel=1e-5)
    assert (read.payload is None) == (shared.slope is None)
    assert read.cold == (0.9, 0.3)


def test_a_queue_of_one_place_needs_no_sharing(tmp_path: Path) -> None:
    """It is a plain modelled server, as fast to simulate as those are."""
    write_calibration(tmp_path / "server.yaml", fitted(Law(1, (1.0,))), MEASURED, "One")
    model = read_calibration(tmp_path / "server.yaml").model
    assert model.sharing is None
    assert model.servers == 1


def test_a_line_runs_with_the_model(shared: Fitted, tmp_path: Path) -> None:
    """Its keys are those of `modelled`."""
    write_calibration(tmp_path / "server.yaml", shared, MEASURED, "A server")
    model = read_calibration(tmp_path / "server.yaml").model
    line = {
        "version": 1,
        "name": "two cameras",
        "run": {"items": 40},
        "arrivals": {"saturated": True},
        "line": [{"inspection": "camera", "units": 2, "gateway": {"modelled": model}}],
        "review": {"time": 1},
    }
    calls = run_in_memory(line).records.calls
    assert len(calls) == 40
    assert all(call.outcome == "answered" for call in calls)


@pytest.mark.parametrize("name", ["server.yaml", "server.html"])
def test_nothing_is_overwritten(name: str, tmp_path: Path) -> None:
    """Minutes of measuring went into what is there."""
    (tmp_path / name).write_text("mine")
    with pytest.raises(RunFileError, match=f"{name}: it is there already"):
        refuse_what_is_there(tmp_path / "server.yaml")
    assert (tmp_path / name).read_text() == "mine"


def test_a_place_that_cannot_be_is_refused_before_measuring(tmp_path: Path) -> None:
    """A name of another kind, a folder that is not there."""
    with pytest.raises(RunFileError, match=r"ends in \.yaml"):
        refuse_what_is_there(tmp_path / "server.json")
    with pytest.raises(RunFileError, match="no such folder"):
        refuse_what_is_there(tmp_path / "no" / "server.yaml")


def text_of(found: Fitted) -> str:
    """Print the summary into a text."""
    console = Console(width=100, record=True, file=None, quiet=False)
    with console.capture() as shown:
        console.print(calibration_text(found))
    return shown.get()


def test_the_summary_says_what_the_server_does(shared: Fitted) -> None:
    """In a sentence first, then every number, then what to be careful with."""
    said = text_of(shared)
    assert said.startswith("It shares its processors among all calls; a lone call takes ")
    for word in (
        "mu(4)",
        "work goes on for nobody",
        "more",
        "first calls",
        "throughput, 2 callers",
        "! all of 4",
    ):
        assert word in said
    assert "takes one call after the other" in text_of(fitted(Law(1, (1.0,))))
    assert "2 servers that take one call each" in text_of(fitted(Law(2, (1.0, 2.0))))
    assert "works on 2 calls at once, 1." in text_of(fitted(Law(2, (1.0, 1.5))))


def test_the_page_tells_the_same(shared: Fitted) -> None:
    """Charts of lone calls, mu(n), bursts, the stream, drift and load; the same bytes each time."""
    page = calibration_page(shared, MEASURED, "A server")
    html = study_page(page)
    assert html == study_page(calibration_page(shared, MEASURED, "A server"))
    for name in ("work", "pauses", "speeds", "burst-0", "burst-3", "stream", "drift", "foreign"):
        assert f'"{name}"' in html
    assert "A server" in html


def test_a_page_of_a_refusal_says_so(shared: Fitted) -> None:
    """What was measured is worth looking at, above all then."""
    page = calibration_page(replace(shared, refusals=("no law fits",)), MEASURED, "A server")
    assert page.headline == "no law fits"
    assert not page.whole
