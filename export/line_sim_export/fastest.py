"""Which precision answers sooner on this processor: measured on an InceptionV3, not assumed.

Units for bfloat16 are a promise. What they bring depends on the processor, on TensorFlow's build and on
how many processors there are.
"""

import statistics
from dataclasses import dataclass

import keras
import tensorflow as tf

from line_sim_export.model.freezing import LoweringError, Precision, freeze
from line_sim_export.processor import bfloat16_units, processor
from line_sim_export.progress import Reporter
from line_sim_export.timing import seconds

UNTIMED, TIMED = 2, 15
WORTH_IT = 0.9
"""bfloat16 must take at most so much of float32's time: for less, no label is put at risk."""

OFFSET = 0.1  # of means, variances and offsets: anything but zero


@dataclass(frozen=True)
class Race:
    """Median milliseconds for one picture in each precision, taken in turns."""

    float32_ms: float
    bfloat16_ms: float

    @property
    def winner(self) -> Precision:
        """The precision to export in."""
        return "bfloat16" if self.bfloat16_ms <= WORTH_IT * self.float32_ms else "float32"


def fastest(reporter: Reporter) -> Precision:
    """Measure both precisions where the processor has units for bfloat16, and say what is chosen and why."""
    if not bfloat16_units():
        reporter.say(f"in float32, as this processor ({processor()}) has no bfloat16 units")
        return "float32"
    reporter.say("measuring which precision answers sooner here")
    try:
        race = raced()
    except LoweringError as error:
        reporter.say(f"in float32: {error}")
        return "float32"
    reporter.say(
        f"in {race.winner}: a picture takes {race.float32_ms:.0f} ms in float32 and "
        f"{race.bfloat16_ms:.0f} ms in bfloat16 (--precision to choose otherwise)"
    )
    return race.winner


def raced() -> Race:
    """Time an InceptionV3 frozen in both precisions, in turns, for the same noise. Raises LoweringError."""
    network = timed_network()  # a function does not keep its network alive
    shape = tf.TensorSpec((1, 299, 299, 3), tf.float32)
    function = tf.function(lambda picture: network(picture, training=False)).get_concrete_function(shape)
    single, half = freeze(function, "float32"), freeze(function, "bfloat16")
    picture = tf.random.stateless_uniform(shape.shape, seed=(1, 1))
    rounds = [
        (seconds(lambda: single(picture)), seconds(lambda: half(picture))) for _ in range(UNTIMED + TIMED)
    ][UNTIMED:]
    single_s, half_s = (statistics.median(column) for column in zip(*rounds, strict=True))
    return Race(1e3 * single_s, 1e3 * half_s)


def timed_network() -> keras.Model:
    """Return an InceptionV3 that takes as long as any other, whatever its weights.

    Its batch normalisations have means and offsets: with Keras' zeros there is nothing to add when they are
    folded, and TensorFlow fuses an activation only with a convolution that has a bias.
    """
    network = keras.applications.InceptionV3(weights=None)
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([values + OFFSET for values in layer.get_weights()])
    return network
