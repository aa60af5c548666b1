"""replications.html: every figure with its interval and its runs, how it settled, and why the study ended."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from line_sim.errors import RunFileError
from line_sim.figures.names import title_of
from line_sim.recording.whole import read_object
from line_sim.report.ended import EARLY
from line_sim.report.studies.blocks import (
    Block,
    Cell,
    Chart,
    Column,
    Columns,
    Facts,
    Heading,
    Page,
    Row,
    Section,
    Table,
    Tile,
    Unfolds,
    Words,
)
from line_sim.report.studies.charts import Axis, Bar, Mark, Point, Series, lines, rows
from line_sim.report.studies.page import write_study_page
from line_sim.study.kpis import MAIN_NAMES, Figures
from line_sim.study.pages import telling
from line_sim.study.pages.links import link
from line_sim.study.replications.files import JSON, read_study
from line_sim.study.replications.precision import estimate
from line_sim.units import counted

NAME = "replications.html"
_MOST_STEPS = 60
"""Of a running mean: more would only be drawn over each other."""
_RUNS_SHOWN = 500
_AGAIN = "run the study again"


def write_replications_page(folder: Path) -> Path:
    """Make the page of a study's replications from its files, beside them, and return where it is.

    Raises RunFileError where a file of the study cannot be used or the page cannot be written.
    """
    data, runs = read_object(folder / JSON, _AGAIN), read_study(folder)
    try:
        page = replications_page(data, list(runs.values()), folder)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise RunFileError(
            f"{folder / JSON}: no replications to make a page of ({error!r:.80}); {_AGAIN}"
        ) from error
    return write_study_page(folder / NAME, page, again=f"free some room; 'line-sim report {folder}' makes it")


def replications_page(data: Mapping[str, Any], runs: Sequence[Figures], folder: Path) -> Page:
    """Return the page of a study: `data` as replications.json has it, `runs` the figures of each."""
    kpis, n = data["kpis"], len(data["replications"])
    goals = data["asked"]["until"]
    main = [name for name in dict.fromkeys((*MAIN_NAMES, *goals)) if _mean(kpis, name) is not None]
    return Page(
        kind="replications",
        name=str(data["scenario"]),
        headline=_headline(kpis, n),
        seconds=(_sentence(str(data["reason"])),),
        about=f"{counted(n, 'replications')}, the first with seed {data['seed']} · intervals of"
        f" {100 * data['confidence']:g} %",
        chip=str(data["ended"]),
        whole=data["ended"] not in EARLY,
        warnings=tuple(_warnings(data)),
        tiles=tuple(_tile(name, kpis[name]) for name in main[:6]),
        sections=tuple(_sections(data, runs, main, folder)),
    )


def _sections(
    data: Mapping[str, Any], runs: Sequence[Figures], main: Sequence[str], folder: Path
) -> Iterator[Section]:
    kpis = data["kpis"]
    if main:
        yield Section("figures", "The figures", tuple(_figures(kpis, runs, main)), "Figures")
    if main and len(runs) > 1:
        running = tuple(_running(data, runs, main))
        yield Section("running", "As the runs were added", running, "Running means")
    others = [name for name in kpis if name not in main]
    if others:
        told = Unfolds("All other figures", (_table("All other figures", kpis, others),))
        yield Section("others", "Stations, answers and the rest", (told,), "The rest")
    yield Section("runs", "The runs", tuple(_runs(data, runs, main, folder)), "Runs")
    yield Section("about", "What was asked", tuple(_about(data)), "About")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _mean(kpis: Mapping[str, Any], name: str) -> float | None:
    return kpis[name]["mean"] if name in kpis else None


def _like(row: Mapping[str, Any]) -> float:
    return float(max(abs(row["mean"]), row["half_width"] or 0))


def _headline(kpis: Mapping[str, Any], n: int) -> str:
    if _mean(kpis, "uph") is None:
        return f"{counted(n, 'replications')}; the output is not known in every one of them."
    row = kpis["uph"]
    ends = telling.interval("uph", (row["ci_low"], row["ci_high"]), _like(row))
    sure = f" (95 %: {ends})" if ends else ""
    return f"{telling.with_unit('uph', row['mean'], _like(row))}{sure} over {counted(n, 'replications')}."


def _warnings(data: Mapping[str, Any]) -> Iterator[str]:
    if data["broken_off"]:
        yield f"Broken off half-way, kept, and not counted: {', '.join(data['broken_off'])}."
    failed = [run["folder"] for run in data["replications"] if not run["audit_passed"]]
    if failed:
        yield f"The audit failed in {', '.join(failed)}; line-sim report on them says where."
    for word, what in (("stopped", "stopped for want of an answer"), ("deadlocked", "locked up")):
        found = [run["folder"] for run in data["replications"] if run["ended"] == word]
        if found:
            yield f"The line {what} in {', '.join(found)}."


def _tile(name: str, row: Mapping[str, Any]) -> Tile:
    ends = telling.interval(name, (row["ci_low"], row["ci_high"]), _like(row))
    note = f"95 %: {ends}" if ends else f"no interval: {row['ci_note'] or 'one replication'}"
    return Tile(title_of(name), telling.with_unit(name, row["mean"], _like(row)), note)


def _figures(kpis: Mapping[str, Any], runs: Sequence[Figures], main: Sequence[str]) -> Iterator[Block]:
    which = "Each run" if len(runs) <= telling.MOST_DOTS else f"Each of the first {telling.MOST_DOTS} runs"
    signs = "is a small circle, the mean a dot, its 95 % interval a bar. Every row has its own scale."
    yield Words(f"{which} {signs}", "note")
    bars = [_bar(name, kpis[name], runs) for name in main]
    finding = "The table below has the numbers."
    yield Chart("figures", "Every run and the mean", rows(Axis(""), bars, own=True), finding)
    yield _table("The main figures", kpis, main)


def _bar(name: str, row: Mapping[str, Any], runs: Sequence[Figures]) -> Bar:
    mean, low, high = (telling.shown(name, row[key]) for key in ("mean", "ci_low", "ci_high"))
    dots = tuple(
        value * telling.factor(name)
        for run in runs[: telling.MOST_DOTS]
        if (value := run.get(name)) is not None
    )
    title, like = title_of(name), _like(row)
    text = telling.with_unit(name, row["mean"], like)
    ends = telling.interval(name, (row["ci_low"], row["ci_high"]), like)
    return Bar(title, mean, low, high, dots, text, tip=f"{title}: {text}{f' ({ends})' if ends else ''}")


def _table(caption: str, kpis: Mapping[str, Any], names: Sequence[str]) -> Table:
    headings = (
        Heading("Figure", number=False),
        *map(Heading, ("Mean", "95 % interval", "Half-width", "Runs")),
    )
    return Table(caption, headings, tuple(_row(name, kpis[name]) for name in names))


def _row(name: str, row: Mapping[str, Any]) -> Row:
    label = Cell(title_of(name), note=f"{name}, {telling.unit_text(name)}")
    if row["mean"] is None:
        why = Cell("not known", note="some run cannot tell it", tone="soft")
        return Row((label, why, "", "", f"{row['n']:,}"))
    like = _like(row)
    ends = telling.interval(name, (row["ci_low"], row["ci_high"]), like)
    shown = Cell(
        ends or "none",
        note=row["ci_note"] or ("" if ends else "one replication"),
        tone="" if ends else "soft",
    )
    width = row["relative_half_width"]
    half = "" if width is None else f"{100 * width:.2g} %" if width < 1 else f"{100 * width:.0f} %"
    return Row((label, telling.number(name, row["mean"], like), shown, half, f"{row['n']:,}"))


def _running(data: Mapping[str, Any], runs: Sequence[Figures], main: Sequence[str]) -> Iterator[Block]:
    goals = data["asked"]["until"]
    yield Words("The mean of the first 1, 2, 3 ... runs, with its 95 % interval from the second on.", "note")
    estimates = {name: _estimates(name, runs) for name in main}
    charts = [
        Column("", (_running_chart(name, estimates[name], data["kpis"][name], place),))
        for place, name in enumerate(main)
    ]
    yield Columns(tuple(charts), many=True)
    for place, (name, relative) in enumerate(goals.items()):
        if name in estimates:
            yield _towards(name, relative, estimates[name], place)


def _estimates(name: str, runs: Sequence[Figures]) -> list[tuple[int, Any]]:
    n = len(runs)
    taken = sorted(
        {round(1 + (n - 1) * step / min(n - 1, _MOST_STEPS)) for step in range(min(n - 1, _MOST_STEPS) + 1)}
    )
    return [(count, estimate(runs[:count], name)) for count in taken]


def _running_chart(name: str, found: Sequence[tuple[int, Any]], row: Mapping[str, Any], place: int) -> Chart:
    """Draw the running mean; with its interval where the study's own is that of these runs alone."""
    same = telling.ends_of(found[-1][1]) == (row["ci_low"], row["ci_high"])
    points = [_point(name, count, each, banded=same) for count, each in found if each is not None]
    title = title_of(name)
    finding = (
        "" if same else "Without its interval, which is more than these runs' own scatter: see the table."
    )
    spec = lines(
        Axis("Runs", low=1), telling.axis_of(name), [Series(title, tuple(points), band=True)], height=200
    )
    return Chart(f"running-{place}", title, spec, finding)


