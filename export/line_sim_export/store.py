"""Where a model goes: a version folder that is either whole and proven or not there."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tensorflow as tf
from tensorflow_serving.apis import model_pb2, predict_pb2, prediction_log_pb2

from line_sim_export.signature import INPUT, SIGNATURE, Inspector

WARM_UP = Path("assets.extra", "tf_serving_warmup_requests")
"""TensorFlow Serving replays the requests of this file before it says that it is ready."""


@contextmanager
def new_version(folder: Path) -> Iterator[Path]:
    """Give a temporary sibling to write the model into; move it to `folder` when all has gone well.

    Where something fails, nothing is left and an older model of this version stays as it was.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    # TensorFlow Serving only looks at folders whose names are numbers: this one it does not see.
    draft = Path(tempfile.mkdtemp(prefix=f".draft-{folder.name}-", dir=folder.parent))
    try:
        yield draft
        if folder.exists():
            shutil.rmtree(folder)
        draft.chmod(0o755)  # mkdtemp keeps others out; a server may run as another user
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_model(inspector: Inspector, folder: Path) -> None:
    """Write the SavedModel with its signature `inspect`, also under the default name."""
    function = inspector.inspect.get_concrete_function()
    tf.saved_model.save(inspector, str(folder), {SIGNATURE: function, "serving_default": function})


def write_warm_up(folder: Path, model: str, jpegs: list[bytes]) -> None:
    """Write one recorded request for each picture."""
    (folder / WARM_UP.parent).mkdir(exist_ok=True)
    with tf.io.TFRecordWriter(str(folder / WARM_UP)) as writer:
        for jpeg in jpegs:
            request = predict_pb2.PredictRequest(
                model_spec=model_pb2.ModelSpec(name=model, signature_name=SIGNATURE),
                inputs={INPUT: tf.make_tensor_proto([jpeg], tf.string)},
            )
            log = prediction_log_pb2.PredictionLog(predict_log=prediction_log_pb2.PredictLog(request=request))
            writer.write(log.SerializeToString())
