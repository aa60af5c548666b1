"""What a modelled line takes in when a part always waits: its stations hold each other up, and no mean tells.

So the line itself is run in memory, first for a few parts and, where that leaves it open, for more. The
first half, in which it fills, is left out. Outages so rare that such a run sees few of them are taken out
and added again as time in which the whole line stands still, as it does when a repair outlasts the buffers.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from line_sim.analysis.growth.means import PlaceMeans
from line_sim.analysis.growth.outages import ENOUGH
from line_sim.figures.statistics.batch_means import batch_means, means_of_batches
from line_sim.inspection.gateway import Gateway
from line_sim.inspection.offline.modelled import modelled_gateway
from line_sim.line.line import Line
from line_sim.line.records import Visit
from line_sim.recording.run_columns import IntArray
from line_sim.scenario.gateways.modelled import ModelledGateway
from line_sim.scenario.model import Arrivals, Inspection, Run, Scenario, Station
from line_sim.scenario.times import Constant
from line_sim.units import HOUR, Nanoseconds

FEW, MANY = 2_000, 20_000
_MOST_VISITS = 200_000
_UNLIMITED = 1_000_000
_CLEAR = 1.1


@dataclass(frozen=True, slots=True)
class Intake:
    """Parts an hour that a line takes in when one always waits, and the 95 % interval of that."""

    low: float
    uph: float
    high: float


def intake(
    scenario: Scenario, means: tuple[PlaceMeans, ...], asked: float, *, roomy: bool = False
) -> Intake | None:
    """Return what the line takes in; None where only a real server knows, or nothing varies.

    Where `asked` parts an hour are clearly less than it takes in, few parts tell so. `roomy`: with a review
    bench that never fills.
    """
    gateways = [spec.gateway for spec in scenario.inspections]
    if not all(isinstance(gateway, ModelledGateway) for gateway in gateways) or not _varies(scenario):
        return None
    found = _run(scenario, means, FEW, roomy=roomy)
    if found is not None and found.low > _CLEAR * asked:
        return found
    return _run(scenario, means, max(FEW, min(MANY, _MOST_VISITS // len(means))), roomy=roomy)


def _varies(scenario: Scenario) -> bool:
    """Whether several places share the work and some time of it is random, or fails."""
    entries = scenario.line
    random = (not isinstance(time, Constant) for entry in entries for _, time in entry.times)
    failing = (isinstance(entry, Station) and entry.breakdowns is not None for entry in entries)
    places = len(entries) + (scenario.review is not None and bool(scenario.inspections))
    return places > 1 and (any(random) or any(failing) or bool(scenario.inspections))


def _run(scenario: Scenario, means: tuple[PlaceMeans, ...], parts: int, *, roomy: bool) -> Intake | None:
    rare = {place.name for place in means if _is_rare(place, parts)}
    entries = tuple(_never_failing(entry) if entry.name in rare else entry for entry in scenario.line)
    review = scenario.review
    if review is not None and roomy:
        review = review.model_copy(update={"buffer": _UNLIMITED})
    piloted = scenario.model_copy(
        update={
            "run": Run(items=parts),
            "arrivals": Arrivals(saturated=True),
            "line": entries,
            "review": review,
        }
    )
    entered = _Entered(scenario.line[0].name)
    Line(piloted, dict(_gateways(piloted)), entered).run()
    stands = sum(place.time * place.repair for place in means if place.name in rare)
    return _rate(np.sort(np.array(entered.moments, dtype=np.int64)), stands)


def _gateways(scenario: Scenario) -> Iterator[tuple[str, Gateway]]:
    for spec in scenario.inspections:
        if isinstance(spec.gateway, ModelledGateway):
            yield spec.name, modelled_gateway(spec.gateway.modelled, spec, scenario.seed)


def _is_rare(place: PlaceMeans, parts: int) -> bool:
    """Whether a single machine fails fewer than 20 times in so many parts."""
    if place.breakdowns is None or place.units > 1:
        return False
    return parts * place.time < ENOUGH * place.breakdowns.up.mean_ns


def _never_failing(entry: Station | Inspection) -> Station | Inspection:
    return entry.model_copy(update={"breakdowns": None}) if isinstance(entry, Station) else entry


class _Entered:
    """An observer that keeps when each part began its first visit to the first station."""

    def __init__(self, station: str) -> None:
        self._station = station
        self._newest = 0
        self.moments: list[Nanoseconds] = []

    def on_visit(self, visit: Visit) -> None:
        """Note a part that is new on the line."""
        if visit.station == self._station and visit.item_id > self._newest and visit.started_at is not None:
            self._newest = visit.item_id
            self.moments.append(visit.started_at)


def _rate(moments: IntArray, stands: float) -> Intake | None:
    """Return the rate of the second half; `stands` is how long (ns) a part the line stands still besides."""
    gaps = np.diff(moments[len(moments) // 2 :])
    batches = means_of_batches(gaps)
    if batches is None or not gaps.any():
        return None
    found = batch_means(batches.tolist())
    longest, mean, shortest = (gap + stands for gap in (found.high, found.mean, found.low))
    return Intake(HOUR / longest, HOUR / mean, HOUR / max(shortest, 1.0))
