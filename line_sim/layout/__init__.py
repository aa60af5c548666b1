"""The line as data: its places and the ways between them, built once from the scenario."""

from line_sim.layout.crews import Crew, both_there
from line_sim.layout.features import Feature, Features, unsaid
from line_sim.layout.layout import (
    AFTER_ALL,
    FIRST_FINISH,
    HAND_OVER,
    Layout,
    layout_of,
    shifts_in,
    specs_of,
)
from line_sim.layout.places import Failures, Gate, Kind, Place, Spec
from line_sim.layout.run_plan import RunPlan
from line_sim.layout.servers import Server, server_name
from line_sim.layout.shifts import Shifts
from line_sim.layout.ways import Exit, Lane, Rework, Way
from line_sim.scenario.rules import REVIEW

__all__ = [
    "AFTER_ALL",
    "FIRST_FINISH",
    "HAND_OVER",
    "REVIEW",
    "Crew",
    "Exit",
    "Failures",
    "Feature",
    "Features",
    "Gate",
    "Kind",
    "Lane",
    "Layout",
    "Place",
    "Rework",
    "RunPlan",
    "Server",
    "Shifts",
    "Spec",
    "Way",
    "both_there",
    "layout_of",
    "server_name",
    "shifts_in",
    "specs_of",
    "unsaid",
]
