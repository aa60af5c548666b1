"""All models that are served, by name, and the choice that a request makes among their versions."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import grpc

from line_sim_serving.models.model_config import (
    NO_PLANS,
    ModelServerConfig,
    Plans,
    check_labels,
    read_plans,
)
from line_sim_serving.inference.patience import Patience
from line_sim_serving.inference.refusal import Refusal, invalid, not_found
from line_sim_serving.models.servables import Model, ModelPlan, Servable
from line_sim_serving.models.states import VersionStatus

log = logging.getLogger(__name__)

ModelSpec: TypeAlias = Any  # the generated message class; its module carries no types

LOOK_EVERY = 0.5

MOST_REMEMBERED = 128
"""Models that are served no longer, but whose states can still be asked for."""


class Registry:
    """The models by name; requests read it from any thread while configurations change it.

    `make` makes a model, `look_after` has somebody look after it, who stops when it is served no longer. `allow_unavailable_labels` lets new labels
    point to versions that are not there yet.
    """

    def __init__(
        self,
        make: Callable[[str, ModelPlan], Model],
        look_after: Callable[[Model], None],
        *,
        allow_unavailable_labels: bool = False,
    ) -> None:
        self._make = make
        self._look_after = look_after
        self._allow_unavailable_labels = allow_unavailable_labels
        self._changing = threading.Lock()
        self._models: dict[str, Model] = {}
        self._plans = NO_PLANS

    def find(self, name: str) -> Model | None:
        """Give the model of that name, also one that is served no longer; None for a stranger."""
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
        version = self._version(spec)
        model = self._models.get(spec.name)
        if model is None:
            raise not_found(spec.name, version)
        with model.lease(version) as servable:
            yield servable

    def apply(self, config: ModelServerConfig) -> list[Model]:
        """Serve what a configuration lists, in place of the present one; gives the models that are new.

        A configuration that is refused changes nothing. Raises Refusal.
        """
        with self._changing:
            plans = read_plans(config, self._plans)
            check_labels(plans.labels, self._plans.labels, self._answers, self._allow_unavailable_labels)
            new = [name for name in plans.models if name not in self._plans.models]
            self._carry_out(plans)
            return [self._models[name] for name in new]

    def reload(self, config: ModelServerConfig, patience: Patience) -> None:
        """Apply a configuration, and wait until each new model answers.

        Raises Refusal: UNKNOWN where one has failed, DEADLINE_EXCEEDED where it takes too long.
        """
        if config.WhichOneof("config") != "model_config_list":
            raise invalid(
                "ServerModelConfig type not supported by HandleReloadConfigRequest. "
                "Only ModelConfigList is currently supported"
            )
        new = self.apply(config)
        for model in new:
            while not model.is_settled():
                left = patience.left_ms() / 1000
                model.wait_until_settled(min(left, LOOK_EVERY) if left else LOOK_EVERY)
        refuse_failures(new, "model(s)")

    def _carry_out(self, plans: Plans) -> None:
        for name, plan in plans.models.items():
            if name in self._models:
                self._models[name].follow(plan)
            else:
                self._models[name] = self._make(name, plan)
            self._look_after(self._models[name])
        gone = [name for name in self._models if name not in plans.models]
        for name in gone:
            self._models[name].follow(ModelPlan(None))
        for name in gone[: max(0, len(gone) - MOST_REMEMBERED)]:
            del self._models[name]
        self._plans = plans

    def _version(self, spec: ModelSpec) -> int | None:
        choice = spec.WhichOneof("version_choice")
        if choice == "version":
            return int(spec.version.value)
        if choice == "version_label":
            version = self._plans.labels.get(spec.name, {}).get(spec.version_label)
            if version is None:
                raise invalid(f"Unrecognized servable version label: {spec.version_label}")
            return version
        return None

    def _answers(self, model: str, version: int) -> bool:
        return model in self._models and self._models[model].answers(version)


def refuse_failures(models: list[Model], noun: str) -> None:
    """Raise Refusal UNKNOWN if any of the models has failed, with every one's reason."""
    failures = [
        _failure_text(model.name, failure) for model in models if (failure := model.wait_until_settled(0))
    ]
    if failures:
        text = f"{len(failures)} {noun} did not become available: {{{''.join(failures)}}}"
        raise Refusal(grpc.StatusCode.UNKNOWN, text)


def _failure_text(name: str, failure: VersionStatus) -> str:
    return f"{{{{name: {name} version: {failure.version}}} due to error: {failure.error}}}, "
