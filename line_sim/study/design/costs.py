"""What a design costs: the price of each unit of a key's number, times that number."""

from collections.abc import Mapping
from typing import Any

from line_sim.scenario import Scenario
from line_sim.scenario.overrides import value_at
from line_sim.study.design.levels import number_of


def number_at(plain: Mapping[str, Any], key: str) -> float:
    """Return the number at a key path of a scenario's plain data: of seconds of a time, of places of a belt.

    Raises LookupError where there is none.
    """
    value = value_at(plain, key)
    if isinstance(value, Mapping) and "places" in value:
        value = value["places"]
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    number = number_of(value)
    if number is None:
        raise LookupError(key)
    return number


def cost_of(scenario: Scenario, prices: Mapping[str, float]) -> float | None:
    """Return what a line costs; None where nothing has a price. Raises LookupError as `number_at` does."""
    if not prices:
        return None
    plain = scenario.model_dump()
    return sum(price * number_at(plain, key) for key, price in prices.items())
