"""What a station does to a part beside its work: it may spoil it.

Its compiled twin is `line_sim.compiled.kernel.tasks`.
"""

from itertools import takewhile

from line_sim.chance import needs
from line_sim.chance.chance import Chance
from line_sim.chance.need import Kinds
from line_sim.line.buffer import Destination
from line_sim.line.machines import Task
from line_sim.line.parts import Part
from line_sim.scenario.model import Scenario, Station
from line_sim.truth import DEFECTIVE


class Spoiler:
    """A station as far as it makes defects; whether a visit spoils a part hangs on the two alone.

    `kinds` are those of the product, for a station that names none. Raises TypeError for a station that
    makes no defects.
    """

    def __init__(self, chance: Chance, spec: Station, kinds: Kinds) -> None:
        flaws, self._station = needs.flaws_of_station(spec, kinds), spec.name
        if flaws is None:
            raise TypeError(f"{spec.name} makes no defects")
        self._spoils, self._kind = flaws.happen.of(chance), flaws.kind.of(chance)

    def have(self, part: Part) -> None:
        """Spoil a part, or do not; one that is defective already keeps its defect, and where it is from."""
        which = part.item_id, part.visit
        if part.defective or not self._spoils.of(*which):
            return
        part.true_state, part.defect, part.made_at = DEFECTIVE, self._kind.of(*which), self._station


def before_cameras(chance: Chance, scenario: Scenario, kinds: Kinds) -> tuple[Spoiler, ...]:
    """Return the stations that may have spoilt a part before a real server sees its first picture."""
    before = takewhile(lambda spec: isinstance(spec, Station) or not spec.gateway.live, scenario.line)
    makers = (spec for spec in before if isinstance(spec, Station) and spec.makes_defects is not None)
    return tuple(Spoiler(chance, spec, kinds) for spec in makers)


class SpoilingTask:
    """The task of a machine that may spoil a part: in the moment when its work is done."""

    def __init__(self, task: Task, spoiler: Spoiler) -> None:
        self.begin = task.begin
        self._then = task.destination
        self._spoiler = spoiler

    def destination(self, part: Part) -> Destination:
        """Return where the part goes now that the work has made of it what it is."""
        self._spoiler.have(part)
        return self._then(part)
