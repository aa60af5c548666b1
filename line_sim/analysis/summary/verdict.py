"""What holds the line back, in one sentence: the place where a change helps most, the takt, or nothing."""

from dataclasses import dataclass

from line_sim.analysis.growth.outlook import THE_LINE
from line_sim.analysis.growth.words import sentence
from line_sim.analysis.summary.helps import ONE_MORE, Helps, cause_of, words
from line_sim.analysis.summary.summary import Remedies, Remedy, Summary
from line_sim.figures.latency import LatencyRow
from line_sim.units import HOUR, SECOND, counted

NEXT_TO_NOTHING = 0.005
"""The share of the output below which a loss is not worth a word."""

_WORTH_IT = 0.01  # of the output: less is no reason to say that something holds the line back
_PLAIN_TO_SEE = 0.02  # of the output: what is worth saying of this run alone

_FAR_MORE = 2
"""So many times what is sure a remedy must bring to be named though it is not sure."""

_KEEPS_UP = 0.98  # of the takt's parts leave the line again: what is missing is on its way

_TIME_TO_SPARE = 0.05

_FEWEST = 10  # parts: of fewer most of the time is that in which the line fills and empties

_LONG = 20  # takts that an answer comes after it was due

_BY = {
    "breakdowns": " by its breakdowns",
    "typical": " by its answers",
    "tail": " by its slowest answers",
    "timeouts": " by answers that do not come in time",
    "acquisition": " by taking its pictures",
    "belt": " by the belt in front of it",
    "gate": " by answers that parts wait for there",
    "buffer": " by the little room in front of it",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The station that holds the line back (None: none does), why, and the sentence that says so.

    `cause` is `cycle` (the station's own work), `breakdowns`, `acquisition` (taking the picture), `typical`,
    `tail` or `timeouts` (its answers), `buffer` (too little room in front of it), `belt` (the one in front of
    it), `gate` (parts wait there for their answers), `review` (too few reviewers), `crew` (too few people),
    `lock_up` (parts wait for each other in a circle), `takt` (nothing else), or None where nothing is known.
    """

    station: str | None
    cause: str | None
    sentence: str


def verdict(summary: Summary) -> Verdict:
    """Say what holds a line back: where a change surely brings more, else where it would have in this run."""
    why = untold(summary)
    if summary.locked_up:
        return Verdict(None, "lock_up", _of_lock_up(summary))
    if why is not None:
        return Verdict(None, None, f"Nothing can be said of what holds the line back: {why}.")
    growing = _by_growth(summary)
    if not summary.settled and growing is not None:
        return growing
    return _by_remedy(summary) or growing or _by_nothing(summary) or _by_station(summary)


def untold(summary: Summary) -> str | None:
    """Say why nothing can be said of what holds the line back or would help it; None where something can."""
    if summary.locked_up:
        return "the line has locked up"
    if summary.ended is None and not summary.throughput.shipped:
        return "the run was killed before a part was shipped"
    if _by_growth(summary) is not None:
        return None
    if summary.counts.arrived < _FEWEST:
        return _too_few(summary.counts.arrived)
    return "no time has passed" if summary.throughput.uph is None else None


def told_remedies(summary: Summary) -> Remedies | None:
    """Return what would help; None where nobody has tried, and where nothing can be said of the line."""
    return None if untold(summary) else summary.remedies


def _of_lock_up(summary: Summary) -> str:
    """Say what lets a line run on that has come to a stand."""
    circle = summary.layout.circle
    around = ", ".join((*circle, *circle[:1]))
    helps = f"more room on the way round ({around}) helps, or fewer parts that come back"
    return f"All that parts do here is wait for each other: {helps}."


def _too_few(parts: int) -> str:
    """Say nothing of a handful of parts: they pass an empty line."""
    return f"{counted(parts, 'parts')} {'is' if parts == 1 else 'are'} too few" if parts else "no part came"


def _by_growth(summary: Summary) -> Verdict | None:
    """Return what fills up; None where nothing does, and nothing was seen to grow."""
    growth = summary.growth
    told = None if growth is None else sentence(growth, summary.counts.arrived)
    if growth is None or told is None:
        return None
    limit = growth.limit
    station = None if limit is None or limit.place == THE_LINE else limit.place
    return Verdict(station, growth.cause if limit is not None else None, told)


def _by_remedy(summary: Summary) -> Verdict | None:
    """Return the place where a change would help most; None where none would by enough to be worth a word."""
    remedies, output = summary.remedies, summary.throughput
    if remedies is None or output.uph is None:
        return None
    made = output.uph or 1.0  # where nothing is shipped, every part more is worth a word
    takt = summary.takt_uph
    keeps_up = takt is not None and (output.leaving_uph or 0.0) >= _KEEPS_UP * takt
    worth = (_PLAIN_TO_SEE if keeps_up else _WORTH_IT) * made
    alike = [remedy for remedy in remedies.ranked if remedy.remedy not in ONE_MORE]
    people = max((each for each in remedies.ranked if each.remedy == _PEOPLE), key=_brings, default=None)
    if people is not None and _brings(people) >= max(worth, _FAR_MORE * max(map(_brings, alike), default=0)):
        return _sure(summary, remedies, people)
    for among in (alike, remedies.ranked):
        sure = max(among, key=_brings, default=None)
        seen = max(among, key=lambda remedy: remedy.lasting, default=None)
        if sure is not None and _brings(sure) >= worth and not _outdone(sure, seen):
            return _sure(summary, remedies, sure)
        if seen is not None and seen.lasting >= _PLAIN_TO_SEE * made:
            return _seen(summary, remedies, seen)
    return None


def _outdone(sure: Remedy, seen: Remedy | None) -> bool:
    """Whether another remedy would have brought this run far more, and is expected to, though not surely."""
    if seen is None or seen.shift is None:
        return False
    return min(seen.lasting, seen.shift.uph) > _FAR_MORE * _brings(sure)


def _brings(remedy: Remedy) -> float:
    """Return what a remedy is expected to bring in a shift like this; 0 where that is not sure."""
    return remedy.shift.uph if remedy.shift is not None and remedy.shift.sure else 0.0


def _sure(summary: Summary, remedies: Remedies, best: Remedy) -> Verdict:
    cause = _cause(summary, remedies, best)
    gain = f"{_told(_brings(best))} UPH more"
    ends = " to ".join(_told(end) for end in best.shift.ci) if best.shift and best.shift.ci else ""
    what = f"with {words(best.remedy, best.place)} a shift like this makes {gain} (95 %: {ends})"
    held = f"{best.place} holds the line back{_BY.get(cause, '')}"
    if best.remedy == _PEOPLE:
        held = f"The line is held back by too few {best.place}"
    return Verdict(best.place, cause, f"{held}: {what}.")


def _told(rate: float) -> str:
    """Write a rate without decimals, but for one of less than a part an hour."""
    return f"{rate:,.0f}" if abs(rate) >= 1 or not rate else f"{rate:.2g}"


def _seen(summary: Summary, remedies: Remedies, best: Remedy) -> Verdict:
    cause = _cause(summary, remedies, best)
    more = f"{max(1, round(best.parts)):,} parts more"
    what = f"with {words(best.remedy, best.place)} it would have shipped {more}"
    proviso = "" if best.shift is None else "; another shift may do without"
    held = f"{best.place} held this run back{_BY.get(cause, '')}"
    return Verdict(best.place, cause, f"{held}: {what}{proviso}.")


def _cause(summary: Summary, remedies: Remedies, best: Remedy) -> str:
    """Return why a place holds the line back: of a camera, by its pictures or by its answers."""
    remedy = best.remedy
    inspecting = {place.name for place in summary.layout.inspections}
    if best.place in inspecting and remedy in {Helps.FASTER, Helps.ONE_CAMERA_MORE}:
        parts = [each for each in remedies.ranked if each.place == best.place and each.remedy in _PARTS]
        remedy = max(parts, key=lambda each: each.lasting, default=best).remedy
        if best.remedy == Helps.ONE_CAMERA_MORE and _mostly_waits(summary, best.place):
            remedy = Helps.FASTER_ANSWERS
    cause = cause_of(remedy, best.place)
    causes = summary.throttle.causes if summary.throttle else None
    tail = cause == "typical" and causes is not None and causes["tail"].uph > causes["typical"].uph
    return "tail" if tail else cause


_PEOPLE = Helps.ONE_PERSON_MORE
_PARTS = (Helps.FASTER_ANSWERS, Helps.FASTER_PICTURES)


def _mostly_waits(summary: Summary, place: str) -> bool:
    """Whether a camera waits most of its time, be it for calls given up: no quicker model shortens those."""
    shares = next(time.planned_shares() for time in summary.stations if time.station == place) or {}
    return 2 * shares.get("inference_wait", 0.0) > shares.get("busy", 0.0)


def _by_nothing(summary: Summary) -> Verdict | None:
    takt, output = summary.takt_uph, summary.throughput
    if takt is None or output.uph is None:
        return None
    lasting = summary.remedies.leaving if summary.remedies else 0.0
    if max(output.leaving_uph or 0.0, lasting) >= _KEEPS_UP * takt:
        how = "it keeps up with its takt"
    elif _waits_for_parts(summary):
        how = "it takes in every part as the takt brings it"
    elif summary.remedies and summary.remedies.together < _WORTH_IT * output.uph:
        how = "it ships what comes, and would ship no more if all of it were 10 % quicker"
    else:
        return None
    return Verdict(None, "takt", f"Nothing holds the line back: {how}{_late(summary, takt)}.")


def _late(summary: Summary, takt_uph: float) -> str:
    """Say how long parts wait for their answers all the same, where that is long."""
    longest = max(
        (row.value for row in summary.latency if _is_response(row) and row.value is not None), default=0
    )
    if longest <= _LONG * HOUR / takt_uph:
        return ""
    return f", but one answer in twenty comes {longest / SECOND:,.0f} s or more after it was due"


def _is_response(row: LatencyRow) -> bool:
    return (row.quantity, row.population, row.statistic) == ("response", "all", "p95")


def _waits_for_parts(summary: Summary) -> bool:
    """Whether the first station has time to spare: it starves now and then and is hardly ever blocked."""
    first = summary.layout.places[summary.layout.entry].name
    shares = next(time.planned_shares() for time in summary.stations if time.station == first) or {}
    return shares.get("starved", 0.0) > _TIME_TO_SPARE and shares.get("blocked", 1.0) < NEXT_TO_NOTHING


def _by_station(summary: Summary) -> Verdict:
    found = summary.bottleneck
    name = found.station
    period = found.active.get(name or "")
    if name is None or period is None or period.mean is None:
        return Verdict(None, None, "No station is seen to hold the line back.")
    if name in found.belts:
        return Verdict(found.belts[name], "belt", _of_belt(name, period.mean, clear=found.clear))
    shares = next(time.planned_shares() for time in summary.stations if time.station == name) or {}
    down = shares.get("down", 0.0)
    inspecting = {station.name for station in summary.layout.inspections}
    gates = {station.name for station in summary.layout.places if station.is_gate}
    reviewing = summary.layout.review is not None and name == summary.layout.review.name
    cause = "review" if reviewing else "breakdowns" if down > shares.get("busy", 0.0) else "cycle"
    if name in gates:
        cause = "gate"
    work = "picture and answer included" if name in inspecting else f"down {100 * down:.1f} % of the time"
    if not found.clear:
        firm = "; others come close"
    else:
        firm = "" if found.agree else "; blocked and starved times do not confirm it"
    longest = f"it is active for {period.mean / SECOND:,.2f} s at a stretch, the longest of all, {work}"
    alone = "" if summary.remedies is None else "No single change that was tried would surely help. "
    return Verdict(name, cause, f"{alone}{name} holds the line back: {longest}{firm}.")


def _of_belt(name: str, longest: float, *, clear: bool) -> str:
    stretch = f"parts step on it as fast as it takes them, for {longest / SECOND:,.2f} s at a stretch"
    firm = "" if clear else "; others come close"
    return f"The {name} holds the line back: {stretch}, the longest of all{firm}."
