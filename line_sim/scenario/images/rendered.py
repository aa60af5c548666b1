"""Pictures drawn by line-sim, as a scenario says it."""

from typing import Literal, final

from pydantic import Field

from line_sim.scenario.images.kind import ImagesKind


@final
class Rendered(ImagesKind):
    """Pictures drawn by line-sim."""

    rendered: Literal["flange"] = Field(description="The part that is drawn.")

    written = "{rendered: flange}"

    @property
    def from_files(self) -> bool:
        """They are drawn."""
        return False

    @property
    def words(self) -> str:
        """What is drawn."""
        return f"The drawn pictures of a {self.rendered}"
