"""The figures at the top: output against takt and against no inference, and what took the difference.

`numbers` is the data of `summary.json`; what is not there yet is left out of the page.
"""

from collections.abc import Iterator, Mapping
from itertools import accumulate
from math import floor
from typing import Any, NamedTuple

from line_sim.analysis.growth.words import aside, in_these
from line_sim.analysis.lasting.words import in_the_long_run
from line_sim.analysis.summary.helps import camera_of
from line_sim.analysis.summary.summary import Summary, Throttle
from line_sim.analysis.summary.verdict import NEXT_TO_NOTHING as HARDLY
from line_sim.figures.catalogue import LOSS, UPH, AnyFigure
from line_sim.report.page.axes import Axis, round_up
from line_sim.report.words import average, percent, uph
from line_sim.units import counted

CAUSES = {
    "typical": "The answers' typical time",
    "tail": "The tail: the slowest answers",
    "timeouts": "Timeouts",
    "review": "Parts sent to review",
}
_MINUS = "\N{MINUS SIGN}"
_SAME = 0.005
"""The share of the output below which two levels are shown as one."""

NEXT_TO_NOTHING = 0.05  # UPH: less is 0.0 as it is written


class Tile(NamedTuple):
    """A figure that is read from afar; `tone` is good, bad or plain."""

    label: str
    value: str
    note: str
    tone: str = "plain"


class Bar(NamedTuple):
    """A bar from `start`, `width` long, in percent of the track; `low` to `high` is its interval."""

    label: str
    text: str
    kind: str
    start: float
    width: float
    low: float | None = None
    high: float | None = None
    note: str = ""


def tiles(summary: Summary) -> Iterator[Tile]:
    """Yield the figures that a reader wants first."""
    output, takt, throttle = summary.throughput, summary.takt_uph, summary.throttle
    if output.uph is None:
        yield Tile(UPH.title, "none", "no time has passed")
    else:
        sure, without = output.ci, output.lack.short if output.lack else "no interval"
        note = f"95 %: {sure[0]:,.0f} to {sure[1]:,.0f}" if sure else without
        yield Tile(UPH.title, uph(output.uph), _told(summary, note))
        yield from _long_run(summary)
        if takt:
            yield Tile("Of the takt", percent(output.uph / takt), f"the takt asks for {uph(takt)}")
    if throttle is not None and throttle.loss is not None:
        yield _loss(summary, throttle, throttle.loss)
    yield from _averages(summary)
    if summary.layout.inspections:
        yield from _shares(summary)
    yield _audit(summary)


def _told(summary: Summary, note: str) -> str:
    """Say under a figure that is none of the line that it is one of these parts."""
    return note if summary.settled else f"{in_these(summary.counts.arrived)} only; {note}"


def _long_run(summary: Summary) -> Iterator[Tile]:
    """Yield the output of the long run where the run shows another."""
    lasting = in_the_long_run(summary.lasting, summary.throughput)
    if lasting is not None and summary.settled:
        rate, _, sure = lasting[0].partition(" (")
        yield Tile("In the long run", rate, "; ".join(filter(None, (sure.rstrip(")"), lasting[1]))))
    growth = summary.growth
    if growth is None or summary.locked_up:
        return
    if not summary.settled and growth.long_run_uph is not None:
        bound = f"at most {uph(growth.long_run_uph)}"
        yield Tile("In the long run", bound, "by the means of the line: no steady state yet", "bad")


def _loss(summary: Summary, throttle: Throttle, loss: float) -> Tile:
    note = _told(summary, f"{uph(throttle.uph_without_inference)} with answers at once")
    if abs(loss) < HARDLY:
        return Tile(LOSS.title, "next to nothing", note)
    if summary.settled and throttle.shift is not None and loss > 0 and not throttle.shift.sure:
        note = f"in this run: {note}; another may lose nothing"
    label = LOSS.title if loss >= 0 else "Gained on answers at once"
    return Tile(label, percent(abs(loss)), note, _tone(LOSS, loss))


def _averages(summary: Summary) -> Iterator[Tile]:
    for figure, measured in summary.figures.averages():
        if figure.tile:
            mean, sure = average(measured, figure.unit)
            yield Tile(figure.title, mean, f"on average; {sure}" if sure else "on average")


def _shares(summary: Summary) -> Iterator[Tile]:
    for figure, share, rate in summary.figures.shares():
        if figure.tile and rate.value is not None:
            note = f"{rate.count:,} of {counted(rate.n, share.among.words)}"
            yield Tile(figure.title, percent(rate.value), note, _tone(figure, rate.value))


def _tone(figure: AnyFigure, value: float) -> str:
    return "bad" if figure.bad_from is not None and value >= figure.bad_from else "plain"


def _audit(summary: Summary) -> Tile:
    failed = sum(not check.passed for check in summary.audit.values())
    if failed:
        return Tile("Audit", "failed", f"{failed} of {counted(len(summary.audit), 'checks')}", "bad")
    return Tile("Audit", "passed", f"{len(summary.audit)} checks of the files", "good")


