"""The services over gRPC: deadlines in, statuses out."""

import time
from collections.abc import Callable
from typing import Any, TypeAlias, cast

import grpc

from line_sim_serving.inference.patience import Patience
from line_sim_serving.inference.refusal import Refusal
from line_sim_serving.inference.service import Services
from line_sim_serving.models.runtime import (
    classification_pb2,
    get_model_metadata_pb2,
    get_model_status_pb2,
    inference_pb2,
    model_management_pb2,
    predict_pb2,
    regression_pb2,
)
from line_sim_serving.monitoring.observer import Entrypoint, Observer

Context: TypeAlias = grpc.ServicerContext
Method: TypeAlias = Callable[[Any, Context], Any]
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"

PREDICTION_SERVICE = "tensorflow.serving.PredictionService"
MODEL_SERVICE = "tensorflow.serving.ModelService"

NO_DEADLINE_S = 1e9
"""A time beyond this is no deadline: where a client has none, gRPC tells of one in 292 billion years."""


def handlers_of(services: Services) -> list[grpc.GenericRpcHandler]:
    """Name the methods for a gRPC server."""

    def counted(api: str, method: Callable[[Any, Patience], Any], request_class: Any) -> Handler:
        return _handler(_counted(services.observer, api, _patient(method)), request_class)

    prediction = {
        "Predict": counted("Predict", services.predict, predict_pb2.PredictRequest),
        "Classify": counted("Classify", services.classify, classification_pb2.ClassificationRequest),
        "Regress": counted("Regress", services.regress, regression_pb2.RegressionRequest),
        "MultiInference": _handler(_patient(services.multi_inference), inference_pb2.MultiInferenceRequest),
        "GetModelMetadata": _handler(
            _plain(services.get_model_metadata), get_model_metadata_pb2.GetModelMetadataRequest
        ),
    }
    model = {
        "GetModelStatus": _handler(
            _plain(services.get_model_status), get_model_status_pb2.GetModelStatusRequest
        ),
        "HandleReloadConfigRequest": _handler(
            _patient(services.reload_config), model_management_pb2.ReloadConfigRequest
        ),
    }
    return [
        grpc.method_handlers_generic_handler(PREDICTION_SERVICE, prediction),
        grpc.method_handlers_generic_handler(MODEL_SERVICE, model),
    ]


def _handler(method: Method, request_class: Any) -> Handler:
    return grpc.unary_unary_rpc_method_handler(
        _guarded(method),
        request_deserializer=request_class.FromString,
        response_serializer=_serialize,
    )


def _serialize(response: Any) -> bytes:
    written: bytes = response.SerializeToString()
    return written


def _plain(method: Callable[[Any], Any]) -> Method:
    return lambda request, _: method(request)


def _patient(method: Callable[[Any, Patience], Any]) -> Method:
    return lambda request, context: method(request, _patience_of(context))


def _counted(observer: Observer, api: str, method: Method) -> Method:
    """Tell the observer how each request ended."""

    def answer(request: Any, context: Context) -> Any:
        started = time.perf_counter()
        code = grpc.StatusCode.INTERNAL
        try:
            response = method(request, context)
            code = grpc.StatusCode.OK
        except Refusal as refusal:
            code = refusal.code
            raise
        finally:
            name = request.model_spec.name
            observer.answered(name, api, Entrypoint.GRPC, code, time.perf_counter() - started)
        return response

    return answer


def _guarded(method: Method) -> Method:
    """Turn a refusal into its status, and leave out work that nobody waits for any more."""

    def answer(request: Any, context: Context) -> Any:
        if not context.is_active():
            context.abort(grpc.StatusCode.CANCELLED, "the client is gone")
        try:
            return method(request, context)
        except Refusal as refusal:
            context.abort(refusal.code, refusal.shown_text)

    return answer


def _patience_of(context: Context) -> Patience:
    """Wait until the client's deadline, and for as long as the client does."""
    left = cast("float | None", context.time_remaining())  # the stubs leave None out
    if left is None or left > NO_DEADLINE_S:
        return Patience(None, context.is_active)
    return Patience.of(left, context.is_active)
