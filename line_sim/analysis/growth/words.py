"""What is said of growth: the sentence of a run that is no steady state, and what to do about it."""

from collections.abc import Iterator
from math import ceil
from re import sub

from line_sim.analysis.growth.growth import Growth
from line_sim.analysis.growth.long_run import Long
from line_sim.analysis.growth.outages import Outages
from line_sim.analysis.growth.outlook import THE_LINE, Filling, Load, Outlook
from line_sim.analysis.growth.rising import OUTSIDE, Rising
from line_sim.figures.stops.outages import FEWEST_OUTAGES
from line_sim.layout import REVIEW
from line_sim.units import HOUR, MINUTE, SECOND, Nanoseconds


def asked_and_made(load: Load, name: str = "it") -> str:
    """Say what comes to a place and what it makes: `it is sent 1,397 parts an hour and makes 900`."""
    asked, makes = rates(load.asked, load.makes)
    if load.place == THE_LINE:
        held_up = "as its people are too few" if load.by_people else "as its stations hold each other up"
        return f"{asked} parts come an hour and the line takes in {makes}, {held_up}"
    passes = "makes" if load.by_units is None else "its belt passes"
    return f"{name} is sent {asked} parts an hour and {passes} {makes}"


def rates(*hourly: float) -> tuple[str, ...]:
    """Write rates with so many places that none of two neighbours looks like the other."""
    places = 0 if min(hourly) >= 100 else 1
    return tuple(f"{rate:,.{places}f}" for rate in hourly)


def sentence(growth: Growth, parts: int) -> str | None:
    """Say why a run is no steady state, or what limits a line that too many come to; None: neither.

    `parts` are those that arrived in the run.
    """
    limit = growth.limit
    if limit is None:
        unsure = next((f"{_unsure(filling, parts)}." for filling in growth.fills if not filling.sure), None)
        return _risen(growth.rising) if growth.rising else unsure
    if growth.uph_settled is False:
        what = f"{limit.place} fills up: {asked_and_made(limit)}{_until(growth, limit)}"
        low = f"in the long run the line makes at most about {rates(growth.long_run_uph or 0.0)[0]} UPH"
        return f"{what}. These {parts:,} parts show no steady state; {low}."
    if limit.place == THE_LINE:
        return f"The line cannot keep up: {asked_and_made(limit)}{_rest(growth)}."
    by = " by its breakdowns" if growth.cause == "breakdowns" else ""
    return f"{limit.place} holds the line back{by}: {asked_and_made(limit)}{_rest(growth)}."


def aside(sentence: str) -> str:
    """Write the sentence for where another says what holds the line back: `review is sent ...`."""
    return sub(r" holds the line back[^:]*: it ", " ", sentence, count=1)


def _until(growth: Growth, limit: Load) -> str:
    """Say when a place is full: in the run, or by its means."""
    filling = next((each for each in growth.fills if each.place == limit.place), None)
    if filling is None or growth.settles_at is None:
        return ""
    return f", so that {_places(filling)} full after about {roughly(growth.settles_at)}"


def _rest(growth: Growth) -> str:
    if growth.outside_per_hour > 0:
        return f"; about {rates(growth.outside_per_hour)[0]} more wait every hour"
    return "; the rest is lost" if growth.lost else ""


def _risen(queues: tuple[Rising, ...]) -> str:
    """Say what was seen to rise, without a reason in the means."""
    worst = max(queues, key=lambda queue: queue.parts)
    where = "outside" if worst.place == OUTSIDE else f"in front of {worst.place}"
    more = f"{worst.parts:,} parts more wait {where} at the end than at the start"
    return f"It is no steady state: {more}, which is more than chance explains."


def in_these(parts: int) -> str:
    """Say of a figure that it is no fact about the line: `in these 300 parts`."""
    return f"in these {parts:,} parts"


def advice_of(growth: Growth, parts: int) -> Iterator[str]:
    """Yield the warnings about a run whose figures are no steady state."""
    limit, rising = growth.limit, growth.rising
    if limit is not None and growth.uph_settled is False:
        yield _still_filling(growth, limit, parts)
    elif limit is not None and growth.outside_per_hour > 0:
        more = f"about {rates(growth.outside_per_hour)[0]} parts more wait every hour"
        yield f"{more}: flow time and WIP grow with the length of the run; {_remedy(limit, growth.cause)}"
    elif limit is None and rising:
        yield f"{_risen(rising).removesuffix('.')}; run longer to see whether it goes on"
    for filling in growth.fills:
        if not filling.sure:
            yield f"{_unsure(filling, parts)}; run longer"
    for load in growth.may_fill:
        most = f"up to {rates(load.asked)[0]} parts an hour may come to {load.place}, which makes"
        few = f"the {parts:,} parts of this run are too few to say whether it fills up"
        yield f"{most} {rates(load.makes)[0]}: {few}; run longer"


def _still_filling(growth: Growth, limit: Load, parts: int) -> str:
    bound = rates(growth.long_run_uph or 0.0)[0]
    what = f"no steady state: {limit.place} is sent {100 * limit.value:.0f} % of what it makes and fills up"
    only = f"UPH and loss are those of these {parts:,} parts, and at most about {bound} UPH in the long run"
    return f"{what}: {only}; {_remedy(limit, growth.cause)}, or {_run_on(growth)}"


