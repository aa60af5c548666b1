"""The line as data: its places and the ways between them, built once from the scenario."""

from line_sim.layout.layout import (
    FIRST_FINISH,
    HAND_OVER,
    Layout,
    RunPlan,
    layout_of,
    shifts_in,
    specs_of,
)
from line_sim.layout.places import Failures, Kind, Place
from line_sim.layout.shifts import Shifts
from line_sim.layout.ways import Exit, Lane, Way
from line_sim.scenario.rules import REVIEW

__all__ = [
    "FIRST_FINISH",
    "HAND_OVER",
    "REVIEW",
    "Exit",
    "Failures",
    "Kind",
    "Lane",
    "Layout",
    "Place",
    "RunPlan",
    "Shifts",
    "Way",
    "layout_of",
    "shifts_in",
    "specs_of",
]
