"""Classes by number, scores without labels, logits: which answer they are, and what it is called."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from line_sim.inspection.outcome import Answered
from line_sim.inspection.wires.classes import UNNAMED, Classes, judged

THREE = Classes(("dark", "grey", "bright"), "three.txt")
TWO = Classes(("bad", "good"), "two.txt")
LOGITS = Classes(THREE.names, "three.txt", logits=True)
_ONE_LOGIT = (
    "one logit beside the label is a share of nothing: name the output with the logits of all classes"
)


@pytest.mark.parametrize(
    ("classes", "labels", "scores", "found"),
    [
        (THREE, None, [0.2, 0.1, 0.7], Answered("bright", 0.7)),
        (THREE, None, [0.7, 0.1, 0.2], Answered("dark", 0.7)),
        (UNNAMED, None, [0.1, 0.9], Answered("1", 0.9)),
        (THREE, [1], None, Answered("grey", 1.0)),
        (UNNAMED, [7], None, Answered("7", 1.0)),
        (THREE, [2], [0.75], Answered("bright", 0.75)),
        (THREE, [1], [0.5, 0.3, 0.2], Answered("grey", 0.3)),
        (THREE, [2, 0], [0.25, 0.75], Answered("dark", 0.75)),
        (THREE, ["as it is"], [0.75], Answered("as it is", 0.75)),
        (TWO, None, [0.75], Answered("good", 0.75)),
        (TWO, None, [0.25], Answered("bad", 0.75)),
        (TWO, None, [1.0004], Answered("good", 1.0)),
        (Classes(("a", "a"), "f"), None, [0.5, 0.5], Answered("a", 0.5)),
    ],
)
def test_the_answer(classes: Classes, labels: object, scores: object, found: Answered) -> None:
    """A number is looked up, the best of all scores is the answer, one score alone is that of class 1."""
    assert judged(classes, labels, scores) == found


@pytest.mark.parametrize(
    ("labels", "scores", "label"),
    [
        (None, [0.0, 3.0, 1.0], "grey"),
        ([2], [0.0, 3.0, 1.0], "bright"),
        (None, [-800.0, -3.0, -900.0], "grey"),
    ],
)
def test_logits_become_probabilities(labels: object, scores: list[float], label: str) -> None:
    """As a softmax makes them, however large they are."""
    powers = np.exp(np.array(scores) - max(scores))
    share = (powers / powers.sum())[THREE.names.index(label)]
    found = judged(LOGITS, labels, scores)
    assert (found.label, found.score) == (label, pytest.approx(share))


@pytest.mark.parametrize("logit", [-2.5, 0.5, 40.0, -800.0, 800.0])
def test_one_logit_is_a_sigmoids(logit: float) -> None:
    """Class 1 has 1 / (1 + e^-x), class 0 what is left."""
    sure = 1 / (1 + math.exp(-abs(logit)))
    found = judged(Classes(TWO.names, "two.txt", logits=True), None, [logit])
    assert (found.label, found.score) == ("good" if logit > 0 else "bad", pytest.approx(sure))


@pytest.mark.parametrize(
    ("classes", "labels", "scores", "reason"),
    [
        (THREE, [3], None, "the answer is class 3, and three.txt names classes 0 to 2"),
        (THREE, [-1], None, "the answer is class -1; classes are numbered from 0"),
        (UNNAMED, [-1], None, "the answer is class -1; classes are numbered from 0"),
        (THREE, [5], [0.1, 0.9, 0.0], "the answer is class 5, and three.txt names classes 0 to 2"),
        (UNNAMED, [5], [0.1, 0.9, 0.0], "the answer is class 5, and it has 3 scores"),
        (THREE, [0, 1], None, "the answer has 2 labels and no scores"),
        (THREE, None, [0.5, 0.5], "there are 2 scores, one for each class, and three.txt names 3"),
        (THREE, None, [0.25] * 4, "there are 4 scores, one for each class, and three.txt names 3"),
        (THREE, None, [0.4, 0.4, 0.2], "2 labels share the best score, 0.4"),
        (TWO, None, [0.5], "2 labels share the best score, 0.5"),
        (TWO, None, [7.5], "the score is 7.5; it must be in [0, 1]"),
        (THREE, None, [0.1, 2.5, 0.1], "the score is 2.5; it must be in [0, 1]"),
        (LOGITS, None, [0.1, math.nan, 0.1], "the logit is nan; it must be finite"),
        (LOGITS, None, [0.1, 10**400, 0.1], "the logit is inf; it must be finite"),
        (LOGITS, None, [0.1, None, 0.1], "the logit is not a number"),
        (
            UNNAMED,
            None,
            [0.5],
            (
                "one score alone, as of a sigmoid, is that of class 1 of two classes, and no "
                "file names them: "
                "give a file of two labels, that of class 0 first (labels)"
            ),
        ),
        (
            THREE,
            None,
            [0.5],
            (
                "one score alone, as of a sigmoid, is that of class 1 of two classes, and three.txt names 3: "
                "give a file of two labels, that of class 0 first (labels)"
            ),
        ),
        (THREE, ["good"], [0.5, 0.5], "the answer has 1 label and 2 scores"),
        (THREE, [1], [0.1, 0.9], "there are 2 scores, one for each class, and three.txt names 3"),
        (THREE, [1], [0.25] * 4, "there are 4 scores, one for each class, and three.txt names 3"),
        (LOGITS, ["dark"], [2.3], _ONE_LOGIT),
        (LOGITS, [1], [2.3], _ONE_LOGIT),
    ],
)
def test_what_is_no_answer(classes: Classes, labels: object, scores: object, reason: str) -> None:
    """The reason says what does not fit what."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is what is asked for
        judged(classes, labels, scores)
    assert str(caught.value) == reason


@given(st.lists(st.floats(0, 1, width=32), min_size=2, max_size=40, unique=True))
def test_the_best_of_all_is_numpys(scores: list[float]) -> None:
    """Wherever it stands."""
    assert judged(UNNAMED, None, scores) == Answered(str(np.argmax(scores)), max(scores))


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=20, unique=True))
def test_the_best_logit_is_the_best_probability(logits: list[int]) -> None:
    """And no probability is above 1."""
    found = judged(Classes(logits=True), None, logits)
    assert found.label == str(np.argmax(logits))
    assert 1 / len(logits) < found.score <= 1
