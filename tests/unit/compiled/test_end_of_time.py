"""The compiled line near the end of all time, where sums would not fit a whole number of 64 bits."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from line_sim.compiled.telling import TakesRows
from line_sim.scenario import Scenario
from line_sim.units import HOUR

pytest.importorskip("numba")

YEAR = 365 * 24 * HOUR


class Visits(TakesRows):
    """Keeps when parts were queued and when they were begun on."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int]] = []

    def on_rows(self, kind: str, rows: NDArray[np.void], words: Sequence[str], /) -> None:
        """Keep the visits."""
        if kind == "visit":
            self.told += rows[["queued_at", "started_at"]].tolist()


def test_a_part_whose_travel_ends_beyond_all_time_never_comes_to_the_end_of_its_belt():
    """A part that steps on in the year 198 of a travel of 95 would be there in 293: no number holds that."""
    from line_sim.compiled.kernel.codes import TOO_LATE
    from line_sim.compiled.line import CompiledLine

    belt = {"places": 100, "travel": f"{95 * 365 * 24} h"}
    scenario = Scenario.model_validate(
        {
            "version": 1,
            "name": "centuries",
            "run": {"items": 3},
            "arrivals": {"every": f"{99 * 365 * 24} h"},
            "line": [{"station": "last", "cycle": 1, "buffer": belt}],
            "review": {"time": 0},
        }
    )
    visits = Visits()
    ended = CompiledLine(scenario, visits).run()
    assert visits.told == [(99 * YEAR, 194 * YEAR), (198 * YEAR, -1)]
    assert (ended.at, ended.stopped) == (198 * YEAR, TOO_LATE)
