"""A linear head: multinomial logistic regression on features on disk, cross-validated as it is fitted."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from line_sim_export.heads.detectors import Array

PENALTIES = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7)
"""Tried from the heaviest on, while they get better. They weigh the squared weights against the mean loss
of a picture, the features scaled so that a picture's squared length is 1 on average."""

STEPS = 60
FLATTEST = 1e-3  # a feature that deviates less is not blown up: its next value may lie far out

Blocks = Callable[[], Iterator[tuple[slice, npt.NDArray[np.float32]]]]
"""Gives all pictures' features block by block, in single precision, with the places that they are of."""


@dataclass(frozen=True)
class LinearHead:
    """Probabilities are the softmax of `(features - centre) @ weights + bias`.

    Shapes: centre (width,), weights (width, labels), bias (labels,).
    """

    labels: tuple[str, ...]
    centre: Array
    weights: Array
    bias: Array

    def probabilities(self, features: npt.NDArray[np.float32]) -> Array:
        """Return (n, labels), rows that add up to 1."""
        return np.asarray(softmax((features - self.centre) @ self.weights + self.bias, axis=1))


class LinearFit(NamedTuple):
    """A head fitted on all pictures, and each picture's probabilities by one that had not seen its fold."""

    head: LinearHead
    out_of_fold: Array
    penalty: float


@dataclass(frozen=True)
class Problems:
    """One regression for every fold left out, and a last one for all pictures: they share every pass.

    `truth` and `fold` are (n,). `share` is each picture's part in each mean loss, (n, problems), 0 where it
    is left out. `centre` and `scale` are (problems, width), of the pictures that each may see.
    """

    blocks: Blocks
    truth: npt.NDArray[np.intp]
    fold: npt.NDArray[np.intp]
    share: Array
    labels: int
    centre: Array
    scale: Array

    @property
    def count(self) -> int:
        """How many regressions there are."""
        return len(self.centre)

    def flat(self, weights: Array, bias: Array) -> tuple[npt.NDArray[np.float32], Array]:
        """Return what is to be multiplied with raw features, (width, problems x labels), and added."""
        raw = (self.scale[:, :, None] * weights).astype(np.float32)
        shift = bias - np.einsum("pw,pwl->pl", self.centre, raw.astype(np.float64))
        return np.ascontiguousarray(raw.transpose(1, 0, 2)).reshape(raw.shape[1], -1), shift

    def logits(self, features: npt.NDArray[np.float32], raw: npt.NDArray[np.float32], shift: Array) -> Array:
        """Return (n, problems, labels)."""
        return np.asarray((features @ raw).reshape(len(features), self.count, self.labels) + shift)


def fit_linear(
    blocks: Blocks,
    groups: Sequence[int],
    truth: npt.NDArray[np.intp],
    fold: npt.NDArray[np.intp],
    labels: tuple[str, ...],
    say: Callable[[str], None],
) -> LinearFit:
    """Fit on all pictures and, in the same passes, without each fold.

    `groups` are the widths of the features' parts, which count alike however wide they are. The penalty
    is that with the best log-loss of pictures not seen.
    """
    problems = posed(blocks, groups, truth, fold, len(labels))
    weights: Array = np.zeros((problems.count, problems.scale.shape[1], len(labels)))
    bias: Array = np.zeros((problems.count, len(labels)))
    best: LinearFit | None = None
    lowest = np.inf
    for penalty in PENALTIES:
        weights, bias = minimised(problems, penalty, weights, bias)
        unseen = out_of_fold(problems, weights, bias)
        loss = -float(log_softmax(unseen, axis=1)[np.arange(len(truth)), truth].mean())
        say(f"fitting the head: penalty {penalty:g}, log-loss {loss:.4f} of pictures not seen")
        if loss >= lowest:
            break
        head = LinearHead(labels, problems.centre[-1], problems.scale[-1][:, None] * weights[-1], bias[-1])
        best = LinearFit(head, np.asarray(softmax(unseen, axis=1)), penalty)
        lowest = loss
    if best is None:
        raise ValueError("features that are not finite cannot be fitted")
    return best


def posed(
    blocks: Blocks,
    groups: Sequence[int],
    truth: npt.NDArray[np.intp],
    fold: npt.NDArray[np.intp],
    labels: int,
) -> Problems:
    """Pose the problems: one pass for every fold's mean and deviation."""
    shares = np.repeat([len(groups) * width for width in groups], groups)
    folds = int(fold.max()) + 1
    count = np.bincount(fold, minlength=folds).astype(float)
    sums = squares = np.zeros(())
    for places, features in blocks():
        which = (fold[places][:, None] == np.arange(folds)).T.astype(np.float64)
        exact = features.astype(np.float64)
        sums, squares = sums + which @ exact, squares + which @ np.square(exact)

    def without_each(values: Array) -> Array:
        total = values.sum(axis=0, keepdims=True)
        return np.concatenate([total - values, total])

    seen = without_each(count)[:, None]
    centre = without_each(sums) / seen
    variance = np.maximum(without_each(squares) / seen - np.square(centre), FLATTEST**2)
    scale = 1 / np.sqrt(variance * shares)
    others = fold[:, None] != np.arange(folds + 1)
    return Problems(blocks, truth, fold, others / others.sum(axis=0), labels, centre, scale)


def minimised(problems: Problems, penalty: float, weights: Array, bias: Array) -> tuple[Array, Array]:
    """Minimise all problems' penalised mean losses at once, from where we are (L-BFGS)."""
    size, rows = weights.size, np.arange(len(problems.truth))
    shape = weights.shape

    def loss(flat: Array) -> tuple[float, Array]:
        inner, offset = flat[:size].reshape(shape), flat[size:].reshape(bias.shape)
        raw, shift = problems.flat(inner, offset)
        value, slope, lean = 0.0, np.zeros((shape[1], shape[0] * shape[2])), np.zeros(bias.shape)
        for places, features in problems.blocks():
            logits = problems.logits(features, raw, shift)
            share = problems.share[places]
            here, truth = rows[: len(features)], problems.truth[places]
            value -= float((share * log_softmax(logits, axis=2)[here, :, truth]).sum())
            surprise = softmax(logits, axis=2)
            surprise[here, :, truth] -= 1
            surprise *= share[:, :, None]
            lean += surprise.sum(axis=0)
            slope += features.T @ surprise.reshape(len(features), -1).astype(np.float32)
        slopes = slope.reshape(shape[1], shape[0], shape[2]).transpose(1, 0, 2)
        slopes = problems.scale[:, :, None] * (slopes - problems.centre[:, :, None] * lean[:, None, :])
        slopes += penalty * inner
        value += penalty / 2 * float(np.square(inner).sum())
        return value, np.concatenate([slopes.ravel(), lean.ravel()])

    start = np.concatenate([weights.ravel(), bias.ravel()])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "ftol": 1e-6}).x
    return found[:size].reshape(shape), found[size:].reshape(bias.shape)


def out_of_fold(problems: Problems, weights: Array, bias: Array) -> Array:
    """Return every picture's logits, (n, labels), by the regression that was fitted without its fold."""
    raw, shift = problems.flat(weights, bias)
    found = np.empty((len(problems.truth), problems.labels))
    for places, features in problems.blocks():
        logits = problems.logits(features, raw, shift)
        found[places] = logits[np.arange(len(features)), problems.fold[places]]
    return found
