"""What a reader of the figures must know before believing them; each warning ends with what to do."""

from collections.abc import Iterator

from line_sim.analysis.summary.summary import Summary
from line_sim.analysis.summary.unmatched import unmatched
from line_sim.figures.catalogue import USELESS_RATE
from line_sim.figures.statistics.batch_means import FEWEST_IN_BATCHES
from line_sim.figures.statistics.quantiles import QUANTILES, fewest_for_interval
from line_sim.units import counted, duration_text, every, milliseconds_text

_EXPECTED = ("p50", "p90", "p95", "p99")  # p99.9 needs 3688 calls: its absence is the rule, no warning


def advice(summary: Summary) -> Iterator[str]:
    """Yield the warnings about a summary, the gravest first."""
    yield from _trust(summary)
    yield from summary.window.notes
    yield from _output(summary)
    yield from _calls(summary)
    for told in summary.labels:
        yield from unmatched(told)
    yield from _skew(summary)
    for station in summary.layout.inspections:
        yield from _answers(summary, station.name)


def _trust(summary: Summary) -> Iterator[str]:
    failed = [name for name, check in summary.audit.items() if not check.passed]
    if failed:
        names = ", ".join(failed)
        yield f"the audit failed ({names}): do not use these figures; report it with the run's folder"
    if summary.ended is None:
        yield "the run was killed and what it did last is missing; run it again for figures to quote"
    if summary.partial:
        yield "the last row of a file was torn off and is left out; run it again for figures to quote"


def _output(summary: Summary) -> Iterator[str]:
    output = summary.throughput
    if output.batches is None:
        needed = f"an interval for UPH needs {FEWEST_IN_BATCHES}"
        yield f"{counted(output.shipped, 'parts')} shipped in the window, {needed}; run longer"
    elif output.batches.resembling:
        worth = f"20 stretches are worth {output.batches.effective:.0f}"
        lag = f"lag-1 autocorrelation {output.batches.autocorrelation:.2f}, {worth}"
        yield f"UPH is less sure than its interval says: one stretch resembles the next ({lag}); run longer"


def _calls(summary: Summary) -> Iterator[str]:
    useless, unsent = summary.figures.of(USELESS_RATE), summary.without_picture
    if unsent:
        share = f"{unsent} of {counted(useless.n, 'calls')} had no picture to send"
        why = "the files could not be read by then, for reasons that run.json gives"
        yield f"{share} (NO_PICTURE in calls.csv): {why}; leave the folder alone while the line runs"
    if useless.count > unsent:
        share = f"{useless.count - unsent} of {counted(useless.n, 'calls')}"
        what = f"{share} met no server or an answer without use"
        yield f"{what}; see status in calls.csv, and server.log where the embedded server ended"


def _skew(summary: Summary) -> Iterator[str]:
    skew = summary.skew
    if skew is None or skew.within or skew.p99 is None:
        return
    late = f"1 of 100 calls left at least {milliseconds_text(skew.p99)} late"
    yield (
        f"{late} (budget {duration_text(skew.budget)}), so calls overlapped otherwise than on a real line; "
        "keep the machine free of other work, give the server one of its own, or raise run.skew_budget"
    )


def _answers(summary: Summary, station: str) -> Iterator[str]:
    head = next(row for row in summary.latency if row.station == station)
    calls, are = counted(head.n, "calls"), "is" if head.n == 1 else "are"
    if head.n and head.censored == head.n:
        cut = f"{every(head.n, 'calls')} timed out: no latency is known"
        yield f"{station}: {cut}; raise the deadline or speed up the model"
        return
    if head.censored:
        cut = f"{head.censored} of {calls} timed out: what lies beyond the deadline is not known"
        yield f"{station}: {cut}; raise the deadline to see it"
    lacking = {name: fewest_for_interval(QUANTILES[name]) for name in _EXPECTED}
    short = [f"{name} needs {needed}" for name, needed in lacking.items() if head.n < needed]
    if short:
        yield f"{station}: {calls} {are} too few for an interval: {', '.join(short)}; run more parts"
