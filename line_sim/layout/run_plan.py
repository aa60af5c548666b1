"""What the scenario asks of a run, as data."""

from dataclasses import dataclass
from typing import Literal

from line_sim.units import MILLISECOND, Nanoseconds


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What the scenario asks of the run: its name, chance and clock, how many parts, how long a warm-up.

    `items` is the number of parts that a run of so many parts lets in, `duration` (ns) how long one
    lasts that has a horizon; `warm_up` and `skew_budget` are in ns. `starts_at` is the moment of the week
    (ns since Monday 00:00) at line time 0, None where nobody said it.
    """

    scenario: str = ""
    seed: int = 0
    clock: str = ""
    items: int | None = None
    warm_up: Nanoseconds | Literal["auto"] = 0
    skew_budget: Nanoseconds = 2 * MILLISECOND
    duration: Nanoseconds | None = None
    starts_at: Nanoseconds | None = None
