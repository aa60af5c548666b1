"""The state of a running line as a frame: what the screen shows of it."""

from collections.abc import Iterator

from line_sim.dashboard.frame import (
    BLOCKED,
    BUSY,
    DOWN,
    OFF,
    STARVED,
    WAITING,
    Counts,
    Frame,
    Latencies,
    ShareFrame,
    StationFrame,
)
from line_sim.dashboard.quantiles import histogram, merged, quantile
from line_sim.figures.catalogue import CATALOGUE, TIMEOUT_RATE, UPH
from line_sim.figures.names import ALL_STATES
from line_sim.figures.populations import Over
from line_sim.inspection.outcome import Answered
from line_sim.layout import Lane
from line_sim.line.records import LOST, SCRAPPED, SHIPPED, Call
from line_sim.live.figures import LiveFigures, live_figures
from line_sim.live.places import PlaceState
from line_sim.live.state import LiveState
from line_sim.units import SECOND, Nanoseconds

LETTERS = dict(zip(ALL_STATES, (BUSY, WAITING, BLOCKED, STARVED, DOWN, OFF), strict=True))


def frame_of(state: LiveState) -> Frame:
    """Return a line as it is now."""
    now = state.clock()
    layout, figures, counts = state.layout, live_figures(state), _counts(state)
    return Frame(
        name=layout.run.scenario,
        clock=layout.run.clock,
        line_s=state.at / SECOND,
        wall_s=0.0 if state.began is None else now - state.began,
        share=_share_done(state, counts),
        stations=tuple(_station(place, now, state.at) for place in state.places),
        counts=counts,
        latencies=_latencies(state, figures),
        shares=tuple(_shares(figures)),
        uph=figures.per_hour[UPH.name],
        takt_uph=layout.takt_between(figures.window.start, figures.window.end),
        from_s=figures.window.start / SECOND,
        auto=layout.run.warm_up == "auto",
    )


def _counts(state: LiveState) -> Counts:
    on_line = state.on_line
    left, lanes = state.parts.by("disposition"), state.parts.by("lane")
    shipped, scrapped, lost = (left.get((where,), 0) for where in (SHIPPED, SCRAPPED, LOST))
    ship, review = (lanes.get((lane,), 0) for lane in (Lane.SHIP, Lane.REVIEW))
    return Counts(state.arrived, shipped, scrapped, lost, on_line, ship, review)


def _share_done(state: LiveState, counts: Counts) -> float:
    run = state.layout.run
    if run.items is not None:
        return (counts.shipped + counts.scrapped + counts.lost) / run.items
    return min(1.0, state.at / run.duration) if run.duration else 0.0


def _station(state: PlaceState, now: float, at: Nanoseconds) -> StationFrame:
    place = state.place
    return StationFrame(
        place.name,
        place.buffer,
        max(0, state.waiting),
        "".join(LETTERS[doing] for doing in state.now(at)),
        place.inspects,
        None if place.deadline is None else place.deadline / SECOND,
        tuple(round(now - at, 4) for at in tuple(state.open_calls.values())),
        None if state.silent_since is None else round(now - state.silent_since, 4),
        place.at_gate,
        place.is_gate,
    )


def _shares(figures: LiveFigures) -> Iterator[ShareFrame]:
    """Yield the shares that there is something to say of; a rare one only where it is not 0."""
    for figure in CATALOGUE:
        told = figures.shares.get(figure.name)
        if told is not None and (told.count or not figure.rare):
            marked = bool(told.count) and (figure.tile or figure.rare)
            of_calls = figure.fold.over is Over.CALLS
            yield ShareFrame(figure.name, figure.by or figure.short, told.count, told.n, of_calls, marked)


def _latencies(state: LiveState, figures: LiveFigures) -> Latencies:
    """Tell of the calls of the window: those of the warm-up are left out where it is cut."""
    inspections = [place for place in state.places if place.place.inspects]
    cut = figures.window.start > 0
    counted = merged(
        durations
        for place in inspections
        for durations in ((place.settled,) if cut else (place.early, place.settled))
        if durations is not None
    )
    late = figures.shares[TIMEOUT_RATE.name]
    deadlines = [place.place.deadline for place in inspections if place.place.deadline is not None]
    longest = max([limit for limit, _ in counted[-1:]] + deadlines, default=0)
    return Latencies(
        late.n,
        tuple((f"p{share}", quantile(counted, late.count, share / 100)) for share in (50, 90, 99)),
        longest / SECOND,
        histogram(counted, longest),
        tuple(_waited(call) for call in state.recent.copy()),
    )


def _waited(call: Call) -> float:
    """Return how long a call took in seconds; negative where it brought no answer."""
    return (call.latency if call.outcome == Answered.name else -call.latency) / SECOND
