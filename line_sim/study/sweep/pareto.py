"""Pareto fronts: the variants that no other one beats in both of two things."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from line_sim.figures.catalogue import ESCAPE_RATE, FLOW_TIME, UPH

Better = Literal["more", "less"]
COST = "cost"

PAIRS: tuple[dict[str, Better], ...] = (
    {UPH.name: "more", ESCAPE_RATE.name: "less"},
    {UPH.name: "more", COST: "less"},
    {UPH.name: "more", FLOW_TIME.name: "less"},
)
"""What is weighed against what."""


@dataclass(frozen=True, slots=True)
class Front:
    """What is better, and the variants on the front by the means of their runs, in the order of numbers."""

    better: dict[str, Better]
    variants: tuple[int, ...]


def front(points: Sequence[tuple[float, float]]) -> list[int]:
    """Return which points no other one beats: as good in both and better in one; less is better in both."""
    order = sorted(range(len(points)), key=lambda place: points[place])
    found: list[int] = []
    best, at = float("inf"), float("inf")
    for place in order:
        first, second = points[place]
        if second < best or (second == best and first == at):
            found.append(place)
            best, at = second, first
    return sorted(found)


def fronts(told: Sequence[tuple[int, dict[str, float]]]) -> list[Front]:
    """Return the fronts of variants: number, and the means of its figures and its cost.

    There is none of something that not every variant tells, or that is the same in all.
    """
    found = []
    for better in PAIRS:
        one, other = better
        if len(told) < 2 or not all(one in means and other in means for _, means in told):
            continue
        if len({means[other] for _, means in told}) == 1:
            continue
        points = [(_less(means[one], better[one]), _less(means[other], better[other])) for _, means in told]
        found.append(Front(dict(better), tuple(told[place][0] for place in front(points))))
    return found


def _less(value: float, better: Better) -> float:
    return value if better == "less" else -value
