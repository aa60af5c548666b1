"""Parts: what each one truly is, and the one mutable thing that walks along the line."""

from typing import NamedTuple, TypeAlias

from line_sim.chance.chance import Chance
from line_sim.chance.purposes import Purpose
from line_sim.layout import REVIEW
from line_sim.line.records import Item
from line_sim.scenario.mix.mix import PerVariant
from line_sim.truth import DEFECTIVE, GOOD
from line_sim.units import Nanoseconds

Kinds: TypeAlias = tuple[str, ...] | PerVariant[tuple[str, ...]]
"""Kinds of defect: those of all parts, or of each variant."""


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

    Rates and kinds of defect may be those of each variant. `repaired` is the share of the parts that are
    defective after a repair; None: as of new ones.
    """

    def __init__(
        self,
        chance: Chance,
        defect_rate: float | PerVariant[float],
        defect_kinds: Kinds,
        repaired: float | None = None,
    ) -> None:
        kinds = or_none(defect_kinds)
        self._flawless = defect_rate == 0.0
        self._is_defective = chance.events(Purpose.TRUE_STATE, "", defect_rate)
        self._kind = chance.choices(Purpose.DEFECT_KIND, "", kinds)
        after = defect_rate if repaired is None else repaired
        self._is_still_defective = chance.events(Purpose.TRUE_STATE, REVIEW, after)
        self._kind_then = chance.choices(Purpose.DEFECT_KIND, REVIEW, kinds)

    def make(self, item_id: int) -> Part:
        """Return part number `item_id`, counted from 1."""
        if self._flawless or not self._is_defective.of(item_id):
            return Part(item_id)
        return Part(item_id, DEFECTIVE, self._kind.of(item_id))

    def make_again(self, part: Part) -> None:
        """Repair a part: what it truly is afterwards hangs on how often it has been repaired, too."""
        which = part.item_id, part.rounds
        part.true_state, part.defect, part.made_at = GOOD, "", ""
        if self._is_still_defective.of(*which):
            part.true_state, part.defect = DEFECTIVE, self._kind_then.of(*which)


def or_none(kinds: Kinds) -> Kinds:
    """Let there be a kind without a name where none is known."""
    if isinstance(kinds, PerVariant):
        return PerVariant(kinds.mix, tuple(own or ("",) for own in kinds.values))
    return kinds or ("",)
