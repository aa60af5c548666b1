"""Model configurations: read, checked, and turned into plans. Nothing here touches a model."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias
from urllib.parse import unquote, urlsplit

import grpc

from line_sim_serving.inference.refusal import Refusal, invalid
from line_sim_serving.models.runtime import model_server_config_pb2
from line_sim_serving.models.servables import ModelPlan
from line_sim_serving.command.text_proto import read_text_proto
from line_sim_serving.models.versions import VersionPolicy

ModelServerConfig: TypeAlias = Any  # the generated message classes; their modules carry no types
ModelConfig: TypeAlias = Any

PLATFORM = "tensorflow"

MOST_MODELS = 128
"""At once: each has a thread that looks after it."""

Labels: TypeAlias = Mapping[str, Mapping[str, int]]
"""Model name to label to version."""


@dataclass(frozen=True, slots=True)
class Plans:
    """A checked configuration: the models by name, their platforms, and their labels."""

    models: Mapping[str, ModelPlan]
    platforms: Mapping[str, str]
    labels: Labels


NO_PLANS = Plans({}, {}, {})


def read_config(path: Path) -> ModelServerConfig:
    """Read a `--model_config_file`. Raises Refusal."""
    return read_text_proto(path, model_server_config_pb2.ModelServerConfig())


def single_model(name: str, base: Path) -> ModelServerConfig:
    """Write the configuration that `--model_name` and `--model_base_path` stand for."""
    config = model_server_config_pb2.ModelServerConfig()
    base = base.absolute()  # relative to where the command was typed; a configuration has no such place
    config.model_config_list.config.add(name=name, base_path=str(base), model_platform=PLATFORM)
    return config


def read_plans(config: ModelServerConfig, present: Plans) -> Plans:
    """Check a configuration that is to replace the present one, and say what it asks for.

    Raises Refusal with TensorFlow Serving's texts, in its order.
    """
    if config.WhichOneof("config") == "custom_model_config":
        raise invalid("Invalid ServerModelConfig")
    entries = list(config.model_config_list.config)
    if len(entries) > MOST_MODELS:
        raise invalid(f"{len(entries)} models are listed; this server looks after {MOST_MODELS} at most")
    _refuse_repeated_names(entries)
    for entry in entries:
        if not (entry.base_path.startswith("/") or urlsplit(entry.base_path).scheme):
            raise invalid(
                f"Expected model {entry.name} to have an absolute path or URI; "
                f"got base_path()={entry.base_path}"
            )
    platforms = {entry.name: _platform(entry) for entry in entries}
    _refuse_changed_platforms(present.platforms, platforms)
    for name, platform in platforms.items():
        if platform != PLATFORM:
            raise invalid(f"Model {name} requests unsupported platform {platform}")
    return Plans(
        {entry.name: ModelPlan(_base(entry.base_path), _policy(entry)) for entry in entries},
        platforms,
        {entry.name: dict(entry.version_labels) for entry in entries if entry.version_labels},
    )


class Availability(Protocol):
    """Tells whether a version of a model is available."""

    def __call__(self, model: str, version: int) -> bool:
        """Give the answer."""


def check_labels(new: Labels, present: Labels, available: Availability, allow_unavailable: bool) -> None:
    """Refuse labels on versions that are not available.

    Where `allow_unavailable`, a label that is new may point anywhere; one that already points elsewhere
    may still only move to an available version. Raises Refusal FAILED_PRECONDITION.
    """
    for model, labels in sorted(new.items()):
        for label, version in sorted(labels.items()):
            moves = present.get(model, {}).get(label, version) != version
            if (allow_unavailable and not moves) or available(model, version):
                continue
            raise Refusal(
                grpc.StatusCode.FAILED_PRECONDITION,
                f"Request to assign label to version {version} of model {model}, "
                f"which is not currently available for inference",
            )


def _refuse_repeated_names(entries: Iterable[ModelConfig]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.name in seen:
            raise invalid(f"Illegal to list model {entry.name} multiple times in config list")
        seen.add(entry.name)


def _platform(entry: ModelConfig) -> str:
    """Give the platform that an entry names, in the present or the deprecated way."""
    if entry.model_type and entry.model_platform:
        raise invalid(
            f"Illegal setting both ModelServerConfig::model_type (deprecated) "
            f"and ModelServerConfig::model_platform, model name is {entry.name}"
        )
    if entry.model_type:
        if entry.model_type != model_server_config_pb2.TENSORFLOW:
            raise invalid(f"ModelServerConfig::model_type choice {entry.model_type} not supported.")
        return PLATFORM
    if not entry.model_platform:
        raise invalid(
            f"Illegal setting neither ModelServerConfig::model_type (deprecated) "
            f"nor ModelServerConfig::model_platform, model name is {entry.name}"
        )
    return str(entry.model_platform)


def _refuse_changed_platforms(old: Mapping[str, str], new: Mapping[str, str]) -> None:
    for name in new:
        if old.get(name, new[name]) != new[name]:
            raise invalid(
                f"Illegal to change a model's platform. For model {name} platform was {old[name]} "
                f"and new platform requested is {new[name]}"
            )


def _base(written: str) -> Path:
    """Give the folder that a path or a `file:` URI names; other URIs name none that can be found."""
    parts = urlsplit(written)
    return Path(unquote(parts.path)) if parts.scheme == "file" else Path(written)


def _policy(entry: ModelConfig) -> VersionPolicy:
    policy = entry.model_version_policy
    choice = policy.WhichOneof("policy_choice")
    if choice == "all":
        return VersionPolicy(latest=None)
    if choice == "specific":
        return VersionPolicy(specific=frozenset(policy.specific.versions))
    return VersionPolicy(latest=max(1, policy.latest.num_versions))
