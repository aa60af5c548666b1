"""Which figures are ratios of counts: what is demanded of them is demanded of the sums of all runs."""

from line_sim.figures.catalogue import CATALOGUE, UPH, AnyFigure
from line_sim.figures.folds import Share
from line_sim.figures.mix.by_variant import VARIANTS, figures_by_variant
from line_sim.figures.names import CATCHES
from line_sim.layout import Layout


def figure_of(kpi: str, layout: Layout) -> AnyFigure | None:
    """Return the entry of the catalogue behind a name, also of a single variant's; None of a station's."""
    among = figures_by_variant(layout) if kpi.startswith(f"{VARIANTS}.") else CATALOGUE
    name = kpi.rpartition(".")[2] if kpi.startswith(f"{VARIANTS}.") else kpi
    return next((figure for figure in among if figure.name == name), None)


def is_ratio(kpi: str, layout: Layout) -> bool:
    """Whether a figure is a share of counted calls or parts, as its fold says; else it is a mean of runs.

    What an inspection catches is counted, too.
    """
    figure = figure_of(kpi, layout)
    if figure is not None:
        return isinstance(figure.fold, Share)
    return kpi.rpartition(".")[2] in {each.name for each in CATCHES}


def more_is_better(kpi: str, layout: Layout) -> bool:
    """Whether one wants much of a figure: of output and of what the catalogue calls good."""
    figure = figure_of(kpi, layout)
    return figure is not None and (figure.good or figure.unit == UPH.unit)


OF_LIMIT = 0.01
OF_COUNTED = 0.05


def usual_tolerance(kpi: str, limit: float, layout: Layout) -> float:
    """Return the tolerance where none is stated: 1 % of the limit, 5 % of that of a share of counted ones.

    Counted are mostly rare things, of which a hundred times as many would have to be seen for 1 %.
    """
    return (OF_COUNTED if is_ratio(kpi, layout) else OF_LIMIT) * abs(limit)
