"""Parts of several variants as they are made.

Its compiled twin is `line_sim.compiled.kernel.parts`.
"""

from line_sim.chance import needs
from line_sim.chance.chance import Chance
from line_sim.chance.need import Kinds, Varies
from line_sim.line.parts import Part, PartMaker
from line_sim.scenario.defects.repairs import Rework
from line_sim.scenario.mix.product import Product


class VariantMaker(PartMaker):
    """Makes part after part, each one's variant by the chance and its number alone."""

    def __init__(
        self,
        chance: Chance,
        variant: Varies,
        product: Product,
        kinds: Kinds = (),
        rework: Rework | None = None,
    ) -> None:
        super().__init__(chance, product, kinds, rework)
        self._names = variant.mix.names
        self._variant = variant.of(chance)

    def make(self, item_id: int) -> Part:
        """Return part number `item_id`, counted from 1."""
        part = super().make(item_id)
        part.variant = self._names[self._variant.of(item_id)]
        return part


def maker_of(chance: Chance, product: Product, kinds: Kinds = (), rework: Rework | None = None) -> PartMaker:
    """Return what makes the parts of a product, which are repaired by `rework` (None: none is)."""
    variant = needs.variant(product)
    if variant is None:
        return PartMaker(chance, product, kinds, rework)
    return VariantMaker(chance, variant, product, kinds, rework)
