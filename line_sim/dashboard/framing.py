"""The state of a running line as a frame: what the screen shows of it."""

from line_sim.dashboard.frame import (
    BLOCKED,
    BUSY,
    DOWN,
    STARVED,
    WAITING,
    Counts,
    Frame,
    Latencies,
    StationFrame,
)
from line_sim.dashboard.quantiles import histogram, merged, quantile
from line_sim.figures.names import STATES
from line_sim.inspection.outcome import Answered, TimedOut
from line_sim.line.floor import LOST, SCRAPPED, SHIPPED
from line_sim.line.parts import GOOD
from line_sim.line.records import Call
from line_sim.line.routing import Evaluation, Lane
from line_sim.live.places import PlaceState
from line_sim.live.state import LiveState
from line_sim.units import SECOND

LETTERS = dict(zip(STATES, (BUSY, WAITING, BLOCKED, STARVED, DOWN), strict=True))


def frame_of(state: LiveState) -> Frame:
    """Return a line as it is now."""
    now = state.clock()
    layout, counts = state.layout, _counts(state)
    return Frame(
        name=layout.run.scenario,
        clock=layout.run.clock,
        line_s=state.at / SECOND,
        wall_s=0.0 if state.began is None else now - state.began,
        share=_share_done(state, counts),
        stations=tuple(_station(place, now) for place in state.places),
        counts=counts,
        latencies=_latencies(state),
        takt_uph=layout.takt_uph,
    )


def _counts(state: LiveState) -> Counts:
    on_line = state.on_line
    left, lanes = state.parts.by("disposition"), state.parts.by("lane")
    shipped, scrapped, lost = (left.get((where,), 0) for where in (SHIPPED, SCRAPPED, LOST))
    ship, review = (lanes.get((lane,), 0) for lane in (Lane.SHIP, Lane.REVIEW))
    true = state.parts.by("true_state", "disposition", "evaluation")
    bad = {key: n for key, n in true.items() if key[0] != GOOD}
    looked_at = {key: n for key, n in true.items() if key[0] == GOOD and key[2]}
    return Counts(
        *(state.arrived, shipped, scrapped, lost, on_line, ship, review),
        escapes=sum(n for key, n in bad.items() if key[1] == SHIPPED),
        overkill=sum(n for key, n in looked_at.items() if key[2] != Evaluation.OK),
        good_inspected=sum(looked_at.values()),
    )


def _share_done(state: LiveState, counts: Counts) -> float:
    run = state.layout.run
    if run.items is not None:
        return (counts.shipped + counts.scrapped + counts.lost) / run.items
    return min(1.0, state.at / run.duration) if run.duration else 0.0


def _station(state: PlaceState, now: float) -> StationFrame:
    place = state.place
    return StationFrame(
        place.name,
        place.buffer,
        max(0, state.waiting),
        "".join(LETTERS[doing] for doing in state.states),
        place.inspects,
        None if place.deadline is None else place.deadline / SECOND,
        tuple(round(now - at, 4) for at in state.asked_at if at is not None),
    )


def _latencies(state: LiveState) -> Latencies:
    inspections = [place for place in state.places if place.place.inspects]
    counted = merged(durations for place in inspections for durations in place.latencies)
    ended = state.calls.by("outcome")
    calls, answers, timeouts = (
        sum(ended.values()),
        *(ended.get((outcome.name,), 0) for outcome in (Answered, TimedOut)),
    )
    deadlines = [place.place.deadline for place in inspections if place.place.deadline is not None]
    longest = max([limit for limit, _ in counted[-1:]] + deadlines, default=0)
    return Latencies(
        calls,
        timeouts,
        calls - answers - timeouts,
        tuple((f"p{share}", quantile(counted, timeouts, share / 100)) for share in (50, 90, 99)),
        longest / SECOND,
        histogram(counted, longest),
        tuple(_waited(call) for call in state.recent.copy()),
    )


def _waited(call: Call) -> float:
    """Return how long a call took in seconds; negative where it brought no answer."""
    return (call.latency if call.outcome == Answered.name else -call.latency) / SECOND
