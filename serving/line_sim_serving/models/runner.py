"""What runs a graph, as everybody else sees it; apart from the engine, so that it needs no TensorFlow."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np

from line_sim_serving.inference.patience import Patience

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]
SignatureDef: TypeAlias = Any  # the generated message class; its module carries no types


class Runner(Protocol):
    """What runs a graph: an engine, or something in front of one."""

    @property
    def signatures(self) -> Mapping[str, SignatureDef]:
        """The model's signatures by name."""

    def run(self, feeds: Mapping[str, Array], fetches: Sequence[str], patience: Patience) -> list[Array]:
        """Feed and fetch tensors by name. Raises Refusal."""


class LoadedModel(Runner, Protocol):
    """A runner that holds a model in memory."""

    def close(self) -> None:
        """Free what it holds; nobody may be in `run` any more."""
