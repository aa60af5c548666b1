"""KServe's v2 messages over gRPC, without anybody's generated classes.

Every package that brings generated ones registers them under the name `inference`, and two of them cannot
live in one process. So these lie in a descriptor pool of their own. They have the numbers of the published
`grpc_predict_v2.proto` (github.com/kserve/kserve, docs/predict-api/v2), which Triton's `grpc_service.proto`
and MLServer's `dataplane.proto` share, and carry only the fields that a question about one picture needs;
what else comes in is left unread.
"""

from line_sim.inspection.wires.messages.private import Message, Messages, Table, serialised

__all__ = ["Message", "message", "parsed", "serialised", "written"]

SERVICE = "inference.GRPCInferenceService"
SERVER_READY = f"/{SERVICE}/ServerReady"
SERVER_METADATA = f"/{SERVICE}/ServerMetadata"
MODEL_READY = f"/{SERVICE}/ModelReady"
MODEL_METADATA = f"/{SERVICE}/ModelMetadata"
MODEL_INFER = f"/{SERVICE}/ModelInfer"

_TABLE: Table = {
    "ServerReadyRequest": {},
    "ServerReadyResponse": {"ready": (1, "bool")},
    "ServerMetadataRequest": {},
    "ServerMetadataResponse": {"name": (1, "string"), "version": (2, "string")},
    "ModelReadyRequest": {"name": (1, "string"), "version": (2, "string")},
    "ModelReadyResponse": {"ready": (1, "bool")},
    "ModelMetadataRequest": {"name": (1, "string"), "version": (2, "string")},
    "TensorMetadata": {"name": (1, "string"), "datatype": (2, "string"), "shape": (3, "int64*")},
    "ModelMetadataResponse": {
        "name": (1, "string"),
        "versions": (2, "string*"),
        "inputs": (4, "TensorMetadata*"),
        "outputs": (5, "TensorMetadata*"),
    },
    "InferParameter": {"int64_param": (2, "int64")},
    "NamedParameter": {"key": (1, "string"), "value": (2, "InferParameter")},
    "InferTensorContents": {
        "int_contents": (2, "int32*"),
        "int64_contents": (3, "int64*"),
        "fp32_contents": (6, "float*"),
        "fp64_contents": (7, "double*"),
        "bytes_contents": (8, "bytes*"),
    },
    "InferTensor": {
        "name": (1, "string"),
        "datatype": (2, "string"),
        "shape": (3, "int64*"),
        "contents": (5, "InferTensorContents"),
    },
    "InferRequestedOutputTensor": {"name": (1, "string"), "parameters": (2, "NamedParameter*")},
    "ModelInferRequest": {
        "model_name": (1, "string"),
        "model_version": (2, "string"),
        "parameters": (4, "NamedParameter*"),
        "inputs": (5, "InferTensor*"),
        "outputs": (6, "InferRequestedOutputTensor*"),
        "raw_input_contents": (7, "bytes*"),
    },
    "ModelInferResponse": {
        "model_name": (1, "string"),
        "model_version": (2, "string"),
        "outputs": (5, "InferTensor*"),
        "raw_output_contents": (6, "bytes*"),
    },
}
"""A map is, on the wire, a repeated message of key and value, and a oneof is its fields: so it is here.

`InferTensor` is an input of a question as well as an output of an answer: both have the same fields.
"""

_MESSAGES = Messages(_TABLE)
message, written, parsed = _MESSAGES.message, _MESSAGES.written, _MESSAGES.parsed
