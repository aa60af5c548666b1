"""`confirm.html`: predicted and live side by side, the verdicts in words, the answers' times on one axis."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from line_sim.figures.names import unit_of
from line_sim.report.studies.blocks import (
    Block,
    Cell,
    Chart,
    Facts,
    Heading,
    Page,
    Row,
    Section,
    Table,
    Tile,
    Words,
)
from line_sim.report.studies.charts import Axis, Bar, Mark, Point, Series, lines, rows
from line_sim.report.studies.page import write_study_page
from line_sim.study.confirm.agreement import DIFFERENT, EQUIVALENT, UNDECIDED
from line_sim.study.confirm.confirm import ALL_DONE, Confirmation
from line_sim.study.confirm.findings import NOT_TOLD, Finding, by_verdict, size_text
from line_sim.study.confirm.latencies import SHARES, Band, Quantiles, band_of
from line_sim.study.confirm.live import LiveRun
from line_sim.study.confirm.text import (
    interval_text,
    live_text,
    outcome,
    predicted_text,
    signed_text,
    speed_text,
)
from line_sim.study.replications.text import value_text

HTML = "confirm.html"
TONES: dict[str, str] = {EQUIVALENT: "good", DIFFERENT: "bad", UNDECIDED: "soft", NOT_TOLD: "soft"}
_LIVE_TONES = "bcdef"


def write_confirm_page(state: Confirmation) -> Path:
    """Write the page beside the other files. Raises RunFileError where it cannot be written."""
    return write_study_page(state.folder / HTML, confirm_page(state))


def confirm_page(state: Confirmation) -> Page:
    """Return the page of a confirmation."""
    sections = [
        Section("verdicts", "Do they agree?", tuple(_verdicts(state))),
        Section("runs", "Predicted and live runs", tuple(_runs(state)), short="Runs"),
        Section("answers", "How long answers took", tuple(_answers(state)), short="Answers"),
        Section("made", "How it was made", tuple(_made(state)), short="Made of"),
    ]
    return Page(
        kind="confirmation",
        name=state.scenario.name,
        headline=_sentence(outcome(state)),
        sections=tuple(section for section in sections if section.blocks),
        seconds=state.next_steps,
        about=f"{state.calibration.identity} · seed {state.scenario.seed}",
        chip=state.ended,
        whole=state.ended == ALL_DONE,
        warnings=state.warnings,
        tiles=tuple(_tiles(state)),
    )


def _tiles(state: Confirmation) -> Iterator[Tile]:
    for word, kpis in by_verdict(state.found).items():
        if kpis and state.live:
            tone = TONES[word].replace("soft", "plain")
            yield Tile(word, str(len(kpis)), ", ".join(kpis), tone)
    if state.faster is not None:
        yield Tile("predicted in", f"1 / {state.faster:,.0f}", "of a live run's time")


def _verdicts(state: Confirmation) -> Iterator[Block]:
    judged = [found for found in state.found.values() if found.agreement is not None]
    if judged:
        yield Words(
            "Live against predicted, in margins: the dot is how far the live mean lies from the prediction, "
            "the bar the 90 % interval, the small dots the live runs. Between the lines both agree."
        )
        yield Chart(
            "verdicts", "Live against predicted", _in_margins(judged), finding=_sentence(outcome(state))
        )
    yield _table(state)


def _in_margins(judged: list[Finding]) -> dict[str, object]:
    bars = [_margin_bar(found) for found in judged]
    marks = (Mark("margin", x=-1.0, tone="soft"), Mark("margin", x=1.0, tone="soft"))
    return rows(Axis("Live less predicted, in margins", low=-SHOWN, high=SHOWN), bars, marks)


SHOWN = 3.0
"""What lies further from the prediction than so many margins is drawn at that edge."""


def _margin_bar(found: Finding) -> Bar:
    told = found.agreement
    if told is None:
        return Bar(found.kpi, None)
    each = tuple(
        _at_most(apart_of(value, found) / found.margin.size) for value in found.live if value is not None
    )
    value, low, high = (_at_most(end / found.margin.size) for end in (told.apart, told.low, told.high))
    tip = f"{found.kpi}: {signed_text(told.apart, found)} ({interval_text(told, found)}), {found.verdict}"
    return Bar(found.kpi, value, low, high, each, text=found.verdict, tone=TONES[found.verdict], tip=tip)


def _at_most(value: float) -> float:
    return max(-SHOWN, min(SHOWN, value))


def apart_of(value: float, found: Finding) -> float:
    """Return how far a value lies from the prediction, in the measure of the margin."""
    predicted = 0.0 if found.prediction is None else found.prediction.mean
    if found.margin.points:
        return value - predicted
    return (value - predicted) / (predicted or value or 1.0)


def _table(state: Confirmation) -> Table:
    names = ("predicted (95 % of runs)", "live", "apart", "90 % interval", "live spread", "margin")
    headings = (Heading("figure", number=False), *map(Heading, names), Heading("verdict", number=False))
    return Table("Figures", headings, tuple(map(_row, state.found.values())))


def _row(found: Finding) -> Row:
    told, unit = found.agreement, unit_of(found.kpi)
    name = f"{found.kpi}, {unit}".removesuffix(", share")
    verdict = Cell(found.verdict, note=found.why, tone=TONES[found.verdict])
    margin = size_text(found.margin.size, found.margin)
    if told is None:
        return Row((name, predicted_text(found), live_text(found), "", "", "", margin, verdict))
    spread = size_text(told.spread, found.margin)
    apart = signed_text(told.apart, found), interval_text(told, found)
    return Row((name, predicted_text(found), value_text(told.live, unit), *apart, spread, margin, verdict))


def _runs(state: Confirmation) -> Iterator[Block]:
    found = [each for each in state.found.values() if each.prediction is not None]
    for name, unit, points in (("ratios", "%", False), ("shares", "points", True)):
        shown = [each for each in found if each.margin.points == points]
        if shown:
            spec = rows(Axis(f"From the predicted mean, {unit}", unit), [_run_bar(each) for each in shown])
            title = f"Live runs in the predicted interval, {unit}"
            yield Chart(f"runs-{name}", title, spec, finding=_inside(shown))
    if found:
        yield Table(
            "Where the uncertainty of a predicted run comes from, % of its variance",
            (Heading("figure", number=False), *map(Heading, ("server", "line", "calibration", "model"))),
            tuple(Row((each.kpi, *_percents(each))) for each in found),
        )
        yield Words(
            "Server: what its answers take in one run. Line: parts, cycles and stops of another seed; live "
            "runs have the prediction's seed, so that this is not in their interval. Calibration: what was "
            "measured is a sample. Model: its error on calls that it was not fitted to.",
            kind="note",
        )


def _run_bar(found: Finding) -> Bar:
    prediction = found.prediction
    if prediction is None:
        return Bar(found.kpi, None)
    low, high = (100 * apart_of(end, found) for end in prediction.interval)
    dots = tuple(100 * apart_of(value, found) for value in found.live if value is not None)
    text = f"{found.inside} of {len(found.live)} inside" if found.live else ""
    return Bar(found.kpi, 0.0, low, high, dots, text=text, tip=f"{found.kpi}: {predicted_text(found)}")


def _inside(found: list[Finding]) -> str:
    told = [each for each in found if each.live]
    inside, of = sum(each.inside for each in told), sum(len(each.live) for each in told)
    return (
        f"{inside} of {of} values of live runs lie in the interval of 95 of 100 predicted ones." if of else ""
    )


def _percents(found: Finding) -> Iterator[str]:
    shares = found.prediction.parts.shares if found.prediction else {}
    yield from (f"{100 * share:.0f}" for share in shares.values())


def _answers(state: Confirmation) -> Iterator[Block]:
    for station in state.stations:
        band = band_of(state.forecast.latencies, station)
        if band is None:
            continue
        series = [_predicted_series(band), *_live_series(state, station)]
        keys = [(each.tone, each.name) for each in series]
        y = Axis("Time of an answer, ms", "ms", log=True)
        spec = lines(
            Axis("Share of the calls that are answered within it, %", "%", low=0, high=100), y, series
        )
        title = f"{station}: the answers, quickest to slowest"
        told = f"{station}: predicted median {1000 * band.middle[len(SHARES) // 2]:,.1f} ms"
        yield Chart(f"answers-{station}", title, spec, finding=told, keys=tuple(keys))


def _predicted_series(band: Band) -> Series:
    points = zip(SHARES, band.middle, band.low, band.high, strict=True)
    drawn = tuple(Point(100 * share, 1000 * y, 1000 * low, 1000 * high) for share, y, low, high in points)
    return Series("predicted, and 95 of 100 such runs", drawn, band=True)


def _live_series(state: Confirmation, station: str) -> Iterator[Series]:
    for place, run in enumerate(state.live):
        told: Quantiles = run.latencies.get(station, ())
        points = tuple(Point(100 * share, 1000 * y) for share, y in zip(SHARES, told, strict=False))
        yield Series(run.folder.name, points, tone=_LIVE_TONES[place % len(_LIVE_TONES)])


def _made(state: Confirmation) -> Iterator[Block]:
    held = state.calibration.held_out
    yield Facts(
        (
            ("calibration", f"{state.calibration.identity} ({state.source})"),
            ("its held-out errors", _percents_of(held) or "not told"),
            ("predicted runs", f"{state.forecast.runs_in_all}, {state.forecast.runs} in each arm"),
            ("time", speed_text(state)),
        )
    )
    if state.live:
        names = ("wall, s", "parts", "other load, %")
        heads = (Heading("run", number=False), *map(Heading, names), Heading("ended", number=False))
        yield Table("Live runs", heads, tuple(map(_live_row, state.live)))


def _percents_of(errors: Mapping[str, Any]) -> str:
    numbers = {name: value for name, value in errors.items() if isinstance(value, int | float)}
    return ", ".join(f"{name} {100 * value:+.2g} %" for name, value in numbers.items())


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _live_row(run: LiveRun) -> Row:
    load = "" if run.foreign_load is None else f"{100 * run.foreign_load:.1f}"
    return Row((run.folder.name, f"{run.seconds:,.1f}", f"{run.parts:,}", load, run.ended or ""))
