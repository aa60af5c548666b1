"""Growth as plain data for `summary.json`: seconds, parts an hour, None for unknown."""

from typing import Any

from line_sim.analysis.growth.growth import Growth
from line_sim.analysis.growth.outlook import Filling
from line_sim.analysis.growth.words import sentence
from line_sim.units import SECOND, Nanoseconds


def growth_json(growth: Growth, parts: int) -> dict[str, Any]:
    """Return whether it is a steady state, and why not; `parts` are those that arrived in the run."""
    return {
        "reached": growth.reached,
        "uph_settled": growth.uph_settled,
        "settles_at_s": _seconds(growth.settles_at),
        "long_run_uph": growth.long_run_uph,
        "outside_per_hour": growth.outside_per_hour,
        "loads": {load.place: load.value for load in growth.outlook.loads} if growth.outlook else {},
        "fills": [_filling(filling) for filling in growth.fills],
        "may_fill": {load.place: load.value for load in growth.may_fill},
        "rising": [
            {"place": queue.place, "parts": queue.parts, "per_hour": queue.per_hour}
            for queue in growth.rising
        ],
        "outages": {
            each.failing.place: {
                "seen": each.seen,
                "expected": each.expected,
                "enough": each.enough,
                "down": each.failing.down,
            }
            for each in growth.outages
        },
        "sentence": sentence(growth, parts),
    }


def _filling(filling: Filling) -> dict[str, Any]:
    return {
        "place": filling.place,
        "load": filling.load.value,
        "asked_uph": filling.load.asked,
        "makes_uph": filling.load.makes,
        "per_hour": filling.per_hour,
        "places": filling.places,
        "full_at_s": _seconds(filling.full_at),
        "sure": filling.sure,
    }


def _seconds(moment: Nanoseconds | None) -> float | None:
    return None if moment is None else moment / SECOND
