"""The table of what makes the pictures: a case for every row of `line_sim.scenario.images.kinds`."""

from pathlib import Path
from typing import assert_never

from line_sim.pictures.rendered.flange import RenderedFlanges
from line_sim.pictures.source import PictureSource
from line_sim.scenario.images.folder import Folder
from line_sim.scenario.images.kinds import Images
from line_sim.scenario.images.rendered import Part, Rendered


def source_of(images: Images, seed: int) -> PictureSource:
    """Return what makes a scenario's pictures. Raises ScenarioError when a folder's cannot be used."""
    match images:
        case Rendered(rendered=part):
            return _drawn(part, seed)
        case Folder(folder=path):
            from line_sim.pictures.folder import PictureFolder  # noqa: PLC0415 - with it comes what reads files

            return PictureFolder(Path(path), seed)
        case _:
            assert_never(images)


def _drawn(part: Part, seed: int) -> PictureSource:
    match part:
        case "flange":
            return RenderedFlanges(seed)
        case _:
            assert_never(part)
