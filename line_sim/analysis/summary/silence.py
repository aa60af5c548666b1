"""Calls that met no server: how many of an inspection's, and when."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from line_sim.figures.latency import settled_calls
from line_sim.figures.populations import WITHOUT_PICTURE
from line_sim.figures.window import Window
from line_sim.inspection.outcome import Unavailable
from line_sim.layout import Layout
from line_sim.recording.run_columns import RunColumns
from line_sim.units import SECOND, Nanoseconds


@dataclass(frozen=True, slots=True)
class Silence:
    """An inspection whose calls met no server, or one that refused them: so many of those after the warm-up.

    `first` and `last` are when the first and the last of them were issued (ns); between two of the
    `stretches` a call was answered.
    """

    station: str
    calls: int
    asked: int
    first: Nanoseconds
    last: Nanoseconds
    stretches: int

    @property
    def warning(self) -> str:
        """What happened, and what to do."""
        count = f"{self.station}: {self.calls:,} of {self.asked:,} calls"
        what = f"{count} met no server, or one that refused them, {self._when} of line time"
        where = "see status in calls.csv, and server.log where the embedded server ended"
        return f"{what}; {where}, and run again for what waiting for its answers costs"

    @property
    def _when(self) -> str:
        first, last = (f"{moment / SECOND:,.1f} s" for moment in (self.first, self.last))
        if self.calls == 1:
            return f"at {first}"
        several = f" in {self.stretches} stretches" if self.stretches > 1 else ""
        return f"from {first} to {last}{several}"


def silences(run: RunColumns, layout: Layout, window: Window) -> Iterator[Silence]:
    """Yield the inspections whose calls met no server, in the order of the line."""
    for index, place in enumerate(layout.places):
        if not place.inspects:
            continue
        asked = settled_calls(run, index, window)
        asked = asked.sorted_by(asked.issued)
        silent = asked.says("outcome", Unavailable.name)
        if not silent.any():
            continue
        telling = silent[~(asked.timed_out | WITHOUT_PICTURE.of(asked))]  # the others show neither
        begins = telling & ~np.append(False, telling[:-1])
        moments = asked.issued[silent]
        first, last = int(moments[0]), int(moments[-1])
        yield Silence(place.name, len(moments), len(asked), first, last, int(np.count_nonzero(begins)))
