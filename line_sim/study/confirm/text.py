"""A confirmation for a person to read: the table, the verdicts in a sentence, what to do next."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from line_sim.report.ended import ALL_DONE
from line_sim.study.confirm.agreement import DIFFERENT, EQUIVALENT, UNDECIDED
from line_sim.study.confirm.findings import NOT_TOLD, by_verdict, size_text
from line_sim.study.confirm.told import Apart, Figure, Told
from line_sim.study.replications.text import end_text, value_text
from line_sim.units import counted

STYLES = {EQUIVALENT: "green", DIFFERENT: "bold red", UNDECIDED: "yellow", NOT_TOLD: "dim"}


def confirmation_text(told: Told) -> RenderableType:
    """Return the page."""
    parts: list[RenderableType] = [Text(headline(told), style="bold"), Text(), _table(told), Text()]
    parts += [Text(line) for line in _below(told)]
    return Group(*parts)


def headline(told: Told) -> str:
    """Say in a sentence whether live runs and prediction of which line agree."""
    return f"{told.scenario}: {outcome(told)}"


def outcome(told: Told) -> str:
    """Say whether live runs and prediction agree."""
    if told.ended != ALL_DONE:
        done = f"{told.ended} after {len(told.live)} of {counted(told.asked.runs, 'live runs')}"
        return f"{done}; what is there is kept"
    verdicts = by_verdict(told.kpis)
    if verdicts[DIFFERENT]:
        return f"live and predicted differ in {', '.join(verdicts[DIFFERENT])}"
    if not verdicts[EQUIVALENT] and not verdicts[UNDECIDED]:
        return "no figure is told by every run, so that nothing can be said of them"
    agree = counted(len(verdicts[EQUIVALENT]), "figures")
    others = [f"{len(verdicts[word])} {word}" for word in (UNDECIDED, NOT_TOLD) if verdicts[word]]
    if not others:
        return f"live and predicted agree in all {agree}"
    return f"nothing differs; live and predicted agree in {agree}, {', '.join(others)}"


def _table(told: Told) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("", overflow="fold")
    for heading in ("predicted", "live", "apart, 90 %", "margin"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for kpi, figure in told.kpis.items():
        verdict = Text(figure.verdict, style=STYLES[figure.verdict])
        table.add_row(Text(label(kpi, figure)), *_cells(figure), verdict)
    return table


def label(kpi: str, figure: Figure) -> str:
    """Return a figure's name with its unit; a share has none."""
    return f"{kpi}, {figure.unit}".removesuffix(", share")


def _cells(figure: Figure) -> Iterator[str]:
    yield "" if figure.predicted is None else value_text(figure.predicted.mean, figure.unit)
    yield live_text(figure)
    yield "" if figure.apart is None else interval_text(figure.apart, figure)
    yield short_text(figure.margin.size, figure)


def live_text(figure: Figure) -> str:
    """Write the live runs' mean, or the values of each where there is no mean that counts yet."""
    unit, mean = figure.unit, figure.live.mean
    if figure.apart is not None and mean is not None:
        return value_text(mean, unit)
    return ", ".join("-" if value is None else value_text(value, unit) for value in figure.live.values)


def signed_text(size: float, figure: Figure) -> str:
    """Write a difference with its sign, in the measure of its margin."""
    text = short_text(abs(size), figure)
    return text if size == 0 else f"{'+' if size > 0 else '-'}{text}"


def short_text(size: float, figure: Figure) -> str:
    """Write a difference where room is short."""
    return long_text(size, figure).replace(" points", " pt").replace(" point", " pt")


def long_text(size: float, figure: Figure) -> str:
    """Write a difference in the measure of the figure's margin."""
    return size_text(size, points=figure.margin.points)


def interval_text(apart: Apart, figure: Figure) -> str:
    """Write both ends of the interval of the difference."""
    low, high = (signed_text(end, figure) for end in (apart.low, apart.high))
    return f"{low.removesuffix(' pt').removesuffix(' %')} to {high}"


def predicted_text(figure: Figure) -> str:
    """Write a prediction with the interval in which 95 of 100 runs lie."""
    predicted, unit = figure.predicted, figure.unit
    if predicted is None:
        return ""
    low, high = predicted.ci_low, predicted.ci_high
    like = max(abs(predicted.mean), (high - low) / 2)
    ends = " to ".join(end_text(end, unit, like) for end in (low, high))
    return f"{value_text(predicted.mean, unit, like)} ({ends})"


def speed_text(told: Told) -> str:
    """Say what a live and a predicted run take."""
    live, faster, cpu = told.live_s_per_run, told.times_faster, 1000 * told.predicted.cpu_s_per_run
    if live is None or faster is None:
        return f"A predicted run takes {cpu:,.0f} ms of a processor."
    return (
        f"A live run took {live:,.1f} s, a predicted one {cpu:,.0f} ms of a processor: "
        f"{faster:,.0f} times less."
    )


def _below(told: Told) -> Iterator[str]:
    for kpi, figure in told.kpis.items():
        if figure.verdict in {UNDECIDED, NOT_TOLD} and told.live:
            yield f"{kpi}: {figure.why}"
    yield speed_text(told)
    yield from (f"! {warning}" for warning in told.warnings)
    if told.broken_off:
        yield f"! broken off half-way, kept, and not counted: {', '.join(told.broken_off)}"
    if told.next:
        yield ""
        yield from told.next