def comparison(summary: Summary) -> tuple[Bar, ...]:
    """Return the output beside what the takt asks for and what answers at once would give, from 0 UPH."""
    output, throttle = summary.throughput, summary.throttle
    rates = [
        ("Reached", output.uph, "reached"),
        ("The takt asks for", summary.takt_uph, "asked"),
        (
            "With answers at once",
            throttle.uph_without_inference if throttle and summary.layout.inspections else None,
            "possible",
        ),
    ]
    known = [(label, rate, kind) for label, rate, kind in rates if rate is not None]
    sure = output.ci
    highest = max([rate for _, rate, _ in known] + ([sure[1]] if sure else []), default=0.0)
    if highest <= 0:
        return ()
    axis = Axis(0.0, highest)
    bars = [Bar(label, uph(rate), kind, 0.0, axis.place(rate)) for label, rate, kind in known]
    if sure and output.uph is not None:
        text = f"95 %: {sure[0]:,.0f} to {sure[1]:,.0f}"
        bars[0] = Bar(
            *(bars[0].label, bars[0].text, bars[0].kind, 0.0, bars[0].width),
            *(axis.place(sure[0]), axis.place(sure[1]), text),
        )
    return tuple(bars)


def waterfall(numbers: Mapping[str, Any]) -> tuple[Bar, ...]:
    """Return the way from the output without inference down to the one reached, a step a cause.

    Without a split by cause it is one step. Nothing where there was no comparison.
    """
    ends = _ends(numbers)
    return tuple(_falling(*ends, _steps(numbers, *ends))) if ends else ()


def waterfall_from(numbers: Mapping[str, Any]) -> str:
    """Return where the bars of the waterfall begin; nothing where that is 0."""
    ends = _ends(numbers)
    low = zoomed(_levels(*ends, _steps(numbers, *ends))).low if ends else 0.0
    return uph(low) if low else ""


def _ends(numbers: Mapping[str, Any]) -> tuple[float, float] | None:
    top = (numbers.get("throttle") or {}).get("uph_without_inference")
    reached = (numbers.get("throughput") or {}).get("uph")
    return None if top is None or reached is None or top <= 0 else (top, reached)


def _steps(numbers: Mapping[str, Any], top: float, reached: float) -> list[tuple[str, float, Any]]:
    causes = list(_causes(numbers.get("throttle") or {}))
    return causes or [("Inference, all causes together", top - reached, None)]


def _levels(top: float, reached: float, causes: list[tuple[str, float, Any]]) -> list[float]:
    """Return the levels that the steps come to, and the one that was reached."""
    return [*accumulate((-lost for _, lost, _ in causes), initial=top), reached]


def zoomed(levels: list[float]) -> Axis:
    """Return an axis on which the levels differ: from 0, or where they lie close together from near them."""
    low, high = min(levels), max(levels)
    if low < high / 2 or high - low < _SAME * high:
        return Axis(0.0, high)
    step = round_up((high - low) / 2)
    return Axis(max(0.0, step * floor((low - (high - low) / 2) / step)), high)


def _causes(throttle: Mapping[str, Any]) -> Iterator[tuple[str, float, Any]]:
    for name, cost in (throttle.get("by_cause") or {}).items():
        if cost and cost.get("uph") is not None:
            yield CAUSES.get(name, name.replace("_", " ")), cost["uph"], cost.get("orders")


def _falling(top: float, reached: float, causes: list[tuple[str, float, Any]]) -> Iterator[Bar]:
    """Yield the bars; the axis ends at the highest level that the steps come to."""
    *levels, _ = _levels(top, reached, causes)
    axis = zoomed([*levels, reached])
    yield Bar("Answers at once", uph(top), "possible", 0.0, axis.place(top))
    for (label, lost, interval), before, after in zip(causes, levels, levels[1:], strict=False):
        start, end = axis.place(min(before, after)), axis.place(max(before, after))
        differs = interval is not None and interval[1] - interval[0] > NEXT_TO_NOTHING
        ends = [_change(end).removesuffix(" UPH") for end in interval[::-1]] if differs else []
        note = f"{' to '.join(ends)}, by which cause goes first" if ends else ""
        kind = "gain" if lost < -NEXT_TO_NOTHING else "loss"
        yield Bar(label, _change(lost), kind, start, max(end - start, 0.0), note=note)
    yield Bar("Reached", uph(reached), "reached", 0.0, axis.place(reached))


def one_more_camera(numbers: Mapping[str, Any]) -> str:
    """Say what one more camera would make of the line; nothing where it is not told."""
    what_if = (numbers.get("throttle") or {}).get("what_if") or numbers.get("what_if") or {}
    more = what_if.get("one_more_camera")
    if not more or more.get("uph") is None:
        return ""
    gain = more.get("gain") or {}
    change = f" ({_gain(gain['uph'])})" if gain.get("uph") is not None else ""
    held = more.get("latencies") == "held"
    sure = " if its answers took as long as those measured here" if held else ""
    return f"With one more {camera_of(more['station'])}: {uph(more['uph'])}{change}{sure}."


def held_back_by(numbers: Mapping[str, Any]) -> str:
    """Return the sentence that says what holds the line back; nothing where it is not told."""
    return str((numbers.get("held_back_by") or {}).get("sentence") or "")


def grows(numbers: Mapping[str, Any]) -> str:
    """Return the sentence that says what grows, where that is not what holds the line back."""
    sentence = str((numbers.get("steady_state") or {}).get("sentence") or "")
    return "" if sentence == held_back_by(numbers) else aside(sentence)


def _gain(more: float) -> str:
    return "no more" if abs(more) < NEXT_TO_NOTHING else _change(-more)


def _change(lost: float) -> str:
    """Write a loss as what it does to the output: `-320 UPH`, `+12.5 UPH`."""
    if abs(lost) < NEXT_TO_NOTHING:
        return "0 UPH"
    return f"{_MINUS if lost > 0 else '+'}{uph(abs(lost))}"
