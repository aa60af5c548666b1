"""`line_sim.calibrate`: the command of the same name for programs."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from line_sim.scenario.dump import overrides_of
from line_sim.scenario.gateways.kind import Form
from line_sim.study.calibration.calibrate import Around, Calibrated
from line_sim.study.calibration.calibrate import calibrate as measured
from line_sim.study.calibration.measuring.measure import How
from line_sim.study.calibration.request import Server, request_of, request_of_scenario
from line_sim.units import SECOND, parse_duration


def calibrate(
    target: str | None = None,
    out: str | Path = "server.yaml",
    *,
    scenario: str | Path | None = None,
    overrides: Mapping[str, Any] | None = None,
    form: Form = "grpc",
    options: Mapping[str, Any] | None = None,
    takt: str | float | None = None,
    in_flight: int = 4,
    payload: str | Path | None = None,
    seconds: float = 150.0,
    name: str | None = None,
    seed: int = 0,
    any_load: bool = False,
    narrate: Callable[[str], None] = lambda _: None,
) -> Calibrated:
    """Measure a server, write `out` and a page beside it, and return what was found.

    The server is `target` (HOST:PORT, unix:PATH or embedded) with the `options` of a gateway, such as
    `{"model": "inception_v3"}`, or that of a `scenario` with `overrides` such as `{"line.camera.units": 2}`.
    The other arguments are the options of `line-sim calibrate`; `takt` is a duration such as `250 ms`, or
    seconds.

    Raises ScenarioError for wrong arguments, GatewayError for a server that cannot be used, CalibrationError
    where others keep the machine busy or no law fits, RunFileError where `out` is there already.
    """
    every = None if takt is None else parse_duration(takt) / SECOND
    how = How(in_flight, seconds, every, any_load=any_load, seed=seed)
    said: dict[str, Any] = {"name": name, "payload": None if payload is None else Path(payload)}
    if scenario is None:
        request = request_of(Server(form, options or {}, target), how, **said)
    else:
        request = request_of_scenario(Path(scenario), overrides_of(overrides or {}), target, how, **said)
    return measured(request, Path(out), Around(narrate))
