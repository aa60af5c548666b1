"""From JPEG bytes to what the network reads, all of it in the graph."""

import tensorflow as tf

from line_sim_export.networks.backbone import SIDE, SYMMETRIC, Span


def prepare(jpegs: tf.Tensor, span: Span = SYMMETRIC, side: int = SIDE) -> tf.Tensor:
    """Decode and scale a batch of JPEGs: strings (n,) to float32 (n, side, side, 3) in the span.

    Grey and CMYK pictures become RGB. Bytes that are no JPEG fail the request with INVALID_ARGUMENT.
    """

    def one(jpeg: tf.Tensor) -> tf.Tensor:
        return prepare_one(jpeg, side)

    pixels = tf.map_fn(one, jpegs, fn_output_signature=tf.TensorSpec((side, side, 3), tf.float32))
    return pixels / (255 / (span.high - span.low)) - (-span.low)  # a subtraction: see freezing.SUMS


def prepare_one(jpeg: tf.Tensor, side: int) -> tf.Tensor:
    """Decode one JPEG and resize it to the network's square: float32 (side, side, 3) in 0..255."""
    pixels = tf.io.decode_jpeg(jpeg, channels=3, dct_method="INTEGER_ACCURATE")
    return tf.image.resize(tf.cast(pixels, tf.float32), (side, side), antialias=True)
