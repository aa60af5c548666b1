"""Which versions lie in a model's folder, and which of them are wanted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

LARGEST_INT64 = 2**63 - 1


def find_versions(base: Path) -> dict[int, Path]:
    """Give the version folders: child folders whose names read as int64 (`1`, `00000123`, also `0`).

    Raises OSError when the base path cannot be read.
    """
    return {
        number: child
        for child in sorted(base.iterdir())
        if (number := _version(child.name)) is not None and child.is_dir()
    }


def _version(name: str) -> int | None:
    """Read a folder's name as a version; None for a name that is not one."""
    if not (name.isascii() and name.isdigit()) or int(name) > LARGEST_INT64:
        return None
    return int(name)


@dataclass(frozen=True, slots=True)
class VersionPolicy:
    """Which of the versions found are served: the `latest` highest (None: all), or the `specific` ones."""

    latest: int | None = 1
    specific: frozenset[int] | None = None

    def choose(self, found: Iterable[int]) -> list[int]:
        """Give the versions that are wanted, highest first."""
        if self.specific is not None:
            return sorted(self.specific.intersection(found), reverse=True)
        return sorted(found, reverse=True)[: self.latest]


SAVED_MODEL = "saved_model.pb"


def _advice(base: Path) -> str:
    """Say what to do where a SavedModel lies one level too high, or in a folder that is no version's."""
    if (base / SAVED_MODEL).exists():
        return f" It is one level too deep: {base} is a version's folder, the model's folder is {base.parent}"
    named = sorted(child.parent.name for child in base.glob(f"*/{SAVED_MODEL}"))
    return f" {base / named[0]} holds a model: name it by a number, such as {base / '1'}" if named else ""


def complaint_about(name: str, base: Path, found: Mapping[int, Path] | None, policy: VersionPolicy) -> str:
    """Say what is missing, in TensorFlow Serving's words; empty when nothing is.

    `found` is None where the base path could not be read.
    """
    if found is None:
        return (
            f"FileSystemStoragePathSource encountered a filesystem access error: "
            f"Could not find base path {base} for servable {name}"
        )
    if not found:
        return (
            f"No versions of servable {name} found under base path {base}. Did you forget to name your "
            f"leaf directory as a number (eg. '/1/')?{_advice(base)}"
        )
    if policy.specific is not None and not policy.specific:
        return f"No specific versions requested for servable {name}."
    return ". ".join(
        f"Version {version} of servable {name}, which was requested to be served as a 'specific' version "
        f"in the servable's version policy, was not found in the file system"
        for version in sorted(policy.specific or ())
        if version not in found
    )
