"""Confirmations from Python.

import line_sim

if __name__ == "__main__":
    found = line_sim.confirm("line.yaml", "server.yaml", target="localhost:8500")
    found.different                             # the figures in which live and predicted differ
    found.numbers["kpis"]["uph"]["verdict"]
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from line_sim.errors import RunFileError
from line_sim.recording.whole import read_object
from line_sim.scenario import load
from line_sim.scenario.dump import overrides_of
from line_sim.scenario.gateways.calibration_files import read_calibration
from line_sim.scenario.load import as_overrides
from line_sim.study.confirm.confirm import Around, Plan
from line_sim.study.confirm.confirm import confirm as confirmed
from line_sim.study.confirm.keeping import keep
from line_sim.study.confirm.margins import checked
from line_sim.study.confirm.told import AGAIN, JSON
from line_sim.study.workers import Processes, Workers, processors


@dataclass(frozen=True)
class Confirmed:
    """The folder of a confirmation, and its numbers: those of `confirm.json`, under the same names."""

    folder: Path
    numbers: Mapping[str, Any]

    @property
    def different(self) -> tuple[str, ...]:
        """The figures in which live and predicted differ."""
        return tuple(self.numbers["verdicts"]["different"])

    @property
    def equivalent(self) -> tuple[str, ...]:
        """The figures that are the same within their margins."""
        return tuple(self.numbers["verdicts"]["equivalent"])

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(kpis)} {word}" for word, kpis in self.numbers["verdicts"].items() if kpis)
        return f"<Confirmation of {self.numbers['scenario']}: {counts}, folder: {self.folder}>"


def confirm(
    scenario: str | Path,
    calibrated: str | Path,
    *,
    target: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    runs: int = 3,
    replications: int = 100,
    margins: Mapping[str, float] | None = None,
    inspections: Sequence[str] = (),
    items: int | None = None,
    seed: int | None = None,
    out: str | Path | None = None,
    jobs: int | None = None,
    workers: Workers | None = None,
    narrate: Callable[[str], None] = lambda _: None,
) -> Confirmed:
    """Predict a line from the calibration of its server, run it live, and say of each figure if both agree.

    `target` takes the place of every real server of the scenario. `margins` maps figures to shares (of a
    share: to points), such as `{"uph": 0.03, "timeout_rate": 0.02}`. The other arguments are the options of
    `line-sim confirm`. `jobs` predicted runs are made at a time in processes of this machine, one a processor
    unless said otherwise: a script that calls this guards its main part with `if __name__ == "__main__":`.

    Raises ScenarioError for what does not fit together, GatewayError when the server cannot be used.
    """
    plan = Plan(
        runs, replications, tuple(checked(*each) for each in (margins or {}).items()), tuple(inspections)
    )
    chosen = as_overrides(scenario, overrides_of(overrides or {}), seed=seed, target=target, items=items)
    line, found = load(scenario, chosen), read_calibration(calibrated)
    folder = None if out is None else Path(out)
    with workers or Processes(jobs or processors()) as hands:
        state = confirmed(line, found, str(calibrated), folder, plan, hands, Around(keep, narrate))
    return read_confirmation(state.folder)


def read_confirmation(folder: str | Path) -> Confirmed:
    """Open the folder of a confirmation. Raises RunFileError where it has no confirm.json to be read."""
    path = Path(folder) / JSON
    numbers = read_object(path, AGAIN)
    if not isinstance(numbers.get("verdicts"), dict) or "kpis" not in numbers:
        raise RunFileError(f"{path}: it is none of a confirmation; {AGAIN}")
    return Confirmed(Path(folder), numbers)
