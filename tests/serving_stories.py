"""What the tests of the embedded server have in common: calls, requests, patience."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
from generated import classification_pb2, model_management_pb2, predict_pb2, regression_pb2

from line_sim.inspection.servers.embedded import EmbeddedServer
from line_sim.inspection.wires import grpc_wire

FLOAT, INT32, STRING = 1, 3, 7


class Pictures:
    """Pictures that the tiny model tells apart: it calls long ones good."""

    defect_kinds = ("stain",)

    def picture(self, item_id: int, true_state: str, defect: str) -> bytes:
        """Give ten bytes for a good part and one for a defective one."""
        return b"x" * 10 if true_state == "good" else b"x"


def rpc(target: str, method: str, request: bytes, timeout: float = 60) -> bytes:
    """Make one call over a channel of its own."""
    options = [("grpc.enable_http_proxy", 0), ("grpc.max_receive_message_length", -1)]
    with grpc.insecure_channel(target, options=options) as channel:
        answer: bytes = channel.unary_unary(method)(request, timeout=timeout)
    return answer


def tensor(proto: Any, dtype: int, shape: tuple[int, ...], **fields: Any) -> None:
    """Fill a TensorProto."""
    proto.dtype = dtype
    for size in shape:
        proto.tensor_shape.dim.add(size=size)
    for name, value in fields.items():
        if name == "tensor_content":
            proto.tensor_content = value
        else:
            getattr(proto, name).extend(value)


def request_for(signature: str, **inputs: tuple[Any, ...]) -> Any:
    """Write a PredictRequest: each input is dtype, shape and a dict of fields."""
    request = predict_pb2.PredictRequest()
    request.model_spec.name = "tiny"
    request.model_spec.signature_name = signature
    for name, (dtype, shape, fields) in inputs.items():
        tensor(request.inputs[name], dtype, shape, **fields)
    return request


def floats(*values: float) -> tuple[Any, ...]:
    """Give a vector as float_val."""
    return FLOAT, (len(values),), {"float_val": values}


def predict(server: EmbeddedServer, request: Any, timeout: float = 60) -> Any:
    """Make the call and read the response."""
    answer = rpc(server.target, grpc_wire.PREDICT, request.SerializeToString(), timeout)
    return predict_pb2.PredictResponse.FromString(answer)


def refusal(server: EmbeddedServer, request: Any, timeout: float = 60) -> tuple[str, str]:
    """Make a call that fails; gives status and text."""
    with pytest.raises(grpc.RpcError) as caught:
        predict(server, request, timeout)
    return caught.value.code().name, caught.value.details()


def statuses(target: str) -> dict[int, str]:
    """Ask for the states of all versions."""
    request = grpc_wire.status_request(grpc_wire.ModelQuestion("tiny", ""))
    return grpc_wire.read_states(rpc(target, grpc_wire.GET_MODEL_STATUS, request))


def eventually(truth: Callable[[], bool]) -> bool:
    """Look again and again, for a minute at most, until something is true."""
    for _ in range(600):
        if truth():
            return True
        time.sleep(0.1)
    return False


def spin(turns: int) -> Any:
    """Write a request that keeps the server busy for so many turns of a loop."""
    return request_for("spin", turns=(INT32, (), {"int_val": [turns]}))


def copy_in(version: Path, place: Path) -> None:
    """Copy a version as exporters do: whole, and then by one rename."""
    half = place.with_name("half-way")
    shutil.copytree(version, half)
    half.rename(place)


# The rest of TensorFlow Serving's services

PREDICTION, MODEL = "/tensorflow.serving.PredictionService/", "/tensorflow.serving.ModelService/"


def ask(server: EmbeddedServer, method: str, request: Any, response_class: Any, timeout: float = 60) -> Any:
    """Make any call and read its response."""
    return response_class.FromString(rpc(server.target, method, request.SerializeToString(), timeout))


def refused(server: EmbeddedServer, method: str, request: Any, timeout: float = 60) -> tuple[str, str]:
    """Make any call that fails; gives status and text."""
    with pytest.raises(grpc.RpcError) as caught:
        rpc(server.target, method, request.SerializeToString(), timeout)
    return caught.value.code().name, caught.value.details()


def classify(server: EmbeddedServer, request: Any) -> Any:
    """Ask Classify."""
    return ask(server, PREDICTION + "Classify", request, classification_pb2.ClassificationResponse)


def regress(server: EmbeddedServer, request: Any) -> Any:
    """Ask Regress."""
    return ask(server, PREDICTION + "Regress", request, regression_pb2.RegressionResponse)


def with_examples(request: Any, *values: float | None) -> Any:
    """Put an example with the feature `x` into a request for each value (None: one without it)."""
    for value in values:
        example = request.input.example_list.examples.add()
        if value is not None:
            example.features.feature["x"].float_list.value.append(value)
    return request


def classification(signature: str, *values: float | None) -> Any:
    """Write a ClassificationRequest."""
    request = classification_pb2.ClassificationRequest()
    request.model_spec.name, request.model_spec.signature_name = "tiny", signature
    return with_examples(request, *values)


def regression(signature: str, *values: float | None) -> Any:
    """Write a RegressionRequest."""
    request = regression_pb2.RegressionRequest()
    request.model_spec.name, request.model_spec.signature_name = "tiny", signature
    return with_examples(request, *values)


def reload_request(*entries: dict[str, Any]) -> Any:
    """Write a ReloadConfigRequest: name, base_path, and what else an entry has."""
    request = model_management_pb2.ReloadConfigRequest()
    request.config.model_config_list.SetInParent()
    for entry in entries:
        fields = {"model_platform": "tensorflow", **entry}
        labels = fields.pop("version_labels", {})
        added = request.config.model_config_list.config.add(**fields)
        added.version_labels.update(labels)
    return request


def reload(server: EmbeddedServer, *entries: dict[str, Any]) -> Any:
    """Ask for another list of models."""
    request = reload_request(*entries)
    return ask(
        server, MODEL + "HandleReloadConfigRequest", request, model_management_pb2.ReloadConfigResponse
    )


def states_of(target: str, model: str) -> dict[int, str]:
    """Ask for the states of any model's versions; none where it is not known."""
    try:
        return grpc_wire.read_states(
            rpc(
                target,
                grpc_wire.GET_MODEL_STATUS,
                grpc_wire.status_request(grpc_wire.ModelQuestion(model, "")),
            )
        )
    except grpc.RpcError:
        return {}
