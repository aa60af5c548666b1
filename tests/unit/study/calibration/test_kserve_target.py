"""A server of KServe's v2 protocol is measured like any other: reached, first calls timed, proved."""

from pathlib import Path

from stub_server import inquiry
from stub_v2 import V2Server

from line_sim.inspection.outcome import Answered
from line_sim.study.calibration.measuring.target import COLD_CALLS, Shelf, reached
from line_sim.study.calibration.request import described


def test_it_is_reached_as_a_scenario_says_it(v2: V2Server, tmp_path: Path) -> None:
    """The first calls come before the proof warms it up, and its readiness is the ping."""
    options = {"target": f"127.0.0.1:{v2.port}", "model": "flanges"}
    scenario, spec = described("kserve", options)
    with reached(scenario, spec, Shelf([b"jpeg"] * 8), lambda _: None, tmp_path / "server.log") as target:
        assert target.address == options["target"]
        assert len(target.cold) == COLD_CALLS
        assert target.ping()
        assert target.gateway.ask(inquiry()).outcome == Answered("good", 0.875)
    assert len(v2.requests) == COLD_CALLS + 3 + 1
