"""The linear head: what it minimises, that no fold sees its own pictures, and that memory stays flat."""

import tracemalloc
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from line_sim_export.heads.linear import Blocks, fit_linear, minimised, out_of_fold, posed
from line_sim_export.heads.validation import FOLDS, Validation, dealt, validated
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

WIDTH, LABELS = 6, ("good", "dent", "scratch")
PENALTY = 1e-3
GROUPS = (2, 4)

Array = npt.NDArray[Any]


def features_of(truth: Array, width: int = WIDTH) -> npt.NDArray[np.float32]:
    """Draw features that tell the classes apart, though not always, on scales of their own."""
    generator = np.random.default_rng(4)
    centres = generator.normal(size=(len(LABELS), width))
    drawn = centres[truth] + generator.normal(size=(len(truth), width))
    return (drawn * np.geomspace(0.01, 100, width) + 5).astype(np.float32)


def in_blocks(features: npt.NDArray[np.float32], size: int = 50) -> Blocks:
    """Give features as a store on disk does."""

    def blocks() -> Iterator[tuple[slice, npt.NDArray[np.float32]]]:
        for start in range(0, len(features), size):
            yield slice(start, start + size), features[start : start + size]

    return blocks


TRUTH = np.arange(240) % 3
FOLD = dealt(TRUTH, seed=1)


def unseen(truth: Array) -> Array:
    """Return out-of-fold logits for these labels, at a fixed penalty."""
    problems = posed(in_blocks(features_of(TRUTH)), (WIDTH,), truth, FOLD, len(LABELS))
    weights = np.zeros((FOLDS + 1, WIDTH, len(LABELS)))
    found = minimised(problems, PENALTY, weights, np.zeros((FOLDS + 1, len(LABELS))))
    return out_of_fold(problems, *found)


def test_a_picture_has_no_say_in_how_it_is_judged() -> None:
    """With other labels for one fold's pictures, the heads fitted without it say exactly the same of them."""
    before, mine = unseen(TRUTH), FOLD == 2
    after = unseen(np.where(mine, (TRUTH + 1) % 3, TRUTH))
    assert after[mine] == pytest.approx(before[mine], abs=0.05)
    assert np.abs(after[~mine] - before[~mine]).max() > 1


def test_it_is_the_regression_of_the_textbook() -> None:
    """A plain fit in double precision on standardised features gives the same, both parts counting alike."""
    features = features_of(TRUTH).astype(np.float64)
    standard = (features - features.mean(axis=0)) / features.std(axis=0) / np.sqrt([4, 4, 8, 8, 8, 8])
    fit = fit_linear(in_blocks(features_of(TRUTH)), GROUPS, TRUTH, FOLD, LABELS, lambda _: None)

    def loss(flat: Array) -> float:
        weights, bias = flat[3:].reshape(WIDTH, 3), flat[:3]
        rows = log_softmax(standard @ weights + bias, axis=1)
        return float(-rows[np.arange(240), TRUTH].mean() + fit.penalty / 2 * (weights**2).sum())

    flat = minimize(loss, np.zeros(3 + 3 * WIDTH), method="BFGS").x
    expected = softmax(standard @ flat[3:].reshape(WIDTH, 3) + flat[:3], axis=1)
    assert fit.head.probabilities(features_of(TRUTH)) == pytest.approx(expected, abs=0.01)


def test_every_class_is_dealt_alike_to_every_fold() -> None:
    """Of 7, 10 and 23 pictures each fold has as many as any other, give or take one; the seed draws which."""
    truth = np.repeat([0, 1, 2], [7, 10, 23])
    for label, (low, high) in {0: (1, 2), 1: (2, 2), 2: (4, 5)}.items():
        counts = np.bincount(dealt(truth, 1)[truth == label], minlength=FOLDS)
        assert (counts.min(), counts.max()) == (low, high)
    assert (dealt(truth, 1) != dealt(truth, 2)).any()


def test_memory_does_not_grow_with_the_pictures() -> None:
    """Four times as many pictures, 6 MB more of features, take less than 2 MB more to fit."""

    def peak(pictures: int) -> int:
        truth = np.arange(pictures) % 3

        def blocks() -> Iterator[tuple[slice, npt.NDArray[np.float32]]]:
            for start in range(0, pictures, 256):
                part = slice(start, min(start + 256, pictures))
                yield part, features_of(truth[part], 512)

        tracemalloc.start()
        posed_once = posed(blocks, (512,), truth, dealt(truth, 1), 3)
        minimised(posed_once, 0.1, np.zeros((FOLDS + 1, 512, 3)), np.zeros((FOLDS + 1, 3)))
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    assert peak(4096) - peak(1024) < 2 * 2**20


def test_the_confusion_table_is_counted_and_printed() -> None:
    """Rows are the truth, columns what was named; recall, precision and the sentence follow from them."""
    truth = np.array([0, 0, 0, 1, 1, 2])
    named = np.eye(3)[[0, 0, 1, 1, 1, 0]]
    validation = validated(named, truth, LABELS, 0.1)
    assert validation == Validation(LABELS, ((2, 1, 0), (0, 2, 0), (1, 0, 0)), 0.1)
    assert validation.text().splitlines() == [
        "true label  1  2  3  recall",
        "1 good      2  1  0   66.7%",
        "2 dent      0  2  0  100.0%",
        "3 scratch   1  0  0    0.0%",
    ]
    assert validation.facts()["by_label"]["good"]["precision"] == pytest.approx(2 / 3)
    assert validation.facts()["by_label"]["scratch"]["precision"] is None
    assert validation.sentence().startswith("4 of 6 pictures named right")
