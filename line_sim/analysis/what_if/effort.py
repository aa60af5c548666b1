"""How many parts a replay may have, so that all of them take some seconds, or a few times what the run took.

It is reckoned in steps, a part at a place or an outage, of which a machine runs some 300,000 in a second, and
from the run's own records: the same run is told in the same way on every machine, however quick it is.
"""

from line_sim.analysis.what_if.modelled import never_busy
from line_sim.analysis.what_if.replay.recursion import knows_line
from line_sim.recording.run_columns import RunColumns
from line_sim.scenario.model import Inspection, Scenario

STEPS = 400_000
"""Steps that the replays of one kind may have together, at least; there are four kinds."""

OF_THE_RUN = 1
"""So many times the run's own steps they may have where that is more."""

FEWEST = 300
"""Parts that are replayed however long that takes."""

QUICKER = 7
"""So many times the recursion is than running SimPy's line."""


def parts_each(scenario: Scenario, run: RunColumns, replays: int) -> int:
    """Return how many parts each of so many replays of a run's line may have."""
    steps = sum(len(run.visits(place)) + len(run.outages(place)) for place in run.places)
    allowed = max(STEPS, OF_THE_RUN * steps) * (QUICKER if _worked_out(scenario) else 1)
    return int(allowed * len(run.parts) / max(1, steps * replays))


def _worked_out(scenario: Scenario) -> bool:
    """Whether the recursion knows the line; that some change to it may be known or not is left out."""
    return knows_line(scenario, {spec.name: _foreknown(scenario, spec) for spec in scenario.inspections})


def _foreknown(scenario: Scenario, spec: Inspection) -> bool:
    """Whether an inspection's answers are known before they are asked for."""
    return spec.gateway.model is None or never_busy(scenario, spec)
