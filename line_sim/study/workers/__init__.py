"""Who does the runs of a study: processes of this machine, or the workers of a cluster."""

from line_sim.study.workers.cluster import Cluster
from line_sim.study.workers.processes import Processes, processors
from line_sim.study.workers.seam import Perform, Workers

__all__ = ["Cluster", "Perform", "Processes", "Workers", "processors"]
