"""PNGs in the graph: deep samples by the bits that they use, an alpha laid on white paper, turned upright.

The rules are those of `line_sim.pictures.files`, where they stand with their reasons.
"""

import tensorflow as tf

from line_sim.pictures.files.depth import DEPTHS
from line_sim.pictures.files.seen import PAPER
from line_sim_export.pictures.orientation import MOST_BLOCKS, NOWHERE, octets, orientation_at, upright

SIGNATURE = b"\x89PNG\r\n\x1a\n"
FIRST_CHUNK = 8
BITS_AT, COLOUR_TYPE_AT = 24, 25
GREY, RGB = 0, 2


def is_png(picture: tf.Tensor) -> tf.Tensor:
    """Whether the bytes begin like a PNG."""
    return tf.equal(tf.strings.substr(picture, 0, len(SIGNATURE)), SIGNATURE)


def decode_png(png: tf.Tensor) -> tf.Tensor:
    """Decode a PNG to uint8 (height, width, 3), upright and opaque; grey and palettes become RGB.

    Refuses an animated one, and one in which a single grey or colour is declared transparent: TensorFlow
    does not tell which.
    """
    exif, animated, keyed = chunks_of(png)
    head = octets(png, tf.constant(BITS_AT), 2)
    is_grey_or_rgb = (head[1] == GREY) | (head[1] == RGB)
    allowed = [
        tf.debugging.Assert(~animated, ["the picture is an animated PNG"]),
        tf.debugging.Assert(
            ~(keyed & is_grey_or_rgb), ["the picture is a PNG with one colour that is transparent"]
        ),
    ]
    with tf.control_dependencies(allowed):
        samples = tf.cond(head[0] == 16, lambda: deep_samples(png), lambda: samples_of(png, tf.uint8))
    channels = tf.shape(samples)[2]
    places = tf.where(channels < 3, tf.constant([0, 0, 0]), tf.constant([0, 1, 2]))
    colours = tf.gather(samples, places, axis=2)
    opaque = tf.cond(
        channels % 2 == 1,
        lambda: colours,
        lambda: on_paper(colours, tf.gather(samples, [channels - 1], axis=2)),
    )
    return upright(tf.ensure_shape(opaque, (None, None, 3)), orientation_at(png, exif))


def samples_of(png: tf.Tensor, dtype: tf.DType) -> tf.Tensor:
    """Decode a PNG's own channels: grey, grey and alpha, RGB or RGBA."""
    return tf.ensure_shape(tf.io.decode_png(png, channels=0, dtype=dtype), (None, None, None))


def deep_samples(png: tf.Tensor) -> tf.Tensor:
    """Decode 16-bit samples to the upper eight of the bits that are used; an alpha has its own."""
    samples = samples_of(png, tf.uint16)
    brightest = tf.cast(tf.reduce_max(samples, axis=[0, 1]), tf.int32)
    places = tf.range(tf.shape(brightest)[0])
    is_alpha = (places % 2 == 1) & (places == tf.shape(brightest)[0] - 1)
    of_colours = tf.reduce_max(tf.where(is_alpha, 0, brightest))
    unused = tf.where(is_alpha, unused_bits(brightest), unused_bits(of_colours))
    return tf.cast(tf.bitwise.right_shift(samples, tf.cast(unused, tf.uint16)), tf.uint8)


def unused_bits(brightest: tf.Tensor) -> tf.Tensor:
    """Return how many bits are below the upper eight of the fewest of `DEPTHS` that hold the brightest."""
    fits = [tf.cast(brightest >= 2**bits, tf.int32) for bits in DEPTHS[:-1]]
    return tf.gather(tf.constant(DEPTHS), tf.add_n(fits)) - 8


def on_paper(colours: tf.Tensor, alpha: tf.Tensor) -> tf.Tensor:
    """Lay colours (height, width, 3) on white paper where the alpha (height, width, 1) is not full.

    All in 16 bits, which hold 255 x 255: a server has reckoned little more for a picture.
    """
    alpha = tf.cast(alpha, tf.uint16)
    paper = (255 - alpha) * PAPER + 127
    return tf.cast((tf.cast(colours, tf.uint16) * alpha + paper) // 255, tf.uint8)


def chunks_of(png: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Look through the chunks before the pixels: where EXIF is or NOWHERE, animated, with a tRNS."""
    names = [tf.constant(list(name), tf.int32) for name in (b"eXIf", b"acTL", b"tRNS", b"IDAT", b"\0\0\0\0")]

    def goes_on(at: tf.Tensor, *_: tf.Tensor) -> tf.Tensor:
        return at != NOWHERE

    def look(
        at: tf.Tensor, exif: tf.Tensor, animated: tf.Tensor, keyed: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]:
        head = octets(png, at, 8)
        is_exif, is_animation, is_key, is_pixels, is_over = (
            tf.reduce_all(head[4:] == name) for name in names
        )
        too_long = head[0] >= 64  # of its four bytes the first: no file goes on behind
        behind = at + 12 + 2**24 * (head[0] % 64) + 2**16 * head[1] + 2**8 * head[2] + head[3]
        beyond = is_pixels | is_over | too_long | (behind < at)
        return (
            tf.where(beyond, NOWHERE, behind),
            tf.where(is_exif, at + 8, exif),
            animated | is_animation,
            keyed | is_key,
        )

    start = (tf.constant(FIRST_CHUNK), tf.constant(NOWHERE), tf.constant(False), tf.constant(False))
    _, exif, animated, keyed = tf.while_loop(goes_on, look, start, maximum_iterations=MOST_BLOCKS)
    return exif, animated, keyed
