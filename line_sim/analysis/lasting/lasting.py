"""What the line ships an hour in the long run, as far as a single run and the scenario's means tell."""

from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

import numpy as np

from line_sim.analysis.growth.growth import Growth
from line_sim.analysis.growth.long_run import Forecast
from line_sim.analysis.growth.means import PlaceMeans, answers_alone, foreseen
from line_sim.analysis.growth.mixed import unsure
from line_sim.analysis.growth.outlook import Outlook
from line_sim.analysis.growth.pilot import intake
from line_sim.analysis.lasting.ceiling import ceiling_of
from line_sim.analysis.lasting.controls import Control, Seen
from line_sim.analysis.lasting.rare import too_rare
from line_sim.figures.catalogue import UPH
from line_sim.figures.flow import Throughput
from line_sim.figures.populations import Settled
from line_sim.figures.statistics.batch_means import BATCHES
from line_sim.figures.statistics.controlled import Controlled, controlled
from line_sim.figures.statistics.rates import Interval
from line_sim.figures.window import Window
from line_sim.layout import Layout, layout_of
from line_sim.recording.run_columns import FloatArray, RunColumns
from line_sim.scenario.model import Scenario

By: TypeAlias = Literal["means", "controls"]

PAYS = 0.9
"""An interval that is not narrower than this share of the run's own tells nothing new."""


@dataclass(frozen=True, slots=True)
class Lasting:
    """What is shipped an hour in the long run (None: `why` it is not told), and the 95 % interval.

    `by`: the `means` of the scenario say it alone, so that it is known and has no interval; or `controls`
    took out of the run's own output what chance did there. `excess` is what it did, as a share of the time of
    a machine: `down` beyond what its breakdowns make, `work` that took longer, `review` that had more to do;
    `shifts` is by how many UPH taking each out moved the output.
    """

    uph: float | None
    ci: Interval | None = None
    by: By | None = None
    excess: dict[str, float] = field(default_factory=dict)
    shifts: dict[str, float] = field(default_factory=dict)
    why: str = ""


def lasting_of(
    scenario: Scenario, run: RunColumns, window: Window, growth: Growth, output: Throughput
) -> Lasting | None:
    """Return what the line makes in the long run; None where its means are not known, as with real servers.

    `output` is what the run itself made.
    """
    if len(foreseen(scenario)) < len(scenario.inspections):
        return None
    line = Forecast(scenario, foreseen(scenario), (run, window))
    found = line.by_means()
    if found is None:
        return None
    means, ahead = found
    if (
        not unsure(scenario)
        and all(map(answers_alone, scenario.inspections))
        and _keeps_up(scenario, means, ahead)
    ):
        return Lasting(ahead.long_run_uph, by="means")
    why = _only_a_run_tells(line.layout)
    why = why or ("" if growth.uph_settled is True else "the run is no steady state")
    loads = [load.value for load in ahead.loads]
    why = why or unsure(scenario) or too_rare(run, line.layout, window, means, loads)
    return Lasting(None, why=why) if why else _adjusted(scenario, run, window, means, ahead, output)


def _only_a_run_tells(layout: Layout) -> str | None:
    """Say why no means tell of a line; None where they may."""
    if layout.comes is not None or any(place.shifts is not None for place in layout.places):
        return "the line keeps hours: no stretch of the run is like the next"
    return "stations share people: only a run tells how long they wait for them" if layout.crews else None


def _keeps_up(scenario: Scenario, means: tuple[PlaceMeans, ...], ahead: Outlook) -> bool:
    """Whether the line surely takes in every part that comes, so that it ships what comes of them."""
    arrivals = scenario.arrivals
    if arrivals.every is None or arrivals.on_full == "lose" or ahead.limit.value >= 1:
        return False
    if not Forecast(scenario, {}).may_be_held_up(ahead):
        return True
    fed = intake(scenario, means, ahead.entering)
    alone = len(means) == 1 and not layout_of(scenario).crews
    return alone if fed is None else fed.low > ahead.entering  # a lone place is held up by none


def _adjusted(
    scenario: Scenario,
    run: RunColumns,
    window: Window,
    means: tuple[PlaceMeans, ...],
    ahead: Outlook,
    output: Throughput,
) -> Lasting:
    """Free the run's output of what chance did to the things whose means the scenario knows."""
    layout = layout_of(scenario)
    rates, edges = UPH.fold.stretches(Settled(run, layout, window)), window.stretches(BATCHES)
    if rates is None or edges is None:
        return Lasting(None, why="the parts are too few")
    unsure = tuple(spec.name for spec in scenario.inspections if not answers_alone(spec))
    loads = [load.value for load in ahead.loads]
    seen = Seen(run, layout, window, np.array(edges), means, loads, unsure)
    controls = tuple(seen.controls(scenario.product.mean_defect_rate))
    found = controlled(rates, _rows(controls))
    if found is None:
        return Lasting(None, why="nothing whose mean is known varied")
    if output.ci is not None and found.high - found.low > PAYS * (output.ci[1] - output.ci[0]):
        return Lasting(None, why="what chance did there explains too little of the output")
    return _below(ceiling_of(scenario), _told(found, controls))


def _rows(controls: tuple[Control, ...]) -> FloatArray:
    return np.array([control.excess for control in controls]).reshape(len(controls), BATCHES)


def _told(found: Controlled, controls: tuple[Control, ...]) -> Lasting:
    names = [control.name for control in controls]
    return Lasting(
        max(0.0, found.mean),
        (max(0.0, found.low), max(0.0, found.high)),
        "controls",
        {control.name: float(control.excess.mean()) for control in controls},
        dict(zip(names, found.shifts, strict=True)),
    )


def _below(ceiling: float | None, told: Lasting) -> Lasting:
    """Leave nothing above what takt and stations let pass."""
    if ceiling is None or told.uph is None or told.ci is None:
        return told
    low, high = (min(ceiling, end) for end in told.ci)
    return replace(told, uph=min(ceiling, told.uph), ci=(low, high))
