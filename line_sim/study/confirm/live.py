"""The live runs: the same line with the same seed on the real server, one after the other."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from line_sim.analysis.summary.as_json import summary_json
from line_sim.figures.names import figures_of
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.recording.reader import read_run
from line_sim.recording.whole import read_object
from line_sim.scenario import Scenario
from line_sim.simulation import simulate
from line_sim.study.confirm.latencies import ByStation, latencies_of, quantiles_of
from line_sim.study.kpis import Figures

Narrate = Callable[[str], None]
Meter = Callable[[], Callable[[], float | None]]
"""Called when a run begins; what it returns is called at its end, and says what share of the machine's
processors others took meanwhile (None: nobody knows)."""


@dataclass(frozen=True, slots=True)
class LiveRun:
    """One live run; `whole` is False where a stop was wished before it was over.

    `seconds` is what the line took by the wall, from its first part to its end; `parts` arrived in it.
    """

    number: int
    folder: Path
    ended: str | None
    whole: bool
    audit_passed: bool
    seconds: float
    foreign_load: float | None
    parts: int
    figures: Figures
    latencies: ByStation


def folder_name(number: int) -> str:
    """Return the name of a live run's folder: `live-1`."""
    return f"live-{number}"


def live_runs(
    scenario: Scenario,
    folder: Path,
    runs: int,
    asked: Sequence[str],
    meter: Meter,
    narrate: Narrate,
    interrupt: Interrupt,
) -> Iterator[LiveRun]:
    """Run the line so many times and yield each as soon as it is over; none is begun once a stop is wished.

    Raises what `simulate` raises.
    """
    for number in range(1, runs + 1):
        if _stopped(interrupt):
            return
        narrate(f"live run {number} of {runs}")
        try:
            yield _live_run(scenario, folder / folder_name(number), number, asked, meter, narrate, interrupt)
        except KeyboardInterrupt:  # the wish came before the first part, or a second one in the middle
            if not _stopped(interrupt):
                raise
            return


def _stopped(interrupt: Interrupt) -> bool:
    """Whether a stop is wished by now; a signal may wish it at any moment."""
    return interrupt.wished


def _live_run(
    scenario: Scenario,
    folder: Path,
    number: int,
    asked: Sequence[str],
    meter: Meter,
    narrate: Narrate,
    interrupt: Interrupt,
) -> LiveRun:
    load = meter()
    result = simulate(scenario, folder, narrate=narrate, interrupt=interrupt)
    foreign = load()
    numbers = summary_json(result.summary)
    return LiveRun(
        number,
        folder,
        result.ended,
        result.ended != "interrupted",
        result.summary.audit_passed,
        _seconds_of(read_object(folder / "run.json")),
        foreign,
        result.summary.counts.arrived,
        figures_of(numbers, layout_of(scenario)),
        quantiles_of(latencies_of(read_run(folder).calls, asked)),
    )


def _seconds_of(info: Mapping[str, Any]) -> float:
    """Return how long a run was at work, from what it wrote of itself."""
    began, ended = (datetime.fromisoformat(info[key]) for key in ("started", "finished"))
    return (ended - began).total_seconds()
