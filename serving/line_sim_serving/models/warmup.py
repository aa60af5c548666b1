"""Requests that are replayed while a version loads, so that no client pays for the first run."""

import logging
from pathlib import Path
from typing import Any

import grpc

from line_sim_serving.inference.classify import classify, regress
from line_sim_serving.models.engine import Engine
from line_sim_serving.inference.multi_inference import multi_inference
from line_sim_serving.inference.caller import Caller
from line_sim_serving.inference.predict import DEFAULT_SIGNATURE, predict
from line_sim_serving.models.asked import Asked
from line_sim_serving.inference.refusal import Refusal
from line_sim_serving.models.runtime import (
    classification_pb2,
    errors_impl,
    inference_pb2,
    predict_pb2,
    prediction_log_pb2,
    record_io,
    regression_pb2,
)
from line_sim_serving.inference.tensors import to_proto

log = logging.getLogger(__name__)

WARM_UP_FILE = Path("assets.extra", "tf_serving_warmup_requests")
MOST_RECORDS = 1000


def replay_warm_up(engine: Engine, folder: Path, iterations: int, asked: Asked, caller: Caller) -> None:
    """Replay the version's warm-up records, if it has any; Predict's with the filters that were asked, too.

    The model name in a record is not looked at. Raises Refusal when the file cannot be read, or a
    record fails or is of a kind that is not served: the load fails with it.
    """
    path = folder / WARM_UP_FILE
    if not path.exists():
        return
    records = _read_records(path)
    for record in records:
        entry = prediction_log_pb2.PredictionLog.FromString(record)
        for _ in range(iterations):
            _replay(engine, entry, caller)
        _replay_asked(engine, entry, asked, caller)
    log.info("Replayed %d warm-up records of %s", len(records), folder)


def _replay(engine: Engine, entry: Any, caller: Caller) -> None:
    """Answer a recorded request, and forget the answer."""
    kind = entry.WhichOneof("log_type")
    if kind == "predict_log":
        predict(engine, entry.predict_log.request, predict_pb2.PredictResponse(), caller, to_proto)
    elif kind == "classify_log":
        response = classification_pb2.ClassificationResponse()
        classify(engine, entry.classify_log.request, response, caller)
    elif kind == "regress_log":
        regress(engine, entry.regress_log.request, regression_pb2.RegressionResponse(), caller)
    elif kind == "multi_inference_log":
        answers = inference_pb2.MultiInferenceResponse()
        multi_inference(engine, entry.multi_inference_log.request, answers, caller)
    elif kind is not None:
        raise Refusal(grpc.StatusCode.UNIMPLEMENTED, f"Unsupported log_type for warmup: {kind}")


def _replay_asked(engine: Engine, entry: Any, asked: Asked, caller: Caller) -> None:
    """Replay a Predict record with each filter of outputs that clients use, as far as this version has them."""
    if entry.WhichOneof("log_type") != "predict_log":
        return
    request = entry.predict_log.request
    name = request.model_spec.signature_name or DEFAULT_SIGNATURE
    known = engine.signatures[name].outputs
    for outputs in asked.filters(name) - {tuple(sorted(request.output_filter))}:
        if all(alias in known for alias in outputs):
            del request.output_filter[:]
            request.output_filter.extend(outputs)
            _replay(engine, entry, caller)


def _read_records(path: Path) -> list[bytes]:
    try:
        records = list(record_io.RecordIterator(str(path), ""))
    except errors_impl.OpError as error:
        text = f"{error.message}. Please verify your warmup data is in TFRecord format."
        raise Refusal(grpc.StatusCode.DATA_LOSS, text) from None
    if len(records) > MOST_RECORDS:
        text = f"Number of warmup records exceeds the maximum ({MOST_RECORDS})"
        raise Refusal(grpc.StatusCode.INVALID_ARGUMENT, text)
    return records
