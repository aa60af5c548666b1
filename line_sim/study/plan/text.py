"""A plan for a person to read: the answer, then every design that says something."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from line_sim.figures.names import unit_of
from line_sim.study.design.variants import settings_text
from line_sim.study.plan.estimates import estimate_of
from line_sim.study.plan.planning import Planned
from line_sim.study.plan.verdicts import (
    DEARER,
    DROPPED,
    NOT_SAMPLED,
    Verdict,
    demand_text,
    sentence,
    verdicts,
)
from line_sim.study.replications.text import value_text
from line_sim.units import counted

MOST_ROWS = 40


def plan_text(found: Planned) -> RenderableType:
    """Return the page."""
    parts: list[RenderableType] = [Text(f"{found.study.name}: {sentence(found)}", style="bold"), Text()]
    parts.append(_table(found))
    return Group(*parts, Text(), *(Text(line) for line in _remarks(found)))


def _table(found: Planned) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("", justify="right")
    table.add_column("design", overflow="fold", ratio=2)
    for heading in (*(["cost"] if found.study.cost else []), "runs", *_kpis(found)):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("verdict", overflow="fold", ratio=3)
    rows = [each for each in verdicts(found) if each.words not in {DEARER, DROPPED, NOT_SAMPLED}]
    for each in rows[:MOST_ROWS]:
        style = "bold" if each.design.number == found.chosen else ""
        table.add_row(*_cells(found, each), style=style)
    return table


def _kpis(found: Planned) -> list[str]:
    return [each.kpi for each in found.rules.requirements]


def _cells(found: Planned, verdict: Verdict) -> Iterator[str]:
    design = verdict.design
    samples = found.course.runs.get(design.number, [])
    yield str(design.number)
    yield settings_text(design.settings)
    if found.study.cost:
        yield f"{design.cost:,.10g}"
    yield str(len(samples))
    for each in found.rules.requirements:
        mean = estimate_of(samples, each.kpi, ratio=each.ratio)
        yield "" if mean is None else value_text(mean.mean, unit_of(each.kpi), each.tolerance)
    yield f"{verdict.words}: {verdict.why}"


def _remarks(found: Planned) -> Iterator[str]:
    told = list(verdicts(found))
    for words, what in ((DROPPED, "dropped by their bounds"), (DEARER, "dearer than the answer, not run")):
        count = sum(each.words == words for each in told)
        if count:
            yield f"{counted(count, 'designs')} {what}"
    shown = sum(each.words not in {DEARER, DROPPED, NOT_SAMPLED} for each in told)
    if shown > MOST_ROWS:
        yield f"{counted(shown - MOST_ROWS, 'more designs')} in plan.json"
    for each in found.rules.requirements:
        usual = "" if each.kpi in found.stated else " (the usual one)"
        zone = value_text(each.tolerance, unit_of(each.kpi))
        yield f"{demand_text(each)}: within {zone} of that{usual} either answer is right"
    yield f"{counted(found.runs_in_all, 'runs')} in all, those that confirm among them"
