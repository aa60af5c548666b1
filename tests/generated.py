"""The generated classes of tensorflow-serving-api, for tests that play the server.

They say `from tensorflow.core... import ..._pb2`, which would run the whole of `import tensorflow`: seconds,
and hundreds of megabytes. They need no more than the generated modules that lie in TensorFlow's folder, so
while they are imported a bare package object with the real search path stands in for `tensorflow`.
Afterwards it is taken away again, with everything that was imported below it, and a later `import
tensorflow` works as ever.
"""

import importlib.util
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = [
    "classification_pb2",
    "get_model_metadata_pb2",
    "get_model_status_pb2",
    "inference_pb2",
    "model_management_pb2",
    "model_server_config_pb2",
    "predict_pb2",
    "regression_pb2",
]


@contextmanager
def stand_in() -> Iterator[None]:
    """Have a bare `tensorflow` package while the with-block lasts; none if the real one is loaded."""
    if "tensorflow" in sys.modules:
        yield
        return
    spec = importlib.util.find_spec("tensorflow")
    assert spec is not None, "the tests need TensorFlow"
    package = types.ModuleType("tensorflow")
    package.__path__ = list(spec.submodule_search_locations or ())
    sys.modules["tensorflow"] = package
    yield
    for name in [name for name in sys.modules if name.split(".")[0] == "tensorflow"]:
        del sys.modules[name]


with stand_in():
    from tensorflow_serving.apis import (
        classification_pb2,
        get_model_metadata_pb2,
        get_model_status_pb2,
        inference_pb2,
        model_management_pb2,
        predict_pb2,
        regression_pb2,
    )
    from tensorflow_serving.config import model_server_config_pb2
