"""Every labelled picture through the network once: what it saw is kept on disk and found again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from line_sim.errors import PictureError
from line_sim_export.networks.backbone import Backbone
from line_sim_export.pictures.feature_store import FeatureStore
from line_sim_export.pictures.features import BATCH, block_widths, pooled_blocks
from line_sim_export.pictures.labelled_folder import Item, LeftOut
from line_sim_export.pictures.preparation import prepare
from line_sim_export.progress import Reporter

READING = "2"
"""Counts the ways in which pictures were prepared and blocks read: features of another way are others."""

BLOCK = 512  # pictures whose features are in memory at once


@dataclass(frozen=True)
class Eye:
    """A network without its top as a function from images to features (n, width), and how it is fed.

    `groups` are the widths of what was read from each block; they add up to `width`.
    """

    features: Callable[[tf.Tensor], tf.Tensor]
    look: Callable[[tf.Tensor], tf.Tensor]
    groups: tuple[int, ...]
    key: str

    @property
    def width(self) -> int:
        """How many features a picture has."""
        return sum(self.groups)


def eye_of(backbone: Backbone) -> Eye:
    """Return what reads pictures with this network: mean and deviation of blocks, or what a module gives."""
    groups: tuple[int, ...] = ()
    if backbone.layered:
        groups = block_widths(backbone.network)
        network = keras.Model(backbone.network.input, pooled_blocks(backbone.network))

        def features(images: tf.Tensor) -> tf.Tensor:
            return network(images, training=False)
    else:
        features = backbone.look

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)], autograph=False)  # type: ignore[untyped-decorator]
    def look(jpegs: tf.Tensor) -> tf.Tensor:
        return features(prepare(jpegs, backbone.span, backbone.side))

    groups = groups or (int(features(tf.zeros([1, backbone.side, backbone.side, 3])).shape[1]),)
    return Eye(features, look, groups, f"{backbone.key}-reading-{READING}")


def fill(store: FeatureStore, eye: Eye, items: Sequence[Item], reporter: Reporter) -> list[LeftOut]:
    """Put the pictures through the network that the store does not know yet; return those that cannot be."""
    todo = [item for item in items if item.digest not in store]
    if len(todo) < len(items):
        reporter.say(f"features of {len(items) - len(todo)} of {len(items)} pictures are known already")
    failed: list[LeftOut] = []
    with reporter.counting("reading pictures", len(todo)) as advance:
        for start in range(0, len(todo), BATCH):
            batch = todo[start : start + BATCH]
            failed += added(store, eye, batch)
            advance(len(batch))
    return failed


def added(store: FeatureStore, eye: Eye, batch: Sequence[Item]) -> list[LeftOut]:
    """Put a batch through the network; where it fails, one picture after the other."""
    try:
        rows = eye.look(tf.constant([item.read() for item in batch])).numpy()
    except (tf.errors.InvalidArgumentError, PictureError) as error:
        if len(batch) > 1:
            return [left for item in batch for left in added(store, eye, [item])]
        return [LeftOut(batch[0].name, reason_of(error))]
    store.add([item.digest for item in batch], rows)
    return []


def reason_of(error: Exception) -> str:
    """Say why a picture that Pillow can read is of no use."""
    if isinstance(error, PictureError):
        return str(error)
    return "TensorFlow cannot decode it"


def blocks_of(
    store: FeatureStore, items: Sequence[Item]
) -> Callable[[], Iterator[tuple[slice, npt.NDArray[np.float32]]]]:
    """Return what gives the pictures' features block by block, as often as it is called."""
    places = store.places([item.digest for item in items])

    def blocks() -> Iterator[tuple[slice, npt.NDArray[np.float32]]]:
        for start in range(0, len(places), BLOCK):
            part = slice(start, min(start + BLOCK, len(places)))
            yield part, store.read(places[part])

    return blocks
