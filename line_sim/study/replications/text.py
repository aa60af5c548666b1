"""A study for a person to read: each main figure with its interval, and why the study ended."""

from collections.abc import Iterator
from math import floor, log10

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from line_sim.figures.names import unit_of
from line_sim.study.kpis import MAIN_NAMES
from line_sim.study.replications.precision import estimate
from line_sim.study.replications.replicate import Replications
from line_sim.study.student import Estimate
from line_sim.units import counted

_TIMES_100 = {"share": (100, " %")}


def value_text(value: float, unit: str, like: float | None = None) -> str:
    """Write a value to the digits that its half-width (or a value `like` it) leaves a meaning.

    However wide that is, two digits of the value itself are told: 0.57 s is not `1`.
    """
    factor, _ = _TIMES_100.get(unit, (1, ""))
    least = _places(factor * value, digits=2)
    return _to_places(value, unit, max(least, _places(factor * (value if like is None else like))))


def end_text(end: float, unit: str, like: float) -> str:
    """Write an end of an interval as finely as a value `like` it is told: next to that, 0 is close enough."""
    factor, _ = _TIMES_100.get(unit, (1, ""))
    return _to_places(end, unit, _places(factor * like))


def _to_places(value: float, unit: str, places: int) -> str:
    factor, mark = _TIMES_100.get(unit, (1, ""))
    return f"{value * factor:,.{places}f}{mark}"


_FINEST = 12


def _places(size: float, digits: int = 3) -> int:
    """Return the decimal places that show a number of this size to so many digits, at most 12."""
    if size == 0:
        return 0
    return min(_FINEST, max(0, digits - 1 - floor(log10(abs(size)))))


def replications_text(study: Replications) -> RenderableType:
    """Return the page."""
    parts: list[RenderableType] = [Text(f"{study.scenario}: {study.reason}", style="bold")]
    if study.done:
        parts += [Text(), _table(study)]
    remarks = [Text(line) for line in _remarks(study)]
    return Group(*parts, *([Text(), *remarks] if remarks else []))


def _table(study: Replications) -> Table:
    n = len(study.done)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column(counted(n, "replications"), overflow="fold")
    for heading in ("mean", "95 % interval", "half-width"):
        table.add_column(heading, justify="right", no_wrap=True)
    wanted = dict.fromkeys((*MAIN_NAMES, *(goal.kpi for goal in study.plan.goals)))
    for name in wanted:
        found = estimate(study.runs, name, study.few, study.ceiling)
        if found is not None:
            table.add_row(Text(f"{name}, {unit_of(name)}".removesuffix(", share")), *cells(found, name))
    return table


def cells(found: Estimate, name: str) -> Iterator[str]:
    """Yield the mean, the interval and the relative half-width of a figure."""
    unit, half = unit_of(name), found.half_width
    like = max(abs(found.mean), half or 0)
    yield value_text(found.mean, unit, like)
    if found.interval is None:
        yield found.lack.short if found.lack else "needs 2 replications"
        yield ""
        return
    low, high = (end_text(end, unit, like) for end in found.interval)
    yield f"{low} to {high}"
    width = found.relative_half_width
    yield "" if width is None else f"{100 * width:.2g} %" if width < 1 else f"{100 * width:.0f} %"


def _remarks(study: Replications) -> Iterator[str]:
    if study.few and study.done:
        room = "the interval of uph leaves room for them, and those figures that they change have none"
        yield f"! {study.few[0].lack.text}: {room}"
    if study.broken_off:
        names = ", ".join(each.folder.name for each in study.broken_off)
        yield f"! broken off half-way, kept, and not counted: {names}"
    failed = [each.folder.name for each in study.done if not each.audit_passed]
    if failed:
        yield f"! the audit failed in {', '.join(failed)}; 'line-sim report' on them says where"
    stopped = [each.folder.name for each in study.done if each.ended == "stopped"]
    if stopped:
        yield f"! the line stopped for want of an answer (on_no_result: stop) in {', '.join(stopped)}"
    locked = [each.folder.name for each in study.done if each.ended == "deadlocked"]
    if locked:
        yield f"! the line locked up in {', '.join(locked)}: run.json there says who waits for whom"