def _point(name: str, count: int, found: Any, *, banded: bool) -> Point:
    low, high = telling.ends_of(found) if banded else (None, None)
    return Point(count, telling.shown(name, found.mean), telling.shown(name, low), telling.shown(name, high))


def _towards(name: str, relative: float, found: Sequence[tuple[int, Any]], place: int) -> Chart:
    """Draw how well a figure was known against what was asked."""
    known = [(count, each.relative_half_width) for count, each in found if each is not None]
    points = tuple(Point(count, 100 * width) for count, width in known if width is not None)
    asked = Mark(f"asked: {100 * relative:g} %", y=100 * relative)
    title = f"{title_of(name)}: half the interval against its mean"
    axis = Axis("half-width, % of the mean", unit="%", low=0)
    return Chart(
        f"goal-{place}", title, lines(Axis("Runs", low=1), axis, [Series("half-width", points)], [asked])
    )


def _runs(
    data: Mapping[str, Any], runs: Sequence[Figures], main: Sequence[str], folder: Path
) -> Iterator[Block]:
    shown = main[:5]
    headings = [
        Heading("Run", number=False),
        Heading("Seed"),
        Heading("Ended", number=False),
        Heading("Audit", number=False),
    ]
    headings += [Heading(f"{title_of(name)}, {telling.unit_text(name)}") for name in shown]
    told = list(zip(data["replications"], runs, strict=True))
    rows_of = tuple(
        _run_row(each, figures, shown, data["kpis"], folder) for each, figures in told[:_RUNS_SHOWN]
    )
    linked = any(link(folder / each["folder"], folder) for each, _ in told[:_RUNS_SHOWN])
    if not linked:
        yield Words(
            "line-sim report on a run's folder makes its page; this page, made again, then links to it.",
            "note",
        )
    if len(told) > _RUNS_SHOWN:
        yield Words(f"The first {_RUNS_SHOWN:,} of {len(told):,} runs; all are in replications.csv.", "note")
    yield Table("The runs, in order", tuple(headings), rows_of)


def _run_row(
    run: Mapping[str, Any], figures: Figures, shown: Sequence[str], kpis: Mapping[str, Any], folder: Path
) -> Row:
    name = Cell(str(run["folder"]), href=link(folder / run["folder"], folder))
    audit = "passed" if run["audit_passed"] else Cell("failed", tone="bad")
    values = (telling.number(each, figures.get(each), _like(kpis[each])) for each in shown)
    return Row((name, str(run["seed"]), str(run["ended"] or "killed"), audit, *values))


def _about(data: Mapping[str, Any]) -> Iterator[Block]:
    asked = data["asked"]
    facts: list[tuple[str, str | Cell]] = [("Scenario", str(data["scenario"])), ("Seed", str(data["seed"]))]
    facts.append(
        (
            "Replications",
            f"at most {asked['replications']:,}" if asked["until"] else f"{asked['replications']:,}",
        )
    )
    facts += [
        (f"Until {name}", f"is known to {100 * share:g} % of its mean")
        for name, share in asked["until"].items()
    ]
    if asked["until"]:
        facts.append(("No rule stops before", counted(asked["fewest"], "replications")))
    facts += [("Ended", str(data["ended"])), ("Why", str(data["reason"]))]
    yield Facts(tuple(facts))
