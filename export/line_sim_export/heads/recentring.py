"""What lower precision does to the detectors' scores on the mean, taken out again in the head.

Rounded weights make a slightly different network: a part of each score's error is the same for every picture
(bias correction, Nagel et al. 2019, here at the scores rather than at each layer).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from line_sim_export.heads.detectors import Array
from line_sim_export.heads.head import Head
from line_sim_export.model.freezing import Precision, freeze
from line_sim_export.model.signature import scorer_of
from line_sim_export.pictures.features import BATCH

Function = Any  # tf.types.experimental.ConcreteFunction


def recentred(head: Head, network: keras.Model, precision: Precision, jpegs: Sequence[bytes]) -> Head:
    """Return the head for the network in lower precision: its scores' centre moved by their mean shift.

    The shift is measured on these pictures, of which the truth need not be known. Raises LoweringError.
    """
    plain = scorer_of(network, head)
    lowered = freeze(plain, precision)
    shift = (scores(lowered, jpegs) - scores(plain, jpegs)).mean(axis=0)
    return replace(head, combination=replace(head.combination, centre=head.combination.centre + shift))


def scores(scorer: Function, jpegs: Sequence[bytes]) -> Array:
    """Return the detectors' scores of pictures, (n, 2 kinds), in double precision."""
    batches = [tf.constant(jpegs[start : start + BATCH]) for start in range(0, len(jpegs), BATCH)]
    return np.concatenate([scorer(batch).numpy() for batch in batches]).astype(np.float64)
