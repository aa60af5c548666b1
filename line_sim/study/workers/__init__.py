"""Who does the runs of a study: processes of this machine."""

from line_sim.study.workers.processes import Processes, processors
from line_sim.study.workers.seam import Perform, Workers

__all__ = ["Perform", "Processes", "Workers", "processors"]
