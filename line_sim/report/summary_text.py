"""A run for a person to read in half a minute, on 80 columns.

Station and scenario names are the user's: every text is a `Text`, which takes no markup.
"""

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from line_sim.analysis.growth.words import aside, in_these, sentence
from line_sim.analysis.lasting.words import in_the_long_run
from line_sim.analysis.summary.helps import camera_of
from line_sim.analysis.summary.summary import Cause, Summary
from line_sim.analysis.summary.verdict import NEXT_TO_NOTHING, verdict
from line_sim.figures.catalogue import AnyFigure
from line_sim.figures.defects.catches import Defects
from line_sim.figures.flow import StationTime
from line_sim.figures.latency import LatencyRow
from line_sim.figures.names import ALL_STATES, CHANGEOVER, STATES, WAITS_FOR_CREW
from line_sim.layout import Place
from line_sim.report import variants
from line_sim.report.catches import HEADINGS, TITLE_OF_CATCHES, cells, where_from
from line_sim.report.cells import STATISTICS, cell, notes
from line_sim.report.crews import of_a_crew
from line_sim.report.gates import at_the_gate
from line_sim.report.headline import headline
from line_sim.report.helps import TITLE, helps, replayed
from line_sim.report.helps import notes as helps_notes
from line_sim.report.tables import Rows
from line_sim.report.variants import TITLE as VARIANTS
from line_sim.report.words import average, percent, rate, span, unit_for, uph
from line_sim.units import counted

_LABEL = 10
"""How wide the labels of the figures are at least."""


def summary_text(summary: Summary) -> RenderableType:
    """Return the page: the sentence to take away, the figures, the tables, what to beware of."""
    parts: list[RenderableType] = [_title(summary), Text(headline(summary), style="bold"), Text()]
    parts += [_grid([("held back", verdict(summary).sentence)]), *_helps(summary)]
    parts += [_grid(_lines(summary)), Text(), _stations(summary), *_variants(summary)]
    for station in summary.layout.inspections:
        rows = [row for row in summary.latency if row.station == station.name]
        parts += [Text(), *_latency(rows, station)]
    if summary.defects is not None and summary.defects.catches:
        parts += [Text(), Text(TITLE_OF_CATCHES), _caught(summary.defects)]
    if summary.warnings:
        parts += [Text(), _warnings(summary.warnings)]
    return Group(*parts)


def _title(summary: Summary) -> Text:
    window = summary.window
    ended = summary.ended or "killed"
    stretch = f"{span(window.start)} to {span(window.end)}"
    return Text(f"{summary.layout.run.scenario}: {ended}; figures of line time {stretch}")


