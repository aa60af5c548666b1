"""What is said of the long run beside what a run itself shipped."""

from line_sim.analysis.lasting.lasting import Lasting
from line_sim.figures.flow import Throughput

_SAME = 0.005
"""The share of the output by which the run's own and that of the long run may differ and be the same."""

_LESS_AND_MORE = {
    "down": (
        "this run was down less than its breakdowns make",
        "this run was down more than its breakdowns make",
    ),
    "work": (
        "the work of this run was quicker than its means",
        "the work of this run was slower than its means",
    ),
    "review": ("review had less to do than its means make", "review had more to do than its means make"),
}


def in_the_long_run(told: Lasting | None, output: Throughput) -> tuple[str, str] | None:
    """Return the output of the long run as it is written, and why the run's own `output` is another.

    None where it is not known, and where the means alone say what the run shows anyway.
    """
    if told is None or told.uph is None or output.uph is None:
        return None
    if told.by == "means":
        keeps_up = f"{told.uph:,.0f} UPH", "by its means the line keeps up with what comes"
        return None if _shown(told.uph, output) else keeps_up
    low, high = told.ci or (told.uph, told.uph)
    return f"{told.uph:,.0f} UPH (95 %: {low:,.0f} to {high:,.0f})", _why(told)


def _shown(uph: float, output: Throughput) -> bool:
    """Whether a run by itself says that it is so much, and surely."""
    ends = (output.uph or 0.0, *(output.ci or (0.0,)))
    return all(abs(end - uph) <= _SAME * uph for end in ends)


def _why(told: Lasting) -> str:
    """Say what moved the run's own output most; that it was as its means are where nothing moved it."""
    most = max(told.shifts, key=lambda name: abs(told.shifts[name]))
    excess, shift = told.excess[most], told.shifts[most]
    if abs(shift) <= _SAME * (told.uph or 0.0) or (excess < 0) != (shift < 0):
        return "this run was much as the means of its line"
    return _LESS_AND_MORE[most][excess > 0]
