"""Recentring: a head for the network in lower precision."""

from typing import Any

import numpy as np
import pytest
from line_sim_export.heads.detectors import LocalDetectors, PooledDetectors
from line_sim_export.heads.head import Combination, Head
from line_sim_export.pictures.lessons import RenderedParts

pytestmark = pytest.mark.slow

CHANNELS, KINDS = 8, 2


@pytest.fixture(scope="module")
def network() -> Any:
    """Two convolutions on an image, read as a whole and place by place."""
    from line_sim_export.silence import import_tensorflow

    import_tensorflow()
    import keras

    keras.utils.set_random_seed(1)
    image = keras.layers.Input((299, 299, 3))
    block = keras.layers.Conv2D(CHANNELS, 9, strides=16, activation="relu")(image)
    block = keras.layers.Conv2D(CHANNELS, 1, activation="relu")(block)
    places = keras.layers.Reshape((-1, CHANNELS))(block)
    return keras.Model(image, [keras.layers.GlobalAveragePooling2D()(block), places])


@pytest.fixture(scope="module")
def head() -> Head:
    """A head of fixed random weights."""
    draw = np.random.default_rng(1).standard_normal
    pooled = PooledDetectors(np.zeros(CHANNELS), np.ones(CHANNELS), draw((CHANNELS, KINDS)), np.zeros(KINDS))
    local = LocalDetectors(np.zeros(CHANNELS), draw((CHANNELS, KINDS)))
    combination = Combination(
        np.zeros(2 * KINDS), np.ones(2 * KINDS), draw((2 * KINDS, KINDS + 1)), np.zeros(KINDS + 1)
    )
    return Head(("good", "a", "b"), pooled, local, combination)


def test_the_mean_shift_of_lower_precision_is_taken_out(network: Any, head: Head) -> None:
    """On other pictures than it was measured on, too: whole pictures' scores lie off by less than half."""
    from line_sim_export.heads.recentring import recentred, scores
    from line_sim_export.model.freezing import freeze
    from line_sim_export.model.signature import scorer_of

    jpegs = [picture.jpeg for picture in RenderedParts(seed=11, count=12)]
    plain = scorer_of(network, head)
    off = scores(freeze(plain, "bfloat16"), jpegs[6:]) - scores(plain, jpegs[6:])
    shift = recentred(head, network, "bfloat16", jpegs[:6]).combination.centre - head.combination.centre
    whole, left = off[:, :KINDS], (off - shift)[:, :KINDS]
    assert np.abs(whole).max() > 0
    assert np.square(left).mean() < np.square(whole).mean() / 4


def test_nothing_is_moved_where_precision_is_not_lower(network: Any, head: Head) -> None:
    """In single precision the centre stays, but for the order of summation, and nothing else changes."""
    from line_sim_export.heads.recentring import recentred

    jpegs = [picture.jpeg for picture in RenderedParts(seed=11, count=6)]
    same = recentred(head, network, "float32", jpegs)
    assert same.combination.centre == pytest.approx(head.combination.centre, abs=1e-5)
    assert (same.labels, same.pooled, same.local) == (head.labels, head.pooled, head.local)
    assert same.combination.weights is head.combination.weights
