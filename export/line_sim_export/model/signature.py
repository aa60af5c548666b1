"""What the server runs for one request: pictures in, labels and scores out, all of it in the graph."""

from typing import Any

import keras
import tensorflow as tf

from line_sim_export.heads.detectors import Array
from line_sim_export.heads.head import Head
from line_sim_export.heads.linear import LinearHead
from line_sim_export.networks.backbone import Backbone
from line_sim_export.pictures.preparation import prepare
from line_sim_export.pictures.reading import Eye

SIGNATURE = "inspect"
DEFAULT = "serving_default"
CLASSIFY = "classify"
INPUT = "image"
EXAMPLES = "inputs"
OUTPUTS = {"label": "string", "score": "float32", "top_k_labels": "string", "top_k_scores": "float32"}
PROMISES = {
    SIGNATURE: ({INPUT: "string"}, OUTPUTS),
    DEFAULT: ({INPUT: "string"}, {"output_0": "string"}),
    CLASSIFY: ({EXAMPLES: "string"}, {"classes": "string", "scores": "float32"}),
}
"""Every signature's inputs and outputs with their types, as clients rely on them."""

CLASSIFY_METHOD = "tensorflow/serving/classify"
PREDICT_METHOD = "tensorflow/serving/predict"
TOP_K = 3

Function = Any  # tf.types.experimental.ConcreteFunction


def strings(name: str) -> tf.TensorSpec:
    """Describe an input: a string a picture."""
    return tf.TensorSpec([None], tf.string, name=name)


