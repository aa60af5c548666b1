"""Who makes a run: the one place of the studies that knows."""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple, TypeAlias

from line_sim.engine.asking import engine_for
from line_sim.engine.choice import Choice, EngineWish
from line_sim.engine.run import Given, Told
from line_sim.engine.run import run as run_line
from line_sim.inspection.gateway import Gateway
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import Ending, Line
from line_sim.recording.memory import Memory
from line_sim.recording.reader import RunRecords, RunTables
from line_sim.scenario import Scenario
from line_sim.scenario.mix.mix import PerVariant

SIMPY: Literal["simpy"] = "simpy"
COMPILED: Literal["compiled"] = "compiled"

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


def compiled(
    scenario: Scenario,
    gateways: Mapping[str, Gateway],
    defect_kinds: DefectKinds,
    interrupt: Interrupt | None,
) -> Ran:
    """Run the compiled line, which is imported only where it runs."""
    from line_sim.recording.arrays.memory import RowMemory  # noqa: PLC0415

    tables = RowMemory()
    given = Given(gateways=gateways, defect_kinds=defect_kinds, interrupt=interrupt or Interrupt())
    told = Told(observers=(), takes=lambda: tables)
    ending = run_line(Choice(COMPILED, ""), scenario, given, told)
    return Ran(tables.tables, ending, COMPILED)


class Wished(NamedTuple):
    """The engine that is wished for, and about how many runs of such lines a study makes in all."""

    engine: EngineWish = "auto"
    runs: int = 1


def engine_of(line: Scenario, wished: Wished) -> Engine:
    """Return who runs a line; asked once, so that an engine may keep what is the same for every seed.

    Raises ScenarioError where the engine that is wished for cannot run it.
    """
    choice = engine_for(line, wished.engine, runs=wished.runs)
    return compiled if choice.name == COMPILED else on_simpy
