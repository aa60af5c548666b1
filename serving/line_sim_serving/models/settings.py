"""How a SavedModel is loaded; apart from the engine so that reading flags needs no TensorFlow."""

import os
from dataclasses import dataclass

CALLER_COMPUTES = "TF_ONEDNN_THREADPOOL_USE_CALLER_THREAD"
"""Where TensorFlow reads whether a thread that hands an operation out to others does its share of it."""


def let_callers_compute() -> None:
    """Let the thread that runs an operation compute a part of it; to be called before TensorFlow is imported.

    Otherwise it hands out all parts and sleeps until they are done: a thread more to wake for each of an
    InceptionV3's 107 convolutions and poolings. The parts, and so the answers, are the same. One that is
    set already stays.
    """
    os.environ.setdefault(CALLER_COMPUTES, "true")


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Tags of the meta graph, and numbers of threads (0 leaves them to TensorFlow)."""

    tags: tuple[str, ...] = ("serve",)
    intra_op_threads: int = 0
    inter_op_threads: int = 0
