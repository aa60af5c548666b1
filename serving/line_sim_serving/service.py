"""TensorFlow Serving's gRPC services, as far as this server has them.

RPCs that are not built (Classify, Regress, MultiInference, HandleReloadConfigRequest) are not
registered, so that gRPC itself answers UNIMPLEMENTED.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, cast

import grpc

from line_sim_serving.predict import predict
from line_sim_serving.refusal import Refusal, invalid
from line_sim_serving.runtime import get_model_metadata_pb2, get_model_status_pb2, predict_pb2
from line_sim_serving.servables import Model, VersionStatus

Context: TypeAlias = grpc.ServicerContext
Method: TypeAlias = Callable[[Any, Context], Any]

PREDICTION_SERVICE = "tensorflow.serving.PredictionService"
MODEL_SERVICE = "tensorflow.serving.ModelService"


class Services:
    """Answers requests from the models that it was given, by name."""

    def __init__(self, models: Mapping[str, Model]) -> None:
        self._models = models

    def predict(self, request: Any, context: Context) -> Any:
        """Run a signature; the client's deadline stops the work."""
        model, version = self._choose(request)
        response = predict_pb2.PredictResponse()
        with model.lease(version) as servable:
            predict(servable.engine, request, response, _time_left(context))
            response.model_spec.name = servable.name
            response.model_spec.version.value = servable.version
        return response

    def get_model_metadata(self, request: Any, context: Context) -> Any:  # noqa: ARG002 - gRPC's signature
        """Give all signatures of a version."""
        if not request.metadata_field:
            raise invalid("GetModelMetadataRequest must specify at least one metadata_field")
        for field in request.metadata_field:
            if field != "signature_def":
                raise invalid(f"Metadata field {field} is not supported")
        model, version = self._choose(request)
        response = get_model_metadata_pb2.GetModelMetadataResponse()
        signatures = get_model_metadata_pb2.SignatureDefMap()
        with model.lease(version) as servable:
            for name, signature in servable.engine.signatures.items():
                signatures.signature_def[name].CopyFrom(signature)
            response.model_spec.name = servable.name
            response.model_spec.version.value = servable.version
        response.metadata["signature_def"].Pack(signatures)
        return response

    def get_model_status(self, request: Any, context: Context) -> Any:  # noqa: ARG002 - gRPC's signature
        """Give the states of all versions ever seen, or of one; a label is not looked at."""
        spec = request.model_spec
        if not request.HasField("model_spec"):
            raise invalid("Missing ModelSpec")
        model = self._models.get(spec.name)
        statuses = model.statuses() if model else []
        if spec.HasField("version"):
            statuses = [status for status in statuses if status.version == spec.version.value]
            missing = f"Could not find version {spec.version.value} of model {spec.name}"
        else:
            missing = f"Could not find any versions of model {spec.name}"
        if not statuses:
            raise Refusal(grpc.StatusCode.NOT_FOUND, missing)
        return _status_response(statuses)

    def _choose(self, request: Any) -> tuple[Model, int | None]:
        """Find the model and the version (None: the latest) that a request names."""
        if not request.HasField("model_spec"):
            raise invalid("Missing ModelSpec")
        spec = request.model_spec
        if not spec.name:
            raise invalid("ModelSpec has no name specified.")
        if spec.WhichOneof("version_choice") == "version_label":
            raise invalid(f"Unrecognized servable version label: {spec.version_label}")
        version = spec.version.value if spec.HasField("version") else None  # 0 is a version
        if spec.name not in self._models:
            asked = f"Latest({spec.name})" if version is None else f"Specific({spec.name}, {version})"
            raise Refusal(grpc.StatusCode.NOT_FOUND, f"Servable not found for request: {asked}")
        return self._models[spec.name], version


def handlers_of(services: Services) -> list[grpc.GenericRpcHandler]:
    """Name the methods for a gRPC server."""
    return [
        grpc.method_handlers_generic_handler(
            PREDICTION_SERVICE,
            {
                "Predict": _handler(services.predict, predict_pb2.PredictRequest),
                "GetModelMetadata": _handler(
                    services.get_model_metadata, get_model_metadata_pb2.GetModelMetadataRequest
                ),
            },
        ),
        grpc.method_handlers_generic_handler(
            MODEL_SERVICE,
            {
                "GetModelStatus": _handler(
                    services.get_model_status, get_model_status_pb2.GetModelStatusRequest
                )
            },
        ),
    ]


def _handler(method: Method, request_class: Any) -> "grpc.RpcMethodHandler[Any, Any]":
    return grpc.unary_unary_rpc_method_handler(
        _guarded(method),
        request_deserializer=request_class.FromString,
        response_serializer=_serialize,
    )


def _serialize(response: Any) -> bytes:
    written: bytes = response.SerializeToString()
    return written


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


def _time_left(context: Context) -> int:
    """Give the milliseconds until the client's deadline, 0 where it has none.

    Raises Refusal when it passed while the request was queued.
    """
    left = cast("float | None", context.time_remaining())  # None: no deadline; the stubs leave it out
    if left is None:
        return 0
    if left <= 0:
        raise Refusal(grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline passed before the request was run")
    return math.ceil(left * 1000)


def _status_response(statuses: list[VersionStatus]) -> Any:
    response = get_model_status_pb2.GetModelStatusResponse()
    for status in statuses:
        one = response.model_version_status.add(version=status.version, state=int(status.state))
        one.status.error_code = status.code
        one.status.error_message = status.text
    return response
