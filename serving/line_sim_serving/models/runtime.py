"""The parts of TensorFlow that a server needs, imported without the rest of it.

`import tensorflow` runs a file that pulls in Keras, tf.data, distribution strategies and three copies
of the public names: 3.5 s and 550 MB. The session and the SavedModel loader alone take 1.6 s and
400 MB, so the package file is left out: a bare package object with the real search path stands in
for it. Only this process, which nobody else imports things into, may do so.
"""

import importlib.util
import logging
import sys
import types


def _leave_out_the_package_file() -> None:
    """Put a bare `tensorflow` package in place, unless the real one is already there."""
    if "tensorflow" in sys.modules:
        return
    spec = importlib.util.find_spec("tensorflow")
    if spec is None or spec.submodule_search_locations is None:
        raise ModuleNotFoundError(
            "the inference server needs TensorFlow: pip install 'line-sim[server]'", name="tensorflow"
        )
    package = types.ModuleType("tensorflow")
    package.__path__ = list(spec.submodule_search_locations)
    sys.modules["tensorflow"] = package


_leave_out_the_package_file()

from tensorflow.core.protobuf import config_pb2  # noqa: E402 - only now can they be found
from tensorflow.python.client import pywrap_tf_session, session  # noqa: E402
from tensorflow.python.framework import dtypes, errors_impl, ops  # noqa: E402
from tensorflow.python.lib.io import _pywrap_record_io as record_io  # noqa: E402
from tensorflow.python.saved_model import loader_impl  # noqa: E402
from tensorflow_serving.apis import (  # noqa: E402
    classification_pb2,
    get_model_metadata_pb2,
    get_model_status_pb2,
    inference_pb2,
    model_management_pb2,
    model_pb2,
    predict_pb2,
    prediction_log_pb2,
    regression_pb2,
)
from tensorflow_serving.config import model_server_config_pb2  # noqa: E402

logging.getLogger("tensorflow").setLevel(logging.ERROR)

__all__ = [
    "classification_pb2",
    "config_pb2",
    "dtypes",
    "errors_impl",
    "get_model_metadata_pb2",
    "get_model_status_pb2",
    "inference_pb2",
    "loader_impl",
    "model_management_pb2",
    "model_pb2",
    "model_server_config_pb2",
    "ops",
    "predict_pb2",
    "prediction_log_pb2",
    "pywrap_tf_session",
    "record_io",
    "regression_pb2",
    "session",
]
