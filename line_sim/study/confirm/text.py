"""A confirmation for a person to read: the table, the verdicts in a sentence, what to do next."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from line_sim.figures.names import unit_of
from line_sim.study.confirm.agreement import DIFFERENT, EQUIVALENT, UNDECIDED, Agreement
from line_sim.study.confirm.confirm import ALL_DONE, Confirmation
from line_sim.study.confirm.findings import NOT_TOLD, Finding, by_verdict, size_text
from line_sim.study.replications.text import end_text, value_text
from line_sim.units import counted

STYLES = {EQUIVALENT: "green", DIFFERENT: "bold red", UNDECIDED: "yellow", NOT_TOLD: "dim"}


def confirmation_text(state: Confirmation) -> RenderableType:
    """Return the page."""
    parts: list[RenderableType] = [Text(headline(state), style="bold"), Text(), _table(state), Text()]
    parts += [Text(line) for line in _below(state)]
    return Group(*parts)


def headline(state: Confirmation) -> str:
    """Say in a sentence whether live runs and prediction of which line agree."""
    return f"{state.scenario.name}: {outcome(state)}"


def outcome(state: Confirmation) -> str:
    """Say whether live runs and prediction agree."""
    if state.ended != ALL_DONE:
        done = f"{state.ended} after {len(state.live)} of {counted(state.plan.runs, 'live runs')}"
        return f"{done}; what is there is kept"
    verdicts = by_verdict(state.found)
    if verdicts[DIFFERENT]:
        return f"live and predicted differ in {', '.join(verdicts[DIFFERENT])}"
    if not verdicts[EQUIVALENT] and not verdicts[UNDECIDED]:
        return "no figure is told by every run, so that nothing can be said of them"
    agree = counted(len(verdicts[EQUIVALENT]), "figures")
    others = [f"{len(verdicts[word])} {word}" for word in (UNDECIDED, NOT_TOLD) if verdicts[word]]
    if not others:
        return f"live and predicted agree in all {agree}"
    return f"nothing differs; live and predicted agree in {agree}, {', '.join(others)}"


def _table(state: Confirmation) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("", overflow="fold")
    for heading in ("predicted", "live", "apart, 90 %", "margin"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for found in state.found.values():
        label = f"{found.kpi}, {unit_of(found.kpi)}".removesuffix(", share")
        table.add_row(Text(label), *_cells(found), Text(found.verdict, style=STYLES[found.verdict]))
    return table


def _cells(found: Finding) -> Iterator[str]:
    unit = unit_of(found.kpi)
    predicted = found.prediction
    yield "" if predicted is None else value_text(predicted.mean, unit)
    told = found.agreement
    if told is None:
        yield from (live_text(found), "")
    else:
        yield value_text(told.live, unit)
        yield interval_text(told, found)
    yield short_text(found.margin.size, found)


def live_text(found: Finding) -> str:
    """Write the live runs' values where there is no mean that counts yet."""
    unit = unit_of(found.kpi)
    return ", ".join("-" if value is None else value_text(value, unit) for value in found.live)


def signed_text(size: float, found: Finding) -> str:
    """Write a difference with its sign, in the measure of its margin."""
    text = short_text(abs(size), found)
    return text if size == 0 else f"{'+' if size > 0 else '-'}{text}"


def short_text(size: float, found: Finding) -> str:
    """Write a difference where room is short."""
    return size_text(size, found.margin).replace(" points", " pt").replace(" point", " pt")


def interval_text(told: Agreement, found: Finding) -> str:
    """Write both ends of the interval of the difference."""
    low, high = (signed_text(end, found) for end in (told.low, told.high))
    return f"{low.removesuffix(' pt').removesuffix(' %')} to {high}"


def predicted_text(found: Finding) -> str:
    """Write a prediction with the interval in which 95 of 100 runs lie."""
    predicted, unit = found.prediction, unit_of(found.kpi)
    if predicted is None:
        return ""
    low, high = predicted.interval
    like = max(abs(predicted.mean), (high - low) / 2)
    ends = " to ".join(end_text(end, unit, like) for end in (low, high))
    return f"{value_text(predicted.mean, unit, like)} ({ends})"


def speed_text(state: Confirmation) -> str:
    """Say what a live and a predicted run take."""
    live, faster = state.live_seconds, state.faster
    if live is None or faster is None:
        return f"A predicted run takes {1000 * state.forecast.cpu_s:,.0f} ms of a processor."
    return (
        f"A live run took {live:,.1f} s, a predicted one {1000 * state.forecast.cpu_s:,.0f} ms of a "
        f"processor: {faster:,.0f} times less."
    )


def _below(state: Confirmation) -> Iterator[str]:
    for found in state.found.values():
        if found.verdict in {UNDECIDED, NOT_TOLD} and state.live:
            yield f"{found.kpi}: {found.why}"
    yield speed_text(state)
    yield from (f"! {warning}" for warning in state.warnings)
    if state.broken_off:
        names = ", ".join(run.folder.name for run in state.broken_off)
        yield f"! broken off half-way, kept, and not counted: {names}"
    if state.next_steps:
        yield ""
        yield from state.next_steps
