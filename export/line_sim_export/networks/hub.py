"""Networks of TensorFlow Hub: by handle, by the address of an archive, or from a local path."""

import hashlib
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tensorflow as tf

from line_sim.errors import ScenarioError
from line_sim_export.choice import HANDLE
from line_sim_export.networks.backbone import SIDE, UNIT, Backbone
from line_sim_export.networks.pretrained import first_line

SIGNATURES = ("serving_default", "default", "image_classification", "image_feature_vector")
OUTPUTS = ("logits", "default", "output_0")
CHUNK = 2**20

Call = Callable[[tf.Tensor], tf.Tensor]


class HubNetwork(tf.Module):  # type: ignore[misc] # TensorFlow is untyped
    """A module of TensorFlow Hub as a function from images in 0..1 to logits or features, (n, width)."""

    def __init__(self, module: Any, call: Call) -> None:
        super().__init__(name="hub_network")
        self.module = module
        self._call = call

    def __call__(self, images: tf.Tensor) -> tf.Tensor:
        """Return what the module makes of the images."""
        return self._call(images)


def hub_network(handle: str = HANDLE) -> Backbone:
    """Return a module of TensorFlow Hub that takes images in 0..1 and gives a row of numbers each.

    What is downloaded is kept in `TFHUB_CACHE_DIR`. Raises ScenarioError where it cannot be had or is no
    such module.
    """
    folder = resolved(handle)
    try:
        module = import_hub().load(str(folder))
    except (OSError, ValueError, RuntimeError, tf.errors.OpError) as error:
        raise ScenarioError(
            f"{handle}: TensorFlow cannot load what is in {folder}: {first_line(error)}"
        ) from None
    call = call_of(module)
    side = side_of(module)
    if call is None:
        raise ScenarioError(
            f"{handle}: the module is no function of images and has none of the signatures "
            f"{', '.join(SIGNATURES)}"
        )
    prove_call(call, side, handle)
    return Backbone(
        HubNetwork(module, call),
        f"TensorFlow Hub: {handle}",
        pretrained=True,
        key=folder_key(folder),
        span=UNIT,
        side=side,
    )


def resolved(handle: str) -> Path:
    """Return the folder of a module, downloaded if need be. Raises ScenarioError."""
    try:
        return Path(import_hub().resolve(handle))
    except (OSError, ValueError, RuntimeError, tf.errors.OpError) as error:
        raise ScenarioError(
            f"{handle} cannot be had from TensorFlow Hub ({first_line(error)}): give the module's folder "
            f"with --handle, or set TFHUB_CACHE_DIR to a cache that has it already"
        ) from None


def import_hub() -> Any:
    """Import TensorFlow Hub, without its warning that setuptools will be its end one day."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import tensorflow_hub  # noqa: PLC0415 - a second that only this backbone pays
    return tensorflow_hub


def call_of(module: Any) -> Call | None:
    """Return what takes images: the module itself, or in an older one a signature; None where neither is."""
    if callable(module):
        return module  # type: ignore[no-any-return] # TensorFlow is untyped
    for name in SIGNATURES:
        if name in module.signatures:
            signature = module.signatures[name]
            given = next(iter(signature.structured_input_signature[1]), "images")
            found = sorted(signature.structured_outputs)
            wanted = next((output for output in OUTPUTS if output in found), found[0])
            return lambda images: signature(**{given: images})[wanted]
    return None


def side_of(module: Any) -> int:
    """Return the side of the squares that the module's signature asks for; 299 where it leaves it open."""
    for signature in getattr(module, "signatures", {}).values():
        for spec in tf.nest.flatten(signature.structured_input_signature):
            if spec.shape.rank == 4 and spec.shape[1] and spec.shape[1] == spec.shape[2]:
                return int(spec.shape[1])
    return SIDE


def prove_call(call: Call, side: int, handle: str) -> None:
    """Raise ScenarioError where a grey square does not become a row of numbers."""
    try:
        row = tf.convert_to_tensor(call(tf.fill([1, side, side, 3], 0.5)))
    except (ValueError, TypeError, RuntimeError, tf.errors.OpError) as error:
        raise ScenarioError(
            f"{handle}: the module cannot be given pictures of {side} x {side} x 3: {first_line(error)}"
        ) from None
    if row.dtype != tf.float32 or row.shape.rank != 2:
        raise ScenarioError(
            f"{handle}: the module gives {row.dtype.name} of shape {tuple(row.shape)} for a picture; "
            "a row of float32 logits or features is needed"
        )


def folder_key(folder: Path) -> str:
    """Return a name for a module by the content of its files."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode())
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
    return f"hub-{digest.hexdigest()[:24]}"
