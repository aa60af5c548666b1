"""For how long a station's machines were set up between two variants."""

import numpy as np

from line_sim.figures.statistics.quantiles import exact_sum
from line_sim.figures.stops.crews import not_at_work
from line_sim.figures.window import Window
from line_sim.layout import Place
from line_sim.recording.run_columns import NONE, RunColumns, or_end
from line_sim.units import Nanoseconds


def set_up_time(run: RunColumns, place: int, station: Place, window: Window) -> Nanoseconds | None:
    """Return the time in the window, in ns of all machines; None where they are never set up.

    A machine is set up with the part on it, before it works on it: the first `changeover` of the time for
    which it was neither down nor off, nor waited for somebody to work. What of a set-up lies before the
    window does not count.
    """
    if station.changeover is None:
        return None
    return sum(_of_unit(run, place, station, unit, window) for unit in range(1, station.units + 1))


def _of_unit(run: RunColumns, place: int, station: Place, unit: int, window: Window) -> Nanoseconds:
    still = not_at_work(run, place, unit, station)
    visits = run.visits(place)
    visits = visits.where((visits.unit == unit) & (visits.started != NONE) & (visits.changeover > 0))
    started, finished = visits.started, or_end(visits.finished, run.end)
    until = []
    for edge in (window.start, window.end):
        moment = np.clip(edge, started, finished)
        until.append(np.minimum(visits.changeover, moment - started - still.between(started, moment)))
    return exact_sum(until[1] - until[0])


def set_ups(run: RunColumns, place: int, window: Window) -> int:
    """Return how many set-ups began in the window."""
    visits = run.visits(place)
    within = (visits.started >= window.start) & (visits.started < window.end)
    return int(np.count_nonzero(within & (visits.changeover > 0)))
