"""Which versions lie in a model's folder, and which of them are wanted."""

from collections.abc import Iterable, Mapping
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


def latest(versions: Iterable[int], number: int = 1) -> list[int]:
    """Choose the highest versions, highest first: TensorFlow Serving's default policy."""
    return sorted(versions, reverse=True)[:number]


def complaint_about(name: str, base: Path, found: Mapping[int, Path] | None) -> str:
    """Say why there is nothing to load, in TensorFlow Serving's words; empty when there is.

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
            f"leaf directory as a number (eg. '/1/')?"
        )
    return ""
