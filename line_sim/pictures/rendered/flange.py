"""Rendered flanges: turned steel discs with a hub, a centre bore and six bolt holes on a conveyor belt."""

import io
from math import cos, sin

import numpy as np
import numpy.typing as npt

from line_sim.pictures.rendered.canvas import Field, Grid, blend, colour, pixel_grid
from line_sim.pictures.rendered.defects import KINDS
from line_sim.pictures.rendered.draws import keyed_generator
from line_sim.pictures.rendered.workpiece import (
    BOLT_HOLES,
    Pose,
    draw_belt,
    draw_face,
    draw_pose,
    drill,
)
from line_sim.truth import DEFECTIVE, GOOD

SIZE = 320
JPEG_QUALITY = 88

Pixels = npt.NDArray[np.uint8]


class RenderedFlanges:
    """A source of rendered pictures: a flange belongs to (seed, item), a defect is added to that flange."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._grid = pixel_grid(SIZE)

    @property
    def defect_kinds(self) -> tuple[str, ...]:
        """The kinds of defect, in a fixed order."""
        return tuple(KINDS)

    @property
    def remarks(self) -> tuple[str, ...]:
        """None: they are drawn."""
        return ()

    def picture(self, item_id: int, true_state: str, defect: str) -> bytes:
        """Return the part's JPEG, 320 x 320 pixels.

        Raises ValueError for a state or a kind of defect that there is no flange of.
        """
        check_wish(true_state, defect)
        return encode(self.pixels(item_id, defect))

    def pixels(self, item_id: int, defect: str) -> Pixels:
        """Return the part's picture before encoding, (320, 320, 3); a good part has an empty `defect`."""
        generator = keyed_generator("flange", self._seed, item_id)
        flaw = keyed_generator("flange", self._seed, item_id, defect)
        pose = draw_pose(generator, SIZE)
        picture = draw_belt(generator, self._grid, pose)
        blend(picture, *draw_face(generator, self._grid, pose))
        if defect:
            KINDS[defect](flaw, picture, self._grid, pose)
        # Holes are cut last, so that a stain or a scratch ends at their rims.
        drill(picture, self._grid, pose, int(flaw.integers(BOLT_HOLES)) if defect == "missing_bore" else None)
        return expose(generator, picture, self._grid, pose)


def check_wish(true_state: str, defect: str) -> None:
    """Raise ValueError for a good part with a defect and for a defective one without a known kind."""
    if (true_state == GOOD and not defect) or (true_state == DEFECTIVE and defect in KINDS):
        return
    raise ValueError(
        f"there is no flange that is {true_state!r} with the defect {defect!r}; "
        f"a good one has none, a defective one has one of {', '.join(KINDS)}"
    )


def expose(generator: np.random.Generator, picture: Field, grid: Grid, pose: Pose) -> Pixels:
    """Take the picture, (height, width, 3): uneven light, the gain of lamp and camera, sensor noise."""
    falloff = generator.uniform(0.0005, 0.0007)
    towards = (grid.x - SIZE / 2) * np.float32(cos(pose.light)) + (grid.y - SIZE / 2) * np.float32(
        sin(pose.light)
    )
    light = np.float32(generator.uniform(0.985, 1.015)) * (1 + np.float32(falloff) * towards)
    picture *= light * colour(1 + generator.normal(0, 0.002), 1.0, 1 + generator.normal(0, 0.002))
    noise = generator.standard_normal(picture.shape[1:], dtype=np.float32)
    picture += noise * np.float32(generator.uniform(1.4, 2.0))
    planes = np.clip(picture, 0, 255, out=picture).astype(np.uint8)
    return np.ascontiguousarray(planes.transpose(1, 2, 0))


def encode(pixels: Pixels) -> bytes:
    """Return pixels as JPEG bytes."""
    from PIL import Image  # noqa: PLC0415 - most runs want to know the kinds of defect, and no picture

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue()
