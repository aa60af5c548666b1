"""A run that leaves nothing but its figures: no folder, no pages, no comparison with other lines."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from line_sim.analysis.lasting.ceiling import ceiling_of
from line_sim.analysis.summary.as_json import summary_json
from line_sim.analysis.summary.summarise import summarise
from line_sim.analysis.summary.summary import Summary
from line_sim.errors import ScenarioError
from line_sim.figures.catalogue import CATALOGUE
from line_sim.figures.folds import Share
from line_sim.figures.mix.by_variant import VARIANTS
from line_sim.figures.names import CATCHES, figures_of
from line_sim.figures.statistics.measured import Measured
from line_sim.figures.statistics.rates import Rate
from line_sim.inspection.gateway import Gateway
from line_sim.inspection.opening import open_gateways
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import Line
from line_sim.pictures.opening import picture_source
from line_sim.recording.memory import Memory
from line_sim.recording.reader import RunRecords
from line_sim.scenario import Scenario


@dataclass(frozen=True, slots=True)
class LeanRun:
    """What such a run leaves: its figures and its rows."""

    summary: Summary
    records: RunRecords


def summary_of(scenario: Scenario, interrupt: Interrupt | None = None) -> Summary:
    """Run a scenario whose answers are modelled or recorded, in memory, and return its summary.

    Its figures are those that `simulate` tells of the same scenario, to the last digit; what other runs must
    tell (the loss by inference, whether the run is a steady state, what would help) is not in it. The part
    of a run that was done when a stop was wished is summed up. Raises ScenarioError where a real server
    is asked, RunFileError for a recording that cannot answer.
    """
    return lean_run(scenario, interrupt).summary


def lean_run(
    scenario: Scenario, interrupt: Interrupt | None = None, instead: Mapping[str, Gateway] | None = None
) -> LeanRun:
    """Run a scenario as `summary_of` does; `instead` answer in place of its own gateways, by inspection."""
    if scenario.live:
        raise ScenarioError(f"{scenario.name}: it asks a real server; model its gateway, or run it live")
    layout = layout_of(scenario)
    memory = Memory()
    with ExitStack() as stack:
        pictures = picture_source(scenario)
        gateways = open_gateways(scenario, pictures, stack, lambda _: None, Path()) | dict(instead or {})
        kinds = pictures.defect_kinds if pictures else ()
        line = Line(scenario, gateways, memory, defect_kinds=kinds, interrupt=interrupt)
        ending = line.run()
    records = memory.records
    summary = summarise(records, layout, ended=ending.how, end=ending.at, ceiling=ceiling_of(scenario))
    return LeanRun(summary, records)


def counts_in(summary: Summary) -> dict[str, tuple[int, int]]:
    """Return the count of every share that is one of counted calls or parts, and what it is of, by name.

    A share over several runs is that of the sums: a mean of the runs' shares would weigh a run of few
    parts like one of many.
    """
    found: dict[str, Measured] = {
        figure.name: summary.figures.of(figure) for figure in CATALOGUE if isinstance(figure.fold, Share)
    }
    for variant in summary.variants:
        found |= {f"{VARIANTS}.{variant.name}.{name}": each for name, each in variant.figures.items()}
    for catches in summary.defects.catches if summary.defects else ():
        rates = catches.defective, catches.caught, catches.alarms
        names = (f"{catches.station}.{figure.name}" for figure in CATCHES)
        found |= dict(zip(names, rates, strict=True))
    return {name: (each.count, each.n) for name, each in found.items() if isinstance(each, Rate)}


def figures_in(summary: Summary) -> dict[str, float | None]:
    """Return every figure of a run by name; None where it is not known."""
    return figures_of(summary_json(summary), summary.layout)