def _grid(lines: Iterable[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, min_width=_LABEL)
    table.add_column()
    for label, text in lines:
        table.add_row(Text(label, style="dim"), Text(text))
    return table


def _helps(summary: Summary) -> Iterator[RenderableType]:
    """Draw the changes that would help most; nothing where none would."""
    rows = helps(summary)
    if rows:
        headings = ("parts", "UPH", "a shift like this, UPH (95 %)")
        yield Text()
        yield Rows(TITLE, headings, tuple((row.what, (row.parts, row.gain, row.shift)) for row in rows))
        yield from (Text(note, style="dim") for note in helps_notes(summary))
    yield Text()


def _lines(summary: Summary) -> Iterator[tuple[str, str]]:
    tally = summary.counts
    yield "output", _output(summary)
    yield from _compared(summary)
    yield from _by_cause(summary)
    yield from _steady(summary)
    leaving = f"{tally.shipped:,} shipped, {tally.scrapped:,} scrapped"
    yield "parts", f"{tally.arrived:,} in: {leaving}, {tally.lost:,} lost, {tally.on_line:,} on the line"
    yield from _averages(summary)
    if summary.layout.inspections:
        yield "lanes", f"ship {tally.ship_lane:,}, review {tally.review_lane:,}"
        yield from _shares(summary)
    if summary.defects is not None:
        yield "defects", where_from(summary.defects)
    for gate in summary.gates:
        yield gate.gate, at_the_gate(gate)
    for crew in summary.crews:
        yield crew.crew, of_a_crew(crew)
    yield "audit", _audit(summary)


def _output(summary: Summary) -> str:
    output = summary.throughput
    if output.uph is None:
        return "none: no time has passed"
    made = f"{uph(output.uph)}{_only_these(summary)}"
    if output.ci is None:
        return f"{made} ({output.lack.short if output.lack else 'no interval'})"
    return f"{made} (95 %: {output.ci[0]:,.0f} to {output.ci[1]:,.0f})"


def _only_these(summary: Summary) -> str:
    """Say of a figure that is not one of the line that it is one of these parts."""
    return "" if summary.settled else f" {in_these(summary.counts.arrived)}"


def _steady(summary: Summary) -> Iterator[tuple[str, str]]:
    """Tell the output of the long run where the run shows another, and what grows where that is not said."""
    lasting = in_the_long_run(summary.lasting, summary.throughput)
    if lasting is not None and summary.settled:
        yield "long run", ": ".join(lasting)
    growth = summary.growth
    if growth is None or summary.locked_up:
        return
    if not summary.settled and growth.long_run_uph is not None:
        yield "long run", f"at most about {uph(growth.long_run_uph)}, by the means of the line"
    told = sentence(growth, summary.counts.arrived)
    if told is not None and told != verdict(summary).sentence:
        yield "loses" if growth.lost and not growth.grows else "grows", aside(told)


def _compared(summary: Summary) -> Iterator[tuple[str, str]]:
    reached, takt = summary.throughput.uph, summary.takt_uph
    if takt is not None:
        share = f", {percent(reached / takt)} of it reached" if reached is not None else ""
        yield "takt asks", f"{uph(takt)}{share}"
        yield from _in_the_window(summary)
    throttle = summary.throttle
    if throttle is not None:
        loss = "" if throttle.loss is None else f", {_lost(throttle.loss)}{_only_these(summary)}"
        yield "no waiting", f"{uph(throttle.uph_without_inference)} with answers that take no time{loss}"
        if told := replayed(summary):
            yield "", told


_MATTERS = 0.2  # of a cause's part: so much it may differ by the order without a word


def _in_the_window(summary: Summary) -> Iterator[tuple[str, str]]:
    """Tell what became of the parts: those that came and were not shipped."""
    window, parts = summary.window, summary.balance
    if window.length <= 0:
        return
    before = f"{counted(parts.before, 'parts')} on the line and {parts.came:,} that came"
    came = before if parts.before else f"{counted(parts.came, 'parts')} came"
    lost = f"{parts.lost:,} lost, " if parts.lost else ""
    gone = f"{parts.shipped:,} shipped, {parts.scrapped:,} scrapped, {lost}{parts.after:,} still there"
    yield "", f"{span(window.start)} to {span(window.end)}: {came}; {gone}"


_CAUSES = {"typical": "usual answers", "tail": "slow answers", "timeouts": "no answers", "review": "review"}


def _by_cause(summary: Summary) -> Iterator[tuple[str, str]]:
    """Tell what the loss consists of, where there is one, and what one more camera would change."""
    throttle = summary.throttle
    if throttle is None or throttle.loss is None or throttle.loss < NEXT_TO_NOTHING:
        return
    for name, cause in (throttle.causes or {}).items():
        if abs(cause.uph) >= NEXT_TO_NOTHING * throttle.uph_without_inference:
            yield "", f"by {_CAUSES[name]}: {cause.uph:,.0f} UPH{_orders(cause)}"
    more = throttle.one_more
    if more is not None:
        how = "if it waited as long for its answers" if more.held else "asking the same server"
        yield "one more", f"{camera_of(more.station)} would make it {uph(more.uph)}, {how}"


def _orders(cause: Cause) -> str:
    """Tell how far a cause's part goes with the order of the causes, where that matters."""
    low, high = cause.orders or (cause.uph, cause.uph)
    if high - low <= _MATTERS * abs(cause.uph):
        return ""
    return f" ({low:,.0f} to {high:,.0f}, by which cause goes first)"


def _lost(loss: float) -> str:
    return f"{percent(loss)} of it lost" if loss >= 0 else f"{percent(-loss)} less than reached"


def _averages(summary: Summary) -> Iterator[tuple[str, str]]:
    for figure, measured in summary.figures.averages():
        mean, sure = average(measured, figure.unit)
        yield figure.short, f"{mean} on average" + (f" ({sure})" if sure else "")


def _shares(summary: Summary) -> Iterator[tuple[str, str]]:
    for figure, share, measured in summary.figures.shares():
        if not figure.part_of:
            beside = f": {figure.meaning}" if figure.rare else ""
            yield figure.short, f"{rate(measured, share.among.words)}{beside}"
            yield from _parts(summary, figure)


def _parts(summary: Summary, whole: AnyFigure) -> Iterator[tuple[str, str]]:
    """Tell what a share consists of: `by the model 3.1 % (9), for want of an answer 1.0 % (3)`."""
    known = [
        f"{figure.by} {percent(part.value)} ({part.count:,})"
        for figure, _, part in summary.figures.shares()
        if figure.part_of == whole.name and part.value is not None
    ]
    if known:
        yield "", ", ".join(known)


def _audit(summary: Summary) -> str:
    failed = [
        f"{name} ({'; '.join([check.detail, *check.rows[:3]])})"
        for name, check in summary.audit.items()
        if not check.passed
    ]
    return f"FAILED: {', '.join(failed)}" if failed else f"passed, {len(summary.audit)} checks"


def _stations(summary: Summary) -> Rows:
    states = [*(STATES if all(time.off is None for time in summary.stations) else ALL_STATES)]
    headings = ["units", "busy", "of it waiting", "blocked", "starved", "down", "off"][: len(states) + 1]
    if summary.layout.changes_over:
        states.insert(2, CHANGEOVER)
        headings.insert(3, "of it set-ups")
    if summary.crews:
        states, headings = [*states, WAITS_FOR_CREW], [*headings, "no people"]
    waiting = {station.name for station in summary.layout.places if station.decides}
    rows = (
        (time.station, (str(time.units), *_share_cells(time, states, time.station in waiting)))
        for time in summary.stations
    )
    return Rows("Machine time, %", tuple(headings), tuple(rows))


def _caught(defects: Defects) -> Rows:
    """Draw what each inspection made of the parts by what they were when it looked."""
    return Rows("", HEADINGS, tuple((each.station, cells(each)) for each in defects.catches))


def _variants(summary: Summary) -> Iterator[RenderableType]:
    """Draw what became of each variant; nothing where there is one kind of part."""
    if summary.variants:
        yield Text()
        yield Rows(VARIANTS, variants.headings(summary.variants), variants.rows(summary.variants))


def _share_cells(time: StationTime, states: Iterable[str], waits: bool) -> Iterator[str]:
    shares = time.shares()
    for state in states:
        known = shares is not None and state in shares and (waits or state != "inference_wait")
        yield f"{100 * shares[state]:.1f}" if known and shares else ""


def _latency(rows: list[LatencyRow], station: Place) -> list[RenderableType]:
    """Draw one inspection's latencies over all its calls, the timed-out ones as far as they are known."""
    rows = [row for row in rows if row.population == "all"]
    head = rows[0]
    cut = f", {head.censored:,} timed out" if head.censored else ""
    title = f"{head.station}: latency of {counted(head.n, 'calls')}{cut} (95 % intervals)"
    headings, columns = [], []
    for quantity in dict.fromkeys(row.quantity for row in rows):
        mine = {row.statistic.removeprefix("restricted_"): row for row in rows if row.quantity == quantity}
        unit = unit_for(row.value or row.low or 0 for row in mine.values())
        headings.append(f"{quantity.replace('_', ' ')}, {unit.name}")
        columns.append([cell(mine[statistic], unit, station.deadline) for statistic in STATISTICS])
    table = Rows("", tuple(headings), tuple(zip(STATISTICS, zip(*columns, strict=True), strict=True)))
    return [Text(title), table, *(Text(note, style="dim") for note in notes(rows, station.planned))]


def _warnings(warnings: tuple[str, ...]) -> Table:
    table = Table.grid(padding=(0, 1, 0, 0))
    for warning in warnings:
        table.add_row(Text("!", style="bold yellow"), Text(warning))
    return table
