"""The network the pictures go through: InceptionV3, its weights drawn from a seed."""

from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt

from line_sim.inspection.images.draws import keyed_generator

SIDE = 299
"""InceptionV3 reads squares of this many pixels."""

Images = npt.NDArray[np.float32]  # (pictures, 299, 299, 3), scaled to -1..1


@dataclass(frozen=True)
class Backbone:
    """A network without its top, and where its weights came from (told in the model's card)."""

    network: keras.Model
    origin: str
    pretrained: bool


def seeded_inception(seed: int, samples: Images) -> Backbone:
    """Return InceptionV3, its weights drawn from the seed, its statistics calibrated on sample pictures.

    Kernels are He-normal (He et al. 2015, eq. 10), so that the signal keeps its size through the
    94 convolutions.
    """
    network = keras.applications.InceptionV3(include_top=False, weights=None, input_shape=(SIDE, SIDE, 3))
    draw_kernels(network, seed)
    calibrate(network, samples)
    return Backbone(network, f"seeded: He-normal kernels drawn from seed {seed}", pretrained=False)


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
