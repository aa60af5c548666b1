"""Plans from Python.

import line_sim

if __name__ == "__main__":
    found = line_sim.plan("scenarios/how_many_cameras.yaml")
    found.answer                       # a sentence
    found.chosen["settings"]           # {"line.camera.units": 2, ...}; chosen is None where there is none
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from line_sim.engine.choice import EngineWish
from line_sim.errors import RunFileError, ScenarioError
from line_sim.recording.whole import read_object
from line_sim.report.points.plan.writing import write_plan_page
from line_sim.study.design.document import Asked
from line_sim.study.design.study import Study, read_study
from line_sim.study.plan import planning
from line_sim.study.plan.as_json import JSON
from line_sim.study.plan.kept import begun_study
from line_sim.study.workers import Processes, Workers, processors

AGAIN = "'line-sim plan --resume' on the folder writes it again"


@dataclass(frozen=True)
class Plan:
    """The folder of a plan, and its numbers: those of `plan.json`, under the same names."""

    folder: Path
    numbers: Mapping[str, Any]

    @property
    def answer(self) -> str:
        """The answer in a sentence."""
        return str(self.numbers["answer"])

    @property
    def designs(self) -> list[Mapping[str, Any]]:
        """Every design: its number, settings, cost, verdict and why, and each figure's mean."""
        designs: list[Mapping[str, Any]] = self.numbers["designs"]
        return designs

    @property
    def chosen(self) -> Mapping[str, Any] | None:
        """The design that is the answer; None where there is none."""
        return next((each for each in self.designs if each["design"] == self.numbers["chosen"]), None)

    def __repr__(self) -> str:
        return f"<Plan of {self.numbers['study']}: {self.answer} Folder: {self.folder}>"


def plan(
    study: str | Path | None = None,
    *,
    seed: int | None = None,
    out: str | Path | None = None,
    resume: str | Path | None = None,
    most: int | None = None,
    jobs: int | None = None,
    workers: Workers | None = None,
    narrate: Callable[[str], None] = lambda _: None,
    engine: EngineWish = "auto",
) -> Plan:
    """Find the cheapest design of a study file that meets every demand; return what it left.

    `most` are the replications of a design at most. `resume` goes on with the plan of a folder, or, where a
    study is named, with that one of the same designs and figures. `jobs` run at a time in processes of this
    machine, one a processor unless said otherwise: a script that calls this guards its main part with
    `if __name__ == "__main__":`. `engine` is the line that runs them: "simpy", "compiled" or the quicker.
    Raises ScenarioError for whatever is wrong with the study or a design.
    """
    folder = resume if resume is not None else out
    found = planning.plan(
        _study(study, resume, seed),
        None if folder is None else Path(folder),
        workers or Processes(jobs or processors()),
        most=most,
        resume=resume is not None,
        engine=engine,
        told=planning.Told(narrate),
    )
    write_plan_page(found.folder)
    return read_plan(found.folder)


def _study(study: str | Path | None, begun: str | Path | None, seed: int | None) -> Study:
    if study is not None:
        return read_study(Path(study), Asked(seed=seed))
    if begun is None or seed is not None:
        raise ScenarioError("a plan needs a study file, or resume=FOLDER, which has its own seed")
    return begun_study(Path(begun))


def read_plan(folder: str | Path) -> Plan:
    """Open the folder of a plan. Raises RunFileError where it has no plan.json that can be read."""
    path = Path(folder) / JSON
    numbers = read_object(path, AGAIN)
    if not isinstance(numbers.get("designs"), list) or "chosen" not in numbers:
        raise RunFileError(f"{path}: it is none of a plan; {AGAIN}")
    return Plan(Path(folder), numbers)
