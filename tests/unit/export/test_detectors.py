"""The whole-picture detectors: what emphasis does to their fit."""

import numpy as np
import pytest
from line_sim_export.heads.detectors import Array, Flags, fit_pooled

NARROW, WIDE = 20, 200


@pytest.fixture
def lesson() -> tuple[Array, Flags, Flags]:
    """Pictures whose kind shows in 20 features, and ten times fainter in 200: features, good ones, kinds."""
    generator = np.random.default_rng(1)
    kinds = (np.arange(120)[:, None] % 4) == np.arange(1, 3)
    pooled = generator.standard_normal((120, NARROW + WIDE))
    pooled[:, :NARROW] += kinds @ generator.standard_normal((2, NARROW)) * 3
    pooled[:, NARROW:] += kinds @ generator.standard_normal((2, WIDE)) * 0.3
    return pooled, ~kinds.any(axis=1), kinds


def test_only_the_proportions_of_emphasis_count(lesson: tuple[Array, Flags, Flags]) -> None:
    """The penalties are in units of the features' variance: ten times all emphasis changes no score."""
    pooled, good, kinds = lesson
    emphasis = np.linspace(0.5, 2.0, pooled.shape[1])
    once, tenfold = (fit_pooled(pooled, factor * emphasis, good, kinds) for factor in (1, 10))
    assert tenfold.scores(pooled) == pytest.approx(once.scores(pooled), abs=1e-9)


def test_a_feature_without_emphasis_is_not_looked_at(lesson: tuple[Array, Flags, Flags]) -> None:
    """The scores are those of a fit that never had the feature."""
    pooled, good, kinds = lesson
    emphasis = np.repeat([1.0, 0.0], [NARROW, WIDE])
    narrow = fit_pooled(pooled[:, :NARROW], emphasis[:NARROW], good, kinds)
    found = fit_pooled(pooled, emphasis, good, kinds)
    assert found.scores(pooled) == pytest.approx(narrow.scores(pooled[:, :NARROW]), abs=1e-9)


def test_less_emphasis_lets_less_noise_through(lesson: tuple[Array, Flags, Flags]) -> None:
    """Rounding moves the features that tell little: with less emphasis on those it moves the scores less."""
    pooled, good, kinds = lesson
    rounded = pooled.copy()
    rounded[:, NARROW:] += 0.3 * np.random.default_rng(2).standard_normal((len(pooled), WIDE))

    def moved(emphasis: Array) -> float:
        detectors = fit_pooled(pooled, emphasis, good, kinds)
        scores = detectors.scores(pooled)
        return float((detectors.scores(rounded) - scores).std() / scores.std())

    even = moved(np.ones(NARROW + WIDE))
    assert moved(np.repeat([1 / NARROW, 1 / WIDE], [NARROW, WIDE])) < even / 2
