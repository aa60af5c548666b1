"""Who makes a run: the one place of the studies that knows."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from line_sim.inspection.gateway import Gateway
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import Ending, Line
from line_sim.recording.memory import Memory
from line_sim.recording.reader import RunRecords, RunTables
from line_sim.scenario import Scenario
from line_sim.scenario.mix.mix import PerVariant

SIMPY = "simpy"

DefectKinds: TypeAlias = tuple[str, ...] | PerVariant[tuple[str, ...]]


class Ran(NamedTuple):
    """A run that is over: its rows, how it ended, and the name of the engine that made it."""

    rows: RunRecords | RunTables
    ending: Ending
    engine: str = SIMPY


Engine: TypeAlias = Callable[[Scenario, Mapping[str, Gateway], DefectKinds, Interrupt | None], Ran]
"""Runs one line under the scenario's seed; the gateways are open, one for each inspection."""


def on_simpy(
    scenario: Scenario,
    gateways: Mapping[str, Gateway],
    defect_kinds: DefectKinds,
    interrupt: Interrupt | None,
) -> Ran:
    """Run a line as the reference does."""
    memory = Memory()
    line = Line(scenario, gateways, memory, defect_kinds=defect_kinds, interrupt=interrupt)
    ending = line.run()
    return Ran(memory.records, ending)


def engine_of(line: Scenario) -> Engine:  # noqa: ARG001 - the line says who may run it
    """Return who runs a line; asked once, so that an engine may keep what is the same for every seed."""
    return on_simpy
