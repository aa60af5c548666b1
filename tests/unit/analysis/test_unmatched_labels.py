"""A run whose answers never meet `ship_when` says so, and what they said in its place."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from line_sim.analysis.summary.summarise import summarise
from line_sim.inspection.gateway import Inquiry, Reply
from line_sim.layout import layout_of
from line_sim.scenario import Scenario
from line_sim.testing import answered, run_in_memory, scripted


def warnings(answers: Sequence[tuple[str, float]], **ship_when: object) -> list[str]:
    """Run a line whose camera is answered so, part by part, and give what its summary warns of the labels."""
    scenario = Scenario.model_validate(
        {
            "version": 1,
            "name": "labels",
            "run": {"items": len(answers)},
            "arrivals": {"every": 1},
            "line": [
                {
                    "inspection": "camera",
                    "gateway": {"grpc": {"target": "h:1"}},
                    "ship_when": ship_when or {"labels": ["good"]},
                }
            ],
            "review": {"time": 0},
        }
    )

    def answer(inquiry: Inquiry) -> Reply:
        return answered(*answers[inquiry.item_id - 1])

    run = run_in_memory(scenario, {"camera": scripted(answer)})
    found = summarise(run.records, layout_of(scenario), ended="completed").warnings
    return [warning for warning in found if "ship_when" in warning]


@pytest.mark.parametrize(
    ("said", "differs"),
    [
        ("Good", "its case"),
        ("GOOD", "its case"),
        (" good", "blanks"),
        ("good\n", "line ends"),
        ("good\r", "line ends"),
        ("Good\r\n", "line ends and its case"),
        ("\ufeffgood", "signs that are not seen"),
    ],
)
def test_the_nearest_label_is_named_with_what_is_different(said: str, differs: str) -> None:
    """Case, blanks and line ends cannot be seen in a table: the warning shows them."""
    (warning,) = warnings([(said, 0.9)] * 5 + [("dent", 0.9)])
    assert warning == (
        f"camera: none of 6 answers met ship_when.labels ('good'): {said!r} (5 x) differs from 'good' "
        f"only by {differs}; write it as it comes, or mend the model's labels"
    )


def test_a_label_that_is_spelt_otherwise_is_suggested() -> None:
    """The nearest one, however rare it is."""
    (warning,) = warnings([("dent", 0.9)] * 5 + [("goood", 0.9)])
    assert warning.endswith("did you mean 'goood' (1 x)? write it in ship_when.labels")


def test_labels_of_another_world_are_listed() -> None:
    """Where none is near, the most frequent ones are told."""
    said = [("tabby", 0.9)] * 3 + [("lynx", 0.9)] * 2 + [("zebra", 0.9), ("owl", 0.9)]
    (warning,) = warnings(said)
    assert "they said 'tabby' (3 x), 'lynx' (2 x), " in warning
    assert warning.endswith(", ...; write in ship_when.labels what the model calls a good part")


def test_a_score_that_is_never_reached() -> None:
    """The label is right, and no answer is sure enough."""
    (warning,) = warnings([("good", 0.41), ("good", 0.3)], labels=["good"], score_at_least=0.8)
    assert warning == (
        "camera: none of 2 answers met ship_when: 'good' had a score of 0.41 at most, and score_at_least is "
        "0.8; lower it, or ask a model that is surer"
    )


def test_one_label_of_several_that_never_comes() -> None:
    """The others ship parts, so nothing else would show it."""
    (warning,) = warnings([("good", 0.9), ("Fine", 0.9)], labels=["good", "fine"])
    assert warning == (
        "camera: none of 2 answers said 'fine' of ship_when.labels: 'Fine' (1 x) differs from 'fine' only by "
        "its case; write it as it comes, or mend the model's labels"
    )


def test_labels_that_match_are_no_matter() -> None:
    """One part that was shipped by its answer is enough, and so is a run without answers."""
    assert warnings([("good", 0.9), ("dent", 0.9)]) == []


@given(st.lists(st.tuples(st.text(min_size=1, max_size=8), st.floats(0, 1)), min_size=1, max_size=4))
def test_any_label_is_told_on_one_line(said: list[tuple[str, float]]) -> None:
    """Whatever a label holds, a warning stays one line that a terminal can show."""
    try:
        found = warnings(said)
    except ValueError:  # no label
        return
    assert all(warning.isprintable() for warning in found)
