"""What the parts had to wait at the gates: how often an answer was not there when its part was, and how long.

A part that comes to the gate after its answer passes at once. What counts are the parts that were done at the
gate from the end of the warm-up on.
"""

from dataclasses import dataclass

from line_sim.figures.statistics.neighbours import alike
from line_sim.figures.statistics.quantiles import exact_sum
from line_sim.figures.statistics.rates import Rate
from line_sim.figures.window import Window
from line_sim.layout import Layout
from line_sim.recording.run_columns import NONE, RunColumns
from line_sim.units import Nanoseconds


@dataclass(frozen=True, slots=True)
class GateWait:
    """The parts at the gate of an inspection: how many waited, how long (ns) together and at most."""

    station: str
    gate: str
    waited: Rate
    together: Nanoseconds
    longest: Nanoseconds

    @property
    def mean(self) -> float | None:
        """The mean wait of all parts, in ns; None of no part."""
        return self.together / self.waited.n if self.waited.n else None

    @property
    def mean_of_waiting(self) -> float | None:
        """The mean wait of those that waited, in ns; None where none did."""
        return self.together / self.waited.count if self.waited.count else None


def gate_waits(run: RunColumns, layout: Layout, window: Window) -> tuple[GateWait, ...]:
    """Return what the parts waited at each gate, in the order of the line."""
    cameras = (place for place, station in enumerate(layout.places) if station.at_gate)
    return tuple(_gate_wait(run, layout, place, window) for place in cameras)


def _gate_wait(run: RunColumns, layout: Layout, place: int, window: Window) -> GateWait:
    gate = layout.decider_of(place)
    visits = run.visits(gate)
    visits = visits.where((visits.finished != NONE) & window.settled(visits.finished))
    visits = visits.sorted_by(visits.finished)
    waits = visits.finished - visits.started
    waited, n = int((waits > 0).sum()), len(visits)
    return GateWait(
        layout.places[place].name,
        layout.places[gate].name,
        Rate(waited, n, alike(waits > 0)),
        exact_sum(waits),
        int(waits.max(initial=0)),
    )
