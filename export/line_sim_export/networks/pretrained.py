"""InceptionV3 as others have trained it: from keras.applications, or from a file of weights."""

import hashlib
import os
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import h5py
import keras

from line_sim.errors import ScenarioError
from line_sim_export.networks.backbone import SIDE, Backbone

PENULTIMATE = 2048  # channels in front of InceptionV3's top
KERAS_ENDINGS = (".h5", ".weights.h5")


@dataclass(frozen=True)
class Published:
    """A file that is fetched once and then kept in Keras' cache (`KERAS_HOME`)."""

    url: str
    md5: str
    instead: str
    folder: str = "models"

    def fetch(self) -> Path:
        """Return the file, downloaded if it is not there yet. Raises ScenarioError where it cannot be had."""
        name = self.url.rsplit("/", 1)[-1]
        home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
        try:
            found = keras.utils.get_file(
                name, self.url, cache_dir=str(home), cache_subdir=self.folder, file_hash=self.md5
            )
        except Exception as error:  # noqa: BLE001 - Keras raises a bare Exception for what goes wrong on the net
            raise ScenarioError(
                f"{self.url} cannot be had ({first_line(error)}): put the file into {home / self.folder}, "
                f"or {self.instead}"
            ) from None
        return Path(found)


IMAGENET_WEIGHTS = Published(
    "https://storage.googleapis.com/tensorflow/keras-applications/inception_v3/"
    "inception_v3_weights_tf_dim_ordering_tf_kernels.h5",
    "9a0d58056eeedaa3f26cb7ebd46da564",
    "give weights of your own with --weights FILE",
)


def keras_inception(published: Published = IMAGENET_WEIGHTS) -> Backbone:
    """Return InceptionV3 with the ImageNet weights of keras.applications, downloaded once."""
    return replace(weights_inception(published.fetch()), origin=f"keras.applications: {published.url}")


def weights_inception(file: Path) -> Backbone:
    """Return InceptionV3 with the weights of a Keras file, `.h5` or `.weights.h5`, with its top or without.

    A top gives logits. Raises ScenarioError for a file that holds no such weights.
    """
    classes = classes_in(file)
    network = empty_inception(classes)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # a layer that is not in the file is no small matter
            network.load_weights(str(file))
    except (ValueError, OSError, KeyError, TypeError, IndexError, UserWarning) as error:
        raise ScenarioError(
            f"{file}: these are no weights of keras.applications.InceptionV3: {first_line(error)}"
        ) from None
    network.trainable = False
    return Backbone(network, f"weights of {file.name}", pretrained=True, key=key_of(network))


def empty_inception(classes: int | None) -> keras.Model:
    """Build InceptionV3 with a top for so many classes, or without one."""
    if classes is None:
        return keras.applications.InceptionV3(include_top=False, weights=None, input_shape=(SIDE, SIDE, 3))
    return keras.applications.InceptionV3(
        weights=None, input_shape=(SIDE, SIDE, 3), classes=classes, classifier_activation=None
    )


def first_line(error: Exception) -> str:
    """Return what an error says, without the pages that may follow."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def classes_in(file: Path) -> int | None:
    """Return how many classes a file's weights tell apart; None where they are without a top.

    The top's kernel, (2048, classes), is the only matrix among InceptionV3's weights. Raises ScenarioError.
    """
    widths: list[int] = []

    def look(_: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset) and len(item.shape) == 2 and item.shape[0] == PENULTIMATE:
            widths.append(int(item.shape[1]))

    if not file.is_file():
        raise ScenarioError(f"{file}: there is no such file; --weights takes weights of Keras' InceptionV3")
    if not file.name.endswith(KERAS_ENDINGS):
        raise ScenarioError(f"{file}: Keras reads weights only from files ending in .h5 or .weights.h5")
    try:
        with h5py.File(file) as content:
            content.visititems(look)
    except OSError as error:
        raise ScenarioError(f"{file}: is no HDF5 file: {first_line(error)}") from None
    return widths[0] if widths else None


def key_of(network: keras.Model) -> str:
    """Return a name for the weights by their content."""
    digest = hashlib.sha256()
    for weights in network.get_weights():
        digest.update(weights.tobytes())
    return f"weights-{digest.hexdigest()[:24]}"
