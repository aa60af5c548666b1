"""A version of the model in Triton's repository: whole and tried, or not there."""

import shutil
import struct
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from line_sim.errors import ScenarioError
from line_sim.pictures.rendered.flange import RenderedFlanges
from line_sim.truth import GOOD
from line_sim_export.progress import Reporter
from line_sim_export.silence import import_tensorflow
from line_sim_export.triton.config import BACKENDS, INPUT, PYTHON, SIGNATURE, WARM_UP_PICTURE, Backend
from line_sim_export.triton.source import (
    LARGEST_VERSION,
    LEAST_VERSION,
    Source,
    check_name,
    check_precision,
    source_of,
)

MODEL = Path(__file__).with_name("model.py")


@dataclass(frozen=True)
class Place:
    """Where a version goes, and what runs it there."""

    repository: Path
    source: Source
    number: int
    backend: Backend

    @property
    def model(self) -> Path:
        """The model's folder in the repository."""
        return self.repository / self.source.model

    @property
    def version(self) -> Path:
        """The version's folder."""
        return self.model / str(self.number)

    @property
    def config(self) -> Path:
        """Triton's configuration of the model."""
        return self.model / "config.pbtxt"


def export_for_triton(
    choice: str, path: Path, repository: Path, number: int | None, *, force: bool, reporter: Reporter
) -> None:
    """Make a model repository, or add a version to one.

    Raises ScenarioError for what cannot be, and ProofError, leaving nothing behind, for a SavedModel that
    gives no label and score.
    """
    place = place_of(choice, path, repository, number)
    check_precision(place.source, place.backend)
    kept = check_free(place, force=force)
    reporter.say("starting TensorFlow")
    import_tensorflow()
    try:
        write_version(place)
    finally:
        for folder in (place.model, place.repository):  # what is not empty stays
            with suppress(OSError):
                folder.rmdir()
    if place.number != place.source.number and number is None:
        reporter.say(f"version {place.source.number} is {place.number} here: Triton knows no version 0")
    if kept:
        reporter.say(f"{place.config} is kept as it was; delete it to have this export's own")
    reporter.say(f"{place.version} is ready: tritonserver --model-repository={place.repository}")


def place_of(choice: str, path: Path, repository: Path, number: int | None) -> Place:
    """Return where the exported model at `path` goes. Raises ScenarioError."""
    if number is not None and number < LEAST_VERSION:
        raise ScenarioError(f"--version {number}: Triton's versions begin with {LEAST_VERSION}")
    source = source_of(path)
    check_name(source)
    number = max(source.number, LEAST_VERSION) if number is None else number
    if number > LARGEST_VERSION:
        raise ScenarioError(
            f"version {number} is none of Triton's, whose last is {LARGEST_VERSION}: --version"
        )
    place = Place(repository, source, number, BACKENDS[choice])
    there, taken = place.model.resolve(), source.folder.resolve()
    if there in taken.parents or taken in there.parents:
        raise ScenarioError(
            f"{repository} is where the model is that is taken, which stays as it is; give another --out"
        )
    return place


def check_free(place: Place, *, force: bool) -> bool:
    """Say whether a configuration is there that somebody has changed.

    Raises ScenarioError where the version is there already, or the model is configured for another backend.
    """
    if place.version.exists() and not force:
        raise ScenarioError(
            f"{place.version} exists already; give --force to replace it or another --version"
        )
    if not place.config.exists():
        return False
    there = place.config.read_text(encoding="utf-8", errors="replace")  # what is no text has no such line
    if place.backend.mark not in there.splitlines():
        raise ScenarioError(
            f"{place.config} has no line {place.backend.mark}, which --for {place.backend.choice} needs; "
            "give another --out"
        )
    return there != place.backend.config(place.source.model)


def write_version(place: Place) -> None:
    """Copy the SavedModel, try the copy, and only then move it to its place. Raises ProofError."""
    from line_sim_export.model.store import new_version  # noqa: PLC0415 - TensorFlow has started only now

    jpeg = RenderedFlanges(1).picture(1, GOOD, "")
    with new_version(place.version) as draft:  # its name is no number, so that Triton does not look at it
        copy = draft / place.backend.saved_model
        copy_model(place.source.folder, copy)
        if place.backend is PYTHON:
            shutil.copyfile(MODEL, draft / MODEL.name)
        prove_copy(copy, jpeg)
        write_around(place, jpeg)


def copy_model(folder: Path, copy: Path) -> None:
    """Copy a SavedModel. Raises OSError with the first reason; `shutil` has a list of them."""
    try:
        shutil.copytree(folder, copy)
    except shutil.Error as error:
        raise OSError(f"{folder} cannot be copied: {error.args[0][0][2]}") from None


def write_around(place: Place, jpeg: bytes) -> None:
    """Write what a model has beside its versions, where it is not there yet."""
    picture = place.model / "warmup" / WARM_UP_PICTURE
    picture.parent.mkdir(exist_ok=True)
    if not picture.exists():
        write_whole(picture, struct.pack("<I", len(jpeg)) + jpeg)
    if not place.config.exists():
        write_whole(place.config, place.backend.config(place.source.model).encode())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there with all its content or not at all."""
    draft = path.with_name(f".draft-{path.name}")
    draft.write_bytes(content)
    draft.replace(path)


def prove_copy(folder: Path, jpeg: bytes) -> None:
    """Have the copy judge a picture in a session, as servers do. Raises ProofError."""
    from line_sim_export.model.prove import ProofError, answered, served  # noqa: PLC0415 - as above

    try:
        with served(folder, prove_inspect) as ask:
            ((label, score),) = answered(ask, [jpeg])
    except (OSError, RuntimeError) as error:  # what TensorFlow says of a folder that it cannot read
        raise ProofError(f"the model cannot be loaded: {error}") from error
    if not label or not 0 <= score <= 1:
        raise ProofError(f"{folder.name} says {label!r} {score} of a good part")


def prove_inspect(signatures: Mapping[str, Any]) -> None:
    """Raise ProofError where the signature that Triton asks takes no picture or gives no label and score."""
    from line_sim_export.model.prove import ProofError, types  # noqa: PLC0415 - as above

    if SIGNATURE not in signatures:
        raise ProofError(f"the signature {SIGNATURE} is missing")
    taken, given = types(signatures[SIGNATURE].inputs), types(signatures[SIGNATURE].outputs)
    if taken != {INPUT: "string"} or not {"label": "string", "score": "float32"}.items() <= given.items():
        raise ProofError(
            f"the signature {SIGNATURE} takes {taken} and gives {given}; "
            f"it must take {INPUT} (string) alone and give label (string) and score (float32)"
        )
