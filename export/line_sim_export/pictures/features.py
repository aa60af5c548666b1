"""From pictures to numbers: what the head reads from several blocks of the network."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from line_sim_export.networks.backbone import Backbone
from line_sim_export.pictures.lessons import LabelledPicture
from line_sim_export.pictures.preparation import prepare

POOLED_BLOCKS = ("mixed0", "mixed1", "mixed2", "mixed4", "mixed7", "mixed10")
"""Blocks read as a whole; the last one is among them, so that the server computes the full network."""

LOCAL_BLOCK = "mixed0"
"""The block read place by place: each of its 35 x 35 places sees 31 to 63 pixels."""

BATCH = 4  # a picture took 104 ms so, 118 ms in sixteens: the activations stay in the cache
SMALLEST_DEVIATION = 1e-3  # of a channel that is the same everywhere


class Reading(NamedTuple):
    """What the head reads of n pictures.

    `pooled` is (n, width), float32: mean and standard deviation of every channel of the pooled blocks.
    `emphasis` (width,) is what each of those features is multiplied with before a penalised fit.
    `local` is (n, places, channels), float32, 1.3 MB a picture: the local block, place by place.
    `names` are the true labels.
    """

    pooled: npt.NDArray[np.float32]
    emphasis: npt.NDArray[np.float64]
    local: npt.NDArray[np.float32]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Reader:
    """A network from images (n, 299, 299, 3) to what the head reads: pooled, local.

    `look` is the same from JPEGs, as a graph that is traced once. `emphasis` is that of `Reading`.
    """

    network: keras.Model
    emphasis: npt.NDArray[np.float64]
    look: Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]


def reader_of(backbone: Backbone) -> Reader:
    """Return what reads pictures with this network."""
    network = backbone.network
    pooled = pooled_blocks(network)
    local = network.get_layer(LOCAL_BLOCK).output
    places = keras.layers.Reshape((local.shape[1] * local.shape[2], local.shape[3]))(local)
    reading = keras.Model(network.input, [pooled, places])

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)], autograph=False)  # type: ignore[untyped-decorator]
    def look(jpegs: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        pooled, local = reading(prepare(jpegs), training=False)
        return pooled, local

    channels = [network.get_layer(name).output.shape[-1] for name in POOLED_BLOCKS]
    return Reader(reading, emphasis_of(channels), look)


def emphasis_of(channels: Sequence[int]) -> npt.NDArray[np.float64]:
    """Return the emphasis (width,) of the pooled features of blocks of so many channels each: 1/n for n.

    The deep blocks are the wide ones. Without it mixed10 alone would have half of the weight, and in a
    seeded network it tells the least and changes most with rounding: every layer adds its own.
    """
    return np.concatenate([np.full(2 * width, 1 / width) for width in channels])  # means, deviations


def pooled_blocks(network: keras.Model) -> keras.KerasTensor:
    """Return mean and standard deviation of every channel of the pooled blocks, (n, width)."""
    blocks = [network.get_layer(name).output for name in POOLED_BLOCKS]
    return keras.layers.Concatenate()([pool for block in blocks for pool in pools(block)])


def block_widths(network: keras.Model) -> tuple[int, ...]:
    """Return how many of these numbers come from each of the pooled blocks."""
    return tuple(2 * network.get_layer(name).output.shape[-1] for name in POOLED_BLOCKS)


def pools(block: keras.KerasTensor) -> list[keras.KerasTensor]:
    """Return mean and standard deviation over the places of a block."""
    mean = keras.ops.mean(block, axis=(1, 2))
    variance = keras.ops.mean(keras.ops.square(block), axis=(1, 2)) - keras.ops.square(mean)
    return [mean, keras.ops.sqrt(keras.ops.maximum(variance, 0.0) + SMALLEST_DEVIATION**2)]


def read(
    reader: Reader,
    pictures: Iterable[LabelledPicture],
    advance: Callable[[int], None],
) -> Reading:
    """Put every picture through the network once, telling `advance` after each batch."""
    pooled, local, names = [], [], []
    for batch in batches(pictures, BATCH):
        seen = reader.look(tf.constant([picture.jpeg for picture in batch]))
        pooled.append(seen[0].numpy())
        local.append(seen[1].numpy())
        names += [picture.label for picture in batch]
        advance(len(batch))
    return Reading(np.concatenate(pooled), reader.emphasis, np.concatenate(local), tuple(names))


def batches(pictures: Iterable[LabelledPicture], size: int) -> Iterator[list[LabelledPicture]]:
    """Split pictures into lists of at most `size`."""
    rest = iter(pictures)
    while batch := list(islice(rest, size)):
        yield batch
