"""The levels of an axis, and which variants are at each: its values, or slices of a range with many."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from line_sim.study.design.levels import Plain, number_of
from line_sim.study.design.variants import Variant
from line_sim.study.sweep.files import setting_text

MOST_VALUES = 12
SLICES = 5


@dataclass(frozen=True, slots=True)
class Group:
    """The variants (as places, from 0) at a level: a value, or those from `low` to `high`."""

    value: Plain
    rows: tuple[int, ...]
    low: float | None = None
    high: float | None = None


def groups_of(variants: Sequence[Variant], key: str, *, in_slices: bool, slices: int = SLICES) -> list[Group]:
    """Return the levels of an axis in order.

    `in_slices`: one of more than 12 different numbers is cut into slices of as many variants each.
    """
    values = [variant.settings[key] for variant in variants]
    levels = _by_value(values)
    numbers = [number_of(value) for value in values]
    if in_slices and len(levels) > MOST_VALUES and None not in numbers:
        return _sliced(values, [number or 0.0 for number in numbers], slices)
    return levels


def _by_value(values: Sequence[Plain]) -> list[Group]:
    rows: dict[str, list[int]] = {}
    for row, value in enumerate(values):
        rows.setdefault(setting_text(value), []).append(row)
    found = [Group(values[places[0]], tuple(places)) for places in rows.values()]
    numbers = {id(group): number_of(group.value) for group in found}
    if None in numbers.values():
        return found
    return sorted(found, key=lambda group: numbers[id(group)] or 0.0)


def _sliced(values: Sequence[Plain], numbers: Sequence[float], slices: int) -> list[Group]:
    order = sorted(range(len(numbers)), key=lambda row: numbers[row])
    edges = [len(order) * place // slices for place in range(slices + 1)]
    return [
        Group(
            f"{setting_text(values[part[0]])} to {setting_text(values[part[-1]])}",
            tuple(sorted(part)),
            numbers[part[0]],
            numbers[part[-1]],
        )
        for part in (order[low:high] for low, high in pairwise(edges))
        if part
    ]
