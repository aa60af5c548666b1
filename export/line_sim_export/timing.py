"""How long a picture takes, here: with variables as Keras leaves them, and as exported."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from line_sim_export.model.prove import Ask
from line_sim_export.model.signature import SIGNATURE
from line_sim_export.processor import bfloat16_units, processor

UNTIMED, TIMED = 2, 9

Function = Any  # tf.types.experimental.ConcreteFunction


@dataclass(frozen=True)
class Timing:
    """Medians for one picture, in milliseconds, and the processor they were measured on."""

    plain_ms: float
    export_ms: float
    processor: str
    bfloat16_units: bool


def measure(plain: Function, ask: Ask, jpeg: bytes) -> Timing:
    """Time the network with variables and the served model, in turns, so that both meet the same noise."""
    picture = tf.constant([jpeg])
    rounds = [
        (seconds(lambda: plain(picture).numpy()), seconds(lambda: ask(SIGNATURE, [jpeg], ("label", "score"))))
        for _ in range(UNTIMED + TIMED)
    ][UNTIMED:]
    plain_s, export_s = (statistics.median(column) for column in zip(*rounds, strict=True))
    return Timing(1e3 * plain_s, 1e3 * export_s, processor(), bfloat16_units())


def seconds(call: Callable[[], object]) -> float:
    """Return how long a call takes."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began
