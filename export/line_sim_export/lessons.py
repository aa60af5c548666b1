"""Labelled pictures to fit on and to be judged by: rendered parts, or the user's own folder."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from line_sim.errors import ScenarioError
from line_sim.inspection.images.draws import keyed_generator
from line_sim.inspection.images.flange import RenderedFlanges
from line_sim.inspection.images.folder import read_folder, read_jpeg

GOOD = "good"
DEFECTIVE = "defective"
FEWEST = 10  # pictures of a state: two held out, two in each fold of the fit

FIRST_LESSON = 2**40
"""Lessons are rendered from seeds beyond those that people give to products, so that no run meets them."""


class LabelledPicture(NamedTuple):
    """A JPEG and what the part is: `good`, a kind of defect, or `defective` where kinds are not known."""

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
    training: Pictures
    held_out: Pictures
    origin: str


@dataclass(frozen=True)
class RenderedParts:
    """Rendered flanges of one seed: every other one good, the defective ones of each kind in turn."""

    seed: int
    count: int

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[LabelledPicture]:
        source = RenderedFlanges(self.seed)
        kinds = source.defect_kinds
        for item in range(self.count):
            if item % 2 == 0:
                yield LabelledPicture(source.picture(item, GOOD, ""), GOOD)
            else:
                kind = kinds[item // 2 % len(kinds)]
                yield LabelledPicture(source.picture(item, DEFECTIVE, kind), kind)


@dataclass(frozen=True)
class PictureFiles:
    """Pictures on disk with the state of the part each shows."""

    files: Sequence[tuple[Path, str]]

    def __len__(self) -> int:
        return len(self.files)

    def __iter__(self) -> Iterator[LabelledPicture]:
        for path, label in self.files:
            yield LabelledPicture(read_jpeg(path), label)


def rendered_lessons(seed: int, parts: int, held_out: int) -> Lessons:
    """Return lessons on rendered flanges; the held-out ones come from another seed than the training ones."""
    kinds = RenderedFlanges(seed).defect_kinds
    return Lessons(
        labels=(GOOD, *kinds),
        training=RenderedParts(FIRST_LESSON + 2 * seed, parts),
        held_out=RenderedParts(FIRST_LESSON + 2 * seed + 1, held_out),
        origin=f"rendered flanges, lessons of seed {seed}",
    )


def folder_lessons(folder: Path, seed: int, parts: int) -> Lessons:
    """Return lessons on the pictures of `good/` and `defective/`: a fifth of each is held out.

    At most `parts` pictures are trained on. Raises ScenarioError for a folder that cannot be used.
    """
    files = read_folder(folder)
    if min(len(paths) for paths in files.values()) < FEWEST:
        found = " and ".join(f"{len(paths)} {state}" for state, paths in files.items())
        raise ScenarioError(
            f"{folder} has {found} pictures; at least {FEWEST} of each are needed to fit a model"
        )
    generator = keyed_generator("lessons", seed)
    held_out: list[tuple[Path, str]] = []
    training: list[tuple[Path, str]] = []
    for state, paths in files.items():
        shuffled = [(paths[index], state) for index in generator.permutation(len(paths))]
        held_out += shuffled[: len(paths) // 5]
        training += shuffled[len(paths) // 5 :]
    mixed = [training[index] for index in generator.permutation(len(training))]
    return Lessons(
        (GOOD, DEFECTIVE), PictureFiles(mixed[:parts]), PictureFiles(held_out), f"pictures of {folder.name}/"
    )
