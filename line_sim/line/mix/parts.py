"""Parts of several variants as they are made."""

from line_sim.chance.chance import Chance
from line_sim.line.parts import Part, PartMaker
from line_sim.scenario.mix.mix import Mix, PerVariant
from line_sim.scenario.mix.product import Product


class VariantMaker(PartMaker):
    """Makes part after part, each one's variant by the chance and its number alone."""

    def __init__(
        self,
        chance: Chance,
        mix: Mix,
        defect_rate: float | PerVariant[float],
        defect_kinds: tuple[str, ...] | PerVariant[tuple[str, ...]],
        repaired: float | None = None,
    ) -> None:
        super().__init__(chance, defect_rate, defect_kinds, repaired)
        self._names = mix.names
        self._variant = chance.variants(mix)

    def make(self, item_id: int) -> Part:
        """Return part number `item_id`, counted from 1."""
        part = super().make(item_id)
        part.variant = self._names[self._variant.of(item_id)]
        return part


def maker_of(
    chance: Chance,
    product: Product,
    defect_kinds: tuple[str, ...] | PerVariant[tuple[str, ...]] = (),
    repaired: float | None = None,
) -> PartMaker:
    """Return what makes the parts of a product."""
    mix = product.mix
    if mix is None:
        return PartMaker(chance, product.defect_rate, defect_kinds, repaired)
    return VariantMaker(chance, mix, product.defect_rates, defect_kinds, repaired)