class Inspector(tf.Module):  # type: ignore[misc] # TensorFlow is untyped
    """A judge of pictures behind the signatures that clients know.

    `judge` is a concrete function from JPEGs (n,) to probabilities (n, labels). It has no variables
    (see `freezing`): the signatures share it, so its weights are written once. It is never given an
    empty batch.
    """

    def __init__(self, judge: Function, labels: tuple[str, ...]) -> None:
        super().__init__(name="inspector")
        self._judge = self._no_dependency(judge)
        self._labels = labels
        self._blank = tf.io.encode_jpeg(tf.zeros([1, 1, 3], tf.uint8)).numpy()

    def _judged(self, image: tf.Tensor) -> tf.Tensor:
        """Return the probabilities (n, labels) of JPEGs (n,); where n is 0 a blank is judged, for nobody.

        oneDNN's convolutions give an empty batch the shape of what goes in instead of what comes out, and
        the next one fails. A tf.cond would put the network into a branch: it stays there where a graph is
        frozen with its control flow, and TensorFlow 2 needs more memory to load it.
        """
        count = tf.shape(image)[0]
        blank = tf.constant([self._blank])[count:]  # none where there are pictures
        return self._judge(tf.concat([image, blank], axis=0))[:count]

    @tf.function(input_signature=[strings(INPUT)], autograph=False)  # type: ignore[untyped-decorator]
    def inspect(self, image: tf.Tensor) -> dict[str, tf.Tensor]:
        """Judge a batch of JPEGs.

        `label` (n,) and its probability `score` (n,), then the likeliest labels and theirs,
        (n, k), likeliest first; of equals the one that stands first in the labels.
        """
        scores, places = tf.math.top_k(self._judged(image), min(TOP_K, len(self._labels)))
        labels = tf.gather(tf.constant(self._labels), places)
        return {"label": labels[:, 0], "score": scores[:, 0], "top_k_labels": labels, "top_k_scores": scores}

    @tf.function(input_signature=[strings(INPUT)], autograph=False)  # type: ignore[untyped-decorator]
    def name_label(self, image: tf.Tensor) -> dict[str, tf.Tensor]:
        """Name the likeliest label, (n,), of JPEGs in URL-safe base64, padded or not."""
        likeliest = tf.argmax(self._judged(tf.io.decode_base64(image)), axis=1)
        return {"output_0": tf.gather(tf.constant(self._labels), likeliest)}

    @tf.function(input_signature=[strings(EXAMPLES)], autograph=False)  # type: ignore[untyped-decorator]
    def classify(self, inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        """Give all labels and their probabilities, both (n, labels), likeliest first.

        The inputs are serialised tf.Examples with one JPEG in the bytes feature `image`.
        """
        features = tf.io.parse_example(inputs, {INPUT: tf.io.FixedLenFeature([], tf.string)})
        scores, places = tf.math.top_k(self._judged(features[INPUT]), len(self._labels))
        return {"classes": tf.gather(tf.constant(self._labels), places), "scores": scores}

    def signatures(self) -> dict[str, Function]:
        """Return the functions by the names they are served under."""
        functions = {SIGNATURE: self.inspect, DEFAULT: self.name_label, CLASSIFY: self.classify}
        return {name: function.get_concrete_function() for name, function in functions.items()}


def judge_of(reader: keras.Model, head: Head) -> Function:
    """Return the network with its head, still with variables: JPEGs (n,) to probabilities (n, labels)."""

    @tf.function(input_signature=[strings(INPUT)], autograph=False)  # type: ignore[untyped-decorator]
    def judge(image: tf.Tensor) -> tf.Tensor:
        pooled, local = reader(prepare(image), training=False)
        return probabilities(pooled, local, head)

    return judge.get_concrete_function()


def scorer_of(reader: keras.Model, head: Head) -> Function:
    """Return the network with the head's detectors only: JPEGs (n,) to their scores (n, 2 kinds)."""

    @tf.function(input_signature=[strings(INPUT)], autograph=False)  # type: ignore[untyped-decorator]
    def score(image: tf.Tensor) -> tf.Tensor:
        pooled, local = reader(prepare(image), training=False)
        return scores_of(pooled, local, head)

    return score.get_concrete_function()


def judge_of_linear(eye: Eye, head: LinearHead, backbone: Backbone) -> Function:
    """Return a network with a linear head, still with variables: JPEGs (n,) to probabilities (n, labels)."""

    @tf.function(input_signature=[strings(INPUT)], autograph=False)  # type: ignore[untyped-decorator]
    def judge(image: tf.Tensor) -> tf.Tensor:
        features = eye.features(prepare(image, backbone.span, backbone.side))
        return tf.nn.softmax(affine(features - single(head.centre), head.weights) + single(head.bias))

    return judge.get_concrete_function()


def judge_of_classes(backbone: Backbone) -> Function:
    """Return a network with its own top, still with variables: JPEGs (n,) to probabilities (n, classes)."""

    @tf.function(input_signature=[strings(INPUT)], autograph=False)  # type: ignore[untyped-decorator]
    def judge(image: tf.Tensor) -> tf.Tensor:
        return tf.nn.softmax(backbone.look(prepare(image, backbone.span, backbone.side)))

    return judge.get_concrete_function()


def probabilities(pooled: tf.Tensor, local: tf.Tensor, head: Head) -> tf.Tensor:
    """Return (n, labels), as `Head.probabilities` does, from what the head reads."""
    scores = scores_of(pooled, local, head)
    standard = (scores - single(head.combination.centre)) * single(head.combination.sharpness)
    return tf.nn.softmax(affine(standard, head.combination.weights) + single(head.combination.bias))


def scores_of(pooled: tf.Tensor, local: tf.Tensor, head: Head) -> tf.Tensor:
    """Return (n, 2 kinds), as `Head.scores` does, from what the head reads."""
    whole = affine((pooled - single(head.pooled.centre)) * single(head.pooled.sharpness), head.pooled.weights)
    places = affine(local - single(head.local.centre), head.local.weights)
    return tf.concat([whole + single(head.pooled.bias), tf.reduce_max(places, axis=1)], axis=1)


def affine(values: tf.Tensor, weights: Array) -> tf.Tensor:
    """Multiply the last axis by a matrix."""
    return tf.tensordot(values, single(weights), axes=1)


def single(array: Array) -> tf.Tensor:
    """Return an array as a single-precision constant of the graph."""
    return tf.constant(array, tf.float32)
