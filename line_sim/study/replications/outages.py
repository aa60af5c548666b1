"""Outages over all replications: where they were too few, most figures do not know what outages cost.

Ten runs that saw three outages among them are three runs that are like no other, or none: Student's t
knows nothing of the outages to come, and a stop rule would stop before the first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import fmean

from line_sim.analysis.summary.summary import Summary
from line_sim.figures.catalogue import FLOW_TIME, UPH, WIP
from line_sim.figures.stops.outages import FEWEST_OUTAGES, FewOutages, chance_stops
from line_sim.layout import Failures, Layout, Place
from line_sim.study.kpis import Figures
from line_sim.study.student import Estimate

Seen = Mapping[str, int]
"""Outages by station, of those that may fail; 20 stands for 20 or more."""

_CHANGED = (UPH.name, FLOW_TIME.name, WIP.name)
_OF_A_STATION = ("busy", "blocked", "starved", "down", "off", "inference_wait", "changeover")


def seen_in(summary: Summary) -> Seen:
    """Return what a run saw of outages."""
    few = {each.station: each.seen for each in summary.throughput.few}
    ways = [way.of(place.name) for _, place, way in chance_stops(summary.layout)]
    return {way: few.get(way, FEWEST_OUTAGES) for way in ways}


def few_in_all(layout: Layout, outages: Sequence[Seen], runs: Sequence[Figures]) -> tuple[FewOutages, ...]:
    """Return the stations of whose outages all runs together saw fewer than 20, the fewest first."""
    found = []
    for _, place, way in chance_stops(layout):
        seen = sum(each.get(way.of(place.name), 0) for each in outages)
        if seen < FEWEST_OUTAGES:
            found.append(FewOutages(way.of(place.name), seen, _excess(place, way, runs)))
    return tuple(sorted(found, key=lambda few: few.seen))


def _excess(place: Place, failures: Failures, runs: Sequence[Figures]) -> float | None:
    """Return the same as `FewOutages` has of one run, from the shares of time of all of them.

    None where the shares do not tell: of several ways to stop, of one that counts parts, and of shifts.
    """
    if len(place.failures) > 1 or failures.by_parts or place.shifts is not None:
        return None
    busy, down = ([run.get(f"{place.name}.{state}") for run in runs] for state in ("busy", "down"))
    if failures.up is None or failures.repair is None or not runs:
        return None
    if None in busy or None in down:
        return None
    was_busy, was_down = (fmean(share or 0.0 for share in shares) for shares in (busy, down))
    if was_down >= 1:
        return None
    aged = 1 - was_down if failures.by_calendar else was_busy
    return (was_down - aged * failures.repair / failures.up) / (1 - was_down)


def allowing_for(found: Estimate, kpi: str, few: Sequence[FewOutages]) -> Estimate:
    """Leave room in UPH for what outages may cost that were too few; other figures lose their interval."""
    if not few or not _changed_by_outages(kpi):
        return found
    excess = [each.excess for each in few if each.excess is not None]
    if kpi != UPH.name or len(excess) < len(few):
        return replace(found, lack=few[0].lack)
    below, above = (abs(found.mean * sum(e for e in excess if e * sign > 0)) for sign in (-1, 1))
    return replace(found, below=below, above=above)


def _changed_by_outages(kpi: str) -> bool:
    return kpi.rpartition(".")[2] in {*_CHANGED, *_OF_A_STATION} or ".response." in kpi
