"""Repairs of what reviewers find defective."""

from typing import Annotated

from pydantic import Field

from line_sim.scenario.fields import Name, Places, Rate, Record

MOST_ROUNDS = 1_000
"""The repairs of one part."""


class Rework(Record):
    """Repairs of parts that reviewers find defective; they go through the line again from there."""

    share: Rate = Field(1.0, description="The share of the parts found defective that is repaired, 0 to 1.")
    to: Name = Field(description="The station where they are repaired, before new parts.")
    at_most: Annotated[int, Field(strict=True, ge=1, le=MOST_ROUNDS)] = Field(
        1, description="How often one part may be repaired; found defective after that it is scrapped."
    )
    buffer: Places = Field(0, description="Waiting places for such parts in front of that station.")
    defect_rate: Rate | None = Field(
        None, description="The share of them that is defective afterwards, 0 to 1. Default: the product's."
    )
