"""What a plan says in sentences: what was asked, what it took, and what its guarantee says and does not."""

import re
from collections import Counter
from collections.abc import Sequence

from line_sim.report.points.demands import Demand
from line_sim.report.points.figures import Json, Shown
from line_sim.units import counted


def asked(demands: Sequence[Demand], figures: Sequence[Shown]) -> str:
    """Say what was asked for: `Output at least 12,000 UPH (give or take 120 UPH)`."""
    by_name = {figure.name: figure for figure in figures}
    return "; ".join(_asked(demand, by_name.get(demand.kpi)) for demand in demands)


def _asked(demand: Demand, figure: Shown | None) -> str:
    text = figure.text if figure else "{:,.10g}".format
    within = f" (give or take {text(demand.tolerance)})" if demand.tolerance else ""
    return (
        f"{figure.title if figure else demand.kpi} {'at least' if demand.at_least else 'at most'} "
        f"{text(demand.limit)}{within}"
    )


def sentences(text: str) -> list[str]:
    """Return a text's sentences; a point within a number ends none."""
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])", text.strip())


def confidence(data: Json) -> str:
    """Write the stated confidence: `95 %`."""
    found = data.get("confidence")
    return f"{100 * float(found):.10g} %" if isinstance(found, int | float) else str(found or "")


def counts(designs: Sequence[Json]) -> str:
    """Say how many designs met which end: `4 feasible, 11 not feasible, 18 not run`."""
    found = Counter(str(design.get("verdict") or "undecided") for design in designs)
    return ", ".join(f"{number:,} {verdict}" for verdict, number in found.most_common())


def spent(data: Json) -> str:
    """Say what it took."""
    runs = int(data.get("replications_in_all") or 0)
    sampled = sum(1 for design in data["designs"] if design.get("replications"))
    return f"{counted(runs, 'runs')} of {sampled:,} of {counted(len(data['designs']), 'designs')}."


def says(data: Json, demands: Sequence[Demand]) -> list[str]:
    """Return what the guarantee says, a sentence each."""
    sure = f"With a probability of at least {confidence(data)}, {_SURE}"
    equals = [_EQUALS.format(kpi=best["kpi"])] if (best := data.get("best")) else []
    return [
        sure,
        *equals,
        *([_CLEARLY] if any(demand.tolerance for demand in demands) else []),
        _LOOKED_OFTEN,
    ]


_SURE = (
    "taken over all designs and demands together: every design that was run and is clearly good "
    "enough was called feasible, every one that is clearly not was not, and so the answer is the "
    "cheapest of the listed designs that will do."
)
_EQUALS = (
    "Of several good designs that cost the same it is the one with the best {kpi}, or one so near to it "
    "that you would not care."
)
_CLEARLY = (
    "Clearly means: by more than the tolerance. A design within the tolerance of a limit may be "
    "called either way, and both are right: the tolerance is what you said makes no difference to "
    "you."
)
_LOOKED_OFTEN = (
    "Sampling stopped when enough was known, for each design by itself; that it looked again and "
    "again is allowed for, and so is that all designs met the same chance."
)
DOES_NOT_SAY = (
    "It speaks of the means over very many runs like these, not of each day: half the days may fall below.",
    (
        "It speaks of the line as the scenario has it. Whether your line behaves like that is for "
        "calibration, and for runs beside the real one, to say."
    ),
    (
        "It speaks of the listed designs and their stated costs: what is not listed may be cheaper. "
        "The figures of the answer were seen while it was chosen and flatter it a little; those with "
        "fresh seeds do not."
    ),
    "It rests on runs that are independent and on sums that are near to normal, as means over a run are.",
)
"""What the guarantee does not say."""
