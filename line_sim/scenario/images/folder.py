"""Pictures from a folder, as a scenario says it."""

from pathlib import Path
from typing import final

from pydantic import Field, ValidationInfo, field_validator

from line_sim.scenario.fields import LocalPath
from line_sim.scenario.images.kind import ImagesKind


def is_folder(path: Path) -> bool:
    """Whether there is a folder; not where that cannot be known, as of a name that is too long."""
    try:
        return path.is_dir()
    except OSError:
        return False


@final
class Folder(ImagesKind):
    """Pictures from a folder."""

    folder: LocalPath = Field(
        description="A folder with good/ and defective/ in it; relative to the scenario's folder."
    )

    written = "{folder: PATH}"

    @property
    def from_files(self) -> bool:
        """They are."""
        return True

    @property
    def words(self) -> str:
        """Where they are."""
        return f"The pictures in {self.folder}"

    @field_validator("folder", mode="after")
    @classmethod
    def _is_there(cls, folder: str, info: ValidationInfo) -> str:
        context = info.context or {}
        if context.get("folder") and context.get("read_files") and not is_folder(Path(folder)):
            raise ValueError(f"there is no folder {folder}")
        return folder
