"""Workers that are gone in the middle of a study."""

from line_sim.errors import LineSimError
from line_sim.study.workers import Processes


class Dying(Processes):
    """Workers in this process that are gone after so many jobs."""

    def __init__(self, jobs):
        super().__init__(1)
        self._left = jobs

    def in_order(self, perform, jobs, interrupt):
        """Do jobs, as long as there is anybody."""
        for told in super().in_order(perform, jobs, interrupt):
            if not self._left:
                raise LineSimError("all workers are gone")
            self._left -= 1
            yield told
