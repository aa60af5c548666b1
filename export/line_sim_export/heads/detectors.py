"""Linear detectors, one for every kind of defect: some read whole pictures, some read every place of one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]  # double precision unless it says otherwise
Flags = npt.NDArray[np.bool_]

PENALTIES = tuple(10.0 ** (exponent / 2) for exponent in range(-8, 3))
"""Ridge penalties tried, in units of the features' mean variance, each weighted by its emphasis squared."""

SUSPECTS = 9
"""So many places of a defective picture are taken to show the defect."""

EVERY = 3
"""One place in so many is enough for the covariance and for a first look: neighbours see nearly the same."""

SHRINKAGE = 0.01
"""Added to the good places' covariance, in units of its mean variance, so that it can be inverted."""


@dataclass(frozen=True)
class PooledDetectors:
    """Ridge regressions on whole-picture features: score = ((x - centre) * sharpness) @ weights + bias.

    Shapes: centre and sharpness (width,), weights (width, kinds), bias (kinds,).
    """

    centre: Array
    sharpness: Array
    weights: Array
    bias: Array

    def scores(self, pooled: Array) -> Array:
        """Return (n, kinds) from (n, width)."""
        return ((pooled - self.centre) * self.sharpness) @ self.weights + self.bias


@dataclass(frozen=True)
class LocalDetectors:
    """Linear discriminants on places: a picture's score is that of its most suspicious place.

    Shapes: centre (channels,), weights (channels, kinds).
    """

    centre: Array
    weights: Array

    def scores(self, local: Array) -> Array:
        """Return (n, kinds) from (n, places, channels)."""
        return np.stack([place_scores(picture, self.centre, self.weights).max(axis=0) for picture in local])


def fit_pooled(pooled: Array, emphasis: Array, good: Flags, kinds: Flags) -> PooledDetectors:
    """Fit one ridge regression a kind, 1 for the kind and 0 for all else.

    `emphasis` (width,) multiplies the standardised features, so that one of twice the emphasis is penalised
    a quarter as much; `good` is (n,), `kinds` (n, kinds). Each kind's penalty is the one whose leave-one-out
    scores (Allen's PRESS residuals, from the hat matrix) set the kind best apart from the good parts.
    """
    centre, deviation = pooled.mean(axis=0, dtype=np.float64), pooled.std(axis=0, dtype=np.float64)
    sharpness = emphasis / np.maximum(deviation, 1e-6)
    total = np.square(emphasis).sum()
    standard = (pooled - centre) * sharpness
    targets = kinds.astype(np.float64)
    values, vectors = np.linalg.eigh(standard @ standard.T / total)
    columns = [
        best_ridge(values, vectors, targets[:, kind], good, kinds[:, kind]) for kind in range(kinds.shape[1])
    ]
    weights = standard.T @ np.stack(columns, axis=1) / total
    return PooledDetectors(centre, sharpness, weights, targets.mean(axis=0))


def best_ridge(values: Array, vectors: Array, target: Array, good: Flags, kind: Flags) -> Array:
    """Return the dual coefficients (n,) of the penalty with the best leave-one-out separation.

    `values`, `vectors` are the eigendecomposition of the centred features' Gram matrix.
    """
    centred = target - target.mean()
    solutions = [(vectors / (values + penalty)) @ (vectors.T @ centred) for penalty in PENALTIES]
    quality = [separation(left_out(values, vectors, centred, penalty), good, kind) for penalty in PENALTIES]
    return np.asarray(solutions[int(np.argmax(quality))])


def left_out(values: Array, vectors: Array, centred: Array, penalty: float) -> Array:
    """Return each picture's score by the ridge that has not seen it."""
    hat = (vectors * (values / (values + penalty))) @ vectors.T + 1 / len(centred)  # the 1/n is the intercept
    return np.asarray(centred - (centred - hat @ centred) / (1 - np.diag(hat)))


def separation(scores: Array, good: Flags, kind: Flags) -> float:
    """Return the distance of two groups' means in units of their common deviation (d')."""
    ours, theirs = scores[kind], scores[good]
    return float((ours.mean() - theirs.mean()) / np.sqrt(ours.var() + theirs.var() + 1e-12))


def fit_local(local: Array, good: Flags, kinds: Flags) -> LocalDetectors:
    """Fit one linear discriminant a kind between the places of good parts and a defective part's suspects.

    The suspects are at first the places least like good ones (Mahalanobis distance), then those that
    the discriminant itself finds most suspicious.
    """
    centre, precision = good_places(local[good])
    centre32 = centre.astype(np.float32)
    spread = np.linalg.cholesky(precision).astype(np.float32)

    def discriminant(pictures: Array) -> Array:
        first = suspects(
            pictures[:, ::EVERY],
            SUSPECTS // EVERY,
            lambda places: np.square((places - centre32) @ spread).sum(axis=1),
        )
        weights = (precision @ (first - centre)).astype(np.float32)
        second = suspects(pictures, SUSPECTS, lambda places: (places - centre32) @ weights)
        return precision @ (second - centre)

    return LocalDetectors(centre, np.stack([discriminant(local[kind]) for kind in kinds.T], axis=1))


def good_places(local: Array) -> tuple[Array, Array]:
    """Return mean (channels,) and inverse covariance (channels, channels) of the places of good parts."""
    local = local[:, ::EVERY]
    channels = local.shape[2]
    centre = np.mean([picture.mean(axis=0, dtype=np.float64) for picture in local], axis=0)
    covariance = np.zeros((channels, channels))
    for picture in local:
        places = picture - centre.astype(np.float32)
        covariance += places.T @ places
    covariance /= local.shape[0] * local.shape[1]
    covariance += SHRINKAGE * np.trace(covariance) / channels * np.eye(channels)
    return centre, np.linalg.inv(covariance)


def suspects(pictures: Array, count: int, suspicion: Callable[[Array], Array]) -> Array:
    """Return the mean (channels,) of the `count` most suspicious places of each picture."""
    means = []
    for picture in pictures:
        worst = np.argpartition(suspicion(picture), -count)[-count:]
        means.append(picture[worst].mean(axis=0, dtype=np.float64))
    return np.asarray(np.mean(means, axis=0))


def place_scores(picture: Array, centre: Array, weights: Array) -> Array:
    """Return the score of each place for each kind, (places, kinds), in single precision like the graph."""
    places = picture - centre.astype(np.float32)
    return np.asarray(places @ weights.astype(np.float32))
