"""Make the SavedModels that the server's tests ask: `python make_tiny_models.py FOLDER`.

Run in a process of its own, so that the tests' never loads TensorFlow.
"""

import os
import sys
from pathlib import Path
from typing import Any

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

ECHOED = {
    "bool": tf.bool,
    "complex64": tf.complex64,
    "double": tf.float64,
    "half": tf.float16,
    "int32": tf.int32,
    "int64": tf.int64,
    "string": tf.string,
    "uint8": tf.uint8,
    "uint64": tf.uint64,
}


def vector(dtype: Any, name: str) -> Any:
    """Describe an input: a vector of any length."""
    return tf.TensorSpec([None], dtype, name=name)


def feature_x(examples: Any) -> Any:
    """Read the feature `x`, a float that is 0.25 where it is missing."""
    return tf.io.parse_example(examples, {"x": tf.io.FixedLenFeature([], tf.float32, 0.25)})["x"]


class Tiny(tf.Module):
    """A network that needs no weights: long pictures are good."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = tf.Variable(0)
        self.kernel = tf.Variable(tf.ones([3, 3, 3, 4]))

    @tf.function(input_signature=[vector(tf.string, "image")])
    def inspect(self, image: Any) -> Any:
        """Call a picture of ten bytes or more good."""
        good = tf.strings.length(image) >= 10
        return {"label": tf.where(good, "good", "defective"), "score": tf.where(good, 0.75, 0.75)}

    @tf.function(input_signature=[vector(tf.float32, "a"), vector(tf.float32, "b")])
    def arithmetic(self, a: Any, b: Any) -> Any:
        """Add and subtract."""
        return {"sum": a + b, "difference": a - b}

    @tf.function(input_signature=[tf.TensorSpec([None, 8, 8, 3], tf.float32, name="x")])
    def convolve(self, x: Any) -> Any:
        """Do what every vision network begins with."""
        return {"y": tf.reduce_sum(tf.nn.conv2d(x, self.kernel, 1, "SAME"), [1, 2])}

    @tf.function(input_signature=[tf.TensorSpec([], tf.int32, name="turns")])
    def spin(self, turns: Any) -> Any:
        """Keep busy."""
        return {"turns": tf.while_loop(lambda i: i < turns, lambda i: [i + 1], [0])[0]}

    @tf.function(input_signature=[])
    def count(self) -> Any:
        """Count the calls."""
        return {"count": self.calls.assign_add(1)}

    @tf.function(input_signature=[vector(tf.string, "inputs")])
    def classify(self, inputs: Any) -> Any:
        """Give two classes and how far the feature `x` is from 0 and from 1."""
        x = feature_x(inputs)
        labels = tf.tile([["low", "high"]], [tf.shape(x)[0], 1])
        return {"classes": labels, "scores": tf.stack([1 - x, x], 1)}

    @tf.function(input_signature=[vector(tf.string, "inputs")])
    def scores(self, inputs: Any) -> Any:
        """Give scores without classes."""
        return {"scores": feature_x(inputs)[:, None]}

    @tf.function(input_signature=[vector(tf.string, "inputs")])
    def half(self, inputs: Any) -> Any:
        """Give half of the feature `x`."""
        return {"outputs": feature_x(inputs)[:, None] / 2}

    @tf.function(input_signature=[vector(tf.string, "inputs")])
    def flat(self, inputs: Any) -> Any:
        """Give outputs of shapes that no classification has, whatever it is fed."""
        return {"classes": inputs, "scores": tf.strings.length(inputs)}

    @tf.function(input_signature=[vector(tf.string, "image")])
    def published(self, image: Any) -> Any:
        """Answer as the published client of this pattern wants it: base64 in, `output_0` out."""
        size = tf.strings.length(tf.io.decode_base64(tf.strings.regex_replace(image, "=", "")))
        return {"output_0": tf.strings.join([tf.strings.as_string(size), " bytes"])}

    @tf.function(input_signature=[{name: vector(dtype, name) for name, dtype in ECHOED.items()}])
    def echo(self, sent: Any) -> Any:
        """Give back what came, through an operation of its own."""
        return {name: tf.concat([value, value[:0]], 0) for name, value in sent.items()}


class Published(tf.Module):
    """A network as it is published elsewhere: pictures in URL-safe base64, one output for all."""

    @tf.function(input_signature=[vector(tf.string, "image")])
    def __call__(self, image: Any) -> Any:
        """Call a picture of ten bytes or more good."""
        return tf.where(tf.strings.length(tf.io.decode_base64(image)) >= 10, "good", "defective")


class Eye(tf.Module):
    """Looks at pictures as the exported model does, without a network: bright ones are good."""

    def light(self, jpegs: Any) -> Any:
        """Give how bright JPEGs are, (n,) of 0 to 1."""

        def one(jpeg: Any) -> Any:
            return tf.reduce_mean(tf.cast(tf.io.decode_jpeg(jpeg, channels=3), tf.float32)) / 255

        return tf.map_fn(one, jpegs, fn_output_signature=tf.float32)

    @tf.function(input_signature=[vector(tf.string, "image")])
    def inspect(self, image: Any) -> Any:
        """Judge JPEGs."""
        light = self.light(image)
        return {"label": tf.where(light > 0.5, "good", "dark"), "score": light}

    @tf.function(input_signature=[vector(tf.string, "image")])
    def published(self, image: Any) -> Any:
        """Judge JPEGs in base64."""
        return {"output_0": tf.where(self.light(tf.io.decode_base64(image)) > 0.5, "good", "dark")}

    @tf.function(input_signature=[vector(tf.string, "inputs")])
    def classify(self, inputs: Any) -> Any:
        """Judge the JPEGs in tf.Examples."""
        light = self.light(
            tf.io.parse_example(inputs, {"image": tf.io.FixedLenFeature([], tf.string)})["image"]
        )
        labels = tf.tile([["dark", "good"]], [tf.shape(light)[0], 1])
        return {"classes": labels, "scores": tf.stack([1 - light, light], 1)}


class Manners(Eye):
    """Says dark, grey or bright in the manners of others' exports; `later` is added to class numbers."""

    def __init__(self, later: int) -> None:
        super().__init__()
        self.later = later

    def nearness(self, light: Any) -> Any:
        """Give logits, (n, 3): how near a picture is to black, grey and white."""
        return -16 * tf.abs(light[:, None] - [[0.0, 0.5, 1.0]])

    @tf.function(input_signature=[vector(tf.string, "image")])
    def ids(self, image: Any) -> Any:
        """Give the number of the class, and the probabilities of all, as the published ResNet does."""
        shares = tf.nn.softmax(self.nearness(self.light(image)))
        return {"classes": tf.argmax(shares, 1) + self.later, "probabilities": shares}

    @tf.function(input_signature=[vector(tf.string, "image")])
    def narrow_ids(self, image: Any) -> Any:
        """Give the number of the class alone, as an int32."""
        return {"class": tf.argmax(self.nearness(self.light(image)), 1, tf.int32) + self.later}

    @tf.function(input_signature=[tf.TensorSpec([None, 8, 8, 3], tf.float32, name="keras_tensor")])
    def keras(self, keras_tensor: Any) -> Any:
        """Take pixels of 0..1 and give probabilities, as Keras exports do."""
        return {"output_0": tf.nn.softmax(self.nearness(tf.reduce_mean(keras_tensor, [1, 2, 3])))}

    @tf.function(input_signature=[tf.TensorSpec([None, None, None, 3], tf.uint8, name="inputs")])
    def levels(self, inputs: Any) -> Any:
        """Take levels of 0..255 of any size and give logits."""
        light = tf.reduce_mean(tf.cast(inputs, tf.float32), [1, 2, 3]) / 255
        return {"logits": self.nearness(light)}

    @tf.function(input_signature=[tf.TensorSpec([None, 8, 8, 1], tf.float32, name="x")])
    def sigmoid(self, x: Any) -> Any:
        """Take grey pixels of -1..1 and give one probability: that it is bright."""
        return {"y": tf.sigmoid(4 * tf.reduce_mean(x, [1, 2, 3]))[:, None]}

    @tf.function(
        input_signature=[
            vector(tf.string, "image"),
            tf.TensorSpec([], tf.float32, name="threshold"),
            tf.TensorSpec([2], tf.string, name="names"),
            tf.TensorSpec([None, 1], tf.int64, name="shift"),
        ]
    )
    def guided(self, image: Any, threshold: Any, names: Any, shift: Any) -> Any:
        """Say what it is called above a threshold, and what below."""
        light = self.light(image)
        above = tf.cast(light > threshold, tf.int64) + shift[0, 0]
        return {"label": tf.gather(names, above), "score": light}


