"""The model in Triton's python backend: JPEGs to the exported SavedModel, its labels and scores back.

`line-sim export --for triton` puts this file beside a copy of the SavedModel; Triton's python backend
runs it in a process of its own, with the TensorFlow and the numpy below 2 that it finds there.
"""

import os
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # before TensorFlow starts; warnings and errors stay

import numpy as np
import tensorflow as tf
import triton_python_backend_utils as pb_utils  # type: ignore[import-not-found] # Triton brings it along

SAVED_MODEL = "saved_model"
SIGNATURE = "inspect"
LONGEST_REASON = 500  # characters of TensorFlow's words that an answer carries

Array = Any  # a numpy array


class TritonPythonModel:
    """An instance of the model, as Triton's python backend wants it."""

    def initialize(self, args: dict[str, str]) -> None:
        """Load the SavedModel of this version."""
        keep_to(args["model_instance_kind"])
        folder = Path(args["model_repository"], args["model_version"], SAVED_MODEL)
        self._loaded = tf.saved_model.load(str(folder))  # its functions live as long as it does
        self._inspect = self._loaded.signatures[SIGNATURE]
        self._name = f"{args['model_instance_name']} (version {args['model_version']})"
        log(f"{self._name}: {folder} is loaded, TensorFlow {tf.__version__}, numpy {np.__version__}")
        if int(np.__version__.split(".")[0]) > 1:
            pb_utils.Logger.log_warn(
                "Triton 24.10 cannot pass bytes to a model that has numpy 2: install numpy below 2"
            )

    def execute(self, requests: list[Any]) -> list[Any]:
        """Answer the requests that Triton has put together: all in one batch, one response for each."""
        pictures = [pictures_of(request) for request in requests]
        try:
            labels, scores = self.judged(np.concatenate(pictures))
        except tf.errors.OpError as error:
            return self.one_by_one(pictures, error)
        ends = np.cumsum([len(each) for each in pictures])[:-1]
        return [answer(*both) for both in zip(np.split(labels, ends), np.split(scores, ends), strict=True)]

    def one_by_one(self, pictures: list[Array], error: Any) -> list[Any]:
        """Answer each request alone where the batch failed, so that a bad picture fails its own alone."""
        if len(pictures) > 1:
            return [response for each in pictures for response in self.alone(each)]
        reason = (error.message or type(error).__name__)[:LONGEST_REASON]
        pb_utils.Logger.log_warn(f"{self._name}: no answer: {reason}")
        return [refusal(reason, error)]

    def alone(self, pictures: Array) -> list[Any]:
        """Answer one request."""
        try:
            return [answer(*self.judged(pictures))]
        except tf.errors.OpError as error:
            return self.one_by_one([pictures], error)

    def judged(self, pictures: Array) -> tuple[Array, Array]:
        """Return labels (n,) and scores (n,) of JPEGs (n,)."""
        told = self._inspect(image=tf.constant(pictures, tf.string))
        return told["label"].numpy(), told["score"].numpy()

    def finalize(self) -> None:
        """Say that it ends."""
        log(f"{self._name}: unloaded")


def keep_to(kind: str) -> None:
    """Let TensorFlow see no GPU in an instance on the CPU, and take of one no more memory than it needs."""
    gpus = tf.config.list_physical_devices("GPU")
    if gpus and kind == "CPU":
        tf.config.set_visible_devices([], "GPU")
        return
    for gpu in gpus:
        tf.config.experimental.set_memory_growth(gpu, enable=True)


def pictures_of(request: Any) -> Array:
    """Return a request's JPEGs, (n,), of its input of shape (n, 1)."""
    return pb_utils.get_input_tensor_by_name(request, "image").as_numpy().reshape(-1)


def answer(labels: Array, scores: Array) -> Any:
    """Return a request's labels and scores, each (n, 1)."""
    outputs = [
        pb_utils.Tensor("label", labels.astype(np.object_).reshape(-1, 1)),
        pb_utils.Tensor("score", scores.astype(np.float32).reshape(-1, 1)),
    ]
    return pb_utils.InferenceResponse(outputs)


def refusal(reason: str, error: Any) -> Any:
    """Return a response without outputs: the picture's fault, or the server's."""
    code = pb_utils.TritonError.INTERNAL
    if isinstance(error, tf.errors.InvalidArgumentError):
        code = pb_utils.TritonError.INVALID_ARG
    return pb_utils.InferenceResponse(error=pb_utils.TritonError(reason, code))


def log(line: str) -> None:
    """Tell in Triton's log."""
    pb_utils.Logger.log_info(line)
