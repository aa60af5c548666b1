"""How long a picture takes, here: with variables as Keras leaves them, and as exported."""

import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tensorflow as tf

from line_sim_export.processor import bfloat16_units, processor
from line_sim_export.signature import INPUT, SIGNATURE

UNTIMED, TIMED = 2, 9

Function = Any  # tf.types.experimental.ConcreteFunction


@dataclass(frozen=True)
class Timing:
    """Medians for one picture, in milliseconds, and the processor they were measured on."""

    plain_ms: float
    export_ms: float
    processor: str
    bfloat16_units: bool


def measure(plain: Function, folder: Path, jpeg: bytes) -> Timing:
    """Time the network with variables and the model on disk, in turns, so that both meet the same noise."""
    saved = tf.saved_model.load(str(folder)).signatures[SIGNATURE]
    picture = tf.constant([jpeg])
    rounds = [
        (seconds(lambda: plain(picture)), seconds(lambda: saved(**{INPUT: picture})["label"]))
        for _ in range(UNTIMED + TIMED)
    ][UNTIMED:]
    plain_s, export_s = (statistics.median(column) for column in zip(*rounds, strict=True))
    return Timing(1e3 * plain_s, 1e3 * export_s, processor(), bfloat16_units())


def seconds(call: Any) -> float:
    """Return how long a call takes until its tensor is there."""
    began = time.perf_counter()
    call().numpy()
    return time.perf_counter() - began
