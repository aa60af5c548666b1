"""Which network and which head an export is for, told from the options given."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from line_sim.errors import ScenarioError
from line_sim.user_cache import user_cache

BACKBONES = ("seeded", "keras", "hub", "weights")
HEADS = ("imagenet", "fitted")
HANDLE = "https://tfhub.dev/google/imagenet/inception_v3/classification/4"

BackboneName = Literal["seeded", "keras", "hub", "weights"]
HeadName = Literal["imagenet", "fitted"]


@dataclass(frozen=True)
class Choice:
    """A network by its kind, with the file or handle that it comes from, and what stands on it."""

    backbone: BackboneName
    head: HeadName
    weights: Path | None = None
    handle: str | None = None
    labels: Path | None = None
    pictures: Path | None = None


def chosen(
    backbone: BackboneName | None,
    head: HeadName | None,
    weights: Path | None,
    handle: str | None,
    labels: Path | None,
    pictures: Path | None,
) -> Choice:
    """Fill in what was left open: a file or a handle tells the network, a folder of pictures the head.

    Raises ScenarioError, with a line for every contradiction.
    """
    backbone = backbone or ("weights" if weights else "hub" if handle else "seeded")
    head = head or ("fitted" if backbone == "seeded" or pictures else "imagenet")
    choice = Choice(backbone, head, weights, handle, labels, pictures)
    if mistakes := contradictions(choice):
        raise ScenarioError("\n".join(mistakes))
    return choice


def contradictions(choice: Choice) -> list[str]:
    """Return what does not go together, a line each."""
    own = choice.head == "imagenet"
    rules = (
        (choice.backbone == "weights" and not choice.weights, "--backbone weights needs --weights FILE"),
        (
            choice.weights and choice.backbone != "weights",
            f"--weights {choice.weights} is for --backbone weights, not for {choice.backbone}",
        ),
        (
            choice.handle and choice.backbone != "hub",
            f"--handle {choice.handle} is for --backbone hub, not for {choice.backbone}",
        ),
        (
            own and choice.backbone == "seeded",
            "--head imagenet: a seeded network has no classes; give --backbone keras, hub or weights",
        ),
        (
            own and choice.pictures,
            f"--pictures {choice.pictures} is for --head fitted: the network's own classes need no pictures",
        ),
        (
            choice.labels and not own,
            f"--labels {choice.labels} is for --head imagenet: a fitted head has the labels of its pictures",
        ),
    )
    return [line for wrong, line in rules if wrong]


def default_cache(environment: Mapping[str, str]) -> Path:
    """Return where features are kept unless the user says otherwise (XDG base directories)."""
    return user_cache(environment) / "features"
