"""The network that was asked for, and the names of its own classes."""

from pathlib import Path

import numpy as np

from line_sim.errors import ScenarioError
from line_sim_export.choice import HANDLE, Choice
from line_sim_export.networks.backbone import Backbone
from line_sim_export.networks.hub import hub_network
from line_sim_export.networks.labels import class_names
from line_sim_export.networks.pretrained import keras_inception, weights_inception


def pretrained_network(choice: Choice) -> Backbone:
    """Return the network that others have trained. Raises ScenarioError where it cannot be had."""
    if choice.backbone == "hub":
        return hub_network(choice.handle or HANDLE)
    if choice.backbone == "weights" and choice.weights:
        return weights_inception(choice.weights)
    return keras_inception()


def own_classes(backbone: Backbone, labels: Path | None) -> tuple[str, ...]:
    """Return the names of a network's own classes. Raises ScenarioError where it has none, or no names."""
    row = np.asarray(backbone.look(np.zeros((1, backbone.side, backbone.side, 3), np.float32)))
    if row.ndim != 2:
        raise ScenarioError(
            f"--head imagenet: the network ({backbone.origin}) has no classes of its own, it is without its "
            "top; give weights with the top, or --head fitted"
        )
    return class_names(row.shape[1], labels)
