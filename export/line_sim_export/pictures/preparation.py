"""From a picture's bytes to what the network reads, all of it in the graph."""

import tensorflow as tf

from line_sim_export.networks.backbone import SIDE, SYMMETRIC, Span
from line_sim_export.pictures.orientation import jpeg_orientation, upright
from line_sim_export.pictures.png import decode_png, is_png

JPEG_START = b"\xff\xd8"


def prepare(pictures: tf.Tensor, span: Span = SYMMETRIC, side: int = SIDE) -> tf.Tensor:
    """Decode and scale a batch of JPEGs or PNGs: strings (n,) to float32 (n, side, side, 3) in the span.

    Each is shown as a person sees it, as `line_sim.pictures.files` shows one before it is sent. Bytes that
    are neither fail the request with INVALID_ARGUMENT.
    """

    def one(picture: tf.Tensor) -> tf.Tensor:
        return prepare_one(picture, side)

    pixels = tf.map_fn(one, pictures, fn_output_signature=tf.TensorSpec((side, side, 3), tf.float32))
    return pixels / (255 / (span.high - span.low)) - (-span.low)  # a subtraction: see freezing.SUMS


def prepare_one(picture: tf.Tensor, side: int) -> tf.Tensor:
    """Decode one picture and resize it to the network's square: float32 (side, side, 3) in 0..255.

    It is resized from bytes, to the same numbers: as floats a line scan takes four times the memory.
    """
    pixels = tf.cond(is_png(picture), lambda: decode_png(picture), lambda: decode_jpeg(picture))
    return tf.image.resize(pixels, (side, side), antialias=True)


def decode_jpeg(jpeg: tf.Tensor) -> tf.Tensor:
    """Decode a JPEG to uint8 (height, width, 3), upright; grey and CMYK become RGB."""
    with tf.control_dependencies([refuse_others(jpeg)]):
        pixels = tf.io.decode_jpeg(jpeg, channels=3, dct_method="INTEGER_ACCURATE")
    return upright(tf.ensure_shape(pixels, (None, None, 3)), jpeg_orientation(jpeg))


def refuse_others(picture: tf.Tensor) -> tf.Operation:
    """Refuse by name what TensorFlow would decode in its own ways: a GIF without its transparency, WebP."""
    begins = tf.strings.substr(picture, 0, len(JPEG_START))
    told = ["the picture is no JPEG and no PNG: it has so many bytes", tf.strings.length(picture)]
    return tf.debugging.Assert(tf.equal(begins, JPEG_START), told)
