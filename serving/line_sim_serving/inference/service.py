"""TensorFlow Serving's services, whatever transport a request comes by.

Each method takes a request message and gives the response message, or raises Refusal. gRPC and REST
are thin layers above: they read requests, write answers and refusals, and tell the observer.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import grpc

from line_sim_serving.inference.caller import Caller
from line_sim_serving.inference.classify import classify, regress
from line_sim_serving.inference.multi_inference import multi_inference
from line_sim_serving.inference.patience import Patience
from line_sim_serving.inference.predict import predict
from line_sim_serving.inference.refusal import Refusal, invalid
from line_sim_serving.inference.tensors import to_content, to_proto
from line_sim_serving.models.registry import Registry
from line_sim_serving.models.runner import Array, Runner, SignatureDef
from line_sim_serving.models.runtime import (
    classification_pb2,
    get_model_metadata_pb2,
    get_model_status_pb2,
    inference_pb2,
    model_management_pb2,
    model_pb2,
    predict_pb2,
    regression_pb2,
)
from line_sim_serving.models.servables import Servable
from line_sim_serving.models.states import VersionStatus
from line_sim_serving.monitoring.observer import Nobody, Observer

MOST_STRANGERS, LONGEST_STRANGER = 32, 64
"""Names that no model has but that are counted one by one, and their characters; beyond that they are one."""

UNKNOWN_MODEL = "(unknown)"


class Services:
    """Answers requests from the models of a registry; may be called by many threads at once.

    With `tensor_content`, Predict answers in raw bytes instead of typed fields. An answer takes `element`
    bytes for each element of an output while it is written. Only with `reloads` may a request replace
    the list of models.
    """

    def __init__(
        self,
        registry: Registry,
        observer: Observer | None = None,
        *,
        tensor_content: bool = False,
        element: int = 64,
        reloads: bool = False,
    ) -> None:
        self._registry = registry
        self._element = element
        self._strangers: set[str] = set()
        self._reloads = reloads
        self._write = to_content if tensor_content else to_proto
        self.observer = observer or Nobody()

    def counted_name(self, model: str) -> str:
        """Give the name that a request is counted under: whoever makes names up fills no memory."""
        if self._registry.find(model) is not None or model in self._strangers:
            return model
        if len(self._strangers) < MOST_STRANGERS and len(model) <= LONGEST_STRANGER:
            self._strangers.add(model)
            return model
        return UNKNOWN_MODEL

    @contextmanager
    def lease(self, request: Any) -> Iterator[Servable]:
        """Hold the version that a request's `model_spec` names: `.name`, `.version`, `.engine.signatures`.

        Raises Refusal.
        """
        if not request.HasField("model_spec"):
            raise invalid("Missing ModelSpec")
        with self._registry.lease(request.model_spec) as servable:
            yield servable

    def predict(self, request: Any, caller: Caller) -> Any:
        """Run a signature; the work stops when nobody waits for it any more."""
        response = predict_pb2.PredictResponse()
        with self.lease(request) as servable:
            predict(self._timed(servable, "Predict", caller), request, response, caller, self._write)
            servable.asked.add(response.model_spec.signature_name, request.output_filter)
            _name(response.model_spec, servable)
        return response

    def classify(self, request: Any, caller: Caller) -> Any:
        """Give every example its classes and scores."""
        response = classification_pb2.ClassificationResponse()
        with self.lease(request) as servable:
            classify(self._timed(servable, "Classify", caller), request, response, caller)
            _name(response.model_spec, servable)
        return response

    def regress(self, request: Any, caller: Caller) -> Any:
        """Give every example its value."""
        response = regression_pb2.RegressionResponse()
        with self.lease(request) as servable:
            regress(self._timed(servable, "Regress", caller), request, response, caller)
            _name(response.model_spec, servable)
        return response

    def multi_inference(self, request: Any, caller: Caller) -> Any:
        """Do several classifications and regressions of the same examples; the first task names the model."""
        response = inference_pb2.MultiInferenceResponse()
        spec = request.tasks[0].model_spec if request.tasks else model_pb2.ModelSpec()
        with self._registry.lease(spec) as servable:
            multi_inference(self._timed(servable, "MultiInference", caller), request, response, caller)
            for result in response.results:
                _name(result.model_spec, servable)
        return response

    def get_model_metadata(self, request: Any) -> Any:
        """Give all signatures of a version."""
        if not request.metadata_field:
            raise invalid("GetModelMetadataRequest must specify at least one metadata_field")
        for field in request.metadata_field:
            if field != "signature_def":
                raise invalid(f"Metadata field {field} is not supported")
        response = get_model_metadata_pb2.GetModelMetadataResponse()
        signatures = get_model_metadata_pb2.SignatureDefMap()
        with self.lease(request) as servable:
            for name, signature in servable.engine.signatures.items():
                signatures.signature_def[name].CopyFrom(signature)
            _name(response.model_spec, servable)
        response.metadata["signature_def"].Pack(signatures)
        return response

    def get_model_status(self, request: Any) -> Any:
        """Give the states of all versions ever seen, or of one; a label is not looked at."""
        spec = request.model_spec
        if not request.HasField("model_spec"):
            raise invalid("Missing ModelSpec")
        model = self._registry.find(spec.name)
        statuses = model.statuses() if model else []
        if spec.HasField("version"):
            statuses = [status for status in statuses if status.version == spec.version.value]
            missing = f"Could not find version {spec.version.value} of model {spec.name}"
        else:
            missing = f"Could not find any versions of model {spec.name}"
        if not statuses:
            raise Refusal(grpc.StatusCode.NOT_FOUND, missing)
        return _status_response(statuses)

    def reload_config(self, request: Any, patience: Patience) -> Any:
        """Serve what the request lists, in place of what is served; waits until new models answer."""
        if not self._reloads:
            raise Refusal(
                grpc.StatusCode.PERMISSION_DENIED,
                "HandleReloadConfigRequest is not allowed here: start the server with --allow_reload_config",
            )
        self._registry.reload(request.config, patience)
        response = model_management_pb2.ReloadConfigResponse()
        response.status.error_code = 0
        for name in request.metric_names:
            response.metric.add(name=name)
        return response

    def _timed(self, servable: Servable, api: str, caller: Caller) -> "_Timed":
        return _Timed(servable, api, self.observer, partial(_take_outputs, caller, self._element))


class _Timed:
    """A version whose runs are told to the observer; `take` is told what they gave."""

    def __init__(
        self, servable: Servable, api: str, observer: Observer, take: Callable[[list[Array]], None]
    ) -> None:
        self._take = take
        self.signatures: Mapping[str, SignatureDef] = servable.engine.signatures
        self._engine: Runner = servable.engine
        self._name = servable.name
        self._api = api
        self._observer = observer

    def run(self, feeds: Mapping[str, Array], fetches: Sequence[str], patience: Patience) -> list[Array]:
        """Run the graph and tell how long it took."""
        started = time.perf_counter()
        found = self._engine.run(feeds, fetches, patience)
        self._observer.ran(self._name, self._api, time.perf_counter() - started)
        self._take(found)
        return found


def _take_outputs(caller: Caller, element: int, outputs: Sequence[Array]) -> None:
    """Take what it costs to write outputs into an answer."""
    caller.take_outputs(sum(element * output.size for output in outputs))


def _name(spec: Any, servable: Servable) -> None:
    """Say in a response which version answered."""
    spec.name = servable.name
    spec.version.value = servable.version


def _status_response(statuses: list[VersionStatus]) -> Any:
    response = get_model_status_pb2.GetModelStatusResponse()
    for status in statuses:
        one = response.model_version_status.add(version=status.version, state=int(status.state))
        one.status.error_code = status.code
        one.status.error_message = status.text
    return response
