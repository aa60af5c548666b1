"""The variants of a product, as a scenario says them, and the order in which they come."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from line_sim.scenario.fields import Name, Rate, Record
from line_sim.scenario.images.kinds import Images

MOST_VARIANTS = 100

Share = Annotated[float, Field(strict=True, gt=0, le=1, allow_inf_nan=False)]


class Variant(Record):
    """A kind of part; what it does not say is as the product says it."""

    share: Share = Field(description="Its share of all parts; the shares of all variants add up to 1.")
    defect_rate: Rate | None = Field(
        None, description="The share of them that is defective, 0 to 1. Default: the product's."
    )
    images: Images | None = Field(
        None, description="Where their pictures come from. Default: the product's images."
    )


class VariantMap(dict[str, Variant]):
    """Variants by name; nobody changes it, so that it can be hashed like every part of a scenario."""

    def __hash__(self) -> int:  # type: ignore[override]
        """Hash the names and variants, whatever their order."""
        return hash(frozenset(self.items()))


Variants = Annotated[
    dict[Name, Variant], Field(min_length=1, max_length=MOST_VARIANTS), AfterValidator(VariantMap)
]


class Batches(Record):
    """Parts of one variant come together."""

    batches: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = Field(
        description="How many parts of one variant come one behind the other, before those of the next."
    )


def _form_of_sequence(value: object) -> str | None:
    if isinstance(value, Mapping | Batches):
        return "<batches>"
    return "<mixed>" if value == "mixed" else None


Sequence = Annotated[
    Annotated[Literal["mixed"], Tag("<mixed>")] | Annotated[Batches, Tag("<batches>")],
    Discriminator(
        _form_of_sequence,
        custom_error_type="sequence",
        custom_error_message="it must be mixed, or a mapping such as {batches: 50}",
    ),
]
"""The order of the variants: each part's is drawn, or batches of one variant."""
