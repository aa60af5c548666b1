"""Crews as data: how many people, and when they are there."""

from dataclasses import dataclass

from line_sim.layout.shifts import Shifts
from line_sim.scenario.stops.week import common


@dataclass(frozen=True, slots=True)
class Crew:
    """People who do the same: how many, and when they are there (None: always)."""

    name: str
    people: int
    shifts: Shifts | None = None


def both_there(some: Shifts | None, others: Shifts | None) -> Shifts | None:
    """Return when a machine is on and its people are there, too; None: always."""
    if some is None or others is None or some == others:
        return others if some is None else some
    return Shifts(f"{some.name} and {others.name}", common(some.on, others.on))
