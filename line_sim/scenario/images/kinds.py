"""The table of picture kinds: from a row come the keys of a scenario, its schema and what its errors name.

What makes the pictures stands in `line_sim.pictures.kinds`; the type checker wants a case for every row.
"""

from collections.abc import Sequence
from typing import Annotated, TypeAlias, get_args

from line_sim.scenario.fields import OneOf, key_of
from line_sim.scenario.images.folder import Folder
from line_sim.scenario.images.kind import ImagesKind
from line_sim.scenario.images.rendered import Rendered


def _wanted(kinds: Sequence[type[ImagesKind]]) -> str:
    return f"it must be {' or '.join(kind.written for kind in kinds)}"


Images: TypeAlias = Annotated[
    Rendered  # the rows
    | Folder,
    OneOf(_wanted),
]
"""Where the parts' pictures come from, written as a mapping with their kind as the only key."""

KINDS: dict[str, type[ImagesKind]] = {key_of(kind): kind for kind in get_args(get_args(Images)[0])}
"""Every kind by its key, in the order of the table."""
