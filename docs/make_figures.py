"""Writes the table of figures in studies.md anew, from the catalogue: `python docs/make_figures.py`."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from line_sim.figures.catalogue import CATALOGUE, AnyFigure
from line_sim.figures.folds import Mean, Share
from line_sim.figures.names import CATCHES, LATENCIES, SET_UPS, SHARES_OF_TIME, STATION

PAGE = Path(__file__).parent / "studies.md"
BEGIN, END = "<!-- made by make_figures.py from the catalogue -->\n", "<!-- end -->"


HEADINGS = ("KPI", "meaning", "unit", "over", "interval of one run")


def table() -> str:
    """Return the table as Markdown."""
    rows = [HEADINGS, *map(_row, CATALOGUE), *_station_rows()]
    head, *lines = (f"| {' | '.join(cells)} |\n" for cells in rows)
    return "".join((head, f"|{'---|' * len(HEADINGS)}\n", *lines))


def _row(figure: AnyFigure) -> tuple[str, ...]:
    meaning, over = figure.meaning, str(figure.fold.over)
    match figure.fold:
        case Share(some=some, among=among):
            meaning = f"of `{figure.part_of}`, {figure.by}" if figure.part_of else meaning
            meaning = f"{meaning} (`{some}`)"
            over = among.words
        case Mean(among=among):
            over = among.words
    return f"`{figure.name}`", meaning, figure.unit, over, figure.fold.interval


def _station_rows() -> Iterator[tuple[str, ...]]:
    for figure in (*SHARES_OF_TIME, *SET_UPS):
        meaning = f"share of its machines' time: {figure.meaning}"
        yield f"`{STATION}.{figure.name}`", meaning, figure.unit, "time", "none"
    for quantity, some in groupby(LATENCIES, key=lambda figure: figure.name.partition(".")[0]):
        figures = list(some)
        names = ", ".join(f"`.{figure.name.partition('.')[2]}`" for figure in figures)
        meaning = f"{figures[0].meaning.partition(' of ')[2]}, at an inspection: {names}"
        yield f"`{STATION}.{quantity}...`", meaning, figures[0].unit, "calls", "order statistics"
    for figure in CATCHES:
        meaning = f"where stations make defects, at an inspection: {figure.meaning}"
        yield f"`{STATION}.{figure.name}`", meaning, figure.unit, "looks", "Wilson"


def written(page: str) -> str:
    """Return the page with the table made anew."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
