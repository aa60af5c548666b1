"""From JPEG bytes to what InceptionV3 reads, all of it in the graph."""

import tensorflow as tf

from line_sim_export.backbone import SIDE


def prepare(jpegs: tf.Tensor) -> tf.Tensor:
    """Decode and scale a batch of JPEGs: strings (n,) to float32 (n, 299, 299, 3) in -1..1.

    Grey and CMYK pictures become RGB. Bytes that are no JPEG fail the request with INVALID_ARGUMENT.
    """
    pixels = tf.map_fn(prepare_one, jpegs, fn_output_signature=tf.TensorSpec((SIDE, SIDE, 3), tf.float32))
    return pixels / 127.5 - 1.0


def prepare_one(jpeg: tf.Tensor) -> tf.Tensor:
    """Decode one JPEG and resize it to the network's square: float32 (299, 299, 3) in 0..255."""
    pixels = tf.io.decode_jpeg(jpeg, channels=3, dct_method="INTEGER_ACCURATE")
    return tf.image.resize(tf.cast(pixels, tf.float32), (SIDE, SIDE), antialias=True)
