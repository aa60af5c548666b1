"""Pictures drawn by line-sim, as a scenario says it."""

from typing import Literal, TypeAlias, final, get_args

from pydantic import Field

from line_sim.scenario.images.kind import ImagesKind

Part: TypeAlias = Literal["flange"]
"""The parts that can be drawn: the rows of what is drawn by `line_sim.pictures.kinds`."""

DEFECTS: dict[str, tuple[str, ...]] = {"flange": ("stain", "scratch", "pits", "missing_bore", "chip")}
"""The kinds of defect that each of them is drawn with."""


@final
class Rendered(ImagesKind):
    """Pictures drawn by line-sim."""

    rendered: Part = Field(description="The part that is drawn.")

    written = f"{{rendered: {' | '.join(get_args(Part))}}}"

    @property
    def from_files(self) -> bool:
        """They are drawn."""
        return False

    @property
    def words(self) -> str:
        """What is drawn."""
        return f"The drawn pictures of a {self.rendered}"
