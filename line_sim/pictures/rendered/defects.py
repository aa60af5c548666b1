"""What can be wrong with a flange, drawn onto its picture: each kind differs in size, place and contrast."""

from collections.abc import Callable
from math import cos, hypot, pi, sin

import numpy as np

from line_sim.pictures.rendered.canvas import (
    Field,
    Grid,
    Place,
    blend,
    colour,
    distance,
    inside,
    smooth_noise,
    window,
)
from line_sim.pictures.rendered.workpiece import BORE, OUTER, Pose

Painter = Callable[[np.random.Generator, Field, Grid, Pose], None]

OIL = colour(0.55, 0.42, 0.28)
RUST = colour(0.68, 0.40, 0.24)


def stain(generator: np.random.Generator, picture: Field, grid: Grid, pose: Pose) -> None:
    """Let oil or rust dry on the face: an irregular brown patch that lets the tool marks through."""
    size = generator.uniform(18, 29) * pose.scale
    x, y = spot_on_face(generator, pose, -size / 2)
    where, local = window(grid, x, y, 1.6 * size)
    patch = picture[where]
    shape = (patch.shape[1], patch.shape[2])
    edge = distance(local) - size * (1 + np.float32(0.22) * smooth_noise(generator, shape, 4))
    tint = OIL if generator.random() < 0.5 else RUST
    strength = generator.uniform(0.9, 1.0) * (1 + np.float32(0.08) * smooth_noise(generator, shape, 6))
    wet = inside(edge, softness=5) * np.clip(strength, 0, 1) * on_part(where, grid, pose)
    blend(patch, patch * tint, wet)


def scratch(generator: np.random.Generator, picture: Field, grid: Grid, pose: Pose) -> None:
    """Drag something sharp over the face: a thin bright line with a dark lip, slightly bent."""
    x, y = spot_on_face(generator, pose, 0)
    half = generator.uniform(36, 60) * pose.scale
    angle = generator.uniform(0, pi)
    bend = generator.uniform(-0.004, 0.004)
    width = generator.uniform(2.7, 3.9)
    where, local = window(grid, x, y, half + 6)
    along = local.x * np.float32(cos(angle)) + local.y * np.float32(sin(angle))
    across = local.y * np.float32(cos(angle)) - local.x * np.float32(sin(angle)) + np.float32(bend) * along**2
    length = inside(np.abs(along) - half, softness=8) * on_part(where, grid, pose)
    patch = picture[where]
    blend(patch, 35.0, inside(np.abs(across - 1.6) - width / 2) * length * 0.7)
    blend(patch, generator.uniform(225, 250), inside(np.abs(across + 0.4) - width / 2) * length)


def pits(generator: np.random.Generator, picture: Field, grid: Grid, pose: Pose) -> None:
    """Open a cluster of pores: small dark holes with a lit far rim."""
    centre_x, centre_y = spot_on_face(generator, pose, 4)
    spread = generator.uniform(10, 18) * pose.scale
    for _ in range(int(generator.integers(10, 18))):
        x, y = np.array([centre_x, centre_y]) + generator.normal(0, spread, 2)
        if clear_face(pose, float(x), float(y), 3):
            open_pit(picture, grid, pose, (float(x), float(y)), float(generator.uniform(2.4, 4.2)))


def open_pit(picture: Field, grid: Grid, pose: Pose, centre: tuple[float, float], radius: float) -> None:
    """Draw one pore."""
    where, local = window(grid, *centre, radius + 3)
    patch = picture[where]
    rim = distance(local, cos(pose.light) * -1.0, sin(pose.light) * -1.0) - radius
    blend(patch, 205.0, inside(rim, softness=1.5) * 0.7)
    blend(patch, 24.0, inside(distance(local) - radius, softness=1.5) * 0.95)


def missing_bore(generator: np.random.Generator, picture: Field, grid: Grid, pose: Pose) -> None:
    """Forget one bolt hole; nothing is painted, for the drill has left it out."""


def chip(generator: np.random.Generator, picture: Field, grid: Grid, pose: Pose) -> None:
    """Break a piece out of the outer edge: a bright grainy fracture, the belt's shadow where it is gone."""
    size = generator.uniform(20, 29) * pose.scale
    x, y = pose.point(OUTER + generator.uniform(-2, 2), generator.uniform(0, 2 * pi))
    where, local = window(grid, x, y, 1.8 * size)
    patch = picture[where]
    shape = (patch.shape[1], patch.shape[2])
    edge = distance(local) - size * (1 + np.float32(0.14) * smooth_noise(generator, shape, 7))
    fracture = 215 + 40 * smooth_noise(generator, shape, max(4, int(size * 0.9)))
    face = on_part(where, grid, pose)
    blend(patch, fracture, inside(edge) * face)
    blend(patch, 22.0, inside(edge + 0.6 * size, softness=2) * face)


KINDS: dict[str, Painter] = {
    "stain": stain,
    "scratch": scratch,
    "pits": pits,
    "missing_bore": missing_bore,
    "chip": chip,
}


def spot_on_face(generator: np.random.Generator, pose: Pose, margin: float) -> tuple[float, float]:
    """Draw a point of the face, evenly by radius, that keeps `margin` pixels from every hole and edge."""
    while True:
        x, y = pose.point(generator.uniform(BORE, OUTER), generator.uniform(0, 2 * pi))
        if clear_face(pose, x, y, margin):
            return x, y


def clear_face(pose: Pose, x: float, y: float, margin: float) -> bool:
    """Say whether a pixel lies on the face, `margin` pixels from its outer edge and every hole."""
    radius = hypot(x - pose.x, y - pose.y)
    inner, outer = BORE * pose.scale + max(margin, 5), OUTER * pose.scale - max(margin, 5)
    return inner < radius < outer and pose.clear_of_bores(x, y, margin)


def on_part(where: Place, grid: Grid, pose: Pose) -> Field:
    """Return how much of each pixel of a window the part covers."""
    local = Grid(grid.x[:, where[2]], grid.y[where[1]])
    return inside(distance(local, pose.x, pose.y) - OUTER * pose.scale)