def _run_on(growth: Growth) -> str:
    """Say how to see the long run: a warm-up until all is full, and a run that is long beside it."""
    if growth.settles_at is None:
        return "run longer"
    minutes = ceil(growth.settles_at / MINUTE) + 1
    return f"run on for several times as long behind run.warm_up: {minutes} min"


_OTHER_REMEDIES = {
    "belt": "give the belt to {place} less travel or more places",
    "gate": "give the {place} quicker answers, more of them at a time, or a longer belt",
    "crew": "give its crews more people, or the line a longer takt",
    "blocking": "give the stations more places in front of them, or the line a longer takt",
}


def _remedy(limit: Load, cause: str | None) -> str:
    """Say what would bring a load below 1."""
    needed = ceil(limit.units * limit.value + 1e-9)
    needed = max(needed, limit.units + 1)
    match cause:
        case "review":
            return f"give review {needed} people, or send fewer parts there"
        case "breakdowns":
            return f"let {limit.place} fail less or be repaired sooner, or give it {needed} machines"
        case "belt" | "gate" | "blocking" | "crew":
            return _OTHER_REMEDIES[cause].format(place=limit.place)
        case "typical":
            apart = f"{needed} cameras whose answers do not wait for each other"
            more = apart if limit.units == 1 else "more cameras, and servers to answer them"
            return f"give {limit.place} faster answers, or {more}"
        case _:
            return f"give {limit.place} {needed} machines, or the line a longer takt"


def _unsure(filling: Filling, parts: int) -> str:
    """Say of a place whose load is above 1 by the answers seen, and may be below it by their error."""
    by = f"by the {parts:,} parts of this run, which are too few to be sure"
    return f"{filling.place} is probably filling up: {asked_and_made(filling.load)}, {by}"


def filling_up(found: Long) -> Iterator[str]:
    """Say before a run where its line will fill up, when, and what that leaves of its output."""
    ahead = found.outlook
    for filling in ahead.fills:
        load = filling.load
        if load.place == THE_LINE:
            yield f"The line cannot keep up: {asked_and_made(load)}: {_remedy(load, found.cause)}."
            continue
        full = (
            "" if filling.full_at is None else f"; {_places(filling)} full after {roughly(filling.full_at)}"
        )
        yield f"{load.place} fills up: {asked_and_made(load)}{full}."
    if ahead.overloaded and ahead.limit.place != THE_LINE:
        yield (
            f"When all is full the line takes in no more than {rates(ahead.takes_in)[0]} of the "
            f"{rates(ahead.entering)[0]} parts that come an hour: {_mended(ahead, found.cause)}."
        )
    if not found.known:
        yield from _room_for_errors(ahead)


def _mended(ahead: Outlook, cause: str | None) -> str:
    """Say what would bring the limit's load below 1, by what comes to it past the others that fill up."""
    limit = next((each.load for each in ahead.fills if each.place == ahead.limit.place), ahead.limit)
    others = [each.place for each in ahead.fills if each.place != limit.place]
    too = f"; {' and '.join(others)} must make more, too" if others else ""
    return f"{_remedy(limit, cause)}{too}"


def _room_for_errors(ahead: Outlook) -> Iterator[str]:
    """Say how many parts more a place of which nobody knows what is sent there would bear."""
    review = next((load for load in ahead.loads if load.place == REVIEW), None)
    if review is None or review.value > 1:
        return
    percent = 100 * (review.makes - review.asked) / ahead.takes_in
    room = f"{percent:.2g}" if percent < 10 else f"{percent:,.0f}"
    yield (
        f"review has room for {room} % of the parts besides those rightly sent there: "
        "more time-outs and false alarms than that, and it fills up."
    )


def _places(filling: Filling) -> str:
    if not filling.places:
        return "it is"
    return f"its {filling.places:,} places are" if filling.places != 1 else "its place is"


def few_outages(outages: Outages, takes_in: float) -> str:
    """Say that the outages of a station are too few, and how many parts would show enough of them."""
    failing = outages.failing
    parts = _rounded_up(FEWEST_OUTAGES / failing.per_hour * takes_in)
    seen = f"sees about {outages.expected:.2g}" if outages.seen is None else f"saw {outages.seen}"
    down = f"it is down for {100 * failing.down:.1f} % of the time in the long run"
    few = f"this run {seen} of its outages, and figures that depend on them need about {FEWEST_OUTAGES}"
    return f"{failing.place}: {down}; {few}; run {parts:,} parts"


def _rounded_up(parts: float) -> int:
    """Round up to two digits: more would be a precision that the number has not."""
    size: int = 10 ** max(0, len(str(int(parts))) - 2)
    return ceil(parts / size) * size


def roughly(moment: Nanoseconds) -> str:
    """Write a moment roughly: `0.24 s`, `45 s`, `3.6 min`, `12 h`."""
    if moment < 10 * SECOND:
        return f"{moment / SECOND:.2g} s"
    if moment < 2 * MINUTE:
        return f"{moment / SECOND:.0f} s"
    return f"{moment / MINUTE:.1f} min" if moment < 2 * HOUR else f"{moment / HOUR:,.0f} h"
