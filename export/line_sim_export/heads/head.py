"""The head on the network: detectors for every kind of defect, and how sure their scores make us."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import log_softmax, logsumexp, softmax

from line_sim_export.heads.detectors import (
    Array,
    Flags,
    LocalDetectors,
    PooledDetectors,
    fit_local,
    fit_pooled,
)
from line_sim_export.pictures.features import Reading

FOLDS = 4
PENALTY = (
    1e-3  # on the squared weights of the combination, a picture: keeps separable scores from running off
)
SURE = 0.8  # the score from which a good part ships by default
FALSE_ALARMS = 0.003  # share of good parts that may score lower than that


@dataclass(frozen=True)
class Combination:
    """Multinomial logistic regression from the detectors' scores to the labels, `good` being the first.

    Shapes: centre and sharpness (scores,), weights (scores, labels), bias (labels,).
    """

    centre: Array
    sharpness: Array
    weights: Array
    bias: Array

    def logits(self, scores: Array) -> Array:
        """Return (n, labels) from (n, scores)."""
        return ((scores - self.centre) * self.sharpness) @ self.weights + self.bias


@dataclass(frozen=True)
class Head:
    """What stands on the network: fitted detectors and their combination into the labels' probabilities."""

    labels: tuple[str, ...]
    pooled: PooledDetectors
    local: LocalDetectors
    combination: Combination

    def probabilities(self, reading: Reading) -> Array:
        """Return (n, labels), rows that add up to 1."""
        return np.asarray(softmax(self.combination.logits(self.scores(reading)), axis=1))

    def scores(self, reading: Reading) -> Array:
        """Return the detectors' scores, (n, 2 kinds)."""
        return np.concatenate([self.pooled.scores(reading.pooled), self.local.scores(reading.local)], axis=1)


class Fit(NamedTuple):
    """A head, and the training pictures' probabilities (n, labels) by detectors that had not seen them."""

    head: Head
    out_of_fold: Array


def fit_head(reading: Reading, labels: tuple[str, ...]) -> Fit:
    """Fit detectors, and their combination on the scores of detectors that had not seen the picture.

    `labels` begins with `good`. (Stacked generalisation, Wolpert 1992: scores on the pictures that a
    detector was fitted on are too good to learn from.)
    """
    truth = np.array([labels.index(name) for name in reading.names])
    scores = out_of_fold_scores(reading, truth, len(labels))
    combination = combine(scores, truth, len(labels))
    head = Head(labels, *fit_detectors(reading, truth, len(labels)), combination)
    return Fit(head, np.asarray(softmax(combination.logits(scores), axis=1)))


def fit_detectors(
    reading: Reading, truth: npt.NDArray[np.intp], labels: int
) -> tuple[PooledDetectors, LocalDetectors]:
    """Fit both sets of detectors on all pictures of a reading."""
    good, kinds = flags(truth, labels)
    return fit_pooled(reading.pooled, reading.emphasis, good, kinds), fit_local(reading.local, good, kinds)


def flags(truth: npt.NDArray[np.intp], labels: int) -> tuple[Flags, Flags]:
    """Return which pictures are good, (n,), and which kind the others show, (n, kinds)."""
    return truth == 0, truth[:, None] == np.arange(1, labels)


def out_of_fold_scores(reading: Reading, truth: npt.NDArray[np.intp], labels: int) -> Array:
    """Return every picture's scores, (n, 2 kinds), by detectors fitted on the other folds."""
    fold = folds_of(truth)
    scores = np.empty((len(truth), 2 * (labels - 1)))
    for number in range(FOLDS):
        rest = select(reading, fold != number)
        pooled, local = fit_detectors(rest, truth[fold != number], labels)
        mine = select(reading, fold == number)
        scores[fold == number] = np.concatenate(
            [pooled.scores(mine.pooled), local.scores(mine.local)], axis=1
        )
    return scores


def folds_of(truth: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Deal each label's pictures to the folds in turn."""
    fold = np.empty_like(truth)
    for label in np.unique(truth):
        mine = np.flatnonzero(truth == label)
        fold[mine] = np.arange(len(mine)) % FOLDS
    return fold


def select(reading: Reading, chosen: Flags) -> Reading:
    """Return the chosen pictures of a reading."""
    names = tuple(name for name, wanted in zip(reading.names, chosen, strict=True) if wanted)
    return Reading(reading.pooled[chosen], reading.emphasis, reading.local[chosen], names)


def combine(scores: Array, truth: npt.NDArray[np.intp], labels: int) -> Combination:
    """Fit by penalised maximum likelihood, then set the bias of `good` for the allowed false alarms."""
    centre, sharpness = scores.mean(axis=0), 1 / scores.std(axis=0)
    standard = (scores - centre) * sharpness
    rows = np.arange(len(truth))

    def loss(flat: Array) -> tuple[float, Array]:
        weights, bias = flat[labels:].reshape(-1, labels), flat[:labels]
        logits = standard @ weights + bias
        surprise = softmax(logits, axis=1)
        surprise[rows, truth] -= 1
        value = -log_softmax(logits, axis=1)[rows, truth].mean() + PENALTY / 2 * (weights**2).sum()
        slope = standard.T @ surprise / len(truth) + PENALTY * weights
        return float(value), np.concatenate([surprise.mean(axis=0), slope.ravel()])

    found = minimize(loss, np.zeros(labels * (1 + scores.shape[1])), jac=True, method="L-BFGS-B").x
    weights, bias = found[labels:].reshape(-1, labels), found[:labels].copy()
    bias[0] += shift_for(standard[truth == 0] @ weights + bias)
    return Combination(centre, sharpness, weights, bias)


def shift_for(logits: Array) -> float:
    """Return what good's logit needs so that only the allowed share of good parts scores below `SURE`."""
    margin = logits[:, 0] - logsumexp(logits[:, 1:], axis=1)
    lowest = np.quantile(margin, FALSE_ALARMS)
    return float(np.log(SURE / (1 - SURE)) - lowest)
