"""The network before it was frozen, kept beside the SavedModel to compare ways to run it; no server reads it.

A seeded network's kernels, nine tenths of its bytes, are drawn anew; all the rest is in the file.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from line_sim.errors import ScenarioError
from line_sim_export.heads.detectors import LocalDetectors, PooledDetectors
from line_sim_export.heads.head import Combination, Head
from line_sim_export.networks.backbone import SIDE, Backbone, draw_kernels
from line_sim_export.pictures.features import Reader, reader_of

UNFROZEN = Path("assets.extra", "unfrozen.npz")
PARTS = {
    "pooled": (PooledDetectors, ("centre", "sharpness", "weights", "bias")),
    "local": (LocalDetectors, ("centre", "weights")),
    "combination": (Combination, ("centre", "sharpness", "weights", "bias")),
}
KERNEL_AXES = 4

Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Unfrozen:
    """A network with variables, and the head that was fitted on it."""

    reader: Reader
    head: Head


def write_unfrozen(network: keras.Model, head: Head, seed: int | None, folder: Path) -> None:
    """Write what makes the network anew into a version folder; `seed` drew its kernels, None: nothing did."""
    arrays: Arrays = {
        f"variable_{place}": value
        for place, value in enumerate(network.get_weights())
        if seed is None or value.ndim != KERNEL_AXES
    }
    for part, (_, fields) in PARTS.items():
        arrays |= {f"{part}_{field}": getattr(getattr(head, part), field) for field in fields}
    arrays["labels"] = np.array(head.labels)
    if seed is not None:
        arrays["seed"] = np.array(seed)
    path = folder / UNFROZEN
    path.parent.mkdir(exist_ok=True)
    np.savez_compressed(path, allow_pickle=False, **arrays)


def read_unfrozen(folder: Path) -> Unfrozen:
    """Make the network of a version folder anew. Raises ScenarioError where the folder does not tell it."""
    path = folder / UNFROZEN
    if (folder / "saved_model.pb").exists() and not path.exists():
        raise ScenarioError(
            f"{path} is not there: only an InceptionV3 with a head fitted on rendered parts is made anew; "
            "'line-sim export' without options makes one"
        )
    try:
        with np.load(path, allow_pickle=False) as file:
            kept = {name: file[name] for name in file.files}
        return Unfrozen(reader_with(kept), head_of(kept))
    except (OSError, KeyError, ValueError) as error:
        raise ScenarioError(
            f"{path} does not tell the network before it was frozen ({error}): "
            f"make the model anew with 'line-sim export --force'"
        ) from error


def reader_with(kept: Arrays) -> Reader:
    """Build InceptionV3, draw its kernels if they were drawn, and give it the weights kept."""
    network = keras.applications.InceptionV3(include_top=False, weights=None, input_shape=(SIDE, SIDE, 3))
    if "seed" in kept:
        draw_kernels(network, int(kept["seed"]))
    network.trainable = False
    reader = reader_of(Backbone(network, "as exported", pretrained="seed" not in kept))
    drawn = reader.network.get_weights()
    reader.network.set_weights([kept.get(f"variable_{place}", value) for place, value in enumerate(drawn)])
    return reader


def head_of(kept: Arrays) -> Head:
    """Build the head from the arrays kept."""
    parts = {
        part: kind(**{field: kept[f"{part}_{field}"] for field in fields})
        for part, (kind, fields) in PARTS.items()
    }
    return Head(labels=tuple(str(label) for label in kept["labels"]), **parts)
