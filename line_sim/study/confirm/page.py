"""`confirm.html`: predicted and live side by side, the verdicts in words, the answers' times on one axis.

It is drawn from `confirm.json` alone, when that was just written as when somebody asks for it again.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from line_sim.errors import RunFileError
from line_sim.recording.whole import by_report
from line_sim.report.ended import ALL_DONE
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
from line_sim.study.confirm.findings import NOT_TOLD, by_verdict
from line_sim.study.confirm.text import (
    interval_text,
    label,
    live_text,
    long_text,
    outcome,
    predicted_text,
    signed_text,
    speed_text,
)
from line_sim.study.confirm.told import AGAIN, JSON, Answers, Figure, Run, Told, read_told

HTML = "confirm.html"
TONES: dict[str, str] = {EQUIVALENT: "good", DIFFERENT: "bad", UNDECIDED: "soft", NOT_TOLD: "soft"}
_LIVE_TONES = "bcdef"


def write_confirm_page(folder: Path) -> Path:
    """Make the page of a confirmation from its confirm.json, leave it beside that, and return where it is.

    Raises RunFileError where confirm.json cannot be used or the page cannot be written.
    """
    told = read_told(folder)
    try:
        return write_study_page(folder / HTML, confirm_page(told), by_report(folder))
    except (ArithmeticError, ValueError) as error:  # numbers that no confirmation comes to
        raise RunFileError(
            f"{folder / JSON}: its numbers cannot be drawn ({error}); restore it, or {AGAIN}"
        ) from error


def confirm_page(told: Told) -> Page:
    """Return the page of a confirmation."""
    sections = [
        Section("verdicts", "Do they agree?", tuple(_verdicts(told))),
        Section("runs", "Predicted and live runs", tuple(_runs(told.kpis)), short="Runs"),
        Section("answers", "How long answers took", tuple(_answers(told)), short="Answers"),
        Section("made", "How it was made", tuple(_made(told)), short="Made of"),
    ]
    return Page(
        kind="confirmation",
        name=told.scenario,
        headline=_sentence(outcome(told)),
        sections=tuple(section for section in sections if section.blocks),
        seconds=told.next,
        about=f"{told.calibration.identity} · seed {told.seed}",
        chip=told.ended,
        whole=told.ended == ALL_DONE,
        warnings=told.warnings,
        tiles=tuple(_tiles(told)),
    )


def _tiles(told: Told) -> Iterator[Tile]:
    for word, kpis in by_verdict(told.kpis).items():
        if kpis and told.live:
            tone = TONES[word].replace("soft", "plain")
            yield Tile(word, str(len(kpis)), ", ".join(kpis), tone)
    if told.times_faster is not None:
        yield Tile("predicted in", f"1 / {told.times_faster:,.0f}", "of a live run's time")


def _verdicts(told: Told) -> Iterator[Block]:
    bars = [bar for kpi, figure in told.kpis.items() for bar in _margin_bar(kpi, figure)]
    if bars:
        yield Words(
            "Live against predicted, in margins: the dot is how far the live mean lies from the prediction, "
            "the bar the 90 % interval, the small dots the live runs. Between the lines both agree."
        )
        marks = (Mark("margin", x=-1.0, tone="soft"), Mark("margin", x=1.0, tone="soft"))
        spec = rows(Axis("Live less predicted, in margins", low=-SHOWN, high=SHOWN), bars, marks)
        yield Chart("verdicts", "Live against predicted", spec, finding=_sentence(outcome(told)))
    yield _table(told.kpis)


SHOWN = 3.0
"""What lies further from the prediction than so many margins is drawn at that edge."""


def _margin_bar(kpi: str, figure: Figure) -> Iterator[Bar]:
    """Yield the bar of a figure that has a verdict."""
    apart, margin = figure.apart, figure.margin.size
    if apart is None:
        return
    each = tuple(
        _at_most(apart_of(value, figure) / margin) for value in figure.live.values if value is not None
    )
    value, low, high = (_at_most(end / margin) for end in (apart.value, apart.low, apart.high))
    difference = f"{signed_text(apart.value, figure)} ({interval_text(apart, figure)})"
    tip = f"{kpi}: {difference}, {figure.verdict}"
    yield Bar(kpi, value, low, high, each, text=figure.verdict, tone=TONES[figure.verdict], tip=tip)


def _at_most(value: float) -> float:
    return max(-SHOWN, min(SHOWN, value))


def apart_of(value: float, figure: Figure) -> float:
    """Return how far a value lies from the prediction, in the measure of the margin."""
    predicted = 0.0 if figure.predicted is None else figure.predicted.mean
    if figure.margin.points:
        return value - predicted
    return (value - predicted) / (predicted or value or 1.0)


def _table(kpis: Mapping[str, Figure]) -> Table:
    names = ("predicted (95 % of runs)", "live", "apart", "90 % interval", "live spread", "margin")
    headings = (Heading("figure", number=False), *map(Heading, names), Heading("verdict", number=False))
    return Table("Figures", headings, tuple(_row(kpi, figure) for kpi, figure in kpis.items()))


def _row(kpi: str, figure: Figure) -> Row:
    verdict = Cell(figure.verdict, note=figure.why, tone=TONES[figure.verdict])
    both = label(kpi, figure), predicted_text(figure), live_text(figure)
    return Row((*both, *_differences(figure), long_text(figure.margin.size, figure), verdict))


def _differences(figure: Figure) -> tuple[str, str, str]:
    """Return the texts of the difference, of its interval, and of how far live runs lie apart."""
    apart = figure.apart
    if apart is None:
        return "", "", ""
    spread = long_text(apart.spread_of_live, figure)
    return signed_text(apart.value, figure), interval_text(apart, figure), spread


def _runs(kpis: Mapping[str, Figure]) -> Iterator[Block]:
    found = {kpi: figure for kpi, figure in kpis.items() if figure.predicted is not None}
    for name, unit, points in (("ratios", "%", False), ("shares", "points", True)):
        shown = {kpi: figure for kpi, figure in found.items() if figure.margin.points == points}
        if shown:
            bars = [bar for kpi, figure in shown.items() for bar in _run_bar(kpi, figure)]
            title = f"Live runs in the predicted interval, {unit}"
            spec = rows(Axis(f"From the predicted mean, {unit}", unit), bars)
            yield Chart(f"runs-{name}", title, spec, finding=_inside(shown))
    if found:
        yield Table(
            "Where the uncertainty of a predicted run comes from, % of its variance",
            (Heading("figure", number=False), *map(Heading, ("server", "line", "calibration", "model"))),
            tuple(Row((kpi, *_percents(figure))) for kpi, figure in found.items()),
        )
        yield Words(
            "Server: what its answers take in one run. Line: parts, cycles and stops of another seed; live "
            "runs have the prediction's seed, so that this is not in their interval. Calibration: what was "
            "measured is a sample. Model: its error on calls that it was not fitted to.",
            kind="note",
        )


def _run_bar(kpi: str, figure: Figure) -> Iterator[Bar]:
    """Yield the bar of a figure that is predicted."""
    predicted, values = figure.predicted, figure.live.values
    if predicted is None:
        return
    low, high = (100 * apart_of(end, figure) for end in (predicted.ci_low, predicted.ci_high))
    dots = tuple(100 * apart_of(value, figure) for value in values if value is not None)
    text = f"{figure.live.inside_predicted_interval} of {len(values)} inside" if values else ""
    yield Bar(kpi, 0.0, low, high, dots, text=text, tip=f"{kpi}: {predicted_text(figure)}")


def _inside(kpis: Mapping[str, Figure]) -> str:
    lived = [figure.live for figure in kpis.values()]
    inside = sum(live.inside_predicted_interval for live in lived)
    of = sum(len(live.values) for live in lived)
    return (
        f"{inside} of {of} values of live runs lie in the interval of 95 of 100 predicted ones." if of else ""
    )


def _percents(figure: Figure) -> Iterator[str]:
    if figure.predicted is not None:
        part = figure.predicted.shares_of_variance
        each = (part.server, part.line, part.calibration, part.model)
        yield from (f"{100 * share:.0f}" for share in each)


def _answers(told: Told) -> Iterator[Block]:
    shares = told.latency.shares
    for station, answers in told.latency.stations.items():
        if answers.band is None:
            continue
        series = [_predicted_series(shares, answers.band), *_live_series(told, answers)]
        keys = [(each.tone, each.name) for each in series]
        y = Axis("Time of an answer, ms", "ms", log=True)
        spec = lines(
            Axis("Share of the calls that are answered within it, %", "%", low=0, high=100), y, series
        )
        title = f"{station}: the answers, quickest to slowest"
        median = answers.band[0][len(shares) // 2]
        finding = f"{station}: predicted median {1000 * median:,.1f} ms"
        yield Chart(f"answers-{station}", title, spec, finding=finding, keys=tuple(keys))


_Times = tuple[float, ...]


def _predicted_series(shares: _Times, band: tuple[_Times, _Times, _Times]) -> Series:
    points = zip(shares, *band, strict=True)
    drawn = tuple(Point(100 * share, 1000 * y, 1000 * low, 1000 * high) for share, y, low, high in points)
    return Series("predicted, and 95 of 100 such runs", drawn, band=True)


def _live_series(told: Told, answers: Answers) -> Iterator[Series]:
    """Yield the answers of each live run; one without calls has no points."""
    for place, (run, times) in enumerate(zip(told.live, answers.live, strict=True)):
        shares = told.latency.shares if times else ()
        points = tuple(Point(100 * share, 1000 * y) for share, y in zip(shares, times, strict=True))
        yield Series(run.folder, points, tone=_LIVE_TONES[place % len(_LIVE_TONES)])


def _made(told: Told) -> Iterator[Block]:
    calibration, predicted = told.calibration, told.predicted
    yield Facts(
        (
            ("calibration", f"{calibration.identity} ({calibration.file})"),
            ("its held-out errors", _percents_of(calibration.held_out) or "not told"),
            ("predicted runs", f"{predicted.runs_in_all}, {predicted.replications} in each arm"),
            ("time", speed_text(told)),
        )
    )
    if told.live:
        names = ("wall, s", "parts", "other load, %")
        heads = (Heading("run", number=False), *map(Heading, names), Heading("ended", number=False))
        yield Table("Live runs", heads, tuple(map(_live_row, told.live)))


def _percents_of(errors: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {100 * value:+.2g} %" for name, value in errors.items())


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _live_row(run: Run) -> Row:
    load = "" if run.foreign_load is None else f"{100 * run.foreign_load:.1f}"
    return Row((run.folder, f"{run.wall_s:,.1f}", f"{run.parts:,}", load, run.ended or ""))
