"""The pictures that a calibration sends: those of the line, and one of them in several sizes."""

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from line_sim.errors import ScenarioError
from line_sim.pictures.files.headers import ENDINGS
from line_sim.pictures.files.sending import read_proven
from line_sim.pictures.source import PictureSource
from line_sim.truth import GOOD

USUAL = 12
"""So many different pictures of the line are sent in turn."""

SCALES = (0.5, 1.0, 1.6, 2.4)
"""The sides of the picture that is sent in several sizes, against those of the line's."""

JPEG_QUALITY = 88


@dataclass(frozen=True, slots=True)
class Payloads:
    """Pictures by number: first those that are sent in turn, then one of them in several sizes."""

    pictures: tuple[bytes, ...]
    usual: int

    @property
    def sizes(self) -> tuple[int, ...]:
        """The numbers of those that differ in size."""
        return tuple(range(self.usual, len(self.pictures)))

    @property
    def bytes_each(self) -> tuple[int, ...]:
        """The bytes of every picture."""
        return tuple(map(len, self.pictures))

    @property
    def usual_bytes(self) -> int:
        """The mean bytes of the pictures that are sent in turn."""
        return round(sum(self.bytes_each[: self.usual]) / self.usual)

    def without(self, refused: set[int]) -> tuple[int, ...]:
        """Return the numbers of those sizes that the server takes."""
        return tuple(item for item in self.sizes if item not in refused)


def payloads_of(source: PictureSource) -> Payloads:
    """Return the pictures of a line's first parts. Raises PictureError."""
    return _with_sizes([source.picture(item, GOOD, "") for item in range(1, USUAL + 1)])


def payloads_at(path: Path) -> Payloads:
    """Return a picture file, or those of a folder by name. Raises ScenarioError, PictureError."""
    if not path.is_dir():
        return _with_sizes([read_proven(path)])
    files = sorted(child for child in path.rglob("*") if child.suffix.lower() in ENDINGS)[:USUAL]
    if not files:
        raise ScenarioError(f"--payload {path}: there is no picture in this folder")
    return _with_sizes([read_proven(file) for file in files])


def _with_sizes(usual: list[bytes]) -> Payloads:
    return Payloads((*usual, *(_scaled(usual[0], scale) for scale in SCALES)), len(usual))


def _scaled(picture: bytes, scale: float) -> bytes:
    with Image.open(io.BytesIO(picture)) as image:
        sides = tuple(max(16, round(side * scale)) for side in image.size)
        buffer = io.BytesIO()
        image.convert("RGB").resize((sides[0], sides[1])).save(buffer, format="JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue()
