"""What came of each figure: predicted, live, a verdict and why; pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from line_sim.figures.names import unit_of
from line_sim.study.confirm.agreement import (
    DIFFERENT,
    EQUIVALENT,
    UNDECIDED,
    Agreement,
    Margin,
    agreement,
)
from line_sim.study.confirm.predicted.prediction import Prediction
from line_sim.study.kpis import Figures

Word = Literal["equivalent", "different", "undecided", "not told"]
NOT_TOLD: Word = "not told"

LEAST_RUNS = 3
"""With fewer live runs there is no telling their noise."""

MOSTLY = 0.5
"""The share of the interval's variance from which on one thing is blamed for it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure: what was predicted, the live runs' values, and both together.

    `prediction` is None where not every predicted run tells the figure, `agreement` as long as there are too
    few live runs, or where one of them does not tell it.
    """

    margin: Margin
    prediction: Prediction | None
    live: tuple[float | None, ...]
    agreement: Agreement | None

    @property
    def kpi(self) -> str:
        """The figure's name."""
        return self.margin.kpi

    @property
    def verdict(self) -> Word:
        """The verdict, or that there is none to be had."""
        return NOT_TOLD if self.agreement is None else self.agreement.verdict

    @property
    def inside(self) -> int:
        """How many of the live runs lie in the predicted interval of one run."""
        if self.prediction is None:
            return 0
        low, high = self.prediction.interval
        return sum(value is not None and low <= value <= high for value in self.live)

    @property
    def why(self) -> str:
        """Why there is no verdict, or what the verdict rests on, in a few words."""
        if self.prediction is None:
            return "not every predicted run tells it"
        if any(value is None for value in self.live):
            return "not every live run tells it"
        if self.agreement is None:
            return f"it needs {LEAST_RUNS} live runs"
        return _because(self.agreement, self.prediction)


def _because(found: Agreement, prediction: Prediction) -> str:
    points = found.margin.points
    if found.verdict == DIFFERENT:
        return "the whole 90 % interval lies outside the margin"
    if found.verdict == EQUIVALENT:
        return "the whole 90 % interval lies inside the margin"
    if found.noisy:
        return (
            f"no verdict: repeated live runs lie up to {size_text(found.spread, points=points)} from their "
            f"own mean, more than the margin of {size_text(found.margin.size, points=points)}"
        )
    return f"the 90 % interval reaches over the margin, mostly by {_blamed(found, prediction)}"


def _blamed(found: Agreement, prediction: Prediction) -> str:
    """Name what makes most of the interval's width."""
    if found.live_part >= MOSTLY:
        return "the live runs' own noise"
    own = prediction.parts
    causes = {
        "the calibration": own.calibration,
        "the model's held-out error": own.model,
        "which parts the server is wrong about": own.labels,
        "the few predicted runs": own.server / prediction.runs**0.5,
    }
    return max(causes, key=lambda name: causes[name])


ROUNDS_TO_ALL = 0.995
"""From here on two digits of a percentage would be written 1e+02."""


def size_text(size: float, *, points: bool) -> str:
    """Write a difference in the measure of its margin: percent, or points of a share."""
    digits = f"{100 * size:.2g}" if abs(size) < ROUNDS_TO_ALL else f"{100 * size:,.0f}"
    return f"{digits} {'point' if digits == '1' else 'points'}" if points else f"{digits} %"


def findings(
    margins: Mapping[str, Margin],
    predicted: Mapping[str, Prediction],
    live: Sequence[Figures],
    parts: int,
) -> dict[str, Finding]:
    """Return what came of every figure that has a margin and that any run tells."""
    return {
        kpi: _finding(margin, predicted.get(kpi), tuple(run.get(kpi) for run in live), parts)
        for kpi, margin in margins.items()
        if kpi in predicted or any(run.get(kpi) is not None for run in live)
    }


def _finding(
    margin: Margin, prediction: Prediction | None, live: tuple[float | None, ...], parts: int
) -> Finding:
    known = [value for value in live if value is not None]
    if prediction is None or len(known) < len(live) or len(live) < LEAST_RUNS:
        return Finding(margin, prediction, live, None)
    return Finding(margin, prediction, live, agreement(known, prediction.expected, margin, parts))


class Judged(Protocol):
    """What has a verdict: a finding, or what a file tells of one."""

    @property
    def verdict(self) -> Word:
        """The verdict, or that there is none to be had."""


def by_verdict(found: Mapping[str, Judged]) -> dict[str, list[str]]:
    """Return the names of the figures by their verdict."""
    words: tuple[Word, ...] = (EQUIVALENT, DIFFERENT, UNDECIDED, NOT_TOLD)
    return {word: [kpi for kpi, each in found.items() if each.verdict == word] for word in words}


def advice(found: Mapping[str, Finding]) -> Iterator[str]:
    """Yield what to do next, in sentences."""
    verdicts = by_verdict(found)
    different, undecided = verdicts[DIFFERENT], verdicts[UNDECIDED]
    if different:
        yield _about_differences(different)
    noisy = [kpi for kpi in undecided if (each := found[kpi].agreement) is not None and each.noisy]
    if noisy:
        yield (
            f"{', '.join(noisy)}: the live runs do not agree among themselves. Let the machine rest, make "
            "longer runs (--items), or allow a wider --margin"
        )
    open_ones = [kpi for kpi in undecided if kpi not in noisy]
    if open_ones:
        yield (
            f"{', '.join(open_ones)}: not known well enough. More live runs (--runs) narrow the live side, a "
            "longer calibration the predicted one"
        )
    if verdicts[EQUIVALENT] and not different and not undecided:
        yield (
            "The prediction stands for this server: on lines that ask it no more often, with no more calls "
            "out at once and pictures as large"
        )


_OF_THE_NETWORK = ("escape_rate", "overkill_rate", "overkill_model", "first_pass_yield")


def _about_differences(different: Sequence[str]) -> str:
    names = ", ".join(different)
    answers = [kpi for kpi in different if _of_answers(kpi)]
    if answers:
        return (
            f"{names}: the server does not answer as it was measured. Calibrate it again, in the state in "
            "which the line meets it (model version, other users, a warm machine), and confirm again"
        )
    if all(kpi in _OF_THE_NETWORK for kpi in different):
        return (
            f"{names}: the network is wrong about other shares of the parts than the model says. Set "
            "miss_rate and false_alarm_rate in the calibration's model to what the network is known for"
        )
    return (
        f"{names}: the answers take what was predicted, and yet the line does not do as predicted. Look at "
        "the skew of the live runs (line-sim report) and at what else differs between them and the model"
    )


def _of_answers(kpi: str) -> bool:
    return kpi in {"inference_time", "timeout_rate"} or (".service." in kpi and unit_of(kpi) == "s")
