"""Confirming a prediction from Python.

import line_sim

found = line_sim.confirm("line.yaml", calibrated="server.yaml", target="localhost:8500")
found.different                             # the figures in which live and predicted differ
found.numbers["kpis"]["uph"]["verdict"]
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from line_sim.api import _scenario
from line_sim.scenario import Scenario, dump, loads
from line_sim.scenario.fields import key_of
from line_sim.scenario.gateways.calibration_files import read_calibration
from line_sim.scenario.gateways.kind import LiveKind
from line_sim.scenario.gateways.servers import retargeted
from line_sim.study.confirm.confirm import Around, Plan
from line_sim.study.confirm.confirm import confirm as confirmed
from line_sim.study.confirm.files import confirmation_json
from line_sim.study.confirm.keeping import keep
from line_sim.study.confirm.margins import checked
from line_sim.study.workers import Processes, Workers, processors


@dataclass(frozen=True)
class Confirmed:
    """A prediction that was held against live runs: its folder, and the numbers of its `confirm.json`."""

    folder: Path
    numbers: Mapping[str, Any]

    @property
    def different(self) -> tuple[str, ...]:
        """The figures in which live and predicted differ."""
        return tuple(self.numbers["verdicts"]["different"])


def confirm(
    scenario: Scenario | Mapping[str, Any] | str | Path,
    *,
    calibrated: str | Path,
    target: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    runs: int = 3,
    replications: int = 100,
    margins: Mapping[str, float] | None = None,
    inspections: tuple[str, ...] = (),
    out: str | Path | None = None,
    workers: Workers | None = None,
    narrate: Callable[[str], None] = lambda _: None,
) -> Confirmed:
    """Predict a line from the calibration of its server, run it live, and say of each figure if both agree.

    `target` takes the place of every real server of the scenario. `margins` maps figures to shares (of a
    share: to points), such as `{"uph": 0.03, "timeout_rate": 0.02}`. `workers` do the predicted runs, by
    default one process a processor, so that a script needs `if __name__ == "__main__":`. Raises ScenarioError
    for what does not fit together and GatewayError when the server cannot be used.
    """
    chosen = _retargeted(_scenario(scenario, overrides or {}), target)
    plan = Plan(runs, replications, tuple(checked(*each) for each in (margins or {}).items()), inspections)
    folder = None if out is None else Path(out)
    around = Around(keep, narrate)
    with workers or Processes(processors()) as at_work:
        state = confirmed(
            chosen, read_calibration(calibrated), str(calibrated), folder, plan, at_work, around
        )
    return Confirmed(state.folder, confirmation_json(state))


def _retargeted(scenario: Scenario, target: str | None) -> Scenario:
    """Return the scenario with every real server at this target."""
    if target is None:
        return scenario
    places = [
        f"line.{place}.gateway.{key_of(type(kind))}"
        for place, entry in enumerate(scenario.line)
        if isinstance(kind := getattr(entry, "gateway", None), LiveKind)
    ]
    return loads(
        dump(scenario), "scenario", [f"{key}.{each}" for key in places for each in retargeted(target)]
    )
