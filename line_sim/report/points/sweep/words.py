"""What a sweep says in sentences: what was swept, which points are best, and what failed."""

from collections import Counter
from collections.abc import Iterator, Sequence

from line_sim.report.points.demands import Demand, standing_of
from line_sim.report.points.figures import Json, Shown, mean_of
from line_sim.report.points.settings import short, told, value_text
from line_sim.units import counted

_MOST_NAMED = 3


def swept(data: Json) -> str:
    """Say what was swept, and how many runs it took."""
    points = data["points"]
    runs = [int(point.get("replications") or 0) for point in points]
    each = f", {counted(runs[0], 'runs')} each" if runs and min(runs) == max(runs) else ""
    axes = [_axis(axis, data.get("design") == "lhs") for axis in data["axes"]]
    over = " and ".join([", ".join(axes[:-1]), axes[-1]] if len(axes) > 1 else axes)
    design = " of a Latin hypercube" if data.get("design") == "lhs" else ""
    return f"{counted(len(points), 'points')}{design} over {over}{each}: {counted(sum(runs), 'runs')} in all."


def _axis(axis: Json, spread: bool) -> str:
    texts = [value_text(value) for value in axis["values"]]
    if not texts:
        return short(axis["key"])
    ordered = [one for one in axis.get("numbers") or () if one is not None]
    if spread and len(ordered) == len(texts):
        by_number = sorted(zip(ordered, texts, strict=True))
        return f"{short(axis['key'])} ({by_number[0][1]} to {by_number[-1][1]})"
    few = ", ".join(texts) if len(texts) <= 4 else f"{len(texts)} values from {texts[0]} to {texts[-1]}"
    return f"{short(axis['key'])} ({few})"


def headline(data: Json, figures: Sequence[Shown], demands: Sequence[Demand]) -> str:
    """Say the first thing to know: which points meet what is asked for, or where most is made."""
    points = [point for point in data["points"] if not point.get("error") and point.get("kpis")]
    if not any(mean_of(point, figure.name) is not None for point in points for figure in figures):
        return "No point has figures: every run failed, or none was made."
    return _demanded(points, demands) if demands else next(best_points(data, figures), "")


def _demanded(points: Sequence[Json], demands: Sequence[Demand]) -> str:
    standings = Counter(standing_of(point, demands) for point in points)
    met = [point for point in points if standing_of(point, demands) == "met"]
    of = f"{len(met)} of {counted(len(points), 'points')} {'meets' if len(met) == 1 else 'meet'} every demand"
    unsure = f"; of {standings['open']} it is not known well enough" if standings["open"] else ""
    if not met:
        return f"No point surely meets every demand{unsure}."
    costs = [(point["cost"], point) for point in met if point.get("cost") is not None]
    if not costs:
        return f"{of}{unsure}."
    cost, cheapest = min(costs, key=lambda one: float(one[0]))
    return f"{of}{unsure}. The cheapest of them: {told(cheapest['settings'])}, for {cost:,.10g}."


def best_points(data: Json, figures: Sequence[Shown]) -> Iterator[str]:
    """Yield the best point by each figure of the front, by the output where there is no front.

    A point that failed is none, whatever its figures are.
    """
    fronts = data.get("pareto") or ()
    names = list(fronts[0]["better"]) if fronts else []
    wanted = [figure for name in names for figure in figures if figure.name == name] or list(figures[:1])
    for figure in wanted[:_MOST_NAMED]:
        if sentence := _best([point for point in data["points"] if not point.get("error")], figure):
            yield sentence


def _best(points: Sequence[Json], figure: Shown) -> str:
    known = [(mean, point) for point in points if (mean := mean_of(point, figure.name)) is not None]
    if not known:
        return ""
    mean, best = (max if figure.better == "more" else min)(known, key=lambda one: one[0])
    found = best["kpis"][figure.name]
    low, high = found.get("ci_low"), found.get("ci_high")
    sure = (
        f" (95 %: {figure.bare(low)} to {figure.bare(high)})" if low is not None and high is not None else ""
    )
    alike = _as_good(points, figure, best)
    all_alike = alike and alike == len(known) - 1
    beside = f"; {'no other one is surely worse' if all_alike else _alike(alike)}" if alike else ""
    which = {"more": "highest", "less": "lowest"}[figure.better]
    name = figure.title if figure.title.isupper() else figure.title[0].lower() + figure.title[1:]
    return f"The {which} {name}, {figure.text(mean)}{sure}, at {told(best['settings'])}{beside}."


def _alike(number: int) -> str:
    return f"{counted(number, 'other points')} may be as good"


def _as_good(points: Sequence[Json], figure: Shown, best: Json) -> int:
    """Count the other points whose interval reaches that of the best one."""
    mine = best["kpis"][figure.name]
    others = [
        point["kpis"].get(figure.name, {}) for point in points if point is not best and point.get("kpis")
    ]
    reach = [(one.get("ci_low"), one.get("ci_high")) for one in others if one.get("mean") is not None]
    low, high = mine.get("ci_low"), mine.get("ci_high")
    if low is None or high is None:
        return 0
    return sum(1 for one in reach if None not in one and one[1] >= low and one[0] <= high)


def not_run(data: Json) -> str:
    """Say of how many points there is no run yet; nothing where there is none such."""
    found = sum(1 for point in data["points"] if not point.get("replications") and not point.get("error"))
    of = counted(len(data["points"]), "points")
    return f"{found:,} of {of} {'was' if found == 1 else 'were'} not run." if found else ""


def failures(data: Json) -> list[tuple[str, list[Json]]]:
    """Return what went wrong, the most frequent first, with the points of which it is true."""
    found: dict[str, list[Json]] = {}
    for point in data["points"]:
        if point.get("error"):
            found.setdefault(str(point["error"]), []).append(point)
    return sorted(found.items(), key=lambda one: -len(one[1]))


def unsaid_of_what_matters(data: Json) -> str:
    """Say why it is not told how much each axis matters."""
    if why := data.get("matters_note"):
        return f"Not told: {str(why).rstrip('.')}."
    if len(data["axes"]) < 2:
        return "Only one thing was varied, so all that varies is its doing."
    return (
        "Not told: shares of the variance need points that fill the space evenly, and enough of them. "
        "The main effects above say how far each axis moves the figure on its own."
    )
