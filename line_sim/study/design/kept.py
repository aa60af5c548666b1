"""A study kept in the folder of its runs, with a mark of them: `--resume` goes on with these alone."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from line_sim import __version__
from line_sim.errors import RunFileError, ScenarioError
from line_sim.recording.whole import write_whole
from line_sim.scenario.dump import yaml_text
from line_sim.study.design.study import Study, read_study
from line_sim.study.design.variants import Variant
from line_sim.study.design.written import written

STUDY = "study.yaml"
BEGIN_NEW = "begin a new one in another folder"


def keep_study(folder: Path, study: Study, command: str) -> None:
    """Write the study into the folder of its runs. Raises RunFileError where that fails."""
    head = f"# 'line-sim {command} --resume' on this folder goes on with it.\n"
    write_whole(folder / STUDY, head + yaml_text(written(study), rows=True))


def kept_study(folder: Path, beside: str) -> Study:
    """Return the study of a folder, in which `beside` lies as well.

    Raises RunFileError where there is none, ScenarioError where its scenario is none any more.
    """
    if not (folder / beside).is_file() or not (folder / STUDY).is_file():
        raise RunFileError(f"{folder}: there is no {STUDY} with {beside}; is this the right folder?")
    return read_study(folder / STUDY)


def mark_of(variants: Sequence[Variant], kpis: Sequence[str] = ()) -> dict[str, Any]:
    """Return what tells whether runs are those of the same variants, of the same figures and program."""
    digest = blake2b("\x1f".join(kpis).encode(), digest_size=16)
    for variant in variants:
        digest.update(variant.scenario.model_dump_json().encode())
        digest.update(b"\0")
    return {"line_sim": __version__, "variants": len(variants), "hash": digest.hexdigest()}


def refuse_others(folder: Path, kept: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Raise ScenarioError where the mark that was kept is not that of now."""
    if kept.get("line_sim") != now["line_sim"]:
        versions = f"it was begun by line-sim {kept.get('line_sim')}, and this is {now['line_sim']}"
        raise ScenarioError(f"{folder}: {versions}; go on with that one, or {BEGIN_NEW}")
    if any(kept.get(key) != value for key, value in now.items()):
        why = "its study or its scenario gives other variants, figures or seeds now than when it was begun"
        raise ScenarioError(f"{folder}: {why}; undo what was changed, or {BEGIN_NEW}")
