"""Every figure that a run tells, said once: summary, page, studies, live count and docs all read it here.

A new figure is one entry here and one test. What a figure is over, how it is made and how its interval is
made is its fold's business (`folds`); the words are those that a reader sees.
"""

from dataclasses import dataclass
from typing import Generic, Literal, TypeAlias, TypeVar

from line_sim.figures.folds import (
    Elsewhere,
    Fold,
    HourlyRate,
    Mean,
    Share,
    TimeAverage,
)
from line_sim.figures.populations import (
    EVERY_CALL,
    GONE_PARTS,
    GOOD,
    GOOD_INSPECTED_PARTS,
    INSPECTED_PARTS,
    LOST,
    SHIPPED,
    SHIPPED_PARTS,
    STOPPED,
    TIMED_CALLS,
    TIMED_OUT,
    USELESS,
    WITH_ANSWER,
)
from line_sim.figures.statistics.measured import Measured

Unit: TypeAlias = Literal["UPH", "share", "s", "parts"]
Key: TypeAlias = tuple[str, ...]
"""The keys of `summary.json` that lead to something."""

F_co = TypeVar("F_co", bound=Fold[Measured], covariant=True)


@dataclass(frozen=True)
class Figure(Generic[F_co]):
    """A figure of a run.

    - `name` is typed by a user and stands in tables, `title` and `meaning` are read; `label` is the title
      where room is short. `part_of` is a figure of which this is a part, `by` says which.
    - `place` is where its value stands in summary.json, its interval beside it with `_ci` behind; `counted`
      is where the count stands: of those for which a share's condition holds, or of a mean's observations.
    - `main` figures are told without being asked for; `tile` ones stand at the top of the page.
    - `bad_from` is the value from which it is shown as bad; `good`: the more the better; `rare`: told
      only where it is not 0.
    """

    name: str
    title: str
    meaning: str
    unit: Unit
    fold: F_co
    place: Key
    counted: Key = ()
    label: str = ""
    part_of: str = ""
    by: str = ""
    main: bool = True
    tile: bool = False
    bad_from: float | None = None
    good: bool = False
    rare: bool = False

    @property
    def short(self) -> str:
        """What it is called where room is short."""
        return self.label or self.title.lower()


AnyFigure: TypeAlias = Figure[Fold[Measured]]

UPH = Figure(
    "uph",
    "Output",
    "units shipped per hour",
    "UPH",
    HourlyRate(SHIPPED),
    ("throughput", "uph"),
    tile=True,
    good=True,
)
LOSS = Figure(
    "loss",
    "Lost to inference",
    "share of the output that waiting for answers costs",
    "share",
    Elsewhere(),
    ("throttle", "loss"),
    tile=True,
    bad_from=0.05,
)
FLOW_TIME = Figure(
    "flow_time",
    "Flow time",
    "mean time from arrival to leaving",
    "s",
    Mean(GONE_PARTS, lambda parts: parts.left - parts.arrived, lambda parts: parts.left),
    ("flow_time", "mean_s"),
    ("flow_time", "n"),
    tile=True,
)
WIP = Figure(
    "wip",
    "Parts on the line",
    "mean number of parts on the line; who waits outside for room counts",
    "parts",
    TimeAverage(~LOST),
    ("wip", "mean"),
    label="WIP",
    tile=True,
)
INFERENCE_TIME = Figure(
    "inference_time",
    "Wait for an answer",
    "mean time that a call took; one that timed out took what was waited",
    "s",
    Mean(TIMED_CALLS, lambda calls: calls.latency, lambda calls: calls.issued, disturbed=False),
    ("inference_time", "mean_s"),
    ("inference_time", "n"),
    label="answers",
)
TIMEOUT_RATE = Figure(
    "timeout_rate",
    "Timeouts",
    "calls without an answer within the deadline",
    "share",
    Share(TIMED_OUT, EVERY_CALL, by_answers=True),
    ("timeouts", "rate"),
    ("timeouts", "n"),
    tile=True,
    bad_from=0.05,
)
USELESS_RATE = Figure(
    "useless_rate",
    "No use",
    "no server or no readable answer",
    "share",
    Share(USELESS, EVERY_CALL),
    ("useless", "rate"),
    ("useless", "n"),
    main=False,
    rare=True,
)
ESCAPE_RATE = Figure(
    "escape_rate",
    "Escapes",
    "defective parts that were shipped",
    "share",
    Share(~GOOD, SHIPPED_PARTS),
    ("quality", "escape_rate"),
    ("quality", "n", "escapes"),
    tile=True,
)
OVERKILL_RATE = Figure(
    "overkill_rate",
    "Overkill",
    "good parts that did not pass",
    "share",
    Share(STOPPED, GOOD_INSPECTED_PARTS),
    ("quality", "overkill_rate"),
    ("quality", "n", "overkill"),
)
OVERKILL_MODEL = Figure(
    "overkill_model",
    "Overkill by the model",
    "of these: its answer spoke against them",
    "share",
    Share(STOPPED & WITH_ANSWER, GOOD_INSPECTED_PARTS),
    ("quality", "overkill_model"),
    ("quality", "n", "overkill_model"),
    part_of="overkill_rate",
    by="by the model",
)
OVERKILL_LATENCY = Figure(
    "overkill_latency",
    "Overkill for want of an answer",
    "of these: none came in time",
    "share",
    Share(STOPPED & ~WITH_ANSWER, GOOD_INSPECTED_PARTS, by_answers=True),
    ("quality", "overkill_latency"),
    ("quality", "n", "overkill_latency"),
    part_of="overkill_rate",
    by="for want of an answer",
)
FIRST_PASS_YIELD = Figure(
    "first_pass_yield",
    "First-pass yield",
    "good parts that passed at once",
    "share",
    Share(GOOD & ~STOPPED, INSPECTED_PARTS),
    ("quality", "first_pass_yield"),
    ("quality", "n", "first_pass"),
    label="first pass",
    good=True,
)

CATALOGUE: tuple[AnyFigure, ...] = (
    *(UPH, LOSS, FLOW_TIME, WIP, INFERENCE_TIME),
    *(TIMEOUT_RATE, USELESS_RATE, ESCAPE_RATE),
    *(OVERKILL_RATE, OVERKILL_MODEL, OVERKILL_LATENCY, FIRST_PASS_YIELD),
)
"""The figures that are told of every line, in the order in which they are told."""

MAIN = tuple(figure for figure in CATALOGUE if figure.main)
