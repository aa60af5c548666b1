"""What a modelled line takes in when a part always waits: its stations hold each other up, and no mean tells.

So the line itself is run in memory, first for a few parts and, where that leaves it open, for more. The
first half, in which it fills, is left out. Outages so rare that such a run sees few of them are taken out
and added again as time in which the whole line stands still, as it does when a repair outlasts the buffers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from line_sim.analysis.growth.means import PlaceMeans
from line_sim.analysis.growth.server import MOST_OUTAGES, Failures
from line_sim.compiled.telling import TakesRows
from line_sim.engine.asking import can_replay
from line_sim.engine.compiler import is_up
from line_sim.figures.statistics.batch_means import batch_means, means_of_batches
from line_sim.figures.stops.outages import FEWEST_OUTAGES
from line_sim.inspection.offline.models import modelled_gateways
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import INTERRUPTED, Line
from line_sim.line.records import Visit
from line_sim.recording.run_columns import NONE, IntArray
from line_sim.scenario.model import Arrivals, Inspection, Run, Scenario, Station
from line_sim.scenario.times import Constant
from line_sim.units import HOUR, Nanoseconds

LENGTHS = (2_000, 20_000, 60_000)
"""Parts of the first run, and of those that follow where it leaves the question open."""
_SEED = 1
"""What a line takes in hangs on no run's own chance, so that two runs of a line say the same of it."""
_MOST_VISITS = 300_000
_FEWEST = 1_000
"""Parts that must pass a line for its rate to be told: more than 300 places are left to what is seen."""
_UNLIMITED = 1_000_000


@dataclass(frozen=True, slots=True)
class Intake:
    """Parts an hour that a line takes in when one always waits, and the 95 % interval of that."""

    low: float
    uph: float
    high: float

    def for_a_share(self, share: float) -> "Intake":
        """Return the rates of all time of a line that works for such a share of it."""
        return self if share == 1.0 else Intake(self.low * share, self.uph * share, self.high * share)

    def far_from(self, asked: float) -> bool:
        """Whether the interval, and as much again, leaves a rate out."""
        return not 2 * self.low - self.uph <= asked <= 2 * self.high - self.uph


def intake(
    scenario: Scenario, means: tuple[PlaceMeans, ...], asked: float, *, roomy: bool = False
) -> Intake | None:
    """Return what the line takes in; None where only a real server knows, nothing varies, or it is too long.

    Where `asked` parts an hour are clearly more or less than it takes in, few parts tell so. `roomy`: with a
    review bench that never fills.
    """
    unknown = any(spec.gateway.model is None for spec in scenario.inspections)
    if unknown or not _varies(scenario):
        return None
    working = _in_working_time(scenario)
    if working is None:
        return None
    scenario, share = working
    most = _MOST_VISITS // len(means)
    if most < _FEWEST:
        return None
    found = None
    for parts in sorted({min(parts, most) for parts in (LENGTHS[1:2] if roomy else LENGTHS)}):
        found = _run(scenario, means, parts, roomy=roomy)
        found = None if found is None else found.for_a_share(share)
        if found is None or found.far_from(asked):
            break
    return found


def _in_working_time(scenario: Scenario) -> tuple[Scenario, float] | None:
    """Return the line with nobody ever off, and the share of all time in which they are on.

    None where they are on at different times, or something goes on while they are off: only a run tells of
    that.
    """
    layout = layout_of(scenario)
    if not layout.calendars:
        return scenario, 1.0
    shifts = {place.shifts for place in layout.places}
    by_calendar = any(way.by_calendar for place in layout.places for way in place.failures)
    crews = any(crew.shifts is not None for crew in layout.crews)
    if len(shifts) > 1 or crews or by_calendar or any(place.belt is not None for place in layout.places):
        return None
    always = {"calendar": None}
    line = tuple(entry.model_copy(update=always) for entry in scenario.line)
    review = scenario.review and scenario.review.model_copy(update=always)
    share = layout.places[0].shifts.share if layout.places[0].shifts else 1.0
    return scenario.model_copy(update={"line": line, "review": review}), share


def _varies(scenario: Scenario) -> bool:
    """Whether several places share the work and some time of it is random, or fails."""
    entries = scenario.line
    random = (not isinstance(time, Constant) for entry in entries for _, time in entry.times)
    mixed = scenario.product.mix is not None
    failing = (isinstance(entry, Station) and entry.breakdowns is not None for entry in entries)
    places = len(entries) + (scenario.review is not None and bool(scenario.inspections))
    shared = places > 1 or any(isinstance(entry, Station) and entry.crew for entry in entries)
    return shared and (mixed or any(random) or any(failing) or bool(scenario.inspections))


