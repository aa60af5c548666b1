"""A run in numbers: everything that `summary.json` and the page for people tell."""

from dataclasses import dataclass

from line_sim.analysis.audit.check import Check
from line_sim.analysis.growth.growth import Growth
from line_sim.analysis.lasting.lasting import Lasting
from line_sim.analysis.summary.silence import Silence
from line_sim.figures.bottleneck import Bottleneck
from line_sim.figures.catalogue import UPH
from line_sim.figures.counts import Balance, Counts
from line_sim.figures.defects.catches import Defects
from line_sim.figures.flow import StationTime, Throughput
from line_sim.figures.labels import Labels
from line_sim.figures.latency import GateWait, LatencyRow
from line_sim.figures.measuring import RunFigures
from line_sim.figures.mix.by_variant import OfVariant
from line_sim.figures.oee import Oee
from line_sim.figures.skew import Skew
from line_sim.figures.stops.crews import CrewTime
from line_sim.figures.window import Window
from line_sim.layout import Layout

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is to be expected of a shift like this, in UPH, with its 95 % interval (None: not to be had).

    It comes from so many `shifts` of so many `parts`; `why` there is no interval.
    """

    uph: float
    ci: Interval | None
    shifts: int
    parts: int
    why: str = ""

    @property
    def sure(self) -> bool:
        """Whether it is surely above nothing."""
        return self.ci is not None and self.ci[0] > 0


@dataclass(frozen=True, slots=True)
class Cause:
    """What one cause cost this run in UPH; `orders`: the least and most of it in any order of the causes."""

    uph: float
    orders: Interval | None = None


@dataclass(frozen=True, slots=True)
class OneMoreCamera:
    """What the line would have made with one more unit at an inspection, in UPH, and the `gain` in that.

    `held`: the latencies were held as measured, as what a second camera would see is not known.
    """

    station: str
    uph: float
    gain: float
    held: bool


@dataclass(frozen=True, slots=True)
class ThisRun:
    """What the inference cost this run, exactly: so many parts more than were shipped, which is `of`.

    Where the line without waiting takes in its parts sooner it is what that makes more in the same time.
    """

    parts: float
    of: int


@dataclass(frozen=True, slots=True)
class Throttle:
    """What inference costs the line: the same parts and chance, with an inference that takes no time.

    `causes` split the difference; `parts` is how many parts were replayed for it, fewer than usual where time
    was `spared`, as the line takes long to replay. `shift` is what another is expected to lose (None: nobody
    knows).
    """

    uph: float
    uph_without_inference: float
    causes: dict[str, Cause] | None = None
    one_more: OneMoreCamera | None = None
    parts: int | None = None
    this_run: ThisRun | None = None
    shift: Estimate | None = None
    spared: bool = False

    @property
    def loss(self) -> float | None:
        """The share of `uph_without_inference` that is not reached; None of nothing."""
        if self.uph_without_inference <= 0:
            return None
        return 1 - self.uph / self.uph_without_inference


@dataclass(frozen=True, slots=True)
class Remedy:
    """One change to the line and what it would have brought.

    `uph` is what this run would have made, `gain` what that is more, `parts` the same in parts shipped.
    `lasting` is the gain over its last two thirds, when the line is full; `shift` that of a shift like
    this, where it was tried. `held`: measured answers were held (None: nobody is asked on this line).
    """

    remedy: str
    place: str
    uph: float
    gain: float
    parts: float
    lasting: float
    shift: Estimate | None = None
    held: bool | None = None


@dataclass(frozen=True, slots=True)
class Remedies:
    """Every change that was tried, what would help most first; `parts` of the run were replayed.

    They are fewer than usual where time was `spared`, as the line takes long to replay.
    `leaving` is how many parts an hour left, shipped or scrapped, in the last two thirds of them, `together`
    what a tenth less of every time would have brought then. `left_out`: places of a long line, with time to
    spare, at which nothing was tried.
    """

    ranked: tuple[Remedy, ...]
    parts: int
    leaving: float
    together: float = 0.0
    left_out: int = 0
    spared: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """A run in numbers.

    `ended` is the word of how it ended, None for a run that was killed; `partial` says that a torn
    last row was left out of a file. `without_picture` counts the calls that nothing was sent for,
    `formulas` are the texts that a spreadsheet would take for such. `growth` says whether it is a steady
    state (None: nobody has looked). `gates` has what parts waited at each gate, `crews` what machines
    waited for their people.
    """

    layout: Layout
    ended: str | None
    partial: bool
    window: Window
    counts: Counts
    balance: Balance
    figures: RunFigures
    stations: tuple[StationTime, ...]
    latency: tuple[LatencyRow, ...]
    throttle: Throttle | None
    audit: dict[str, Check]
    bottleneck: Bottleneck
    oee: tuple[Oee, ...]
    skew: Skew | None = None
    without_picture: int = 0
    labels: tuple[Labels, ...] = ()
    formulas: tuple[str, ...] = ()
    silences: tuple[Silence, ...] = ()
    growth: Growth | None = None
    warnings: tuple[str, ...] = ()
    remedies: Remedies | None = None
    lasting: Lasting | None = None
    gates: tuple[GateWait, ...] = ()
    crews: tuple[CrewTime, ...] = ()
    defects: Defects | None = None
    variants: tuple[OfVariant, ...] = ()

    @property
    def throughput(self) -> Throughput:
        """What was shipped in the window."""
        return self.figures.of(UPH)

    @property
    def locked_up(self) -> bool:
        """Whether the line's parts waited for each other in a circle at the end."""
        return self.ended == "deadlocked"

    @property
    def takt_uph(self) -> float | None:
        """The output that the takt asks for in the hours of the window, in units per hour."""
        return self.layout.takt_between(self.window.start, self.window.end)

    @property
    def settled(self) -> bool:
        """Whether output and loss may be told as those of the line, and not of these parts alone."""
        return self.growth is None or self.growth.uph_settled is not False

    @property
    def audit_passed(self) -> bool:
        """Whether every check held."""
        return all(check.passed for check in self.audit.values())
