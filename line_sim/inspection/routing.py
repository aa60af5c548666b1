"""The decision: pure functions from what the server answered to where the part goes."""

from enum import StrEnum

from line_sim.inspection.outcome import Answered, Outcome
from line_sim.layout import Lane
from line_sim.scenario.model import ShipWhen


class Evaluation(StrEnum):
    """The verdict on a part, in the names of OPC 40001-101."""

    OK = "OK"
    NOT_OK = "NotOK"
    NOT_DECIDABLE = "NotDecidable"
    UNDEFINED = "Undefined"


def evaluate(outcome: Outcome, ship_when: ShipWhen) -> Evaluation:
    """Judge an outcome: OK, another label, too low a score, or no usable answer at all."""
    if not isinstance(outcome, Answered):
        return Evaluation.UNDEFINED
    if not outcome.score >= ship_when.score_at_least:  # so written, a score that is no number is not OK
        return Evaluation.NOT_DECIDABLE
    return Evaluation.OK if outcome.label in ship_when.labels else Evaluation.NOT_OK


def choose_lane(evaluation: Evaluation, on_no_result: str) -> Lane:
    """Choose the lane: OK goes on, no result follows `on_no_result`, anything else goes to review."""
    match evaluation:
        case Evaluation.OK:
            return Lane.SHIP
        case Evaluation.UNDEFINED:
            return Lane(on_no_result)
        case _:
            return Lane.REVIEW
