"""What a sweep is, kept in its folder, so that it can be gone on with and with nothing else."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from line_sim.errors import RunFileError, ScenarioError
from line_sim.recording.whole import read_object, write_json
from line_sim.study.design.kept import BEGIN_NEW, keep_study, kept_study, mark_of
from line_sim.study.design.study import Study
from line_sim.study.design.variants import Variant
from line_sim.study.design.written import written
from line_sim.study.sweep.swept import How

STATE = "sweep-state.json"


def write_definition(folder: Path, study: Study, variants: Sequence[Variant], how: dict[str, Any]) -> None:
    """Write the study, what its variants are, and how it is swept. Raises RunFileError where that fails."""
    keep_study(folder, study, "sweep")
    write_json(folder / STATE, mark_of(variants) | how)


def read_definition(folder: Path) -> tuple[Study, dict[str, Any]]:
    """Return the study of a sweep's folder and how it is swept.

    Raises RunFileError where there is none, ScenarioError where its scenario is none any more.
    """
    return kept_study(folder, STATE), read_object(folder / STATE, BEGIN_NEW)


def how_of(folder: Path, state: dict[str, Any]) -> How:
    """Return how a sweep was begun. Raises RunFileError where somebody has changed that."""
    kpis = state.get("kpis", [])
    if not isinstance(kpis, list) or not all(isinstance(kpi, str) for kpi in kpis):
        raise RunFileError(f"{folder / STATE}: kpis is no list of figures; restore it, or {BEGIN_NEW}")
    return How(tuple(kpis), bool(state.get("keep_runs")))


def refuse_other_study(folder: Path, begun: Study, asked: Study) -> None:
    """Raise ScenarioError where another study is asked for than was begun."""
    before, now = written(begun), written(asked)
    other = [key for key in {**before, **now} if before.get(key) != now.get(key) and key != "study"]
    if other:
        told = "; ".join(f"{key} was {before.get(key)} and is {now.get(key)}" for key in other)
        raise ScenarioError(f"{folder}: it is another study than was begun: {told}; {BEGIN_NEW}")
