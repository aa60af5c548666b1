"""The parts of a run as columns, from its items.csv: what a comparison part by part needs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from line_sim.inspection.outcome import TimedOut
from line_sim.line.records import Item
from line_sim.recording.reader import read_table
from line_sim.recording.tables import ITEMS
from line_sim.units import HOUR, SECOND, Nanoseconds

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

BATCHES = 20


@dataclass(frozen=True, slots=True)
class Stretch:
    """The stretch of line time that a run's figures speak of, in ns (see `analysis.window`)."""

    start: Nanoseconds
    end: Nanoseconds
    last: Nanoseconds


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a run, in the order of items.csv; times in ns, `left` that of the end where there is none.

    `gone` parts were shipped or scrapped; `waited` is how long the last inspection waited for its answer.
    """

    item: Ints
    arrived: Ints
    left: Ints
    gone: Bools
    shipped: Bools
    lost: Bools
    good: Bools
    evaluated: Bools
    stopped: Bools
    asked: Bools
    answered: Bools
    timed_out: Bools
    waited: Ints
    stretch: Stretch

    @property
    def settled(self) -> Bools:
        """Which parts left the line after the warm-up."""
        return self.gone & (self.left >= self.stretch.start) & (self.left <= self.stretch.last)


def stretch_of(summary: dict[str, Any]) -> Stretch:
    """Return the stretch that a run's summary.json tells."""
    window = summary["window"]
    return Stretch(*(round(window[key] * SECOND) for key in ("from_s", "to_s", "run_end_s")))


def read_parts(folder: Path, stretch: Stretch) -> Parts:
    """Read the parts of a run. Raises RunFileError for a missing or damaged items.csv."""
    return parts_of(read_table(folder, ITEMS)[0], stretch)


def parts_of(items: tuple[Item, ...], stretch: Stretch) -> Parts:
    """Turn stories of parts into columns."""

    def flags(values: list[bool]) -> Bools:
        return np.array(values, dtype=np.bool_)

    def moments(values: list[int | None], default: int) -> Ints:
        return np.array([default if value is None else value for value in values], dtype=np.int64)

    scrapped = flags([i.disposition == "scrapped" for i in items])
    shipped = flags([i.disposition == "shipped" for i in items])
    return Parts(
        item=moments([i.item_id for i in items], 0),
        arrived=moments([i.arrived_at for i in items], 0),
        left=moments([i.left_at for i in items], stretch.last),
        gone=shipped | scrapped,
        shipped=shipped,
        lost=flags([i.disposition == "lost" for i in items]),
        good=flags([i.true_state == "good" for i in items]),
        evaluated=flags([i.evaluation != "" for i in items]),
        stopped=flags([i.lane == "review" for i in items]) | scrapped,
        asked=flags([i.inference_outcome != "" for i in items]),
        answered=flags([i.inference_outcome == "answered" for i in items]),
        timed_out=flags([i.inference_outcome == TimedOut.name for i in items]),
        waited=moments([i.inference for i in items], 0),
        stretch=stretch,
    )


def flow_time(parts: Parts) -> float | None:
    """Return the mean time from arrival to leaving, in s, of the parts that left after the warm-up."""
    settled = parts.settled
    if not settled.any():
        return None
    return float((parts.left - parts.arrived)[settled].mean()) / SECOND


def wip(parts: Parts) -> float | None:
    """Return the mean number of parts on the line in the window; who waits outside for room counts."""
    start, end = parts.stretch.start, parts.stretch.end
    if end <= start:
        return None
    came, went = np.clip(parts.arrived, start, end), np.clip(parts.left, start, end)
    return float((went - came)[~parts.lost].sum()) / (end - start)


def hourly_rates(parts: Parts) -> npt.NDArray[np.float64]:
    """Return the parts shipped per hour in each of 20 equal stretches of the window."""
    start, end = parts.stretch.start, parts.stretch.end
    edges = [start + (end - start) * number // BATCHES for number in range(BATCHES + 1)]
    left = np.sort(parts.left[parts.shipped])
    counts = np.diff(np.searchsorted(left, edges, side="right"))
    rates: npt.NDArray[np.float64] = counts * float(HOUR) / np.diff(edges)
    return rates
