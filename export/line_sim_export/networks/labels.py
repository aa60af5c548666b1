"""Names of a network's own classes: ImageNet's as Keras publishes them, or those of a file."""

import json
from pathlib import Path

from line_sim.errors import ScenarioError
from line_sim_export.networks.pretrained import Published

IMAGENET_CLASSES = 1000
BACKGROUND = "background"
IMAGENET_INDEX = Published(
    "https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json",
    "c2c37ea517e94d9795004a39431a14cb",
    "name the classes in a file, one a line, with --labels FILE",
)


def class_names(classes: int, file: Path | None, published: Published = IMAGENET_INDEX) -> tuple[str, ...]:
    """Return a name for each of a network's classes.

    Without a file the classes must be ImageNet's: 1000, or 1001 with `background` in front, as
    TensorFlow Hub's networks have it. Raises ScenarioError.
    """
    if file is not None:
        return with_background(names_in(file), classes, f"--labels {file}")
    if classes not in (IMAGENET_CLASSES, IMAGENET_CLASSES + 1):
        raise ScenarioError(
            f"the network tells {classes} classes apart, ImageNet has {IMAGENET_CLASSES}: "
            "name them in a file, one a line, with --labels FILE"
        )
    return with_background(names_in(published.fetch()), classes, published.url)


def with_background(names: tuple[str, ...], classes: int, source: str) -> tuple[str, ...]:
    """Return as many names as there are classes: 1000 get `background` in front where 1001 are asked."""
    if (len(names), classes) == (IMAGENET_CLASSES, IMAGENET_CLASSES + 1):
        return (BACKGROUND, *names)
    if len(names) != classes:
        raise ScenarioError(
            f"{source} has {len(names)} names, the network tells {classes} classes apart; "
            "give one a line, in the network's order"
        )
    return names


def names_in(file: Path) -> tuple[str, ...]:
    """Read names, one a line, or as in Keras' class index: {"0": ["n01440764", "tench"], ...}."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"--labels {file}: cannot be read: {error}") from None
    if file.suffix != ".json":
        return tuple(line.strip() for line in text.splitlines() if line.strip())
    try:
        index = json.loads(text)
        return tuple(index[str(number)][1].replace("_", " ") for number in range(len(index)))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        raise ScenarioError(
            f'--labels {file}: is no class index such as {{"0": ["n01440764", "tench"], ...}}'
        ) from None
