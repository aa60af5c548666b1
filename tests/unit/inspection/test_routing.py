"""The decision is a pure function: every outcome against every policy."""

import pytest

from line_sim.inspection.outcome import Answered, Outcome, TimedOut, Unavailable, Unreadable
from line_sim.inspection.routing import Evaluation, choose_lane, evaluate
from line_sim.layout import Lane
from line_sim.scenario import ShipWhen

POLICY = ShipWhen(labels=("good", "fine"), score_at_least=0.8)
NO_RESULT: list[Outcome] = [TimedOut(), Unavailable("no route"), Unreadable("no label")]


@pytest.mark.parametrize(
    ("label", "score", "evaluation"),
    [
        ("good", 0.8, "OK"),
        ("good", 1.0, "OK"),
        ("fine", 0.9, "OK"),
        ("good", 0.7999999, "NotDecidable"),
        ("good", 0.0, "NotDecidable"),
        ("scratch", 0.8, "NotOK"),
        ("scratch", 0.79, "NotDecidable"),
        ("Good", 0.9, "NotOK"),
    ],
)
def test_an_answer_is_judged_by_label_and_score(label, score, evaluation):
    """A score of exactly the limit is believed; a lower one decides nothing, whatever the label."""
    assert evaluate(Answered(label, score), POLICY) == evaluation


@pytest.mark.parametrize("outcome", NO_RESULT)
def test_no_usable_answer_is_undefined(outcome):
    """Timed out, unavailable, unreadable."""
    assert evaluate(outcome, POLICY) is Evaluation.UNDEFINED


def test_a_score_that_is_no_number_is_no_answer():
    """NaN compares as neither lower nor higher: nobody can be answered so."""
    with pytest.raises(ValueError, match="the score is nan"):
        Answered("good", float("nan"))


@pytest.mark.parametrize("on_no_result", ["review", "ship", "scrap", "stop"])
@pytest.mark.parametrize("evaluation", list(Evaluation))
def test_every_evaluation_has_its_lane(evaluation, on_no_result):
    """OK is shipped, NotOK and NotDecidable are reviewed whatever the policy, only Undefined follows it."""
    expected = {
        Evaluation.OK: Lane.SHIP,
        Evaluation.NOT_OK: Lane.REVIEW,
        Evaluation.NOT_DECIDABLE: Lane.REVIEW,
        Evaluation.UNDEFINED: Lane(on_no_result),
    }
    assert choose_lane(evaluation, on_no_result) is expected[evaluation]
