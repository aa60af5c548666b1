"""An example of every kind of gateway and of pictures, as a scenario writes it; a new kind needs one here."""

from pathlib import Path
from typing import Any

from PIL import Image
from stories import camera

from line_sim.scenario import Scenario
from line_sim.scenario.gateways.kinds import KINDS as GATEWAY_KINDS
from line_sim.scenario.images.kinds import KINDS as IMAGE_KINDS

RECORDED = """\
item_id,station,attempt,latency_s,outcome,status,label,score,request_bytes
1,camera,1,0.12,answered,OK,good,0.9,7
"""

MEASURED = """\
line_sim_server: 1
name: The server of the laboratory
measured: {at: "2026-03-01T12:00:00Z", how: by hand}
model:
  service: {quantiles: {p50: 120 ms, p99: 150 ms}}
  sharing: {places: 4, speed: {1: 1, 2: 1.8}}
  idle: {after: 2 s, adds: 30 ms}
"""


def example_gateways(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the options of a gateway of each kind; files are made in the folder."""
    calls = folder / "calls.csv"
    calls.write_text(RECORDED, newline="")
    server = folder / "server.yaml"
    server.write_text(MEASURED)
    examples: dict[str, dict[str, Any]] = {
        "grpc": {"target": "127.0.0.1:1"},
        "rest": {"target": "127.0.0.1:1"},
        "kserve": {"target": "127.0.0.1:1"},
        "modelled": {"service": "90 ms"},
        "calibrated": {"server": str(server)},
        "server": "gpu",
        "replay": {"calls": str(calls)},
    }
    assert list(examples) == list(GATEWAY_KINDS)
    return examples


def example_images(folder: Path) -> dict[str, Any]:
    """Return the value of each kind of pictures; files are made in the folder."""
    for state in ("good", "defective"):
        (folder / state).mkdir()
        Image.new("L", (8, 8)).save(folder / state / "one.png")
    examples = {"rendered": "flange", "folder": str(folder)}
    assert list(examples) == list(IMAGE_KINDS)
    return examples


def one_part(gateway: dict[str, Any], images: dict[str, Any] | None = None) -> Scenario:
    """Return a line of one camera that one part comes to."""
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "a story",
            "run": {"items": 1},
            "arrivals": {"every": 1},
            "product": {"images": images} if images else {},
            "servers": {"gpu": {"modelled": {"service": "90 ms"}}} if "server" in gateway else None,
            "line": [camera(gateway=gateway)],
            "review": {"time": 0, "buffer": 9},
        }
    )
