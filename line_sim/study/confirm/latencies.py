"""How long answers took, as quantiles of a fixed number, so that runs of any length can be laid together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from line_sim.line.records import Call
from line_sim.recording.run_columns import IntArray
from line_sim.units import SECOND

SHARES = (0.005, *(number / 40 for number in range(1, 40)), 0.995)
"""The shares of calls that are answered within each of the times."""

Quantiles = tuple[float, ...]
"""Seconds, one for each of the shares."""

ByStation = Mapping[str, Quantiles]


def latencies_of(calls: Iterable[Call], stations: Sequence[str]) -> dict[str, list[int]]:
    """Return what the calls of these stations took, in ns; one that was given up took what was waited."""
    taken: dict[str, list[int]] = {name: [] for name in stations}
    for call in calls:
        if call.station in taken:
            taken[call.station].append(call.latency)
    return taken


def quantiles_of(taken: Mapping[str, Sequence[int] | IntArray]) -> dict[str, Quantiles]:
    """Return the quantiles of what the calls of each station took, in ns."""
    return {
        name: tuple(float(each) / SECOND for each in np.quantile(times, SHARES))
        for name, times in taken.items()
        if len(times)
    }


@dataclass(frozen=True, slots=True)
class Band:
    """The middle of several runs' quantiles, and between what 95 of 100 runs lie."""

    middle: Quantiles
    low: Quantiles
    high: Quantiles


def band_of(runs: Sequence[ByStation], station: str) -> Band | None:
    """Return the band of a station's calls; None where no run had any."""
    known = [run[station] for run in runs if station in run]
    if not known:
        return None
    low, middle, high = np.quantile(np.array(known), (0.025, 0.5, 0.975), axis=0)
    return Band(*(tuple(float(each) for each in line) for line in (middle, low, high)))
