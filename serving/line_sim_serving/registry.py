"""All models that are served, by name, and the choice that a request makes among their versions."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias

from line_sim_serving.refusal import invalid, not_found
from line_sim_serving.servables import Model, Servable

ModelSpec: TypeAlias = Any  # the generated message class; its module carries no types


class Registry:
    """The models by name; may be read by any thread while it changes."""

    def __init__(self, models: Mapping[str, Model] | None = None) -> None:
        self._models = dict(models or {})

    def find(self, name: str) -> Model | None:
        """Give the model of that name, whatever becomes of its versions; None when there is none."""
        return self._models.get(name)

    @contextmanager
    def lease(self, spec: ModelSpec) -> Iterator[Servable]:
        """Hold the version that a ModelSpec names, for one request.

        The version is chosen by number (0 is one), by label, or is the highest available.
        Raises Refusal: INVALID_ARGUMENT for a spec without a name or an unknown label, NOT_FOUND for
        what is not loaded.
        """
        if not spec.name:
            raise invalid("ModelSpec has no name specified.")
        version = spec.version.value if spec.HasField("version") else None
        label = spec.version_label if spec.WhichOneof("version_choice") == "version_label" else None
        model = self._models.get(spec.name)
        if label is not None:
            raise invalid(f"Unrecognized servable version label: {label}")
        if model is None:
            raise not_found(spec.name, version)
        with model.lease(version) as servable:
            yield servable
