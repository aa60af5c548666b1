"""A run that is asked what would have been: its records, and replays of so much of it."""

from dataclasses import dataclass
from functools import cached_property

from line_sim.analysis.what_if.answers import Recorded, recorded_calls
from line_sim.analysis.what_if.effort import FEWEST, QUICKER, parts_each
from line_sim.analysis.what_if.shifts.shifts import TWINS, Shifts
from line_sim.analysis.what_if.stretch import Stretch, stretch_of
from line_sim.analysis.what_if.trials import held
from line_sim.chance.chance import Chance
from line_sim.chance.streams import BLOCK_BITS, KEPT_BLOCKS
from line_sim.engine.choice import FEWEST_EVENTS, FEWEST_TO_COMPILE, EngineWish
from line_sim.engine.compiler import compiler_is_off, compiler_lacks, is_up, is_warm
from line_sim.engine.events import events_of
from line_sim.figures.defects.looks import good_when_seen
from line_sim.figures.window import Window
from line_sim.layout import Layout
from line_sim.line.interrupt import Interrupt
from line_sim.recording.run_columns import RunColumns
from line_sim.scenario.model import Inspection, Scenario

A_SHIFT = 1_000
"""Parts after the warm-up that another shift has at most."""

REPLAYS = 16
"""So many times its own parts a run is replayed at least, all told, unless it is too long for that."""


@dataclass(frozen=True)
class Subject:
    """A run and all that is known of it; `interrupt` stops what is asked of it, replays are on `engine`."""

    scenario: Scenario
    run: RunColumns
    layout: Layout
    window: Window
    interrupt: Interrupt
    engine: EngineWish = "auto"

    @cached_property
    def quickly(self) -> bool:
        """Whether replays are made on the compiled line: where it is up, or so much is to do that it pays."""
        if self.engine == "simpy" or compiler_lacks() or compiler_is_off():
            return False
        if is_up():
            return True
        events = events_of(self.layout) * REPLAYS // QUICKER
        return events >= FEWEST_TO_COMPILE or (events >= FEWEST_EVENTS and is_warm())

    def stretch(self, most: int) -> Stretch:
        """Return all of the run, or its warm-up and `most` parts."""
        return stretch_of(self.scenario, self.run, self.window, most)

    def time_for(self, replays: int) -> int:
        """Return how many parts after the warm-up there is time for in each of so many replays."""
        return parts_each(self.scenario, self.run, replays) - self.stretch(0).parts

    def chance(self, parts: int) -> Chance:
        """Return the run's own chance, for replays of so many parts."""
        return Chance(self.scenario.seed, kept=(parts >> BLOCK_BITS) + KEPT_BLOCKS)

    def calls(self, parts: int) -> dict[str, Recorded]:
        """Return what the calls about parts 1 to `parts` brought, by inspection."""
        return {
            spec.name: recorded_calls(self.run, place, spec, parts) for place, spec in self._inspections()
        }

    def shifts(self, replays: int = 1) -> Shifts | None:
        """Return other shifts of this line, for so many replays of a shift by other chance.

        None where parts come again, since then parts are not alike, and where there is no time for 300 parts.
        """
        inspections = [spec for _, spec in self._inspections()]
        most = min(A_SHIFT, self.time_for(replays * (TWINS if any(map(held, inspections)) else 1)))
        stretch = self.stretch(A_SHIFT)
        if self.layout.leads_back or most < min(FEWEST, stretch.parts):
            return None
        stretch = self.stretch(most)
        calls = {
            spec.name: recorded_calls(self.run, place, spec, len(self.run.parts))
            for place, spec in self._inspections()
            if held(spec)
        }
        good = {
            spec.name: good_when_seen(self.run, self.layout, place, calls[spec.name].item)
            for place, spec in self._inspections()
            if held(spec)
        }
        return Shifts(stretch, calls, good, self.interrupt, quickly=self.quickly)

    def _inspections(self) -> list[tuple[int, Inspection]]:
        specs = {spec.name: spec for spec in self.scenario.inspections}
        places = enumerate(self.layout.places)
        return [(place, specs[station.name]) for place, station in places if station.inspects]
