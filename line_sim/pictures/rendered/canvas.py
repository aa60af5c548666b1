"""Small drawing tools on float arrays: coverage, soft steps, smooth random fields."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Field = npt.NDArray[
    np.floating[Any]
]  # one value a pixel, (height, width); planes of colour come first: (3, height, width)

Place = tuple[slice, slice, slice]  # planes, rows, columns


class Grid(NamedTuple):
    """Pixel coordinates of a picture: `x` is (1, width), `y` is (height, 1), both float32."""

    x: Field
    y: Field


def pixel_grid(size: int) -> Grid:
    """Return the coordinates of a square picture."""
    axis = np.arange(size, dtype=np.float32)
    return Grid(axis[None, :], axis[:, None])


def window(grid: Grid, x: float, y: float, reach: float) -> tuple[Place, Grid]:
    """Return the place within `reach` pixels of a point, and its coordinates seen from there.

    `picture[place]` is a view of all planes of that square, cut off at the picture's edges.
    """
    height, width = grid.y.shape[0], grid.x.shape[1]
    rows = slice(max(0, int(y - reach)), max(0, min(height, int(y + reach) + 2)))
    columns = slice(max(0, int(x - reach)), max(0, min(width, int(x + reach) + 2)))
    return (slice(None), rows, columns), Grid(
        grid.x[:, columns] - np.float32(x), grid.y[rows] - np.float32(y)
    )


def distance(grid: Grid, x: float = 0.0, y: float = 0.0) -> Field:
    """Return each pixel's distance from a point, in pixels."""
    field: Field = np.sqrt((grid.x - np.float32(x)) ** 2 + (grid.y - np.float32(y)) ** 2)
    return field


def inside(signed_distance: Field, softness: float = 1.0) -> Field:
    """Return coverage in 0..1 from a signed distance (negative inside), soft over `softness` pixels."""
    field: Field = np.clip(0.5 - signed_distance / np.float32(softness), 0.0, 1.0)
    return field


def blend(picture: Field, colour: Field | float, coverage: Field) -> None:
    """Paint `colour` over all planes of `picture` in place, as far as `coverage` says."""
    picture += (colour - picture) * coverage


def smooth_noise(generator: np.random.Generator, shape: tuple[int, int], cells: int) -> Field:
    """Return a smooth random field with about `cells` bumps a side and unit variance at its nodes."""
    from PIL import Image  # noqa: PLC0415 - only where a picture is drawn

    nodes = generator.standard_normal((cells + 1, cells + 1), dtype=np.float32)
    field: Field = np.asarray(Image.fromarray(nodes).resize(shape[::-1], Image.Resampling.BICUBIC))
    return field


def colour(red: float, green: float, blue: float) -> Field:
    """Return a colour that multiplies or fills planes: (3, 1, 1)."""
    return np.array([red, green, blue], dtype=np.float32)[:, None, None]
