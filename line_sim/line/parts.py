"""Parts: what each one truly is, and the one mutable thing that walks along the line.

Its compiled twin is `line_sim.compiled.kernel.parts`.
"""

from typing import NamedTuple

from line_sim.chance import needs
from line_sim.chance.chance import Chance
from line_sim.chance.need import Flaws, Kinds
from line_sim.chance.streams import Draws
from line_sim.line.records import Item
from line_sim.scenario.defects.repairs import Rework
from line_sim.scenario.mix.product import Product
from line_sim.truth import DEFECTIVE, GOOD
from line_sim.units import Nanoseconds


class Finding(NamedTuple):
    """What an inspection found of a part: its verdict, the answer that it rests on, and how that came."""

    evaluation: str = ""
    label: str = ""
    score: float | None = None
    inference_outcome: str = ""
    inference: Nanoseconds | None = None


NOTHING_FOUND = Finding()
"""Of a part that no inspection has looked at."""


class Part:
    """A part on the line. Stations write on it what its `Item` record will tell.

    `visit` is the number of its visit to the place where it is, counted from 1; `rounds` says how often it
    was sent back to be repaired. `found` is what its last inspection found; `lane` says that one has sent it
    to review since it was last repaired, whatever others found later; `sent_by` names the last that did.
    `made_at` is the station that made its defect, `variant` is empty where there is one kind of part.
    """

    __slots__ = (
        "_visits",
        "arrived_at",
        "defect",
        "found",
        "item_id",
        "lane",
        "made_at",
        "queued_at",
        "rounds",
        "sent_by",
        "true_state",
        "variant",
        "visit",
    )

    def __init__(self, item_id: int, true_state: str = GOOD, defect: str = "") -> None:
        self.item_id = item_id
        self.true_state = true_state
        self.defect = defect
        self.arrived_at: Nanoseconds = -1
        self.queued_at: Nanoseconds = -1
        self.visit = 1
        self.rounds = 0
        self.found = NOTHING_FOUND
        self.lane = ""
        self.sent_by = ""
        self.made_at = ""
        self.variant = ""
        self._visits: dict[str, int] | None = None

    @property
    def defective(self) -> bool:
        """Whether it truly has a defect, whatever anybody says of it."""
        return self.true_state == DEFECTIVE

    def comes_to(self, place: str) -> None:
        """Count a visit to a place."""
        if self._visits is None:
            self._visits = {}
        self.visit = self._visits[place] = self._visits.get(place, 0) + 1

    def story(self, left_at: Nanoseconds | None, disposition: str) -> Item:
        """Return the record of the part as it leaves (or is found on) the line."""
        story = (
            self.item_id,
            self.true_state,
            self.defect,
            self.arrived_at,
            left_at,
            *self.found,
            self.lane,
            disposition,
            self.rounds,
            self.made_at,
            self.variant,
        )
        return tuple.__new__(Item, story)  # Item's own, less the half of its time


class PartMaker:
    """Makes part after part; each one's true state hangs on the chance and its number alone.

    `rework` is how parts are repaired; None: none is.
    """

    def __init__(
        self, chance: Chance, product: Product, kinds: Kinds = (), rework: Rework | None = None
    ) -> None:
        self._new = _drawn(chance, needs.flaws_of_new(product, kinds))
        self._repaired = (
            None if rework is None else _drawn(chance, needs.flaws_of_repaired(product, rework, kinds))
        )

    def make(self, item_id: int) -> Part:
        """Return part number `item_id`, counted from 1."""
        if self._new is None or not self._new[0].of(item_id):
            return Part(item_id)
        return Part(item_id, DEFECTIVE, self._new[1].of(item_id))

    def make_again(self, part: Part) -> None:
        """Repair a part: what it truly is afterwards hangs on how often it has been repaired, too."""
        which = part.item_id, part.rounds
        part.true_state, part.defect, part.made_at = GOOD, "", ""
        if self._repaired is not None and self._repaired[0].of(*which):
            part.true_state, part.defect = DEFECTIVE, self._repaired[1].of(*which)


def _drawn(chance: Chance, flaws: Flaws | None) -> tuple[Draws[bool], Draws[str]] | None:
    """Return the draws of who is defective, and of which kind."""
    return None if flaws is None else (flaws.happen.of(chance), flaws.kind.of(chance))
