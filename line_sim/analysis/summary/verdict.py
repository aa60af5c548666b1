"""What holds the line back, in one sentence: its inference, its takt, or one of its stations."""

from dataclasses import dataclass

from line_sim.analysis.growth.outlook import THE_LINE
from line_sim.analysis.growth.words import sentence
from line_sim.analysis.summary.summary import Summary
from line_sim.layout import REVIEW
from line_sim.units import SECOND

NEXT_TO_NOTHING = 0.005
"""The share of the output below which a loss is not worth a word."""

_KEEPS_UP = 0.98  # of the takt's parts leave the line again: what is missing is on its way

_TIME_TO_SPARE = 0.05

_COSTS = {
    "typical": "the usual time of an answer costs",
    "tail": "the slowest answers, those above p99, cost",
    "timeouts": "doing without answers that did not come costs",
    "review": "the parts that an inspection could not pass fill it, which costs",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The station that holds the line back (None: none does), why, and the sentence that says so.

    `cause` is one of the throttle's causes, `takt`, `cycle` (the station's own work), `breakdowns`,
    `belt` (the one in front of the station), `review` (too few reviewers), or None where nothing is known.
    """

    station: str | None
    cause: str | None
    sentence: str


def verdict(summary: Summary) -> Verdict:
    """Say what holds a line back: a loss that may be chance is blamed only where nothing else speaks."""
    if summary.ended is None and not summary.throughput.shipped:
        what = "the run was killed before a part was shipped"
        return Verdict(None, None, f"Nothing can be said of what holds the line back: {what}.")
    inference, sure = _by_inference(summary)
    growing = _by_growth(summary)
    if growing is not None and not (sure and summary.settled):
        return growing
    if inference is not None and sure:
        return inference
    return _by_nothing(summary) or inference or _by_station(summary)


def _by_growth(summary: Summary) -> Verdict | None:
    """Return what fills up; None where nothing does, and nothing was seen to grow."""
    growth = summary.growth
    told = None if growth is None else sentence(growth, summary.counts.arrived)
    if growth is None or told is None:
        return None
    limit = growth.limit
    station = None if limit is None or limit.place == THE_LINE else limit.place
    return Verdict(station, growth.cause if limit is not None else None, told)


def _by_inference(summary: Summary) -> tuple[Verdict | None, bool]:
    """Return what inference costs where it is worth a word, and whether the parts are enough to be sure."""
    throttle = summary.throttle
    if throttle is None or not throttle.causes or throttle.loss is None or throttle.loss < NEXT_TO_NOTHING:
        return None, False
    cause, cost = max(throttle.causes.items(), key=lambda pair: pair[1].uph)
    inspection = throttle.one_more.station if throttle.one_more else summary.layout.inspections[0].name
    station = REVIEW if cause == "review" else inspection
    what = f"{cost.uph:,.0f} of the {throttle.uph_without_inference:,.0f} UPH that it could make"
    sure = cost.ci is None or cost.ci[0] > 0
    proviso = "" if sure else " (too few parts to be sure)"
    return Verdict(station, cause, f"{station} holds the line back: {_COSTS[cause]} {what}{proviso}."), sure


def _by_nothing(summary: Summary) -> Verdict | None:
    takt, output = summary.layout.takt_uph, summary.throughput
    if output.uph is None:
        return Verdict(None, None, "Nothing can be said of what holds the line back: no time has passed.")
    if takt is None:
        return None
    if output.leaving_uph is not None and output.leaving_uph >= _KEEPS_UP * takt:
        return Verdict(None, "takt", "Nothing holds the line back: it keeps up with its takt.")
    if _waits_for_parts(summary):
        return Verdict(
            None, "takt", "Nothing holds the line back: it takes in every part as the takt brings it."
        )
    return None


def _waits_for_parts(summary: Summary) -> bool:
    """Whether the first station has time to spare: it starves now and then and is hardly ever blocked."""
    first = summary.layout.places[summary.layout.entry].name
    shares = next(time.shares() for time in summary.stations if time.station == first) or {}
    return shares.get("starved", 0.0) > _TIME_TO_SPARE and shares.get("blocked", 1.0) < NEXT_TO_NOTHING


def _by_station(summary: Summary) -> Verdict:
    found = summary.bottleneck
    name = found.station
    period = found.active.get(name or "")
    if name is None or period is None or period.mean is None:
        return Verdict(None, None, "No station is seen to hold the line back.")
    if name in found.belts:
        return Verdict(found.belts[name], "belt", _of_belt(name, period.mean, clear=found.clear))
    shares = next(time.shares() for time in summary.stations if time.station == name) or {}
    down = shares.get("down", 0.0)
    inspecting = {station.name for station in summary.layout.inspections}
    reviewing = summary.layout.review is not None and name == summary.layout.review.name
    cause = "review" if reviewing else "breakdowns" if down > shares.get("busy", 0.0) else "cycle"
    work = "picture and answer included" if name in inspecting else f"down {100 * down:.1f} % of the time"
    if not found.clear:
        firm = "; others come close"
    else:
        firm = "" if found.agree else "; blocked and starved times do not confirm it"
    longest = f"it is active for {period.mean / SECOND:,.2f} s at a stretch, the longest of all, {work}"
    return Verdict(name, cause, f"{name} holds the line back: {longest}{firm}.")


def _of_belt(name: str, longest: float, *, clear: bool) -> str:
    stretch = f"parts step on it as fast as it takes them, for {longest / SECOND:,.2f} s at a stretch"
    firm = "" if clear else "; others come close"
    return f"The {name} holds the line back: {stretch}, the longest of all{firm}."
