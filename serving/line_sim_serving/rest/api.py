"""TensorFlow Serving's REST API, apart from HTTP: method, URL and body in, status and JSON out."""

import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import grpc

from line_sim_serving.inference.caller import Caller
from line_sim_serving.inference.patience import Patience
from line_sim_serving.inference.predict import DEFAULT_SIGNATURE
from line_sim_serving.inference.refusal import Refusal, exhausted, invalid
from line_sim_serving.inference.service import Services
from line_sim_serving.limits.budget import Budgets, Hold
from line_sim_serving.models.runtime import (
    classification_pb2,
    get_model_metadata_pb2,
    get_model_status_pb2,
    predict_pb2,
    regression_pb2,
)
from line_sim_serving.monitoring.observer import Entrypoint
from line_sim_serving.rest.bodies import reading_cost, unzipped
from line_sim_serving.rest.examples import fill_examples
from line_sim_serving.rest.paths import Call, Question, VersionTooLong, read_call
from line_sim_serving.rest.predict_answer import predict_answer
from line_sim_serving.rest.predict_body import fill_inputs, signature_name
from line_sim_serving.rest.reports import metadata_report, status_report
from line_sim_serving.rest.results import classification_answer, regression_answer
from line_sim_serving.rest.statuses import error_body
from line_sim_serving.rest.values.json_text import read_object, text_bytes

log = logging.getLogger(__name__)

JSON = "application/json"
Code = grpc.StatusCode

