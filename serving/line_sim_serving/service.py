"""TensorFlow Serving's services, whatever transport a request comes by.

Each method takes a request message and gives the response message, or raises Refusal. gRPC and REST
are thin layers above: they read requests, write answers and refusals, and tell the observer.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import grpc

from line_sim_serving.engine import Array, Engine, SignatureDef
from line_sim_serving.observer import Nobody, Observer
from line_sim_serving.patience import Patience
from line_sim_serving.predict import predict
from line_sim_serving.refusal import Refusal, invalid
from line_sim_serving.registry import Registry
from line_sim_serving.runtime import get_model_metadata_pb2, get_model_status_pb2, predict_pb2
from line_sim_serving.servables import Servable, VersionStatus


class Services:
    """Answers requests from the models of a registry; may be called by many threads at once."""

    def __init__(self, registry: Registry, observer: Observer | None = None) -> None:
        self._registry = registry
        self.observer = observer or Nobody()

    @contextmanager
    def lease(self, request: Any) -> Iterator[Servable]:
        """Hold the version that a request's `model_spec` names: `.name`, `.version`, `.engine.signatures`.

        Raises Refusal.
        """
        if not request.HasField("model_spec"):
            raise invalid("Missing ModelSpec")
        with self._registry.lease(request.model_spec) as servable:
            yield servable

    def predict(self, request: Any, patience: Patience) -> Any:
        """Run a signature; the work stops when nobody waits for it any more."""
        response = predict_pb2.PredictResponse()
        with self.lease(request) as servable:
            predict(self._timed(servable, "Predict"), request, response, patience)
            _name(response.model_spec, servable)
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

    def _timed(self, servable: Servable, api: str) -> "_Timed":
        return _Timed(servable, api, self.observer)


class _Timed:
    """A version whose runs are told to the observer."""

    def __init__(self, servable: Servable, api: str, observer: Observer) -> None:
        self.signatures: Mapping[str, SignatureDef] = servable.engine.signatures
        self._engine: Engine = servable.engine
        self._name = servable.name
        self._api = api
        self._observer = observer

    def run(self, feeds: Mapping[str, Array], fetches: Sequence[str], patience: Patience) -> list[Array]:
        """Run the graph and tell how long it took."""
        started = time.perf_counter()
        found = self._engine.run(feeds, fetches, patience)
        self._observer.ran(self._name, self._api, time.perf_counter() - started)
        return found


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
