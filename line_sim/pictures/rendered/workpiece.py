"""The good flange: its drawing, where it lies, and how its machined faces look under a lamp."""

from dataclasses import dataclass
from math import cos, hypot, pi, sin

import numpy as np

from line_sim.pictures.rendered.canvas import (
    Field,
    Grid,
    blend,
    colour,
    distance,
    inside,
    smooth_noise,
    window,
)

BOLT_HOLES = 6

# The drawing, in pixels at scale 1: radii from the part's centre, and the bolt holes' own radius.
OUTER = 128.0
BOLT_CIRCLE = 93.0
BOLT_HOLE = 13.0
HUB = 60.0
RECESS = 46.0
BORE = 31.0

STEEL = colour(1.0, 1.0, 1.015)
BELT = colour(0.86, 0.98, 0.94)
PIT_OF_SHADOW = 16.0  # brightness deep inside a hole


@dataclass(frozen=True)
class Pose:
    """Where a part lies: centre in pixels, scale, the bolt circle's turn, and where the light comes from."""

    x: float
    y: float
    scale: float
    turn: float
    light: float

    def bolt_hole(self, index: int) -> tuple[float, float]:
        """Return the centre of one bolt hole in pixels."""
        return self.point(BOLT_CIRCLE, self.turn + 2 * pi * index / BOLT_HOLES)

    def point(self, radius: float, angle: float) -> tuple[float, float]:
        """Return the pixel at a radius of the drawing and an angle."""
        return self.x + radius * self.scale * cos(angle), self.y + radius * self.scale * sin(angle)

    def clear_of_bores(self, x: float, y: float, margin: float) -> bool:
        """Say whether a pixel keeps `margin` pixels from the rim of every bolt hole."""
        holes = (self.bolt_hole(index) for index in range(BOLT_HOLES))
        return all(
            hypot(x - hole_x, y - hole_y) > BOLT_HOLE * self.scale + margin for hole_x, hole_y in holes
        )


def draw_pose(generator: np.random.Generator, size: int) -> Pose:
    """Draw how the part was put under the camera: a few pixels off, any turn, light from the upper half."""
    x, y = size / 2 + generator.uniform(-3, 3, 2)
    return Pose(
        x=float(x),
        y=float(y),
        scale=float(generator.uniform(0.99, 1.01)),
        turn=float(generator.uniform(0, 2 * pi / BOLT_HOLES)),
        light=float(generator.normal(-2.2, 0.06)),
    )


def draw_belt(generator: np.random.Generator, grid: Grid, pose: Pose) -> Field:
    """Return the conveyor belt with the part's shadow on it: (3, height, width), 0..255."""
    shape = (grid.y.shape[0], grid.x.shape[1])
    cloth = 46 + 2.5 * smooth_noise(generator, shape, 5) + 4 * smooth_noise(generator, shape, 90)
    weave = 3 * np.sin(grid.x * np.float32(1.3)) * np.sin(grid.y * np.float32(1.3))
    away = 7 * pose.scale
    shadow_distance = distance(grid, pose.x - away * cos(pose.light), pose.y - away * sin(pose.light))
    shadow = inside(shadow_distance - OUTER * pose.scale, softness=16)
    belt: Field = ((cloth + weave) * (1 - np.float32(0.6) * shadow)) * BELT
    return belt


def draw_face(generator: np.random.Generator, grid: Grid, pose: Pose) -> tuple[Field, Field]:
    """Return the turned faces (3, height, width) and how much of each pixel the part covers."""
    shape = (grid.y.shape[0], grid.x.shape[1])
    radius = distance(grid, pose.x, pose.y)
    towards_light = (
        (grid.x - np.float32(pose.x)) * np.float32(cos(pose.light))
        + (grid.y - np.float32(pose.y)) * np.float32(sin(pose.light))
    ) / np.maximum(radius, 1)
    steps = np.minimum(radius * 4, 4 * OUTER * 1.2).astype(np.int32)
    brightness, gloss, slope = turned_profile(generator, pose.scale)
    # Grooves of a turning tool mirror the lamp where they lie across its direction: the bright bow tie.
    bow_tie = np.square(np.square(towards_light))
    face = brightness[steps] + gloss[steps] * (0.25 + bow_tie) + slope[steps] * towards_light
    face += np.float32(1.0) * smooth_noise(generator, shape, 12)
    return face * STEEL, inside(radius - OUTER * pose.scale)


def turned_profile(generator: np.random.Generator, scale: float) -> tuple[Field, Field, Field]:
    """Return brightness, gloss of the tool marks and slope towards the light, by radius in quarter pixels."""
    radius = (np.arange(int(4 * OUTER * 1.2) + 1, dtype=np.float32) / 4) / np.float32(scale)
    base = generator.uniform(138, 142)
    brightness = np.select(
        [radius < BORE, radius < RECESS, radius < HUB], [base - 20, base - 14, base + 14], base
    ).astype(np.float32)
    feed = generator.uniform(2.95, 3.05)
    wander = np.interp(radius, np.linspace(0, 160, 60), generator.standard_normal(60))
    grooves = np.sin(2 * pi * radius / feed + 0.5 * wander) + 0.3 * generator.standard_normal(radius.size)
    gloss = 34 + 8 * grooves + 2 * wander
    slope = sum(
        height * np.exp(-(((radius - edge) / width) ** 2))
        for edge, width, height in (
            (OUTER - 2, 2.2, 70),
            (HUB, 2.6, 75),
            (RECESS, 1.8, -60),
            (BORE + 1, 1.6, -70),
        )
    )
    return brightness, gloss.astype(np.float32), np.asarray(slope, dtype=np.float32)


def drill(picture: Field, grid: Grid, pose: Pose, missing: int | None) -> None:
    """Cut the centre bore and the bolt holes into the face, in place, leaving out the missing one."""
    cut_hole(picture, grid, pose, (pose.x, pose.y), BORE * pose.scale)
    for index in range(BOLT_HOLES):
        if index != missing:
            cut_hole(picture, grid, pose, pose.bolt_hole(index), BOLT_HOLE * pose.scale)


def cut_hole(picture: Field, grid: Grid, pose: Pose, centre: tuple[float, float], radius: float) -> None:
    """Cut one hole: a chamfered rim, a dark inside, the wall opposite the lamp catching its light."""
    where, local = window(grid, *centre, radius + 6)
    patch = picture[where]
    far = distance(local)
    towards = (local.x * np.float32(cos(pose.light)) + local.y * np.float32(sin(pose.light))) / np.maximum(
        far, 1
    )
    chamfer = np.exp(-(((far - radius - 1.5) / 1.5) ** 2))
    patch -= 55 * towards * chamfer
    depth = np.clip((far - 0.72 * radius) / (0.28 * radius), 0, 1)
    wall = PIT_OF_SHADOW + depth * (18 + 60 * np.clip(-towards, 0, 1))
    blend(patch, wall * STEEL, inside(far - radius))
