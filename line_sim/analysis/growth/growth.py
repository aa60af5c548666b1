"""Is it a steady state: the means of the line, what its run saw, and what follows for the figures."""

from dataclasses import dataclass

from line_sim.analysis.growth.filling import first_full
from line_sim.analysis.growth.long_run import Forecast
from line_sim.analysis.growth.means import foreseen
from line_sim.analysis.growth.measured import measured
from line_sim.analysis.growth.outages import Outages, outages_seen
from line_sim.analysis.growth.outlook import THE_LINE, Filling, Load, Outlook
from line_sim.analysis.growth.rising import Rising, rising
from line_sim.figures.window import Window
from line_sim.layout import Layout, layout_of
from line_sim.recording.run_columns import RunColumns
from line_sim.scenario.model import Scenario
from line_sim.units import Nanoseconds

NEXT_TO_NOTHING = 0.005
"""The share of the output by which the line's first and its lasting output may differ and be the same."""
LEFT_IN = 0.02
"""What the time before all is full may add to the output of the whole window."""


@dataclass(frozen=True, slots=True)
class Growth:
    """Whether a run's figures are those of a steady state, and why not.

    `fills` are the places that fill up by their means, the most loaded first, less those that only lose at
    once what is too much; `rising` the queues that were seen to rise. `outlook` is the long run by the means,
    None where they are not known. `uph_settled` says whether the output is that of the long run (None: too
    few parts to say); it is from `settles_at` (ns) on, None where it
    always is. `limit` is the place that for
    sure is asked for more than it makes and so limits the line, `cause` says why in the words of the verdict.
    `outside_per_hour`: so many parts more wait every hour in the long run. `lost`: what finds no room is lost
    instead. `may_fill` are the loads of places that would fill up by the upper ends of what was measured.
    """

    fills: tuple[Filling, ...] = ()
    rising: tuple[Rising, ...] = ()
    outages: tuple[Outages, ...] = ()
    outlook: Outlook | None = None
    uph_settled: bool | None = True
    settles_at: Nanoseconds | None = None
    limit: Load | None = None
    cause: str | None = None
    outside_per_hour: float = 0.0
    lost: bool = False
    may_fill: tuple[Load, ...] = ()

    @property
    def grows(self) -> bool:
        """Whether something goes on growing: parts outside, a buffer, or a queue that was seen to rise."""
        filling = self.lost and self.settles_at is None and bool(self.fills)
        return (self.limit is not None and (self.outside_per_hour > 0 or filling)) or bool(self.rising)

    @property
    def reached(self) -> bool | None:
        """Whether it is a steady state; None where that cannot be said."""
        if self.uph_settled is False or self.grows:
            return False
        return self.uph_settled if self.outlook is not None else None

    @property
    def long_run_uph(self) -> float | None:
        """What the line ships an hour at best when all is full that fills up; None where it is not known."""
        return None if self.outlook is None else self.outlook.long_run_uph


def growth_of(scenario: Scenario, run: RunColumns, window: Window) -> Growth:
    """Say whether the figures of a run are those of a steady state."""
    layout = layout_of(scenario)
    seen = rising(run, layout, window)
    known = foreseen(scenario)
    line = Forecast(scenario, {**measured(run, layout, known), **known}, (run, window))
    found = line.ahead()
    lost = scenario.arrivals.on_full == "lose"
    if found is None:
        return Growth(rising=seen, lost=lost)
    means, ahead = found
    fills = line.sure(ahead)
    limit = _limit(fills, ahead)
    settled, at = _settled(run, layout, window, ahead, fills)
    if lost and at is None:
        fills = tuple(filling for filling in fills if _lasts(filling, run, layout))
    may_fill = () if limit is not None else line.may_fill(ahead)
    if settled and limit is None and (may_fill or not line.complete):
        settled = None
    waits = limit is not None and not lost and not layout.saturated
    return Growth(
        fills=fills,
        rising=seen,
        outages=outages_seen(run, layout, list(line.failing(means, ahead)), window),
        outlook=ahead,
        uph_settled=settled,
        settles_at=at,
        limit=limit,
        cause=None if limit is None else line.cause(means, limit),
        outside_per_hour=ahead.entering - ahead.takes_in if waits else 0.0,
        lost=lost,
        may_fill=may_fill,
    )


def _limit(fills: tuple[Filling, ...], ahead: Outlook) -> Load | None:
    """Return the most loaded of the places that fill up for sure, with all that is asked of it."""
    if ahead.limit.place == THE_LINE:
        return ahead.limit
    sure = {filling.place for filling in fills if filling.sure}
    loads = (load for load in ahead.loads if load.place in sure)
    return max(loads, key=lambda load: load.value, default=None)


def _lasts(filling: Filling, run: RunColumns, layout: Layout) -> bool:
    """Whether a buffer goes on filling for a time that matters, where more is lost when it is full."""
    place = next(at for at, station in enumerate(layout.places) if station.name == filling.place)
    return filling.places > LEFT_IN * len(run.parts) and first_full(run, layout, place) is None


def _settled(
    run: RunColumns, layout: Layout, window: Window, ahead: Outlook, fills: tuple[Filling, ...]
) -> tuple[bool | None, Nanoseconds | None]:
    """Return whether the output of the window is that of the long run, and since when (ns; None: always)."""
    if not fills:
        return True, None
    if not any(filling.sure for filling in fills):
        return None, None
    more = ahead.at_first_uph / ahead.long_run_uph - 1 if ahead.long_run_uph else 0.0
    if more <= NEXT_TO_NOTHING:
        return True, None
    places = {place.name: at for at, place in enumerate(layout.places)}
    full = [first_full(run, layout, places[filling.place]) for filling in fills if filling.sure]
    known = [moment for moment in full if moment is not None]
    if len(known) < len(full):
        foreseen_at = [filling.full_at for filling in fills if filling.sure]
        return False, max((at for at in foreseen_at if at is not None), default=None)
    before = max(0, max(known) - window.start)
    return more * before <= LEFT_IN * window.length, max(known)
