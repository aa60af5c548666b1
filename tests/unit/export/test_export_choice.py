"""Which network and head the options of `line-sim export` choose."""

from pathlib import Path
from typing import Any

import pytest
from line_sim_export.choice import chosen

from line_sim.errors import ScenarioError

NOTHING = dict.fromkeys(("backbone", "head", "weights", "handle", "labels", "pictures"))


@pytest.mark.parametrize(
    ("given", "backbone", "head"),
    [
        ({}, "seeded", "fitted"),
        ({"pictures": Path("p")}, "seeded", "fitted"),
        ({"backbone": "keras"}, "keras", "imagenet"),
        ({"weights": Path("w.h5")}, "weights", "imagenet"),
        ({"weights": Path("w.h5"), "pictures": Path("p")}, "weights", "fitted"),
        ({"handle": "here"}, "hub", "imagenet"),
        ({"backbone": "hub", "head": "fitted"}, "hub", "fitted"),
    ],
)
def test_what_is_left_open_follows_from_what_is_given(
    given: dict[str, Any], backbone: str, head: str
) -> None:
    """A file or a handle tells the network; a folder of pictures, or the seeded one, wants a fitted head."""
    choice = chosen(**(NOTHING | given))
    assert (choice.backbone, choice.head) == (backbone, head)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"backbone": "weights"}, "--backbone weights needs --weights FILE"),
        ({"backbone": "keras", "weights": Path("w.h5")}, "--weights w.h5 is for --backbone weights, not for"),
        ({"weights": Path("w.h5"), "handle": "here"}, "--handle here is for --backbone hub, not for weights"),
        ({"head": "imagenet"}, "a seeded network has no classes; give --backbone keras, hub or weights"),
        ({"backbone": "keras", "head": "imagenet", "pictures": Path("p")}, "need no pictures"),
        ({"labels": Path("names.txt")}, "--labels names.txt is for --head imagenet"),
    ],
)
def test_a_contradiction_is_told_with_what_is_allowed(given: dict[str, Any], told: str) -> None:
    """One line names the options that do not go together."""
    with pytest.raises(ScenarioError, match=told):
        chosen(**(NOTHING | given))
