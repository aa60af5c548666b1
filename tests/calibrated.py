"""Calibration files of servers of known law, written by hand, and lines that ask one."""

from pathlib import Path
from random import Random
from typing import Any

import yaml

from line_sim.scenario import Scenario
from line_sim.scenario.gateways.calibration import Calibration

PRESS = {"station": "press", "buffer": 2, "cycle": {"uniform": {"low": "20 ms", "high": "60 ms"}}}


def written(seconds: float, **keys: Any) -> dict[str, Any]:
    """Return a calibration of a server that takes one call after the other and misses every defect.

    The measurements scatter by 1 %. `keys` are further keys of the model, or, of the same name, of the file.
    """
    chance = Random(5)  # noqa: S311 - no secrets here
    stretches = [[seconds * (1 + 0.01 * chance.gauss(0, 1)) for _ in range(20)] for _ in range(10)]
    file = {key: keys.pop(key) for key in ("held_out", "blocks", "payload") if key in keys}
    measured = {"at": "2026-03-01T12:00:00Z", "how": "by hand"} | keys.pop("measured", {})
    return {
        "line_sim_server": 1,
        "name": "sleeper",
        "measured": measured,
        "model": {"service": f"{1000 * seconds} ms", "miss_rate": 1.0, **keys},
        "blocks": {"alone": stretches},
        "held_out": {"mean": 0.004, "p50": 0.003},
        **file,
    }


def calibration(seconds: float = 0.03, **keys: Any) -> Calibration:
    """Return it."""
    return Calibration.model_validate(written(seconds, **keys))


def calibration_file(folder: Path, seconds: float, **keys: Any) -> Path:
    """Write it as server.yaml and return where it is."""
    path = folder / "server.yaml"
    path.write_text(yaml.safe_dump(written(seconds, **keys)), encoding="utf-8")
    return path


def line(*gateways: dict[str, Any], items: int = 60, every: str = "100 ms", **keys: Any) -> dict[str, Any]:
    """Return a line of a press and an inspection for each gateway: camera, camera2, ..."""
    names = ["camera", *(f"camera{number}" for number in range(2, len(gateways) + 1))]
    cameras = [
        {
            "inspection": name,
            "buffer": 4,
            "acquisition": "5 ms",
            "deadline": "500 ms",
            "gateway": gateway,
            **keys,
        }
        for name, gateway in zip(names, gateways, strict=True)
    ]
    return {
        "version": 1,
        "name": "confirmed",
        "seed": 3,
        "run": {"items": items},
        "arrivals": {"every": every},
        "product": {"defect_rate": 0.05},
        "line": [PRESS, *cameras],
        "review": {"buffer": 20, "time": "1 s"},
    }


def asking(target: str = "localhost:8500", **options: Any) -> dict[str, Any]:
    """Return a gateway to a real server."""
    return {"grpc": {"target": target, **options}}


def scenario(*gateways: dict[str, Any], **keys: Any) -> Scenario:
    """Return that line."""
    return Scenario.model_validate(line(*gateways, **keys))
