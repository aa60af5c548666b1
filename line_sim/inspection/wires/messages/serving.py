"""TensorFlow Serving's messages over gRPC, without TensorFlow.

They have the numbers of the published .proto files (github.com/tensorflow/serving, tensorflow_serving/apis;
github.com/tensorflow/tensorflow, tensorflow/core). The tests hold them byte for byte against the classes of
tensorflow-serving-api. What this table leaves out is of training, of other languages' objects or of text
generation.
"""

from typing import Any

from line_sim.inspection.wires.messages.private import Messages, Table

PREDICT = "/tensorflow.serving.PredictionService/Predict"
GET_MODEL_METADATA = "/tensorflow.serving.PredictionService/GetModelMetadata"
GET_MODEL_STATUS = "/tensorflow.serving.ModelService/GetModelStatus"

STRING, FLOAT, DOUBLE = 7, 1, 2
"""DataType numbers of tensorflow/core/framework/types.proto."""

STATES = {0: "UNKNOWN", 10: "START", 20: "LOADING", 30: "AVAILABLE", 40: "UNLOADING", 50: "END"}
"""ModelVersionStatus.State of get_model_status.proto."""

TABLE: Table = {
    "Int64Value": {"value": (1, "int64")},
    "Any": {"type_url": (1, "string"), "value": (2, "bytes")},
    "Dim": {"size": (1, "int64"), "name": (2, "string")},
    "TensorShapeProto": {"dim": (2, "Dim*"), "unknown_rank": (3, "bool")},
    "TensorProto": {
        "dtype": (1, "int32"),
        "tensor_shape": (2, "TensorShapeProto"),
        "version_number": (3, "int32"),
        "tensor_content": (4, "bytes"),
        "float_val": (5, "float*"),
        "double_val": (6, "double*"),
        "int_val": (7, "int32*"),
        "string_val": (8, "bytes*"),
        "scomplex_val": (9, "float*"),
        "int64_val": (10, "int64*"),
        "bool_val": (11, "bool*"),
        "dcomplex_val": (12, "double*"),
        "half_val": (13, "int32*"),
        "uint32_val": (16, "uint32*"),
        "uint64_val": (17, "uint64*"),
        "float8_val": (18, "bytes"),
    },
    "ModelSpec": {
        "name": (1, "string"),
        "version": (2, "Int64Value", "version_choice"),
        "signature_name": (3, "string"),
        "version_label": (4, "string", "version_choice"),
    },
    "PredictRequest": {
        "model_spec": (1, "ModelSpec"),
        "inputs": (2, "map TensorProto"),
        "output_filter": (3, "string*"),
    },
    "PredictResponse": {"outputs": (1, "map TensorProto"), "model_spec": (2, "ModelSpec")},
    "TensorInfo": {
        "name": (1, "string", "encoding"),
        "dtype": (2, "int32"),
        "tensor_shape": (3, "TensorShapeProto"),
    },
    "SignatureDef": {
        "inputs": (1, "map TensorInfo"),
        "outputs": (2, "map TensorInfo"),
        "method_name": (3, "string"),
        "defaults": (4, "map TensorProto"),
    },
    "SignatureDefMap": {"signature_def": (1, "map SignatureDef")},
    "GetModelMetadataRequest": {"model_spec": (1, "ModelSpec"), "metadata_field": (2, "string*")},
    "GetModelMetadataResponse": {"model_spec": (1, "ModelSpec"), "metadata": (2, "map Any")},
    "StatusProto": {"error_code": (1, "int32"), "error_message": (2, "string")},
    "ModelVersionStatus": {"version": (1, "int64"), "state": (2, "int32"), "status": (3, "StatusProto")},
    "GetModelStatusRequest": {"model_spec": (1, "ModelSpec")},
    "GetModelStatusResponse": {"model_version_status": (1, "ModelVersionStatus*")},
}
"""An enum is, on the wire, its number: so it is here."""

_MESSAGES = Messages(TABLE)
message, written, parsed = _MESSAGES.message, _MESSAGES.written, _MESSAGES.parsed


def unpacked(packed: Any, package: str, name: str) -> Any:
    """Read the message that lies in an `Any`. Raises ValueError where it is another one, or none."""
    if not packed.type_url.endswith(f"/{package}.{name}"):
        raise ValueError(f"{packed.type_url!r} is no {package}.{name}")
    return parsed(name, packed.value)
