"""Parts: what each one truly is, and the one mutable thing that walks along the line."""

from line_sim.chance.streams import choices, events
from line_sim.line.records import Item
from line_sim.units import Nanoseconds

GOOD, DEFECTIVE = "good", "defective"


class Part:
    """A part on the line. Stations write on it what its `Item` record will tell."""

    __slots__ = (
        "arrived_at",
        "defect",
        "evaluation",
        "inference",
        "inference_outcome",
        "item_id",
        "label",
        "lane",
        "queued_at",
        "score",
        "true_state",
    )

    def __init__(self, item_id: int, true_state: str = GOOD, defect: str = "") -> None:
        self.item_id = item_id
        self.true_state = true_state
        self.defect = defect
        self.arrived_at: Nanoseconds = -1
        self.queued_at: Nanoseconds = -1
        self.evaluation = ""
        self.label = ""
        self.score: float | None = None
        self.inference_outcome = ""
        self.inference: Nanoseconds | None = None
        self.lane = ""

    @property
    def defective(self) -> bool:
        """Whether it truly has a defect, whatever anybody says of it."""
        return self.true_state == DEFECTIVE

    def story(self, left_at: Nanoseconds | None, disposition: str) -> Item:
        """Return the record of the part as it leaves (or is found on) the line."""
        return Item(
            self.item_id,
            self.true_state,
            self.defect,
            self.arrived_at,
            left_at,
            self.evaluation,
            self.label,
            self.score,
            self.inference_outcome,
            self.inference,
            self.lane,
            disposition,
        )


class PartMaker:
    """Makes part after part; each one's true state hangs on the seed and its number alone."""

    def __init__(self, seed: int, defect_rate: float, defect_kinds: tuple[str, ...]) -> None:
        self._flawless = defect_rate == 0.0
        self._is_defective = events(seed, "true state", "", defect_rate).of
        self._kind = choices(seed, "defect kind", "", defect_kinds or ("",)).of

    def make(self, item_id: int) -> Part:
        """Return part number `item_id`, counted from 1."""
        if self._flawless or not self._is_defective(item_id):
            return Part(item_id)
        return Part(item_id, DEFECTIVE, self._kind(item_id))