def _run(scenario: Scenario, means: tuple[PlaceMeans, ...], parts: int, *, roomy: bool) -> Intake | None:
    rare = {place.name for place in means if _is_rare(place, parts)}
    entries = tuple(_never_failing(entry) if entry.name in rare else entry for entry in scenario.line)
    review = scenario.review
    if review is not None and roomy:
        review = review.model_copy(update={"buffer": _UNLIMITED})
    piloted = scenario.model_copy(
        update={
            "name": "pilot",
            "seed": _SEED,
            "run": Run(items=parts),
            "arrivals": Arrivals(saturated=True),
            "line": entries,
            "review": review,
        }
    )
    stands = sum(place.repair for place in means if place.name in rare)
    return _rate(_entries(piloted), stands)


@lru_cache(maxsize=16)
def _entries(piloted: Scenario) -> IntArray:
    """Return when parts came in, in order; replications of a line, one after the other, need it once.

    None came in where the line fails too often for this.
    """
    if is_up() and can_replay(piloted, ()):
        return _quickly(piloted)
    interrupt = Interrupt()
    entered, failures = _Entered(piloted.line[0].name), Failures(interrupt)
    ending = Line(piloted, modelled_gateways(piloted), entered, failures, interrupt=interrupt).run()
    if failures.too_many:
        return np.zeros(0, dtype=np.int64)
    if ending.how == INTERRUPTED:
        raise KeyboardInterrupt
    return np.sort(np.array(entered.moments, dtype=np.int64))


def _quickly(piloted: Scenario) -> IntArray:
    """Return the same of the compiled line, where that has come up already."""
    from line_sim.compiled.line import CompiledLine  # noqa: PLC0415 - as it is up, this loads nothing

    entered = _RowsEntered(piloted.line[0].name)
    CompiledLine(piloted, entered, wished=lambda: entered.fails_too_often).run()
    if entered.fails_too_often:
        return np.zeros(0, dtype=np.int64)
    return np.sort(np.concatenate([np.zeros(0, dtype=np.int64), *entered.moments]))


def _is_rare(place: PlaceMeans, parts: int) -> bool:
    """Whether a single machine fails fewer than 20 times in so many parts, in every way."""
    if not place.stops or place.units > 1:
        return False
    aged = [(parts * (1 if way.by_parts else place.time), way.up or 0.0) for way in place.stops]
    return all(age < FEWEST_OUTAGES * up for age, up in aged)


def _never_failing(entry: Station | Inspection) -> Station | Inspection:
    return entry.model_copy(update={"breakdowns": None}) if isinstance(entry, Station) else entry


class _Entered:
    """An observer that keeps when each part began its first visit to the first station."""

    def __init__(self, station: str) -> None:
        self._station = station
        self._known: set[int] = set()
        self.moments: list[Nanoseconds] = []

    def on_visit(self, visit: Visit) -> None:
        """Note a part that is new on the line; they may leave the first station in another order."""
        if visit.station == self._station and visit.started_at is not None:
            if visit.item_id not in self._known:
                self.moments.append(visit.started_at)
            self._known.add(visit.item_id)


class _RowsEntered(TakesRows):
    """Keeps of a compiled line when each part began its visit to the first station: none comes back there."""

    def __init__(self, station: str) -> None:
        self._station = station
        self._outages = 0
        self.moments: list[IntArray] = []

    @property
    def fails_too_often(self) -> bool:
        """Whether the line has more outages than anybody would wait for."""
        return self._outages > MOST_OUTAGES

    def on_rows(self, kind: str, rows: NDArray[Any], words: Sequence[str]) -> None:
        """Note parts that are new on the line, and outages."""
        if kind == "visit":
            here = rows["station"] == words.index(self._station)
            self.moments.append(rows["started_at"][here & (rows["started_at"] != NONE)])
        elif kind == "outage":
            self._outages += len(rows)


def _rate(moments: IntArray, stands: float) -> Intake | None:
    """Return the rate of the second half; `stands` is how long (ns) a part the line stands still besides."""
    gaps = np.diff(moments[len(moments) // 2 :])
    batches = means_of_batches(gaps)
    if batches is None or not gaps.any():
        return None
    found = batch_means(batches.tolist())
    longest, mean, shortest = (gap + stands for gap in (found.high, found.mean, found.low))
    return Intake(HOUR / longest, HOUR / mean, HOUR / max(shortest, 1.0))
