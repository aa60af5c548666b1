"""The line played back as a frozen view: the places, the ways, and what the Gantt chart's data lack."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from line_sim.analysis.by_part import ByPart
from line_sim.layout import Exit, Layout, Place
from line_sim.recording.run_columns import NONE, IntArray, RunColumns, Visits, or_end
from line_sim.report.page.gantt import Gantt
from line_sim.report.page.machines import seen_states_of
from line_sim.report.page.packing import microseconds, pack, signed, steps
from line_sim.report.page.playback.belts import stops
from line_sim.report.page.playback.journeys import Journeys, journeys
from line_sim.report.page.playback.pace import SPEEDS, pace
from line_sim.report.page.playback.parts import parts_in
from line_sim.report.page.playback.rows import Row, rows_of
from line_sim.report.page.playback.stretch import Stretch
from line_sim.report.words import span
from line_sim.units import MICROSECOND, Nanoseconds


class Speed(NamedTuple):
    """A speed to choose: line time per second of watching, and in words."""

    factor: float
    words: str

    @property
    def value(self) -> str:
        """As the script writes it: `0.05`, `20`."""
        return f"{self.factor:g}"


class Playback(NamedTuple):
    """The picture's data; `told` says which stretch it is, `marks` where its moments lie in it (0 to 1)."""

    spec: dict[str, Any]
    told: str
    speeds: tuple[Speed, ...]
    marks: tuple[float, ...]


def playback(run: RunColumns, layout: Layout, stretch: Stretch, chart: Gantt | None) -> Playback | None:
    """Return what is needed to play a stretch of a run back; None where there is no chart of it."""
    if chart is None:
        return None
    by_part = [ByPart(run.visits(place), run.parts) for place in range(len(layout.places))]
    led = journeys(run, layout, chart.drawn, by_part)
    parts = parts_in(run, stretch, by_part)
    spec = {
        "states": seen_states_of(layout),
        "speed": pace(run, layout),
        "at": chart.moments[0].happens if chart.moments else chart.spec["begin"],
        "places": [_place(run, place, layout, stretch, visits) for place, visits in enumerate(chart.near)],
        "ways": [[way.start, _end(way.to), way.lane.value] for way in led.ways],
        "entry": layout.entry,
        "line": list(layout.ship_lane),
        "saturated": layout.saturated,
        "before": parts.before,
        "visits": [_visits(led, visits) for visits in chart.drawn],
        "never_repaired": [n for n, row in enumerate(rows_of(layout)) if _stays_down(run, row, stretch)],
        "parts": parts.packed,
    }
    speeds = tuple(Speed(speed, _words(speed)) for speed in SPEEDS)
    return Playback(spec, _told(stretch, run), speeds, tuple(_marks(chart)))


def _marks(chart: Gantt) -> Iterator[float]:
    begin, end = chart.spec["begin"], chart.spec["end"]
    for one in chart.moments:
        yield round((one.happens - begin) / max(end - begin, 1), 5)


def _told(stretch: Stretch, run: RunColumns) -> str:
    if stretch.start == 0 and stretch.end == run.end:
        return f"The whole run, {span(run.end)} of line time."
    return (
        f"Line time {span(stretch.start)} to {span(stretch.end)} of {span(run.end)}: all of it is too much "
        "for one page, and in this stretch the machines lost most of their time."
    )


def _words(speed: float) -> str:
    if speed == 1:
        return "real time"
    return f"1/{1 / speed:,.0f} of real time" if speed < 1 else f"{speed:,.0f} × real time"  # noqa: RUF001 - times


def _end(to: int | Exit) -> int | str:
    return to.value if isinstance(to, Exit) else to


def _place(run: RunColumns, place: int, layout: Layout, stretch: Stretch, visits: Visits) -> dict[str, Any]:
    station = layout.places[place]
    waiting = visits.those(
        lambda some: ((some.started == NONE) | (some.started > stretch.end)) & (some.queued <= stretch.end)
    )
    waiting = waiting.sorted_by(waiting.queued)
    return {
        "name": station.name,
        "kind": station.kind.value,
        "units": station.units,
        "room": station.buffer,
        "deadline": None if station.deadline is None else station.deadline // MICROSECOND,
        "belt": _belt(run, place, station, stretch),
        "waiting": pack([signed(steps(waiting.item)), steps(microseconds(waiting.queued))]),
    }


def _belt(run: RunColumns, place: int, station: Place, stretch: Stretch) -> dict[str, Any] | None:
    """Tell a belt by its places and its travel, when it stood still, and who was just taken from it."""
    belt = station.belt
    if belt is None:
        return None
    visits = run.visits(place).sorted_by(run.visits(place).queued)
    begun, ended = stops(visits, belt, run.end)
    seen = (begun <= stretch.end) & (ended >= _carried_since(visits, stretch))
    taken = visits.left if station.is_gate else visits.started  # at a gate a part is still on the belt
    just = (taken != NONE) & (taken >= stretch.start - belt.travel)
    long = microseconds(ended[seen]) - microseconds(begun[seen])
    gone = just & (or_end(visits.left, run.end) < stretch.start)
    return {
        "travel": belt.travel / MICROSECOND,
        "first": belt.first_cell / MICROSECOND,
        "cell": belt.cell / MICROSECOND,
        "accumulates": belt.accumulates,
        "stops": pack([steps(microseconds(begun[seen])), long]),
        "gone": pack([steps(microseconds(visits.queued[gone])), _between(visits.queued, taken)[gone]]),
    }


def _carried_since(visits: Visits, stretch: Stretch) -> Nanoseconds:
    """Return when the first of the parts stepped on that are on a belt as the stretch begins."""
    on = (visits.queued <= stretch.start) & ((visits.started == NONE) | (visits.started > stretch.start))
    return int(visits.queued[on].min(initial=stretch.start))


def _stays_down(run: RunColumns, row: Row, stretch: Stretch) -> bool:
    """Whether a machine is down to the end of the run: a repair at its very end is another thing."""
    outages = run.outages(row.place)
    return bool(
        ((outages.unit == row.unit) & (outages.repaired == NONE) & (outages.failed <= stretch.end)).any()
    )


def _visits(led: Journeys, visits: Visits) -> str:
    """Pack how long each visit of a machine waited in front, and how it ended."""
    return pack([_waited(visits), led.of(visits)])


def _waited(visits: Visits) -> IntArray:
    return _between(visits.queued, visits.started)


def _between(since: IntArray, until: IntArray) -> IntArray:
    return np.asarray(np.maximum(microseconds(until) - microseconds(since), 0))  # less in damaged files
