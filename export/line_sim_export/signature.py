"""What the server runs for one request: JPEG bytes in, label and score out, all of it in the graph."""

import keras
import tensorflow as tf

from line_sim_export.detectors import Array
from line_sim_export.head import Head
from line_sim_export.preparation import prepare

SIGNATURE = "inspect"
INPUT = "image"
OUTPUTS = {"label": "string", "score": "float32", "top_k_labels": "string", "top_k_scores": "float32"}
TOP_K = 3


class Inspector(tf.Module):  # type: ignore[misc] # TensorFlow is untyped
    """The network with its head, as the server runs it."""

    def __init__(self, reader: keras.Model, head: Head) -> None:
        super().__init__(name="inspector")
        # TensorFlow Serving's session initialises only the bare variables, not those that Keras 3 wraps;
        # so these are tracked and the network is not: else every weight would be saved twice.
        self._reader = self._no_dependency(reader)
        self._head = head
        self._variables = [variable.value for variable in reader.variables]

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name=INPUT)], autograph=False)  # type: ignore[untyped-decorator]
    def inspect(self, image: tf.Tensor) -> dict[str, tf.Tensor]:
        """Judge a batch of JPEGs.

        `label` (n,) and its probability `score` (n,), then the likeliest labels and theirs,
        (n, k), likeliest first.
        """
        pooled, local = self._reader(prepare(image), training=False)
        scores, places = tf.math.top_k(
            probabilities(pooled, local, self._head), min(TOP_K, len(self._head.labels))
        )
        labels = tf.gather(tf.constant(self._head.labels), places)
        return {"label": labels[:, 0], "score": scores[:, 0], "top_k_labels": labels, "top_k_scores": scores}


def probabilities(pooled: tf.Tensor, local: tf.Tensor, head: Head) -> tf.Tensor:
    """Return (n, labels), as `Head.probabilities` does, from what the head reads."""
    whole = affine((pooled - single(head.pooled.centre)) * single(head.pooled.sharpness), head.pooled.weights)
    places = affine(local - single(head.local.centre), head.local.weights)
    scores = tf.concat([whole + single(head.pooled.bias), tf.reduce_max(places, axis=1)], axis=1)
    standard = (scores - single(head.combination.centre)) * single(head.combination.sharpness)
    return tf.nn.softmax(affine(standard, head.combination.weights) + single(head.combination.bias))


def affine(values: tf.Tensor, weights: Array) -> tf.Tensor:
    """Multiply the last axis by a matrix."""
    return tf.tensordot(values, single(weights), axes=1)


def single(array: Array) -> tf.Tensor:
    """Return an array as a single-precision constant of the graph."""
    return tf.constant(array, tf.float32)
