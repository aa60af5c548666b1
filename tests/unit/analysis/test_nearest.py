"""What is suggested in place of a label that there is not, and at what cost."""

import difflib

import pytest

from line_sim import nearest as searched
from line_sim.nearest import LONGEST_COMPARED, MOST_COMPARED, nearest


def test_the_nearest_is_suggested_if_it_is_near() -> None:
    """A letter too many is meant; another word is not."""
    assert nearest("goood", ["defective", "good", "god"]) == "good"
    assert nearest("goood", ["defective"]) is None


def test_of_very_many_and_very_long_labels_a_few_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file may name 100,000 classes and a server say as many things: comparing them all took minutes."""
    compared: list[str] = []

    def watched(label: str, labels: list[str], most: int) -> list[str]:
        compared.extend([label, *labels])
        return difflib.get_close_matches(label, labels[:5], most)

    monkeypatch.setattr(searched, "get_close_matches", watched)
    nearest("label", (f"label {number:>{number % 200}}" for number in range(100_000)))
    nearest("l" * 1_000, ["label"])
    assert len(compared) == MOST_COMPARED + 1
    assert max(map(len, compared)) == LONGEST_COMPARED