_ORIGIN = re.compile(r"https?://")


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class RestRequest:
    """A request as it came: `target` is the path with its query string.

    Names of `headers` are looked up in lower case. `is_waiting` may be called from any thread.
    `hold` is what the body has of the messages' memory already.
    """

    method: str
    target: bytes
    hold: Hold
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_waiting: Callable[[], bool] = _always


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back, and the status that it comes from."""

    code: grpc.StatusCode
    body: bytes = b""
    content_type: str = JSON


class RestApi:
    """Answers requests under `/v1/`; may be called by many threads at once.

    `timeout_s` bounds the time in which one request is computed (0: it may take for ever).
    """

    def __init__(self, services: Services, timeout_s: float, budgets: Budgets) -> None:
        self._budgets = budgets
        self._services = services
        self._timeout_s = timeout_s
        self._ask: dict[Question, Callable[[Call, RestRequest, Caller], str]] = {
            Question.PREDICT: self._predict,
            Question.CLASSIFY: self._classify,
            Question.REGRESS: self._regress,
            Question.STATUS: self._status,
            Question.METADATA: self._metadata,
        }

    def answer(self, request: RestRequest) -> Answer:
        """Answer one request and tell the observer; never raises."""
        started = time.perf_counter()
        model, api, answer = self._respond(request)
        seconds = time.perf_counter() - started
        name = self._services.counted_name(model)
        self._services.observer.answered(name, api, Entrypoint.REST, answer.code, seconds)
        return answer

    def _respond(self, request: RestRequest) -> tuple[str, str, Answer]:
        """Give the model that is asked, the method as the URL writes it, and the answer."""
        if request.method == "OPTIONS":
            return "", "", _preflight(request.headers.get("origin", ""))
        try:
            call = read_call(request.method, request.target)
        except VersionTooLong as error:
            return error.model, "", Answer(Code.INVALID_ARGUMENT)
        if call is None or call.question is None:
            target = request.target.decode("utf-8", "replace")
            refusal = invalid(f"Malformed request: {request.method} {target}")
            return call.model if call else "", "", refused(refusal)
        api = call.question if request.method == "POST" else ""
        return call.model, api, self._attempt(call, call.question, request)

    def _attempt(self, call: Call, question: Question, request: RestRequest) -> Answer:
        try:
            with self._budgets.tensors.hold() as tensors:
                caller = Caller(self._patience(request), request.hold, tensors)
                return Answer(Code.OK, text_bytes(self._ask[question](call, request, caller)))
        except Refusal as refusal:
            return refused(refusal)
        except MemoryError:
            return refused(exhausted())
        except Exception as error:
            log.exception("a REST request could not be answered: %s %r", request.method, request.target)
            return refused(Refusal(Code.INTERNAL, f"{type(error).__name__}: {error}"))

    def _predict(self, call: Call, request: RestRequest, caller: Caller) -> str:
        message = predict_pb2.PredictRequest()
        document = _begin(message, call, request, caller)
        form = fill_inputs(message.inputs, document, self._input_types(message))
        response = self._services.predict(message, self._renewed(caller, request))
        return predict_answer(response.outputs, form)

    def _input_types(self, message: Any) -> dict[str, int]:
        """Give the inputs of the signature that is asked: name to number of the DataType."""
        name = message.model_spec.signature_name or DEFAULT_SIGNATURE
        with self._services.lease(message) as servable:
            signature = servable.engine.signatures.get(name)
            if signature is None:  # INVALID_ARGUMENT here, FAILED_PRECONDITION over gRPC
                raise invalid(f'Serving signature name: "{name}" not found in signature def')
            return {alias: info.dtype for alias, info in signature.inputs.items()}

    def _classify(self, call: Call, request: RestRequest, caller: Caller) -> str:
        message = classification_pb2.ClassificationRequest()
        fill_examples(message.input, _begin(message, call, request, caller))
        response = self._services.classify(message, self._renewed(caller, request))
        return classification_answer(response.result)

    def _regress(self, call: Call, request: RestRequest, caller: Caller) -> str:
        message = regression_pb2.RegressionRequest()
        fill_examples(message.input, _begin(message, call, request, caller))
        response = self._services.regress(message, self._renewed(caller, request))
        return regression_answer(response.result)

    def _status(self, call: Call, _: RestRequest, __: Caller) -> str:
        message = get_model_status_pb2.GetModelStatusRequest()
        _name_model(message.model_spec, call)
        return status_report(self._services.get_model_status(message))

    def _metadata(self, call: Call, _: RestRequest, __: Caller) -> str:
        message = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
        _name_model(message.model_spec, call)
        response = self._services.get_model_metadata(message)
        return metadata_report(response, get_model_metadata_pb2.SignatureDefMap())

    def _renewed(self, caller: Caller, request: RestRequest) -> Caller:
        """Begin to wait anew: only computing counts, not the reading of the request."""
        return replace(caller, patience=self._patience(request))

    def _patience(self, request: RestRequest) -> Patience:
        if self._timeout_s <= 0:
            return Patience(None, request.is_waiting)
        return Patience.of(self._timeout_s, request.is_waiting)


def _begin(message: Any, call: Call, request: RestRequest, caller: Caller) -> dict[str, Any]:
    """Write who is asked into a request message; gives the rest of the body to read."""
    _name_model(message.model_spec, call)
    encoding = request.headers.get("content-encoding", "")
    caller.take(reading_cost(request.body, encoding))
    body = unzipped(request.body, encoding)
    if body is not request.body:
        caller.take(reading_cost(body, ""))
    document = read_object(body)
    message.model_spec.signature_name = text_bytes(signature_name(document)).decode("utf-8", "replace")
    return document


def _name_model(spec: Any, call: Call) -> None:
    if not call.model:
        raise invalid("Missing model name in request.")
    spec.name = call.model
    if call.version is not None:
        spec.version.value = call.version
    if call.label is not None:
        spec.version_label = call.label


def _preflight(origin: str) -> Answer:
    """Answer a browser that asks whether it may ask; the headers say that, not the body."""
    return Answer(Code.OK if _ORIGIN.search(origin) else Code.FAILED_PRECONDITION, content_type="")


def refused(refusal: Refusal) -> Answer:
    """Make the answer that says why there is none."""
    return Answer(refusal.code, error_body(refusal))
