"""From what a user says to what is measured: a scenario's server, or one that is described in options."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from line_sim.errors import ScenarioError
from line_sim.scenario import load, loads
from line_sim.scenario.gateways.kind import LiveKind
from line_sim.scenario.gateways.servers import retargeted
from line_sim.scenario.load import live_gateways
from line_sim.scenario.model import Inspection, Scenario

STATION = "server"
"""What the inspection is called whose server is described in options."""


def described(form: str, options: Mapping[str, Any]) -> tuple[Scenario, Inspection]:
    """Return a line of one inspection whose gateway has these options. Raises ScenarioError."""
    document = {
        "version": 1,
        "name": "calibration",
        "run": {"items": 1},
        "arrivals": {"every": "1 s"},
        "line": [
            {"inspection": STATION, "gateway": {form: {k: v for k, v in options.items() if v is not None}}}
        ],
        "review": {"time": "1 s"},
    }
    scenario = loads(yaml.safe_dump(document, sort_keys=False), "calibrate", folder=Path.cwd())
    return scenario, scenario.inspections[0]


def of_scenario(path: Path, overrides: Sequence[str], target: str | None) -> tuple[Scenario, Inspection]:
    """Return a scenario and its first inspection that asks a real server, at another target if one is given.

    Raises ScenarioError where there is none.
    """
    chosen = list(overrides)
    if target is not None:
        keys = live_gateways(path, overrides)
        chosen += [f"{key}.{override}" for key in keys for override in retargeted(target)]
    scenario = load(path, chosen)
    for spec in scenario.inspections:
        if isinstance(spec.gateway, LiveKind):
            return scenario, spec
    raise ScenarioError(
        f"{path}: no inspection asks a real server; say --target without --scenario, and --takt"
    )
