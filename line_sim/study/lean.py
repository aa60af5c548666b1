"""A run that leaves nothing but its figures: no folder, no pages, no comparison with other lines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from line_sim.analysis.audit.audit import audit_columns
from line_sim.analysis.lasting.ceiling import ceiling_of
from line_sim.analysis.summary.as_json import summary_json
from line_sim.analysis.summary.summarise import summarise
from line_sim.analysis.summary.summary import Summary
from line_sim.figures.catalogue import CATALOGUE
from line_sim.figures.folds import Share
from line_sim.figures.mix.by_variant import VARIANTS
from line_sim.figures.names import CATCHES, figures_of
from line_sim.figures.statistics.measured import Measured
from line_sim.figures.statistics.rates import Rate
from line_sim.inspection.gateway import Gateway
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import INTERRUPTED
from line_sim.scenario import Scenario
from line_sim.study.kpis import Figures
from line_sim.study.running.engines import Ran, Wished
from line_sim.study.running.prepared import prepared
from line_sim.study.running.second_look import look_again


@dataclass(frozen=True, slots=True)
class Lean:
    """What was asked of a run, and nothing else.

    `whole` is False where a stop was wished before it was over. `counts` are those of the shares among the
    figures; `outages` those of each station that may fail, 20 for 20 or more; `audit_passed` is None of a run
    that was not audited.
    """

    ended: str
    whole: bool
    figures: Figures
    counts: Mapping[str, tuple[int, int]]
    outages: Mapping[str, int]
    audit_passed: bool | None


def asked_of(
    scenario: Scenario,
    wanted: Iterable[str],
    interrupt: Interrupt | None = None,
    *,
    audited: bool = False,
    again: bool = False,
    wished: Wished | None = None,
) -> Lean:
    """Run a scenario whose answers are modelled or recorded, in memory, and return the wanted figures.

    They are those of `figures_in(summary_of(scenario))`, to the last digit, in a fraction of the time. The
    part of a run that was done when a stop was wished is told of. `again`: it is made a second time, on
    SimPy. `wished` says by which engine it is made. Raises ScenarioError where a real server is asked,
    RunFileError for a recording that cannot answer, EngineError where the second run is another, KeyError for
    a name that is no figure of its line.
    """
    names, line = tuple(wanted), prepared(scenario, wished)
    ran = line.run(scenario.seed, interrupt)
    whole = (not again or look_again(scenario, ran, interrupt)) and ran.ending.how != INTERRUPTED
    columns = line.columns(ran)
    asked = line.asked(columns)
    checks = audit_columns(columns, line.layout, asked.window, ran.ending.how) if audited else None
    return Lean(
        ran.ending.how,
        whole,
        asked.figures(names),
        asked.counts(names),
        asked.outages,
        None if checks is None else all(check.passed for check in checks.values()),
    )


@dataclass(frozen=True, slots=True)
class LeanRun:
    """A run as a whole: its summary, and its rows."""

    summary: Summary
    ran: Ran


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
    ran = prepared(scenario).run(scenario.seed, interrupt, instead)
    how, at, _ = ran.ending
    ceiling = ceiling_of(scenario)
    return LeanRun(summarise(ran.rows, layout_of(scenario), ended=how, end=at, ceiling=ceiling), ran)


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
        names = (f"{catches.station}.{figure.name}" for figure in CATCHES)
        found |= dict(zip(names, catches.rates, strict=True))
    return {name: (each.count, each.n) for name, each in found.items() if isinstance(each, Rate)}


def figures_in(summary: Summary) -> dict[str, float | None]:
    """Return every figure of a run by name; None where it is not known."""
    return figures_of(summary_json(summary), summary.layout)
