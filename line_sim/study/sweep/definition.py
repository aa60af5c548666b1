"""What a sweep is, kept in its folder, so that it can be gone on with and with nothing else."""

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import yaml

from line_sim import __version__
from line_sim.errors import RunFileError, ScenarioError
from line_sim.recording.whole import read_object, write_json, write_whole
from line_sim.study.design.study import Study, read_study
from line_sim.study.design.variants import Variant
from line_sim.study.design.written import written
from line_sim.study.sweep.swept import How

STUDY, STATE = "study.yaml", "sweep-state.json"
_BEGIN_NEW = "begin a new sweep in another folder"


def write_definition(folder: Path, study: Study, variants: Sequence[Variant], how: dict[str, Any]) -> None:
    """Write the study, what its variants are, and how it is swept. Raises RunFileError where that fails."""
    text = yaml.safe_dump(written(study), sort_keys=False, allow_unicode=True, width=100)
    write_whole(folder / STUDY, f"# 'line-sim sweep --resume' on this folder goes on with it.\n{text}")
    write_json(folder / STATE, _state(variants) | how)


def read_definition(folder: Path) -> tuple[Study, dict[str, Any]]:
    """Return the study of a sweep's folder and how it is swept.

    Raises RunFileError where there is none, ScenarioError where its scenario is none any more.
    """
    if not (folder / STATE).is_file() or not (folder / STUDY).is_file():
        raise RunFileError(f"{folder}: there is no {STUDY} with {STATE}; is this the folder of a sweep?")
    return read_study(folder / STUDY), read_object(folder / STATE, _BEGIN_NEW)


def how_of(folder: Path, state: dict[str, Any]) -> How:
    """Return how a sweep was begun. Raises RunFileError where somebody has changed that."""
    kpis = state.get("kpis", [])
    if not isinstance(kpis, list) or not all(isinstance(kpi, str) for kpi in kpis):
        raise RunFileError(f"{folder / STATE}: kpis is no list of figures; restore it, or {_BEGIN_NEW}")
    return How(tuple(kpis), bool(state.get("keep_runs")))


def refuse_others(folder: Path, state: dict[str, Any], variants: Sequence[Variant]) -> None:
    """Raise ScenarioError where the variants are not those with which the sweep began."""
    now = _state(variants)
    if state.get("line_sim") != now["line_sim"]:
        versions = f"it was begun by line-sim {state.get('line_sim')}, and this is {now['line_sim']}"
        raise ScenarioError(f"{folder}: {versions}; go on with that one, or {_BEGIN_NEW}")
    if state.get("variants") != now["variants"] or state.get("hash") != now["hash"]:
        why = "its study or its scenario gives other variants now than when it was begun"
        raise ScenarioError(f"{folder}: {why}; undo what was changed, or {_BEGIN_NEW}")


def refuse_other_study(folder: Path, begun: Study, asked: Study) -> None:
    """Raise ScenarioError where another study is asked for than was begun."""
    before, now = written(begun), written(asked)
    other = [key for key in {**before, **now} if before.get(key) != now.get(key) and key != "study"]
    if other:
        told = "; ".join(f"{key} was {before.get(key)} and is {now.get(key)}" for key in other)
        raise ScenarioError(f"{folder}: it is another study than was begun: {told}; {_BEGIN_NEW}")


def _state(variants: Sequence[Variant]) -> dict[str, Any]:
    digest = blake2b(digest_size=16)
    for variant in variants:
        digest.update(variant.scenario.model_dump_json().encode())
        digest.update(b"\0")
    return {"line_sim": __version__, "variants": len(variants), "hash": digest.hexdigest()}
