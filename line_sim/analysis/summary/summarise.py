"""From a run's records to its summary: the one place where the figures are put together."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from line_sim.analysis.audit.audit import audit_columns
from line_sim.analysis.growth.growth import Growth
from line_sim.analysis.lasting.lasting import Lasting
from line_sim.analysis.summary.advice import advice
from line_sim.analysis.summary.formulas import formulas
from line_sim.analysis.summary.silence import silences
from line_sim.analysis.summary.summary import Remedies, Summary, Throttle
from line_sim.figures.bottleneck import bottleneck
from line_sim.figures.catalogue import LOSS, UPH
from line_sim.figures.counts import balance, counts
from line_sim.figures.defects.catches import defects_of
from line_sim.figures.flow import Throughput, station_times
from line_sim.figures.folds import Share
from line_sim.figures.labels import labels
from line_sim.figures.latency import gate_waits, latency_rows
from line_sim.figures.measuring import measure
from line_sim.figures.mix.by_variant import by_variant
from line_sim.figures.oee import oee
from line_sim.figures.populations import EVERY_CALL, WITHOUT_PICTURE, Settled
from line_sim.figures.skew import skew
from line_sim.figures.statistics.measured import Average
from line_sim.figures.stops.crews import crew_times
from line_sim.figures.window import Window, window_of
from line_sim.layout import Layout
from line_sim.recording.reader import RunRecords, RunTables
from line_sim.recording.run_columns import RunColumns, columns_of
from line_sim.units import Nanoseconds

Compare: TypeAlias = Callable[[RunColumns, Window], Throttle | None]
"""Replays a run without what its inference costs."""
Look: TypeAlias = Callable[[RunColumns, Window], Growth]
"""Says whether a run is a steady state."""
Last: TypeAlias = Callable[[RunColumns, Window, Growth, Throughput], Lasting | None]
"""Says what the line of a run makes in the long run."""

Improve: TypeAlias = Callable[[RunColumns, Window], Remedies | None]
"""Replays a run with one thing better, for each thing that can be."""


def summarise(
    records: RunRecords | RunTables,
    layout: Layout,
    *,
    ended: str | None,
    end: Nanoseconds | None = None,
    compare: Compare | None = None,
    look: Look | None = None,
    last: Last | None = None,
    ceiling: float | None = None,
    improve: Improve | None = None,
) -> Summary:
    """Compute a run's summary from its records.

    `ended` is the word of how the run ended, None when it was killed; `end` (ns) its last moment, by
    default the last thing that happened. `compare` tells what the inference costs the line, `look` whether
    it is a steady state, `last` what it ships in the long run, `improve` what would help it. More than
    `ceiling` an hour it never ships for long.
    """
    run = columns_of(records, layout, end)
    window = window_of(run, layout)
    times = tuple(station_times(run, layout, window))
    throttle = compare(run, window) if compare else None
    loss = Average(throttle.loss if throttle else None)
    settled = Settled(run, layout, window)
    output = replace(UPH.fold.measure(settled), ceiling=None if ceiling is None else ceiling * window.hours)
    growth = look(run, window) if look else None
    summary = Summary(
        layout=layout,
        ended=ended,
        partial=records.partial,
        window=window,
        counts=counts(run),
        balance=balance(run, window),
        figures=measure(settled, {LOSS.name: loss, UPH.name: output}),
        stations=times,
        latency=latency_rows(run, layout, window),
        throttle=throttle,
        audit=audit_columns(run, layout, window, ended, times),
        bottleneck=bottleneck(run, layout, window, times),
        oee=oee(run, layout, window, times),
        skew=skew(run, layout),
        without_picture=Share(WITHOUT_PICTURE, EVERY_CALL).measure(settled).count,
        labels=labels(run, layout),
        gates=gate_waits(run, layout, window),
        crews=tuple(crew_times(run, layout, window)),
        defects=defects_of(run, layout, window),
        variants=by_variant(settled),
        formulas=formulas(run.words),
        silences=tuple(silences(run, layout, window)),
        growth=growth,
        lasting=last(run, window, growth, output) if last and growth else None,
        remedies=improve(run, window) if improve else None,
    )
    return replace(summary, warnings=tuple(advice(summary)))
