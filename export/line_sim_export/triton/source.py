"""The exported model that goes into a repository: found in its folder, and looked at before it is copied."""

import json
from dataclasses import dataclass
from pathlib import Path

from line_sim.errors import ScenarioError
from line_sim_export.triton.config import PYTHON, Backend

LEAST_VERSION, LARGEST_VERSION = 1, 2**63 - 1
"""Triton takes no folder for a version whose name begins with 0, and its versions have 64 bits."""


@dataclass(frozen=True)
class Source:
    """A version of a SavedModel, the model's name and the version's number."""

    folder: Path
    model: str
    number: int


def source_of(path: Path) -> Source:
    """Return the newest version in a model's folder, or the version that the path is itself.

    Raises ScenarioError where there is none.
    """
    whole = path.resolve() if ".." in path.parts else path.absolute()  # a link keeps its own name
    if (whole / "saved_model.pb").is_file():
        number = int(whole.name) if whole.name.isdecimal() else LEAST_VERSION
        return Source(path, whole.parent.name, number)
    versions = [each.parent for each in path.glob("*/saved_model.pb") if each.parent.name.isdecimal()]
    if not versions:
        raise ScenarioError(f"{path} holds no exported model; make it with line-sim export --out {path}")
    newest = max(versions, key=lambda version: int(version.name))
    return Source(newest, whole.name, int(newest.name))


def check_name(source: Source) -> None:
    """Raise ScenarioError where the model's folder has a name that no configuration can tell."""
    if not source.model.isprintable() or not source.model:
        raise ScenarioError(
            f"{source.folder} is of the model {source.model!r}, which Triton cannot be told; "
            "give its folder another name, of characters that can be printed"
        )


def check_precision(source: Source, backend: Backend) -> None:
    """Raise ScenarioError where the model's card tells a precision that the backend has no use for."""
    precision = _precision(source.folder / "assets.extra" / "model_card.json")
    again = "make one with line-sim export --precision float32 --out models/float32/inception_v3"
    if backend is PYTHON and precision == "tensorrt-fp16":
        raise ScenarioError(
            f"{source.folder} has TensorRT's engines in it, which TensorFlow beside Triton's python backend "
            f"cannot run; --for {backend.choice} takes float32 or bfloat16: {again}"
        )
    if backend is not PYTHON and precision != "float32":
        raise ScenarioError(
            f"{source.folder} is in {precision}; --for {backend.choice} takes float32, of which "
            f"TensorRT makes half precision itself: {again}"
        )


def _precision(card: Path) -> str:
    """Return what a model's card says; a model without one is another's. Raises ScenarioError."""
    if not card.is_file():
        return "float32"
    try:
        facts = json.loads(card.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ScenarioError(f"{card} cannot be read: {error}; export the model anew") from None
    found = facts.get("precision", "float32") if isinstance(facts, dict) else None
    if not isinstance(found, str):
        raise ScenarioError(f"{card} is no model's card; export the model anew")
    return found
