"""From a run's records to its summary: the one place where the figures are put together."""

from dataclasses import replace

from line_sim.analysis.advice import advice
from line_sim.analysis.audit import audit_columns
from line_sim.analysis.columns import columns_of
from line_sim.analysis.facts import LineFacts
from line_sim.analysis.flow import station_times, throughput
from line_sim.analysis.latency import latency_rows
from line_sim.analysis.quality import counts, failures, quality, timeouts
from line_sim.analysis.summary import Summary, Throttle
from line_sim.analysis.window import window_of
from line_sim.recording.reader import RunRecords, RunTables
from line_sim.units import Nanoseconds


def summarise(
    records: RunRecords | RunTables,
    facts: LineFacts,
    *,
    ended: str | None,
    end: Nanoseconds | None = None,
    uph_without_inference: float | None = None,
) -> Summary:
    """Compute a run's summary from its records.

    `ended` is the word of how the run ended, None when it was killed; `end` (ns) its last moment, by
    default the last thing that happened. `uph_without_inference` comes from a run of the same line
    whose inference takes no time.
    """
    run = columns_of(records, facts, end)
    window = window_of(run, facts)
    output = throughput(run, window)
    known = output.uph is not None and uph_without_inference is not None
    summary = Summary(
        facts=facts,
        ended=ended,
        partial=records.partial,
        window=window,
        counts=counts(run),
        throughput=output,
        stations=tuple(station_times(run, facts, window)),
        latency=latency_rows(run, facts, window),
        quality=quality(run, facts, window),
        timeouts=timeouts(run, window),
        failures=failures(run, window),
        throttle=Throttle(output.uph or 0.0, uph_without_inference or 0.0) if known else None,
        audit=audit_columns(run, facts, window, ended),
    )
    return replace(summary, warnings=tuple(advice(summary)))
