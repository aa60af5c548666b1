"""The network the pictures go through: InceptionV3, its weights drawn from a seed or trained by others."""

import hashlib
from dataclasses import dataclass
from typing import Any, NamedTuple

import keras
import numpy as np
import numpy.typing as npt

from line_sim.pictures.rendered.draws import keyed_generator

SIDE = 299
"""InceptionV3 reads squares of this many pixels."""

Images = npt.NDArray[np.float32]  # (pictures, 299, 299, 3), scaled to -1..1


class Span(NamedTuple):
    """What a network takes black and white for."""

    low: float
    high: float


SYMMETRIC = Span(-1.0, 1.0)  # keras.applications
UNIT = Span(0.0, 1.0)  # TensorFlow Hub's common signature of images


@dataclass(frozen=True)
class Backbone:
    """A network, and where its weights came from (told in the model's card).

    `network` is Keras' InceptionV3, with its top or without, or another function from images to
    (n, width). `key` names its weights by their content. It reads squares of `side` pixels in `span`.
    """

    network: Any
    origin: str
    pretrained: bool
    key: str = ""
    span: Span = SYMMETRIC
    side: int = SIDE

    @property
    def layered(self) -> bool:
        """Whether it is made of Keras' layers, so that its blocks can be read."""
        return isinstance(self.network, keras.Model)

    def look(self, images: Any) -> Any:
        """Put a tensor of images through the network, as it was trained to be asked."""
        return self.network(images, training=False) if self.layered else self.network(images)


def seeded_inception(seed: int, samples: Images) -> Backbone:
    """Return InceptionV3, its weights drawn from the seed, its statistics calibrated on sample pictures.

    Kernels are He-normal (He et al. 2015, eq. 10), so that the signal keeps its size through the
    94 convolutions.
    """
    network = keras.applications.InceptionV3(include_top=False, weights=None, input_shape=(SIDE, SIDE, 3))
    draw_kernels(network, seed)
    calibrate(network, samples)
    calibrated_on = hashlib.sha256(samples.tobytes()).hexdigest()[:16]
    return Backbone(
        network,
        f"seeded: He-normal kernels drawn from seed {seed}",
        pretrained=False,
        key=f"seeded-{seed}-{calibrated_on}",
    )


def draw_kernels(network: keras.Model, seed: int) -> None:
    """Give every convolution the kernel that belongs to its place and the seed."""
    for place, layer in enumerate(layers_of(network, keras.layers.Conv2D)):
        layer.set_weights([he_normal(seed, place, tuple(layer.kernel.shape))])


def layers_of(network: keras.Model, kind: type[keras.layers.Layer]) -> list[keras.layers.Layer]:
    """Return the network's layers of one kind, in order."""
    return [layer for layer in network.layers if isinstance(layer, kind)]


def he_normal(seed: int, place: int, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """Return the kernel (height, width, inputs, outputs) of one convolution; its variance is 2 / fan-in."""
    generator = keyed_generator("inception", seed, place)
    kernel = generator.standard_normal(shape, dtype=np.float32)
    return kernel * np.float32(np.sqrt(2 / np.prod(shape[:-1])))


def calibrate(network: keras.Model, samples: Images) -> None:
    """Set every batch normalisation's mean and variance to those of the samples, in one pass."""
    for layer in layers_of(network, keras.layers.BatchNormalization):
        layer.momentum = 0.0  # take this batch's statistics as they are, keep nothing of the old ones
    network(samples, training=True)
    network.trainable = False
