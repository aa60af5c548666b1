"""TensorRT's engines in half precision, where TensorFlow is built with them."""

import tempfile
from typing import Any

import tensorflow as tf

from line_sim.errors import ScenarioError

SERVED = "serving_default"

Function = Any  # tf.types.experimental.ConcreteFunction


def require_tensorrt() -> None:
    """Raise ScenarioError, saying what to do instead, where this TensorFlow has no TensorRT."""
    if not tf.sysconfig.get_build_info().get("is_tensorrt_build", False):
        raise ScenarioError(
            f"--precision tensorrt-fp16: this TensorFlow ({tf.__version__}) is built without TensorRT; "
            "export with --precision float32 and serve it with the GPU image tensorflow/serving:latest-gpu "
            "(docs/model.md, GPU)"
        )


def with_engines(judge: Function) -> Function:
    """Return a frozen function of one output whose subgraphs are TensorRT engines, built when first run.

    What TensorRT cannot do (decoding a JPEG) stays with TensorFlow. Needs a GPU.
    """
    holder = tf.Module()
    holder.judge = judge
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(holder, folder, {SERVED: judge})
        converter = tf.experimental.tensorrt.Converter(
            input_saved_model_dir=folder, input_saved_model_signature_key=SERVED, precision_mode="FP16"
        )
        converted = converter.convert()

    def computed(image: tf.Tensor) -> tf.Tensor:
        (output,) = tf.nest.flatten(converted(image))
        return output

    specs = [tf.TensorSpec(tensor.shape, tensor.dtype, tensor.op.name) for tensor in judge.inputs]
    return tf.function(computed, input_signature=specs, autograph=False).get_concrete_function()
