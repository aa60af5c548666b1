"""Where a model goes: a version folder that is either whole and proven or not there."""

import base64
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tensorflow as tf
from tensorflow.python.saved_model import method_name_updater
from tensorflow_serving.apis import classification_pb2, model_pb2, predict_pb2, prediction_log_pb2

from line_sim_export.model.signature import CLASSIFY, CLASSIFY_METHOD, DEFAULT, INPUT, SIGNATURE, Inspector

GATEWAY_OUTPUTS = ("label", "score")
"""What the gRPC gateway asks of `inspect`; the REST gateway is given all outputs."""

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
    """Write the SavedModel with all its signatures; `classify` is marked for the Classify call.

    TensorFlow 2 marks every signature for Predict, and TensorFlow Serving refuses to classify with those.
    """
    tf.saved_model.save(inspector, str(folder), inspector.signatures())
    updater = method_name_updater.MethodNameUpdater(str(folder))
    updater.replace_method_name(signature_key=CLASSIFY, method_name=CLASSIFY_METHOD)
    updater.save()


def write_warm_up(folder: Path, model: str, jpegs: list[bytes]) -> None:
    """Write a request for each picture, signature and set of outputs that line-sim's clients ask for."""
    (folder / WARM_UP.parent).mkdir(exist_ok=True)
    with tf.io.TFRecordWriter(str(folder / WARM_UP)) as writer:
        for jpeg in jpegs:
            for log in (
                predict_log(model, SIGNATURE, jpeg),
                predict_log(model, SIGNATURE, jpeg, GATEWAY_OUTPUTS),
                predict_log(model, DEFAULT, base64.urlsafe_b64encode(jpeg)),
                classify_log(model, jpeg),
            ):
                writer.write(log.SerializeToString())


def predict_log(model: str, signature: str, image: bytes, outputs: Sequence[str] = ()) -> Any:
    """Return the record of a Predict call with one picture, for some outputs or all."""
    request = predict_pb2.PredictRequest(
        output_filter=outputs,
        model_spec=model_pb2.ModelSpec(name=model, signature_name=signature),
        inputs={INPUT: tf.make_tensor_proto([image], tf.string)},
    )
    return prediction_log_pb2.PredictionLog(predict_log=prediction_log_pb2.PredictLog(request=request))


def classify_log(model: str, jpeg: bytes) -> Any:
    """Return the record of a Classify call with one picture."""
    request = classification_pb2.ClassificationRequest(
        model_spec=model_pb2.ModelSpec(name=model, signature_name=CLASSIFY)
    )
    request.input.example_list.examples.append(example(jpeg))
    return prediction_log_pb2.PredictionLog(classify_log=prediction_log_pb2.ClassifyLog(request=request))


def example(jpeg: bytes) -> Any:
    """Return a tf.Example with a picture, as the signature `classify` reads it."""
    feature = tf.train.Feature(bytes_list=tf.train.BytesList(value=[jpeg]))
    return tf.train.Example(features=tf.train.Features(feature={INPUT: feature}))
