"""Sweeps from Python, and looking at what one left.

import line_sim

if __name__ == "__main__":
    swept = line_sim.sweep("scenarios/second_camera.yaml", {"line.camera.units": [1, 2, 3]}, replications=10)
    swept.points[0]["kpis"]["uph"]["mean"]
    swept.frame       # a pandas frame, a row a run and figure; needs the extra line-sim[frames]
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from line_sim.engine.choice import EngineWish
from line_sim.errors import RunFileError, ScenarioError
from line_sim.recording.whole import read_object
from line_sim.report.points.sweep.writing import MOST_POINTS, write_sweep_page
from line_sim.scenario.dump import overrides_of
from line_sim.study.design.document import Asked
from line_sim.study.design.study import Study, read_study
from line_sim.study.sweep import sweep as sweeping
from line_sim.study.sweep.as_json import JSON
from line_sim.study.sweep.files import CSV
from line_sim.study.sweep.swept import How
from line_sim.study.workers import Processes, Workers, processors

if TYPE_CHECKING:
    import pandas as pd

FRAMES = "pandas is needed for this: pip install 'line-sim[frames]'"
MOST_BYTES = 2 * 1024**3
"""Of a sweep.json: 100,000 variants take 340 MB."""

AGAIN = "'line-sim sweep --resume' on the folder writes it again"


@dataclass(frozen=True)
class Swept:
    """The folder of a sweep, and its numbers: those of `sweep.json`, under the same names."""

    folder: Path
    numbers: Mapping[str, Any]

    @property
    def points(self) -> list[Mapping[str, Any]]:
        """The variants: number, settings, cost, replications, and each figure's mean with its interval."""
        points: list[Mapping[str, Any]] = self.numbers["points"]
        return points

    @cached_property
    def frame(self) -> "pd.DataFrame":
        """Every figure of every run, a row each, with the settings of its variant as columns."""
        try:
            import pandas as pd  # noqa: PLC0415 - the simulator itself stays free of it
        except ImportError as error:
            raise ImportError(FRAMES) from error
        return pd.read_csv(self.folder / CSV, keep_default_na=False, na_values={"value": [""]})

    def __repr__(self) -> str:
        return f"<Sweep of {self.numbers['study']}: {len(self.points)} variants, folder: {self.folder}>"


def sweep(
    file: str | Path | None = None,
    over: Mapping[str, Any] | None = None,
    *,
    overrides: Mapping[str, Any] | None = None,
    replications: int | None = None,
    until: Mapping[str, Any] | None = None,
    design: Literal["grid", "lhs"] | None = None,
    points: int | None = None,
    cost: Mapping[str, float] | None = None,
    items: int | None = None,
    seed: int | None = None,
    kpis: Sequence[str] = (),
    out: str | Path | None = None,
    resume: str | Path | None = None,
    keep_runs: bool = False,
    jobs: int | None = None,
    workers: Workers | None = None,
    narrate: Callable[[str], None] = lambda _: None,
    engine: EngineWish = "auto",
) -> Swept:
    """Run a scenario's file under every combination of settings, or a study file; return what it left.

    `over` maps keys to lists, to ranges such as `"100ms..400ms/7"` or to `{"from", "to", "points"}`; `until`
    figures to the half-widths that are enough, such as `{"uph": "1 %"}`. What is given here comes before what
    a study file says. `resume` goes on with the sweep of a folder. `jobs` run at a time in processes of this
    machine, one a processor unless said otherwise: a script that calls this guards its main part with
    `if __name__ == "__main__":`. `engine` is the line that runs them: "simpy", "compiled" or the quicker.
    Raises ScenarioError for whatever is wrong with the study or a variant.
    """
    asked = Asked(
        over={key: list(each) if isinstance(each, tuple) else each for key, each in (over or {}).items()},
        overrides=overrides_of(overrides or {}),
        seed=seed,
        items=items,
        replications=replications,
        until=until or {},
        design=design,
        points=points,
        cost=cost or {},
    )
    study = None if file is None else read_study(Path(file), asked)
    with workers or Processes(jobs or processors()) as hands:
        folder = _folder(study, hands, out, resume, How(tuple(kpis), keep_runs), narrate, engine)
    return read_sweep(folder)


def _folder(
    study: Study | None,
    hands: Workers,
    out: str | Path | None,
    begun: str | Path | None,
    how: How,
    narrate: Callable[[str], None],
    engine: EngineWish,
) -> Path:
    """Sweep, or go on, draw the page, and return the folder."""
    if begun is not None:
        swept, _ = sweeping.resume(Path(begun), hands, study, narrate=narrate, engine=engine)
    elif study is not None:
        place = None if out is None else Path(out)
        swept, _ = sweeping.sweep(study, place, hands, how, narrate=narrate, engine=engine)
    else:
        raise ScenarioError("a sweep needs a scenario or study file, or resume=FOLDER")
    if len(swept.runs) <= MOST_POINTS:
        write_sweep_page(swept.folder)
    return swept.folder


def read_sweep(folder: str | Path) -> Swept:
    """Open the folder of a sweep. Raises RunFileError where it has no sweep.json that can be read."""
    path = Path(folder) / JSON
    numbers = read_object(path, AGAIN, most=MOST_BYTES)
    if not isinstance(numbers.get("points"), list) or "study" not in numbers:
        raise RunFileError(f"{path}: it is none of a sweep; {AGAIN}")
    return Swept(Path(folder), numbers)
