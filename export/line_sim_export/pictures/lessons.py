"""Labelled pictures to fit on and to be judged by: rendered parts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from line_sim.pictures.rendered.flange import RenderedFlanges
from line_sim.truth import DEFECTIVE, GOOD

FIRST_LESSON = 2**40
"""Lessons are rendered from seeds beyond those that people give to products, so that no run meets them."""


class LabelledPicture(NamedTuple):
    """A JPEG and what it shows: `good` or a kind of defect for rendered parts, else the class."""

    jpeg: bytes
    label: str


class Pictures(Protocol):
    """A known number of labelled pictures, made or read one by one, the same ones every time."""

    def __len__(self) -> int:
        """Say how many there are."""

    def __iter__(self) -> Iterator[LabelledPicture]:
        """Give them in order."""


@dataclass(frozen=True)
class Lessons:
    """What a model is fitted on and what it is judged by; no picture is in both."""

    labels: tuple[str, ...]
    training: "RenderedParts"
    held_out: "RenderedParts"
    origin: str


@dataclass(frozen=True)
class RenderedParts:
    """Rendered flanges of one seed: every other one good, the defective ones of each kind in turn."""

    seed: int
    count: int

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[LabelledPicture]:
        for item in range(self.count):
            yield LabelledPicture(self.jpeg(item), self.label(item))

    def label(self, item: int) -> str:
        """Return what a part is."""
        kinds = RenderedFlanges(self.seed).defect_kinds
        return GOOD if item % 2 == 0 else kinds[item // 2 % len(kinds)]

    def jpeg(self, item: int) -> bytes:
        """Render a part."""
        label = self.label(item)
        state, kind = (GOOD, "") if label == GOOD else (DEFECTIVE, label)
        return RenderedFlanges(self.seed).picture(item, state, kind)


def rendered_lessons(seed: int, parts: int, held_out: int) -> Lessons:
    """Return lessons on rendered flanges; the held-out ones come from another seed than the training ones."""
    kinds = RenderedFlanges(seed).defect_kinds
    return Lessons(
        labels=(GOOD, *kinds),
        training=RenderedParts(FIRST_LESSON + 2 * seed, parts),
        held_out=RenderedParts(FIRST_LESSON + 2 * seed + 1, held_out),
        origin=f"rendered flanges, lessons of seed {seed}",
    )
