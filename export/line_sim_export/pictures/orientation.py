"""EXIF's orientation in the graph: a camera that was held otherwise says so, and viewers turn the picture."""

import tensorflow as tf

UPRIGHT = 1
NOWHERE = -1

MOST_BLOCKS = 256
"""Segments or chunks that are looked through: one of tiny ones would keep a server busy for minutes."""

MOST_TAGS = 100
ORIENTATION = 0x0112
SHORT, LONG = 3, 4  # types of a tag's value

EXIF_SEGMENT, START_OF_SCAN, END_OF_IMAGE, FILL = 0xE1, 0xDA, 0xD9, 0xFF


def octets(picture: tf.Tensor, at: tf.Tensor, count: int) -> tf.Tensor:
    """Return some bytes of a picture from a place on, int32 (count,); beyond its end there are zeros."""
    begin = tf.minimum(at, tf.strings.length(picture))
    found = tf.io.decode_raw(tf.strings.substr(picture, begin, count), tf.uint8, fixed_length=count)
    return tf.cast(tf.ensure_shape(found, (count,)), tf.int32)


def jpeg_orientation(jpeg: tf.Tensor) -> tf.Tensor:
    """Return the orientation that a JPEG's EXIF states, UPRIGHT where there is none: an int32 scalar."""
    return orientation_at(jpeg, exif_of_jpeg(jpeg))


def exif_of_jpeg(jpeg: tf.Tensor) -> tf.Tensor:
    """Return the place of the first EXIF in a JPEG's segments, before any pixels, or NOWHERE."""
    mark = tf.constant(list(b"Exif\0\0"), tf.int32)

    def goes_on(at: tf.Tensor, found: tf.Tensor) -> tf.Tensor:
        return tf.logical_and(at != NOWHERE, found == NOWHERE)

    def look(at: tf.Tensor, found: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        head = octets(jpeg, at, 10)
        marker = head[1]
        over = (head[0] != FILL) | (marker == START_OF_SCAN) | (marker == END_OF_IMAGE)
        behind = tf.where(marker == FILL, at + 1, at + 2 + 256 * head[2] + head[3])
        is_exif = (head[0] == FILL) & (marker == EXIF_SEGMENT) & tf.reduce_all(head[4:] == mark)
        return tf.where(over, NOWHERE, behind), tf.where(is_exif, at + 10, found)

    _, found = tf.while_loop(
        goes_on, look, (tf.constant(2), tf.constant(NOWHERE)), maximum_iterations=MOST_BLOCKS
    )
    return found


def orientation_at(picture: tf.Tensor, exif: tf.Tensor) -> tf.Tensor:
    """Return the orientation in the EXIF at a place, UPRIGHT for NOWHERE: an int32 scalar in 1..8."""
    return tf.cond(exif == NOWHERE, lambda: tf.constant(UPRIGHT), lambda: stated_orientation(picture, exif))


def stated_orientation(picture: tf.Tensor, exif: tf.Tensor) -> tf.Tensor:
    """Read EXIF's first directory, in the byte order that it states; what is damaged counts as UPRIGHT."""
    head = octets(picture, exif, 8)
    little = tf.reduce_all(head[:4] == tf.constant(list(b"II*\0")))
    valid = little | tf.reduce_all(head[:4] == tf.constant(list(b"MM\0*")))

    def number(digits: tf.Tensor) -> tf.Tensor:
        """Read bytes along the last axis; those beyond 31 bits are no place in any file."""
        weights = [256**place for place in range(digits.shape[-1])]
        ordered = tf.where(little, digits, tf.reverse(digits, [-1]))
        total = tf.reduce_sum(tf.cast(ordered, tf.int64) * tf.constant(weights, tf.int64), axis=-1)
        return tf.cast(tf.minimum(total, 2**30), tf.int32)

    directory = octets(picture, exif + number(head[4:]), 2 + 12 * MOST_TAGS)
    tags = tf.reshape(directory[2:], (MOST_TAGS, 12))
    kind = number(tags[:, 2:4])
    value = tf.where(kind == LONG, number(tags[:, 8:12]), number(tags[:, 8:10]))
    stated = (number(tags[:, :2]) == ORIENTATION) & (number(tags[:, 4:8]) == 1)
    stated &= ((kind == SHORT) | (kind == LONG)) & (tf.range(MOST_TAGS) < number(directory[:2]))
    found = tf.reduce_max(tf.where(stated, value, 0))
    return tf.where(valid & (found >= UPRIGHT) & (found <= 8), found, UPRIGHT)


def upright(pixels: tf.Tensor, orientation: tf.Tensor) -> tf.Tensor:
    """Turn and mirror pixels (height, width, 3) as an orientation of 1 to 8 asks."""

    def turned() -> tf.Tensor:
        lying = tf.cond(orientation >= 5, lambda: tf.transpose(pixels, (1, 0, 2)), lambda: pixels)
        mirrored = tf.reduce_any(orientation == tf.constant([2, 3, 6, 7]))
        flat = tf.cond(mirrored, lambda: tf.reverse(lying, [1]), lambda: lying)
        upside_down = tf.reduce_any(orientation == tf.constant([3, 4, 7, 8]))
        return tf.cond(upside_down, lambda: tf.reverse(flat, [0]), lambda: flat)

    return tf.cond(orientation == UPRIGHT, lambda: pixels, turned)