def save_manners(folder: Path, later: int) -> None:
    """Save a network of many manners."""
    names = ("ids", "narrow_ids", "keras", "levels", "sigmoid", "guided")
    made = Manners(later)
    tf.saved_model.save(made, str(folder), signatures={name: getattr(made, name) for name in names})


def save_eye(folder: Path) -> None:
    """Save the eye with all its signatures."""
    eye = Eye()
    signatures = {"inspect": eye.inspect, "serving_default": eye.published, "classify": eye.classify}
    tf.saved_model.save(eye, str(folder), signatures=signatures)


def save(folder: Path) -> None:
    """Save the network with all its signatures."""
    tiny = Tiny()
    names = ("inspect", "arithmetic", "convolve", "spin", "count", "classify", "scores", "half", "flat")
    names += ("published",)
    signatures = {name: getattr(tiny, name) for name in names}
    signatures["serving_default"] = tiny.inspect
    signatures["echo"] = tiny.echo.get_concrete_function()
    tf.saved_model.save(tiny, str(folder), signatures=signatures)


def record_warm_up(folder: Path) -> None:
    """Put one recorded request for `count` beside the model."""
    request = predict_pb2.PredictRequest()
    request.model_spec.name = "any name will do"
    request.model_spec.signature_name = "count"
    log = prediction_log_pb2.PredictionLog(predict_log=prediction_log_pb2.PredictLog(request=request))
    path = folder / "assets.extra" / "tf_serving_warmup_requests"
    path.parent.mkdir()
    with tf.io.TFRecordWriter(str(path)) as writer:
        writer.write(log.SerializeToString())


if __name__ == "__main__":
    into = Path(sys.argv[1])
    save(into / "tiny" / "1")
    save(into / "tiny" / "2")
    save(into / "warm")
    record_warm_up(into / "warm")
    save_eye(into / "eye" / "1")
    save_manners(into / "manners" / "1", later=0)
    save_manners(into / "manners" / "2", later=100)
    published = Published()
    tf.saved_model.save(published, str(into / "published" / "0"), signatures=published.__call__)
