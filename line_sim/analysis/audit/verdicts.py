"""What an answer asks for, said a second time: evaluations and lanes in the audit's own words.

They are written from the contract - "a part whose evaluation is OK goes on along the line; any other goes to
review", and what is Undefined follows `on_no_result` - and share nothing with the line's own, so that a
mistake there is not made here, too.
"""

import numpy as np

from line_sim.analysis.audit.check import Run
from line_sim.layout import Exit, Lane
from line_sim.recording.run_columns import NONE, FloatArray, IntArray
from line_sim.scenario.model import ShipWhen

EVALUATIONS = OK, NOT_OK, NOT_DECIDABLE, UNDEFINED = ("OK", "NotOK", "NotDecidable", "Undefined")
"""The words of items.csv; the audit tells an evaluation by its index here, NONE where nothing was asked."""

LANES = tuple(Lane)
"""Here, too, a lane is told by its index."""

SHIPPED, SCRAPPED, _STOPPED, _NO_WAY = -3, -4, -5, -6
_OFF_THE_LINE = {Exit.SHIPPED: SHIPPED, Exit.SCRAPPED: SCRAPPED, Exit.HALT: _STOPPED}
"""Where a way leads that leads to no place; -1 and -2 are taken, see `Walk.after`."""

_ANSWERED = "answered"


def judged(run: Run, ship_when: ShipWhen, outcome: IntArray, label: IntArray, score: FloatArray) -> IntArray:
    """Return the evaluation that each answer deserves; the columns are those of calls.csv."""
    code = run.columns.code
    labels = [code(label) for label in ship_when.labels]
    usable = (outcome == code(_ANSWERED)) & ~np.isnan(score)
    right = np.isin(label, [label for label in labels if label != NONE])
    verdict = np.where(right, EVALUATIONS.index(OK), EVALUATIONS.index(NOT_OK))
    verdict[~(score >= ship_when.score_at_least)] = EVALUATIONS.index(NOT_DECIDABLE)
    verdict[~usable] = EVALUATIONS.index(UNDEFINED)
    return verdict


def sent(run: Run, place: int, evaluations: IntArray) -> tuple[IntArray, IntArray]:
    """Return the lane of each evaluation at an inspection, and where that leads: a place, or off the line."""
    station, ways = run.layout.places[place], run.layout.ways_from(run.layout.decider_of(place))
    lanes = [_lane(evaluation, station.on_no_result) for evaluation in EVALUATIONS]
    to = [_goal(ways.get(lane)) for lane in lanes]
    return np.array([LANES.index(lane) for lane in lanes])[evaluations], np.array(to)[evaluations]


def _goal(to: int | Exit | None) -> int:
    if to is None:
        return _NO_WAY
    return _OFF_THE_LINE[to] if isinstance(to, Exit) else to


def _lane(evaluation: str, on_no_result: str) -> Lane:
    if evaluation == UNDEFINED:
        return Lane(on_no_result)
    return Lane.SHIP if evaluation == OK else Lane.REVIEW
