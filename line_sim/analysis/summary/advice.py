"""What a reader of the figures must know before believing them; each warning ends with what to do."""

from collections.abc import Iterator

from line_sim.analysis.growth.words import advice_of
from line_sim.analysis.summary.formulas import told_formulas
from line_sim.analysis.summary.summary import Summary
from line_sim.analysis.summary.unmatched import unmatched
from line_sim.figures.catalogue import USELESS_RATE
from line_sim.figures.latency import LatencyRow
from line_sim.figures.statistics.batch_means import FEWEST_IN_BATCHES
from line_sim.figures.statistics.quantiles import QUANTILES, fewest_for_interval
from line_sim.line.line import STOPPED
from line_sim.units import Nanoseconds, counted, duration_text, every, milliseconds_text

_EXPECTED = ("p50", "p90", "p95", "p99")  # p99.9 needs 3688 calls: its absence is the rule, no warning


def advice(summary: Summary) -> Iterator[str]:
    """Yield the warnings about a summary, the gravest first."""
    yield from _trust(summary)
    if not summary.locked_up:  # no longer run tells more: it ends in the same moment
        yield from _length(summary)
    yield from _calls(summary)
    for told in summary.labels:
        yield from unmatched(told)
    yield from told_formulas(summary.formulas)
    yield from _skew(summary)
    for station in summary.layout.inspections:
        yield from _answers(summary, station.name, station.deadline)


def _length(summary: Summary) -> Iterator[str]:
    """Yield what a longer run would tell of the line as a whole."""
    if summary.growth is not None:
        yield from advice_of(summary.growth, summary.counts.arrived)
    yield from summary.window.notes
    yield from _output(summary)


def _trust(summary: Summary) -> Iterator[str]:
    failed = [name for name, check in summary.audit.items() if not check.passed]
    if failed:
        names = ", ".join(failed)
        yield f"the audit failed ({names}): do not use these figures; report it with the run's folder"
    if summary.ended is None:
        yield "the run was killed and what it did last is missing; run it again for figures to quote"
    if summary.ended == STOPPED:
        why = "the line was stopped before its end, for a reason that run.json gives"
        yield f"{why}: these figures are of what came before; mend it and run again for more"
    if summary.locked_up:
        around = ", ".join((*summary.layout.circle, *summary.layout.circle[:1]))
        why = "the line locked up: these figures are of what came before"
        yield f"{why}; give the way round ({around}) more room, or let fewer parts come back"
    if summary.partial:
        yield "the last row of a file was torn off and is left out; run it again for figures to quote"


def _output(summary: Summary) -> Iterator[str]:
    output = summary.throughput
    if output.uneven and output.lack is not None:
        yield f"UPH and WIP have no interval: {output.lack.text}; --replications 10 gives them one"
        return
    if output.batches is None:
        needed = f"an interval for UPH needs {FEWEST_IN_BATCHES}"
        yield f"{counted(output.shipped, 'parts')} shipped in the window, {needed}; run longer"
        return
    if output.batches.resembling:
        worth = f"20 stretches are worth {int(output.batches.effective)}"
        lag = f"lag-1 autocorrelation {output.batches.autocorrelation:.2f}, {worth}"
        what = "there is none" if output.batches.lack else "it is wider for that"
        yield f"the interval of UPH: one stretch resembles the next ({lag}), and {what}; run longer"
    if output.few:
        uph = (
            "UPH has no interval" if output.lack else "the interval of UPH leaves room for what they may cost"
        )
        without = "flow time, WIP and response have none"
        yield f"{output.few[0].lack.text}: {uph}, and {without}; run longer"


def _calls(summary: Summary) -> Iterator[str]:
    useless, unsent = summary.figures.of(USELESS_RATE), summary.without_picture
    if unsent:
        share = f"{unsent} of {counted(useless.n, 'calls')} had no picture to send"
        why = "the files could not be read by then, for reasons that run.json gives"
        yield f"{share} (NO_PICTURE in calls.csv): {why}; leave the folder alone while the line runs"
    yield from (silence.warning for silence in summary.silences)
    unread = useless.count - unsent - sum(silence.calls for silence in summary.silences)
    if unread > 0:
        what = f"{unread} of {counted(useless.n, 'calls')} brought an answer without use"
        yield f"{what}; see status in calls.csv, and without_use in run.json"


def _skew(summary: Summary) -> Iterator[str]:
    skew = summary.skew
    if skew is None or skew.within or skew.p99 is None:
        return
    late = f"1 of 100 calls left at least {milliseconds_text(skew.p99)} late"
    yield (
        f"{late} (budget {duration_text(skew.budget)}), so calls overlapped otherwise than on a real line; "
        "keep the machine free of other work, give the server one of its own, or raise run.skew_budget"
    )


def _answers(summary: Summary, station: str, deadline: Nanoseconds | None) -> Iterator[str]:
    head = next(row for row in summary.latency if row.station == station)
    yield from _censored(head, deadline)
    if summary.locked_up or (head.n and head.censored == head.n):
        return
    yield from _without_interval(summary, station, head.n)


def _without_interval(summary: Summary, station: str, n: int) -> Iterator[str]:
    """Yield which quantiles have no interval: of too few calls, or of too many that resemble each other."""
    lacking = {name: fewest_for_interval(QUANTILES[name]) for name in _EXPECTED}
    short = [f"{name} needs {needed}" for name, needed in lacking.items() if n < needed]
    if short:
        calls, are = counted(n, "calls"), "is" if n == 1 else "are"
        yield f"{station}: {calls} {are} too few for an interval: {', '.join(short)}; run more parts"
    alike = [
        f"{row.quantity} {row.statistic} ({row.lack.short})"
        for row in summary.latency
        if (row.station, row.population) == (station, "all")
        and row.quantity != "schedule_slip"
        and row.statistic in _EXPECTED
        and row.lack
        and row.lack.reason == "alike"
    ]
    if alike:
        why = "calls resemble their neighbours, and are worth fewer independent ones than an interval needs"
        yield f"{station}: {why}: {', '.join(alike)}; run longer"


def _censored(head: LatencyRow, deadline: Nanoseconds | None) -> Iterator[str]:
    """Say what the calls that were given up leave open; a replay cannot know more than its recording."""
    name, count = head.station, f"{head.censored} of {counted(head.n, 'calls')}"
    if head.waited is not None and head.given_up_early(deadline):
        cut = f"{count} were given up, some of them after {milliseconds_text(head.waited)} as recorded"
        yield f"{name}: {cut}: what lies beyond that is not known; record with a longer deadline to see it"
    elif head.n and head.censored == head.n:
        cut = f"{every(head.n, 'calls')} timed out: no latency is known"
        yield f"{name}: {cut}; raise the deadline or speed up the model"
    elif head.censored:
        cut = f"{count} timed out: what lies beyond the deadline is not known"
        yield f"{name}: {cut}; raise the deadline to see it"
