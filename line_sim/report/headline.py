"""The one sentence to take away: what the waiting did to the line."""

from line_sim.analysis.growth.words import in_these
from line_sim.analysis.summary.summary import Summary
from line_sim.analysis.summary.verdict import NEXT_TO_NOTHING
from line_sim.figures.catalogue import TIMEOUT_RATE, USELESS_RATE
from line_sim.report.helps import between
from line_sim.report.words import percent, span, uph
from line_sim.units import counted, every


def headline(summary: Summary) -> str:
    """Say in a sentence or two what the waiting for answers did to the line."""
    late, useless = summary.figures.of(TIMEOUT_RATE), summary.figures.of(USELESS_RATE)
    if summary.locked_up:
        until, made = span(summary.window.last), counted(summary.counts.shipped, "parts")
        return f"The line locked up after {until} and {made} shipped: nothing moves any more."
    if not summary.layout.inspections:
        return "Nothing on this line waits for an inference."
    if not late.n:
        return "No inference call was made in the time that counts."
    if late.count == late.n:
        what = f"No answer came in time: {every(late.n, 'calls')} timed out, and the fallback was taken."
        return " ".join((what, _cost(summary)))
    if late.count + useless.count == late.n:
        timed_out = f"{late.count:,} of {counted(late.n, 'calls')} timed out"
        what = f"No usable answer came: {timed_out}, the others failed."
        return " ".join((what, _cost(summary)))
    return _cost(summary)


def _cost(summary: Summary) -> str:
    if summary.ended is None and not summary.throughput.shipped:
        return "The run was killed before a part was shipped: what the waiting cost cannot be said."
    throttle = summary.throttle
    if throttle is None or throttle.loss is None:
        return _waiting(summary)
    reached, possible = uph(throttle.uph), uph(throttle.uph_without_inference)
    missing = summary.figures.of(TIMEOUT_RATE).count + summary.figures.of(USELESS_RATE).count
    if throttle.loss >= NEXT_TO_NOTHING:
        what = "waiting for answers" if not missing else "waiting for answers, and doing without the missing,"
        cost = (
            f"{percent(throttle.loss)} of its output{_only_these(summary)}: {reached} instead of {possible}"
        )
        return _told(f"{what} cost the line {cost}", summary)
    if missing and throttle.loss <= -NEXT_TO_NOTHING:
        more = (
            f"The line ships {percent(-throttle.loss)} more than with answers at once{_only_these(summary)}"
        )
        return (
            f"{more}, {reached} and not {possible}: some parts that went on without one would have stopped."
        )
    useless = summary.figures.of(USELESS_RATE)
    if useless.count > NEXT_TO_NOTHING * useless.n:
        without = f"Without {useless.count:,} of {useless.n:,} answers the line made {reached}"
        unknown = "what waiting for those would have cost is not known"
        return f"{without}, and {possible} with answers at once; {unknown}."
    cost = f"next to nothing{_only_these(summary)}: {reached}, and {possible} with answers at once"
    return f"Waiting for answers cost the line {cost}{_how_sure(summary)}."


def _only_these(summary: Summary) -> str:
    """Keep a cost from being read as one of the line where that has not come to a steady state."""
    only = "which show no steady state"
    return "" if summary.settled else f" {in_these(summary.counts.arrived)}, {only}"


def _told(cost: str, summary: Summary) -> str:
    """Say what is true of this run, and what of another: what may be chance is told of this run alone."""
    shift = summary.throttle.shift if summary.throttle else None
    if shift is None or not summary.settled:
        return f"{cost[0].upper()}{cost[1:]}{_how_sure(summary)}."
    if shift.ci is None:
        return f"In this run {cost}; of another shift nothing is sure: {shift.why}."
    if not shift.sure:
        return f"In this run {cost}; a shift like this may lose nothing (95 %: {between(shift)} UPH)."
    return f"In this run {cost}; a shift like this loses {uph(shift.uph)} (95 %: {between(shift)})."


def _how_sure(summary: Summary) -> str:
    """Warn of a figure that few parts tell of."""
    if summary.throughput.batches is not None:
        return ""
    return f" (from {counted(summary.throughput.shipped, 'parts')}: too few to be sure of it)"


def _waiting(summary: Summary) -> str:
    """Say what is known without the twin: for how long the inspections stood and waited, or their gates."""
    inspecting = {station.name for station in summary.layout.places if station.decides}
    shares = {time.station: time.shares() for time in summary.stations if time.station in inspecting}
    waiting = [f"{name} {percent(share['inference_wait'])}" for name, share in shares.items() if share]
    if not waiting:
        return "No time passed."
    return f"Share of their time spent waiting for answers: {', '.join(waiting)}."
