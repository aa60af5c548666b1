"""What is made, as a scenario says it."""

from pydantic import Field

from line_sim.scenario.fields import Rate, Record
from line_sim.scenario.images.kinds import Images
from line_sim.scenario.images.rendered import Rendered
from line_sim.scenario.mix.mix import Mix, PerVariant
from line_sim.scenario.mix.variants import Batches, Sequence, Variants


class Product(Record):
    """What is made, how often it is defective, and what it looks like."""

    defect_rate: Rate = Field(0.0, description="The share of parts that are defective, 0 to 1.")
    images: Images = Field(Rendered(rendered="flange"), description="Where the parts' pictures come from.")
    sequence: Sequence | None = Field(
        None, description="mixed (the default): each part's variant is drawn; or {batches: N}."
    )
    variants: Variants | None = Field(None, description="The kinds of parts, by name; one kind where absent.")

    @property
    def mix(self) -> Mix | None:
        """The variants and their shares; None where there is one kind of part."""
        if self.variants is None:
            return None
        shares = [each.share for each in self.variants.values()]
        batch = self.sequence.batches if isinstance(self.sequence, Batches) else None
        return Mix(tuple(self.variants), tuple(share / sum(shares) for share in shares), batch)

    @property
    def defect_rates(self) -> float | PerVariant[float]:
        """The share of parts that are defective, of all or of each variant."""
        if self.variants is None or (mix := self.mix) is None:
            return self.defect_rate
        own = (each.defect_rate for each in self.variants.values())
        return PerVariant(mix, tuple(self.defect_rate if rate is None else rate for rate in own))

    @property
    def mean_defect_rate(self) -> float:
        """The share of all parts that are defective."""
        rates = self.defect_rates
        return rates.mix.mean(rates.values) if isinstance(rates, PerVariant) else rates

    @property
    def images_of_variants(self) -> tuple[Images, ...]:
        """The pictures of all parts, or of each variant."""
        if self.variants is None:
            return (self.images,)
        return tuple(each.images or self.images for each in self.variants.values())

    @property
    def defect_rate_of_defective(self) -> float:
        """The mean defect rate of the variants of parts that are defective: of what is repaired, that is."""
        rates, mean = self.defect_rates, self.mean_defect_rate
        if not isinstance(rates, PerVariant) or not mean:
            return mean
        return rates.mix.mean(tuple(rate * rate for rate in rates.values)) / mean
