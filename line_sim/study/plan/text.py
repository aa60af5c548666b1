"""A plan for a person to read: the answer, then every design that was run."""

import re
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from line_sim.figures.names import unit_of
from line_sim.scenario.dump import flow
from line_sim.study.design.variants import short_names
from line_sim.study.plan.estimates import estimate_of
from line_sim.study.plan.planned import Planned
from line_sim.study.plan.verdicts import (
    DEARER,
    DROPPED,
    FEASIBLE,
    NOT_FEASIBLE,
    NOT_SAMPLED,
    UNDECIDED,
    WITHIN,
    Verdict,
    demand_text,
    sentence,
    to_tolerance,
    verdicts,
)
from line_sim.study.replications.text import value_text
from line_sim.units import counted

MOST_ROWS = 40
_NOT_RUN = {DEARER, DROPPED, NOT_SAMPLED}
_BREAKS = re.compile(r"([._])")
_SHORT = {FEASIBLE: "yes", NOT_FEASIBLE: "no", WITHIN: "nearly", UNDECIDED: "open"}


def plan_text(found: Planned) -> RenderableType:
    """Return the page."""
    told = list(verdicts(found))
    answer = Text(f"{found.study.name}: {sentence(found)}", style="bold")
    remarks = [Text(line) for line in _remarks(found, told)]
    return Group(answer, Text(), _table(found, told), Text(), *remarks)


def _table(found: Planned, told: Sequence[Verdict]) -> Table:
    """Return the designs that were run, the cheapest first."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("", justify="right")
    axes = short_names([axis.key for axis in found.study.axes])
    costs = ["cost"] if found.study.cost else []
    for heading in (*axes, *costs, "runs", *(each.kpi for each in found.rules.requirements)):
        table.add_column(_BREAKS.sub(r"\1\n", heading), justify="right", no_wrap=True)
    table.add_column("meets\nall", no_wrap=True)
    rows = [each for each in told if each.words not in _NOT_RUN]
    for each in sorted(rows, key=lambda each: (each.design.cost, each.design.number))[:MOST_ROWS]:
        style = "bold" if each.design.number == found.chosen else ""
        table.add_row(*_cells(found, each), style=style)
    return table


def _cells(found: Planned, verdict: Verdict) -> Iterator[str]:
    design = verdict.design
    samples = found.course.runs.get(design.number, [])
    yield str(design.number)
    yield from (flow(value) for value in design.settings.values())
    if found.study.cost:
        yield f"{design.cost:,.10g}"
    yield str(len(samples))
    judgements = verdict.standing.judgements
    for place, each in enumerate(found.rules.requirements):
        mean = estimate_of(samples, each.kpi, ratio=each.ratio)
        failed = place < len(judgements) and judgements[place].met is False
        yield "" if mean is None else f"{to_tolerance(mean.mean, each)}{'!' if failed else ''}"
    yield "answer" if design.number == found.chosen else _SHORT.get(verdict.words, verdict.words)


def _remarks(found: Planned, told: Sequence[Verdict]) -> Iterator[str]:
    for words, what in ((DROPPED, "dropped by their bounds"), (DEARER, "dearer than the answer, not run")):
        count = sum(each.words == words for each in told)
        if count:
            yield f"{counted(count, 'designs')} {what}"
    shown = sum(each.words not in _NOT_RUN for each in told)
    if shown > MOST_ROWS:
        yield f"{counted(shown - MOST_ROWS, 'more designs')} in plan.json"
    if any(each.words == WITHIN for each in told):
        yield "nearly: the limit is missed, but by less than the tolerance"
    for verdict in told:
        if verdict.words == UNDECIDED or verdict.standing.broken is not None:
            yield f"! design {verdict.design.number}: {verdict.why}"
    for each in found.rules.requirements:
        usual = "" if each.kpi in found.stated else " (the usual tolerance)"
        zone = value_text(each.tolerance, unit_of(each.kpi))
        yield f"{demand_text(each)}: nearer than {zone}{usual} either answer is right"
    yield f"{counted(found.runs_in_all, 'runs')} in all, those that confirm among them"
