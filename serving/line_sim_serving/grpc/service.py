"""The services over gRPC: deadlines in, statuses out."""

import time
from collections.abc import Callable
from typing import Any, TypeAlias, cast

import grpc
from google.protobuf.message import DecodeError

from line_sim_serving.inference.caller import Caller
from line_sim_serving.inference.patience import Patience
from line_sim_serving.inference.refusal import Refusal, exhausted
from line_sim_serving.inference.service import Services
from line_sim_serving.limits.budget import Budgets
from line_sim_serving.limits.wire import reading_cost
from line_sim_serving.models.runtime import (
    classification_pb2,
    get_model_metadata_pb2,
    get_model_status_pb2,
    inference_pb2,
    model_management_pb2,
    predict_pb2,
    regression_pb2,
)
from line_sim_serving.monitoring.observer import Entrypoint

Context: TypeAlias = grpc.ServicerContext
Method: TypeAlias = Callable[[Any, Caller], Any]
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"

PREDICTION_SERVICE = "tensorflow.serving.PredictionService"
MODEL_SERVICE = "tensorflow.serving.ModelService"

NO_DEADLINE_S = 1e9
"""A time beyond this is no deadline: where a client has none, gRPC tells of one in 292 billion years."""


def handlers_of(services: Services, budgets: Budgets) -> list[grpc.GenericRpcHandler]:
    """Name the methods for a gRPC server; what requests cost is taken from the budgets before."""

    def asking(method: Callable[[Any, Caller], Any], request_class: Any) -> Handler:
        return _handler(budgets, method, request_class)

    def counted(api: str, method: Callable[[Any, Caller], Any], request_class: Any) -> Handler:
        return asking(_counted(services, api, method), request_class)

    prediction = {
        "Predict": counted("Predict", services.predict, predict_pb2.PredictRequest),
        "Classify": counted("Classify", services.classify, classification_pb2.ClassificationRequest),
        "Regress": counted("Regress", services.regress, regression_pb2.RegressionRequest),
        "MultiInference": asking(services.multi_inference, inference_pb2.MultiInferenceRequest),
        "GetModelMetadata": asking(
            _plain(services.get_model_metadata), get_model_metadata_pb2.GetModelMetadataRequest
        ),
    }
    model = {
        "GetModelStatus": asking(
            _plain(services.get_model_status), get_model_status_pb2.GetModelStatusRequest
        ),
        "HandleReloadConfigRequest": asking(
            _patient(services.reload_config), model_management_pb2.ReloadConfigRequest
        ),
    }
    return [
        grpc.method_handlers_generic_handler(PREDICTION_SERVICE, prediction),
        grpc.method_handlers_generic_handler(MODEL_SERVICE, model),
    ]


def _handler(budgets: Budgets, method: Method, request_class: Any) -> Handler:
    """Read the request here, not in gRPC: what it costs is known from its bytes, and taken, before."""

    def answer(received: list[bytes], context: Context) -> Any:
        if not context.is_active():  # nobody waits for it any more
            context.abort(grpc.StatusCode.CANCELLED, "the client is gone")
        with Caller.of(budgets, _patience_of(context)) as caller:
            try:
                caller.take(reading_cost(received[0], request_class.DESCRIPTOR))
                return method(_read(received, request_class), caller)
            except Refusal as refusal:
                context.abort(refusal.code, refusal.shown_text)
            except MemoryError:
                context.abort(exhausted().code, exhausted().text)

    return grpc.unary_unary_rpc_method_handler(
        answer, request_deserializer=lambda message: [message], response_serializer=_serialize
    )


def _read(received: list[bytes], request_class: Any) -> Any:
    """Read a message, and free its bytes. Raises Refusal INTERNAL, with gRPC's own text, for what is none."""
    try:
        return request_class.FromString(received.pop())
    except DecodeError:
        raise Refusal(grpc.StatusCode.INTERNAL, "Exception deserializing request!") from None


def _serialize(response: Any) -> bytes:
    written: bytes = response.SerializeToString()
    return written


def _plain(method: Callable[[Any], Any]) -> Method:
    return lambda request, _: method(request)


def _patient(method: Callable[[Any, Patience], Any]) -> Method:
    return lambda request, caller: method(request, caller.patience)


def _counted(services: Services, api: str, method: Method) -> Method:
    """Tell the observer how each request ended."""

    def answer(request: Any, caller: Caller) -> Any:
        started = time.perf_counter()
        code = grpc.StatusCode.INTERNAL
        try:
            response = method(request, caller)
            code = grpc.StatusCode.OK
        except Refusal as refusal:
            code = refusal.code
            raise
        finally:
            name = services.counted_name(request.model_spec.name)
            services.observer.answered(name, api, Entrypoint.GRPC, code, time.perf_counter() - started)
        return response

    return answer


def _patience_of(context: Context) -> Patience:
    """Wait until the client's deadline, and for as long as the client does."""
    left = cast("float | None", context.time_remaining())  # the stubs leave None out
    if left is None or left > NO_DEADLINE_S:
        return Patience(None, context.is_active)
    return Patience.of(left, context.is_active)
