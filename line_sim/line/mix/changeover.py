"""A machine that is set up between two variants.

Its compiled twin is `line_sim.compiled.kernel.tasks`.
"""

from line_sim.chance.chance import Chance
from line_sim.chance.need import Takes
from line_sim.line.machines import Machine
from line_sim.line.parts import Part
from line_sim.line.tasks import Lanes, Work
from line_sim.scenario.model import Station


class SetUpWork(Work):
    """The task of a plain machine that is set up first where its last part was of another variant.

    It is set up with the part on it: the set-up and the work are one stretch of working time, in which
    the machine ages, may fail and goes on.
    """

    def __init__(
        self, machine: Machine, chance: Chance, spec: Station, changeover: Takes, lanes: Lanes
    ) -> None:
        super().__init__(machine, chance, spec, lanes)
        self._changeover = changeover.of(chance)
        self._set_up_for = ""  # nothing so far: what the first part needs is there

    def begin(self, part: Part) -> None:
        """Set up for the part where that is needed, and work on it for one cycle time."""
        set_up = 0
        if part.variant != self._set_up_for:
            if self._set_up_for:
                set_up = self._changeover.of(part.item_id, part.visit)
            self._set_up_for = part.variant
        self._machine.changeover = set_up
        self._machine.work(set_up + self._cycle.of(part.item_id, part.visit))
