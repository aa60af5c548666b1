"""compare.html: two lines side by side, what differs in them, and what came of it on the same axes."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from line_sim.errors import RunFileError
from line_sim.figures.names import title_of
from line_sim.recording.whole import read_object
from line_sim.report.studies.blocks import (
    Block,
    Cell,
    Chart,
    Column,
    Columns,
    Facts,
    Heading,
    Page,
    Plain,
    Row,
    Section,
    Table,
    Unfolds,
    Words,
)
from line_sim.report.studies.charts import Axis, Bar, Mark, rows, scheme, span_of
from line_sim.report.studies.page import write_study_page
from line_sim.scenario.dump import dump_to_show
from line_sim.study.pages import telling
from line_sim.study.pages.drawn_run import DrawnRun, drawn_run, pair_to_draw, runs_in
from line_sim.study.pages.links import links_to
from line_sim.study.pages.pairs import KEYS, Pair, pair_sections
from line_sim.study.pages.scheme import REVIEW, SOURCE, boxes_of
from line_sim.study.replications.precision import estimate

NAME, JSON = "compare.html", "comparison.json"


def write_comparison_page(data: Mapping[str, Any], sides: tuple[Path, Path], path: Path) -> Path:
    """Write the page of a comparison, `data` as `comparison_json` has it; `sides` hold its runs.

    Raises RunFileError where a file of the runs cannot be used or the page cannot be written.
    """
    pair = pair_to_draw(*sides)
    drawn = None if pair is None else (drawn_run(pair[0]), drawn_run(pair[1]))
    try:
        page = comparison_page(data, sides, drawn, path.parent)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise RunFileError(
            f"{path.parent}: no comparison to make a page of ({error!r:.80}); compare again"
        ) from error
    return write_study_page(path, page, again="free some room, or choose another folder, and compare again")


def compared_again(folder: Path) -> Path:
    """Make the page of a comparison again from its folder.

    Raises RunFileError as `write_comparison_page` does.
    """
    data = read_object(folder / JSON, "compare again")
    return write_comparison_page(data, (folder / "a", folder / "b"), folder / NAME)


def comparison_page(
    data: Mapping[str, Any], sides: tuple[Path, Path], drawn: Pair | None, place: Path
) -> Page:
    """Return the page; links lead from the folder `place`."""
    kpis = data["kpis"]
    return Page(
        kind="comparison",
        name=f"A: {data['a']} · B: {data['b']}",
        headline=_headline(kpis),
        seconds=tuple(_second(kpis)),
        about=f"By {data['method']} · seeds in common: {data['pairs']}",
        warnings=tuple(data["notes"]),
        sections=tuple(_sections(data, sides, drawn, place)),
    )


def _sections(
    data: Mapping[str, Any], sides: tuple[Path, Path], drawn: Pair | None, place: Path
) -> Iterator[Section]:
    yield Section("lines", "The two lines", tuple(_lines(data, drawn)), "Lines")
    if data["kpis"]:
        yield Section("figures", "What came of it", tuple(_figures(data["kpis"], data)), "Figures")
    if drawn is not None:
        yield from pair_sections(drawn, _which(sides, drawn))
    yield Section("about", "How it was compared", tuple(_about(data, sides, drawn, place)), "About")


def _headline(kpis: Mapping[str, Any]) -> str:
    row = kpis.get("uph")
    if row is None:
        stand = sum(bool(each["significant"]) for each in kpis.values())
        return f"{stand} of {len(kpis)} figures differ by more than chance."
    change, like = row["difference"], _like(row)
    both = f"{telling.number('uph', row['b'], like)} against {telling.number('uph', row['a'], like)} UPH"
    ends = _interval("uph", row)
    if change == 0 and row["half_width"] == 0:
        return f"B ships exactly as many as A: {both}."
    if row["significant"]:
        more = "more" if change > 0 else "fewer"
        by = telling.number("uph", abs(change), like)
        return f"B ships {by} UPH {more} than A: {both} (difference, 95 %: {ends})."
    sure = f" (difference, 95 %: {ends})" if ends else ""
    return f"Whether B ships more than A or less is not told by these runs: {both}{sure}."


def _second(kpis: Mapping[str, Any]) -> Iterator[str]:
    stand = [name for name, row in kpis.items() if row["significant"] and name != "uph"]
    if stand:
        told = "; ".join(
            f"{title_of(name)} {telling.signed(name, kpis[name]['difference'], _like(kpis[name]))}"
            f"{'' if telling.unit_text(name) == '%' else f' {telling.unit_text(name)}'}"
            for name in stand
        )
        yield f"More than chance, too: {told}."
    elif len(kpis) > 1:
        yield "No other figure differs by more than chance."


def _like(row: Mapping[str, Any]) -> float:
    """Return the number to whose digits a row is told: what its difference leaves a meaning."""
    return float(max(abs(row["difference"]), row["half_width"] or 0) or max(abs(row["a"]), abs(row["b"])))


def _interval(name: str, row: Mapping[str, Any]) -> str:
    if row["ci_low"] is None or row["ci_high"] is None:
        return ""
    like = _like(row)
    return f"{telling.signed(name, row['ci_low'], like)} to {telling.signed(name, row['ci_high'], like)}"


def _lines(data: Mapping[str, Any], drawn: Pair | None) -> Iterator[Block]:
    changes = data["changes"]
    if drawn is not None:
        changed = _changed(changes or ())
        columns = [
            Column("", tuple(_drawing(run, side, data[side.lower()], changed)))
            for (_, side), run in zip(KEYS, drawn, strict=True)
        ]
        yield Columns(tuple(columns))
    if changes is None:
        yield Words("The scenarios are not at hand, so what differs cannot be listed.", "note")
    elif not changes:
        yield Words("The scenarios do not differ.")
    else:
        headings = (
            Heading("What differs", number=False),
            Heading("A", number=False),
            Heading("B", number=False),
        )
        cells = tuple(Row((each["key"], each["a"], each["b"])) for each in changes)
        yield Table(
            "Every key in which the scenarios differ; where a line has it, its box above is marked",
            headings,
            cells,
        )


def _changed(changes: Sequence[Mapping[str, str]]) -> set[str]:
    """Return which places of the lines the changed keys are of."""
    found = set()
    for change in changes:
        head, _, rest = change["key"].partition(".")
        if head == "line" and not rest:  # other stations, or in another order
            both = [{name.strip() for name in change[side].split(",")} for side in ("a", "b")]
            found |= both[0] ^ both[1]
        found.add(
            rest.partition(".")[0] if head == "line" else {"arrivals": SOURCE, "review": REVIEW}.get(head, "")
        )
    return found


def _drawing(run: DrawnRun, side: str, name: str, changed: set[str]) -> Iterator[Block]:
    layout = run.layout
    if run.scenario is None or layout is None:
        yield Words("Its scenario cannot be read, so the line is not drawn.", "note")
        return
    boxes = boxes_of(run.scenario, layout, changed)
    yield Chart(f"line-{side.lower()}", f"{side}: {name}", scheme(boxes))


def _figures(kpis: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[Block]:
    yield _table(kpis)
    yield Words(
        f"* more than chance, with {len(kpis)} looked at (Holm, {100 * data['family_wise_error']:g} % for the"
        " whole table). Each interval is that of one figure by itself.",
        "note",
    )
    relative = [_relative(name, row) for name, row in kpis.items()]
    bars = [bar for bar in relative if bar is not None]
    if bars:
        axis = Axis(f"B {telling.MINUS} A, % of A", unit="%", zero=True)
        finding = (
            "Bars are 95 % intervals of the differences; those that stand are full of colour, others grey."
        )
        yield Chart("differences", "Differences", rows(axis, bars, [Mark("", x=0, tone="soft")]), finding)
    columns = [Column("", (_pair_chart(name, row, place),)) for place, (name, row) in enumerate(kpis.items())]
    if any(row["a_values"] for row in kpis.values()):
        yield Words("Each run is a small circle, the mean a full sign, its 95 % interval a bar.", "note")
    yield Columns(tuple(columns), many=True)


def _table(kpis: Mapping[str, Any]) -> Table:
    headings = ("A", "B", f"B {telling.MINUS} A", "95 % interval", "Stands")
    found = []
    for name, row in kpis.items():
        like, change = _like(row), row["difference"]
        label = Cell(title_of(name), note=f"{name}, {telling.unit_text(name)}")
        why = row["ci_note"] or "one pair alone"
        ends = (
            "exactly"
            if row["half_width"] == 0
            else _interval(name, row) or Cell("none", note=why, tone="soft")
        )
        values = (telling.number(name, row["a"], like), telling.number(name, row["b"], like))
        star = Cell("*", tone="good") if row["significant"] else ""
        found.append(Row((label, *values, telling.signed(name, change, like), ends, star)))
    return Table(
        "Figures of both, and how they differ",
        (Heading("Figure", number=False), *map(Heading, headings)),
        tuple(found),
    )


def _relative(name: str, row: Mapping[str, Any]) -> Bar | None:
    """Return the difference as a share of A; None where A is 0."""
    if not row["a"]:
        return None
    low, mean, high = (
        None if v is None else 100 * v / abs(row["a"])
        for v in (row["ci_low"], row["difference"], row["ci_high"])
    )
    star = " *" if row["significant"] else ""
    text = f"{telling.signed(name, row['difference'], _like(row))}{star}"
    title = title_of(name)
    return Bar(
        title, mean, low, high, text=text, tone="a" if row["significant"] else "soft", tip=f"{title}: {text}"
    )


def _pair_chart(name: str, row: Mapping[str, Any], place: int) -> Chart:
    """Draw a figure of both, every run of them, on one axis."""
    like, bars = _like(row), []
    for tone, side in KEYS:
        mean, values = row[side.lower()], row[f"{side.lower()}_values"]
        ends = (
            telling.ends_of(estimate([{name: value} for value in values], name)) if values else (None, None)
        )
        low, value, high = (telling.shown(name, each) for each in (ends[0], mean, ends[1]))
        dots = tuple(each * telling.factor(name) for each in values[: telling.MOST_DOTS])
        bars.append(Bar(side, value, low, high, dots, telling.number(name, mean, like), tone=tone))
    title = title_of(name)
    ends_seen = span_of([end for bar in bars for end in (bar.value, bar.low, bar.high, *bar.dots)])
    axis = telling.axis_of(name)
    return Chart(f"kpi-{place}", title, rows(axis if ends_seen else Axis(title), bars))


def _which(sides: tuple[Path, Path], drawn: Pair) -> str:
    counts = [len(runs_in(side)) for side in sides]
    if max(counts) <= 1:
        return "One run of each, on the same axes."
    names = " and ".join(dict.fromkeys(run.folder.name for run in drawn))
    return (
        f"One run of each stands for all, on the same axes: the pair whose outputs differ most nearly as they"
        f" do on average ({names})."
    )


def _about(
    data: Mapping[str, Any], sides: tuple[Path, Path], drawn: Pair | None, place: Path
) -> Iterator[Block]:
    facts: list[tuple[str, str | Cell]] = [("Method", str(data["method"])), ("Pairs", f"{data['pairs']:,}")]
    facts += [("Confidence", f"{100 * data['confidence']:g} %"), ("Correction", str(data["correction"]))]
    yield Facts(tuple(facts))
    links = tuple(
        (f"{side}: {data[side.lower()]}", cell)
        for (_, side), folder in zip(KEYS, sides, strict=True)
        for cell in links_to(runs_in(folder), place)
    )
    if links:
        yield Facts(links, "Pages of the runs")
    else:
        yield Words(
            "The runs have no pages of their own; line-sim report on a run's folder makes one.", "note"
        )
    for (_, side), run in zip(KEYS, drawn or (), strict=False):
        if run.scenario is not None:
            text = Plain(dump_to_show(run.scenario), f"The scenario of {side}")
            yield Unfolds(f"The scenario of {side}", (text,))
