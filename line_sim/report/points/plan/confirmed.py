"""The answer run again with fresh seeds: what it makes, and whether it still meets what is asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from line_sim.report.points.demands import Demand
from line_sim.report.points.figures import Json, Shown

_STANDS = {
    "met": "meets it",
    "missed": "misses it",
    "open": "the interval holds the limit",
    "unknown": "not known",
    "within": "within the tolerance",
}


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What the fresh runs say: a sentence, and a row of texts for each figure."""

    sentence: str
    good: bool
    rows: tuple[tuple[str, str, str, str], ...]


def confirmed(found: Json | None, figures: Sequence[Shown], demands: Sequence[Demand]) -> Confirmed | None:
    """Read the confirmation of a plan; None where there is none."""
    if not found:
        return None
    kpis = found.get("kpis") or {}
    stands = {demand.kpi: _stands(demand, kpis.get(demand.kpi) or {}) for demand in demands}
    runs = int(found.get("replications") or next((one.get("n") or 0 for one in kpis.values()), 0))
    rows = tuple(
        (
            figure.titled,
            figure.told(kpis[figure.name]),
            "; ".join(
                f"{'≥' if one.at_least else '≤'} {figure.text(one.limit)}"
                for one in demands
                if one.kpi == figure.name
            ),
            _STANDS[stands[figure.name]] if figure.name in stands else "",
        )
        for figure in figures
        if (kpis.get(figure.name) or {}).get("mean") is not None
    )
    good = "missed" not in stands.values() and not found.get("halted")
    return Confirmed(_sentence(found, runs, list(stands.values())), good, rows)


def _stands(demand: Demand, found: Json) -> str:
    """Say how a mean stands to a limit; what misses it by less than the tolerance is within that."""
    stands = demand.standing(found)
    near = stands == "missed" and abs(float(found["mean"]) - demand.limit) <= demand.tolerance
    return "within" if near else stands


def _sentence(found: Json, runs: int, stands: Sequence[str]) -> str:
    if found.get("sentence"):
        return str(found["sentence"])
    with_runs = f"Run again {runs:,} times with seeds that nothing was chosen by, the answer"
    if found.get("halted"):
        return f"{with_runs} does not do: {found['halted']}."
    if "missed" in stands:
        return f"{with_runs} misses a limit: look at the tolerance, or ask for more confidence."
    if set(stands) <= {"met"}:
        return f"{with_runs} meets every demand."
    return f"{with_runs} is not surely on either side of a limit: it is near it, which the tolerance allows."
