"""The ways to ask the network about one JPEG, each from its bytes to a label and a score."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from line_sim_export.compare.rounds import Answer
from line_sim_export.model.freezing import Precision, freeze
from line_sim_export.model.signature import INPUT, SIGNATURE, Inspector, judge_of, probabilities
from line_sim_export.model.store import write_model
from line_sim_export.model.unfrozen import Unfrozen
from line_sim_export.pictures.preparation import prepare

Ask = Callable[[bytes], Answer]
Function = Any  # tf.types.experimental.ConcreteFunction


@dataclass(frozen=True)
class Way:
    """A way to ask, by name, and what a call of it includes beside decoding, network and head."""

    name: str
    includes: str
    ask: Ask


def ways_in_process(unfrozen: Unfrozen, folder: str) -> list[Way]:
    """Return the ways that need no server; all of them decode the JPEG by the same operations."""
    labels = unfrozen.head.labels
    judge = judge_of(unfrozen.reader.network, unfrozen.head)
    return [
        Way("eager", "every operation dispatched from Python", eager(unfrozen)),
        Way("predict", "model.predict: a data pipeline of one picture, callbacks", predict(unfrozen)),
        Way("tf.function", "one traced graph with variables", by_function(judge, labels)),
        Way("frozen float32", "constants, folded batch normalisations", frozen(judge, "float32", labels)),
        Way("frozen bfloat16", "the same, computed in bfloat16", frozen(judge, "bfloat16", labels)),
        Way("SavedModel", f"the signature `{SIGNATURE}` of the model on disk", saved(folder)),
    ]


def eager(unfrozen: Unfrozen) -> Ask:
    """Call the Keras model as a function, without a graph of the whole."""
    network, head = unfrozen.reader.network, unfrozen.head

    def ask(jpeg: bytes) -> Answer:
        pooled, local = network(prepare(tf.constant([jpeg])), training=False)
        return likeliest(probabilities(pooled, local, head), head.labels)

    return ask


def predict(unfrozen: Unfrozen) -> Ask:
    """Call `predict` of the Keras model once a picture, as many programs do."""
    network: keras.Model = unfrozen.reader.network
    head = unfrozen.head

    def ask(jpeg: bytes) -> Answer:
        pooled, local = network.predict(prepare(tf.constant([jpeg])), verbose=0)
        return likeliest(probabilities(tf.constant(pooled), tf.constant(local), head), head.labels)

    return ask


def by_function(judge: Function, labels: tuple[str, ...]) -> Ask:
    """Call a graph from JPEGs to probabilities."""
    return lambda jpeg: likeliest(judge(tf.constant([jpeg])), labels)


def frozen(judge: Function, precision: Precision, labels: tuple[str, ...]) -> Ask:
    """Freeze, write and load the network as `line-sim export --precision` does, and call its signature."""
    with tempfile.TemporaryDirectory(prefix="line-sim-compare-") as folder:
        write_model(Inspector(freeze(judge, precision), labels), Path(folder))
        return saved(folder)  # a frozen model is all in memory once it is loaded


def saved(folder: str) -> Ask:
    """Call the signature of the model on disk in this process."""
    model = tf.saved_model.load(folder)
    signature = model.signatures[SIGNATURE]

    def ask(jpeg: bytes) -> Answer:
        answer = signature(**{INPUT: tf.constant([jpeg])})
        return Answer(answer["label"].numpy()[0].decode(), float(answer["score"].numpy()[0]))

    ask.model = model  # type: ignore[attr-defined] # its signatures do not keep its variables alive
    return ask


def likeliest(rows: tf.Tensor, labels: tuple[str, ...]) -> Answer:
    """Return the first label of the greatest probability in the only row."""
    row = rows.numpy()[0]
    place = int(np.argmax(row))
    return Answer(labels[place], float(row[place]))
