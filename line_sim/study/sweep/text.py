"""A sweep for a person to read: a row a variant, the fronts, what matters, what went wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from line_sim.figures.catalogue import ESCAPE_RATE, FLOW_TIME, UPH
from line_sim.figures.names import unit_of
from line_sim.report.ended import ALL_DONE
from line_sim.report.points.sweep.moves import moves_most
from line_sim.study.design.variants import short_names, short_texts
from line_sim.study.replications.text import value_text
from line_sim.study.student import Estimate
from line_sim.study.sweep.analysis import Analysis, kept_kpis
from line_sim.study.sweep.as_json import matters_json
from line_sim.study.sweep.collected import Runs
from line_sim.study.sweep.files import setting_text
from line_sim.study.sweep.matters import Share
from line_sim.study.sweep.pareto import COST
from line_sim.study.sweep.swept import Sweep
from line_sim.units import counted

MOST_ROWS = 24
MOST_FIGURES = 3
MOST_ERRORS = 5
_WIDEST = 16
_DIGIT = 10
"""A mean is told to the second digit of half its interval; `value_text` tells three of what it is like."""

_MARKS = {ESCAPE_RATE.name: "e", COST: "c", FLOW_TIME.name: "t"}
_AGAINST = {"e": "fewer escapes", "c": "lower cost", "t": "less flow time"}


def sweep_text(swept: Sweep, found: Analysis) -> RenderableType:
    """Return the page."""
    parts: list[RenderableType] = [Text(_title(swept), style="bold"), Text(), _table(swept, found)]
    told = [*_legend(swept, found), *_matters(swept, found), *_remarks(swept)]
    return Group(*parts, *([Text(), *map(Text, told)] if told else []))


def _title(swept: Sweep) -> str:
    *most, last = (axis.key for axis in swept.study.axes)
    keys = f"{', '.join(most)} and {last}" if most else last
    runs = sum(each.n for each in swept.runs)
    how = "" if swept.ended == ALL_DONE else f"; {swept.ended}, --resume goes on"
    variants = counted(len(swept.runs), "variants")
    return f"{swept.study.name}: {variants} over {keys}, {counted(runs, 'runs')}{how}"


def _figures(swept: Sweep) -> list[str]:
    """Return the figures that have a column: those asked for, or the output and the escapes."""
    wanted = swept.how.kpis or (UPH.name, ESCAPE_RATE.name)
    kept = kept_kpis(swept)
    return [name for name in wanted if name in kept][:MOST_FIGURES]


def _table(swept: Sweep, found: Analysis) -> Table:
    keys, figures = [axis.key for axis in swept.study.axes], _figures(swept)
    priced, marks = bool(swept.study.cost), _marks(found)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("", justify="right", no_wrap=True)
    for name in short_names(keys):
        table.add_column(name, overflow="fold")
    headings = [*figures, *([COST] if priced else [])]
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("best" if marks else "", no_wrap=True)
    settings = [_settings(swept, key) for key in keys]
    for place in _rows(swept, marks):
        runs = swept.runs[place]
        here = [texts[place] for texts in settings]
        table.add_row(*_cells(runs, here, found.estimates[place], figures, marks, priced=priced))
    return table


def _rows(swept: Sweep, marks: dict[int, str]) -> list[int]:
    """Return the variants that have a row: all, or those on a front and as many others as find room."""
    places = list(range(len(swept.runs)))
    if len(places) <= MOST_ROWS:
        return places
    first = sorted(places, key=lambda place: (swept.runs[place].variant.number not in marks, place))
    return sorted(first[:MOST_ROWS])


def _settings(swept: Sweep, key: str) -> list[str]:
    """Return the setting of an axis in each variant, short enough for a column and still told apart."""
    texts = [_setting(runs.variant.settings[key]) for runs in swept.runs]
    short = short_texts(texts, _WIDEST)
    return [short[text] for text in texts]


def _setting(value: object) -> str:
    return value if isinstance(value, str) else setting_text(value).replace(" ", "")


def _cells(
    runs: Runs,
    settings: Sequence[str],
    known: dict[str, Estimate | None],
    figures: Sequence[str],
    marks: dict[int, str],
    *,
    priced: bool,
) -> Iterator[Text]:
    variant = runs.variant
    yield Text(str(variant.number))
    yield from map(Text, settings)
    for name in figures:
        yield Text(_figure(known.get(name), name))
    if priced:
        yield Text("" if variant.cost is None else f"{variant.cost:,.10g}")
    yield Text("!" if runs.error else marks.get(variant.number, ""))


def _figure(found: Estimate | None, name: str) -> str:
    """Write a mean and half its interval: `13,905 ± 511`."""
    if found is None:
        return "-"
    unit, half = unit_of(name), found.half_width
    if not half:
        return value_text(found.mean, unit)
    mean, width = (value_text(value, unit, _DIGIT * half) for value in (found.mean, half))
    return f"{mean.removesuffix(' %')} ± {width}"


def _marks(found: Analysis) -> dict[int, str]:
    marks: dict[int, str] = {}
    for front in found.fronts:
        mark = next((_MARKS[name] for name in front.better if name in _MARKS), "")
        for number in front.variants:
            marks[number] = f"{marks.get(number, '')} {mark}".strip()
    return marks


def _legend(swept: Sweep, found: Analysis) -> Iterator[str]:
    left = len(swept.runs) - MOST_ROWS
    if left > 0:
        yield f"{counted(left, 'more variants are')} in sweep.csv and sweep.json"
    used = dict.fromkeys(mark for marks in _marks(found).values() for mark in marks.split())
    if used:
        against = ", ".join(f"{mark}: {_AGAINST[mark]}" for mark in used)
        yield f"best: no other variant ships as much per hour with {against}"


def _matters(swept: Sweep, found: Analysis) -> Iterator[str]:
    for name in _figures(swept):
        shares = [share for kpi, share in found.matters if kpi == name]
        if len(shares) > 1:
            told = sorted(shares, key=lambda share: -share.share)
            yield f"what matters for {name}: " + ", ".join(
                f"{share.key} {_share_text(share)}" for share in told
            )
        elif name in found.untold:
            yield f"what matters for {name} cannot be told: {found.untold[name]}"
        if shares:
            yield from _moves_most(name, found)
    if found.why_not and not found.effects:
        yield f"what matters is not told: {found.why_not}"


def _moves_most(name: str, found: Analysis) -> Iterator[str]:
    """Yield which axis moves a figure most, where that or something else can be said."""
    shares = [share for share in matters_json(found) if share["kpi"] == name]
    said = (moves_most(asdict(each), name, shares) for each in found.strongest if each.kpi == name)
    yield from filter(None, said)


def _share_text(share: Share) -> str:
    told = f"{100 * share.share:.0f} %"
    if share.interval is None:
        return told
    low, high = (100 * end for end in share.interval)
    return f"{told} ({low:.0f} to {high:.0f})"


def _remarks(swept: Sweep) -> Iterator[str]:
    wrong = [runs for runs in swept.runs if runs.error]
    for runs in wrong[:MOST_ERRORS]:
        yield f"! variant {runs.variant.number} ({runs.variant.words}): {runs.error}"
    if len(wrong) > MOST_ERRORS:
        yield f"! and {counted(len(wrong) - MOST_ERRORS, 'more variants')} with errors: sweep.json"
