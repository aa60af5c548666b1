"""From what a user says to what is measured: a scenario's server, or one that is described in options."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from line_sim.errors import ScenarioError
from line_sim.inspection.servers.opening import dialect_of
from line_sim.scenario import load, loads
from line_sim.scenario.gateways.kind import Form, LiveKind
from line_sim.scenario.load import as_overrides
from line_sim.scenario.model import Inspection, Scenario
from line_sim.study.calibration.calibrate import Request, with_takt
from line_sim.study.calibration.measuring.measure import How

STATION = "server"
"""What the inspection is called whose server is described in options."""


@dataclass(frozen=True, slots=True)
class Server:
    """Which server is meant: what its calls are carried by, the keys of its gateway, where it is.

    `target` None: where such a server usually is, or, of a scenario's, where that says.
    """

    form: Form = "grpc"
    options: Mapping[str, Any] = field(default_factory=dict)
    target: str | None = None


def request_of(server: Server, how: How, *, name: str | None = None, payload: Path | None = None) -> Request:
    """Return the request to measure a server. Raises ScenarioError for options that cannot be."""
    target = server.target or dialect_of(server.form).usual_target
    scenario, spec = described(server.form, {"target": target, **server.options})
    return Request(scenario, spec, how, name or spec.gateway.words, payload)


def request_of_scenario(
    path: Path,
    overrides: Sequence[str],
    target: str | None,
    how: How,
    *,
    name: str | None = None,
    payload: Path | None = None,
) -> Request:
    """Return the request to measure a scenario's server, at its line's takt. Raises ScenarioError."""
    scenario, spec = of_scenario(path, overrides, target)
    return Request(scenario, spec, with_takt(how, scenario, spec), name or spec.gateway.words, payload)


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
    scenario = load(path, as_overrides(path, overrides, target=target))
    for spec in scenario.inspections:
        if isinstance(spec.gateway, LiveKind):
            return scenario, spec
    raise ScenarioError(
        f"{path}: no inspection asks a real server; say --target without --scenario, and --takt"
    )
