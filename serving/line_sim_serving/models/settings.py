"""How a SavedModel is loaded; apart from the engine so that reading flags needs no TensorFlow."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Tags of the meta graph, and numbers of threads (0 leaves them to TensorFlow)."""

    tags: tuple[str, ...] = ("serve",)
    intra_op_threads: int = 0
    inter_op_threads: int = 0
