"""Requests of somebody who means harm, or is a broken program: structured, so that they get deep.

Drawn by hypothesis: whatever in a request says something about a tensor says something wrong now and then.
"""

import base64
import io
import json
import zlib
from dataclasses import dataclass, field
from typing import Any

from generated import (
    classification_pb2,
    get_model_metadata_pb2,
    get_model_status_pb2,
    inference_pb2,
    predict_pb2,
    regression_pb2,
)
from hypothesis import strategies as st
from PIL import Image
from serving_stories import MODEL, PREDICTION

DIMENSIONS = st.sampled_from(
    [0, 1, 1, 1, 2, 3, 8, -1, 2**16, 2**28, 2**31, 2**40, 2**62, 2**63 - 1, -(2**63)]
)
RANKS = st.sampled_from([0, 1, 1, 1, 2, 3, 4, 8, 9, 15, 16, 17, 31, 32, 33, 34, 64, 65, 254, 255, 300])
TYPES = st.one_of(st.integers(0, 35), st.sampled_from([-1, 101, 107, 120, 2**31 - 1]))
SIGNATURES = st.sampled_from(
    [
        "",
        "inspect",
        "arithmetic",
        "convolve",
        "echo",
        "count",
        "classify",
        "scores",
        "half",
        "flat",
        "published",
        "no",
    ]
)
MODELS = st.sampled_from(["tiny", "tiny", "eye", "eye", "", "nobody", "../../etc/passwd", "x" * 3000])
INPUTS = st.sampled_from(["image", "inputs", "a", "b", "x", "string", "int32", "half", "uint64", "\0", ""])


def png_header(width: int, height: int) -> bytes:
    """Write the beginning of a PNG of any size."""
    head = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x06\0\0\0"
    return b"\x89PNG\r\n\x1a\n\0\0\0\x0d" + head + zlib.crc32(head).to_bytes(4, "big")


def jpeg_of(width: int, height: int) -> bytes:
    """Write a real JPEG whose header then claims another size."""
    content = io.BytesIO()
    Image.new("L", (8, 8), 90).save(content, "jpeg")
    real = content.getvalue()
    at = real.index(b"\xff\xc0") + 5
    return real[:at] + height.to_bytes(2, "big") + width.to_bytes(2, "big") + real[at + 4 :]


def gif_header(width: int, height: int, frames: int) -> bytes:
    """Write a GIF with empty frames."""
    size = width.to_bytes(2, "little") + height.to_bytes(2, "little")
    return b"GIF89a" + size + b"\0\0\0" + (b",\0\0\0\0" + size + b"\0\x02\0") * frames + b";"


SIDES = st.sampled_from([0, 1, 8, 300, 13_000, 65_535])
RARELY = st.sampled_from([False] * 9 + [True])

KNOWN = [
    ("tiny", "inspect", {"image": 7}),
    ("tiny", "published", {"image": 7}),
    ("tiny", "arithmetic", {"a": 1, "b": 1}),
    ("tiny", "convolve", {"x": 1}),
    ("tiny", "classify", {"inputs": 7}),
    ("tiny", "flat", {"inputs": 7}),
    ("tiny", "count", {}),
    ("tiny", "echo", {"bool": 10, "complex64": 8, "double": 2, "half": 19, "int32": 3, "int64": 9}),
    ("eye", "inspect", {"image": 7}),
    ("eye", "serving_default", {"image": 7}),
    ("eye", "classify", {"inputs": 7}),
]
"""Signatures with their inputs and types: most requests are right in all but one thing."""

PICTURES = st.one_of(
    st.builds(jpeg_of, SIDES, SIDES),
    st.builds(png_header, st.sampled_from([0, 1, 20_000, 2**31 - 1, 2**32 - 1]), SIDES),
    st.builds(gif_header, SIDES, SIDES, st.integers(0, 40)),
    st.sampled_from([b"\xff\x0a" + b"\xff" * 30, b"\0\0\0\x0cJXL \r\n\x87\n" + b"\0" * 40]),
    st.sampled_from([b"RIFF\xff\xff\xff\xffWEBPVP8X\n\0\0\0" + b"\xff" * 10, b"BM" + b"\xff" * 60]),
    st.sampled_from([b"\xff\xd8\xff", b"\xff\xd8" + b"\xff" * 500, b"\xff\xd8\xff" + b"\xe0\0\2\xff" * 200]),
)
STRINGS = st.one_of(
    st.binary(max_size=40),
    PICTURES,
    PICTURES.map(base64.urlsafe_b64encode),
    PICTURES.map(lambda picture: b"\n\x80\x01\n\x05" + picture),
    st.sampled_from([b"", b"\0" * 3000, b"\n" * 2000, b"\n\xff\xff\xff\xff\x0f"]),
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "float_val": st.floats(width=32),
    "double_val": st.floats(),
    "int_val": st.integers(-(2**31), 2**31 - 1),
    "int64_val": st.integers(-(2**63), 2**63 - 1),
    "uint32_val": st.integers(0, 2**32 - 1),
    "uint64_val": st.integers(0, 2**64 - 1),
    "bool_val": st.booleans(),
    "half_val": st.integers(-(2**31), 2**31 - 1),
    "scomplex_val": st.floats(width=32),
    "dcomplex_val": st.floats(),
    "string_val": STRINGS,
}


OWN_FIELDS = {
    "float_val": {1},
    "double_val": {2},
    "int_val": {3, 4, 5, 6},
    "string_val": {7},
    "scomplex_val": {8},
    "int64_val": {9},
    "bool_val": {10},
    "half_val": {19},
}
"""Field to the numbers of the types that it is read for."""


@st.composite
def fill_tensor(draw: st.DrawFn, tensor: Any, dtype: int) -> None:
    """Write a tensor that may contradict itself in any way."""
    tensor.dtype = draw(TYPES) if draw(RARELY) else dtype
    rank = draw(RANKS)
    for _ in range(rank):
        tensor.tensor_shape.dim.add(size=draw(DIMENSIONS) if draw(RARELY) else draw(st.integers(0, 2)))
    tensor.tensor_shape.unknown_rank = draw(RARELY)
    tensor.version_number = draw(st.sampled_from([0, 0, 0, 1, -1]))
    own = [name for name, types in OWN_FIELDS.items() if dtype in types]
    names = draw(st.lists(st.sampled_from(sorted(FIELDS)), max_size=3, unique=True)) if draw(RARELY) else own
    for name in names:
        getattr(tensor, name).extend(draw(st.lists(FIELDS[name], max_size=5)))
    if draw(RARELY):
        tensor.tensor_content = draw(st.one_of(st.binary(max_size=64), STRINGS))
    if draw(RARELY):
        tensor.resource_handle_val.add(name="r", dtypes_and_shapes=[])
        tensor.variant_val.add(type_name="v", metadata=b"m")


@st.composite
def fill_spec(draw: st.DrawFn, spec: Any, model: str = "", signature: str = "") -> None:
    """Name a model, a version, a signature."""
    spec.name = draw(MODELS) if not model or draw(RARELY) else model
    spec.signature_name = draw(SIGNATURES) if not model or draw(RARELY) else signature
    if draw(RARELY):
        spec.version.value = draw(st.sampled_from([0, 1, -1, 2**63 - 1]))
    elif draw(RARELY):
        spec.version_label = draw(st.sampled_from(["stable", "", "x" * 2000]))


@st.composite
def fill_input(draw: st.DrawFn, written: Any) -> None:
    """Write examples, with a context or without."""
    examples = written.example_list
    if draw(st.booleans()):
        examples = written.example_list_with_context
        draw(fill_example(examples.context))
    for _ in range(draw(st.sampled_from([0, 1, 2, 50]))):
        draw(fill_example(examples.examples.add()))


@st.composite
def fill_example(draw: st.DrawFn, example: Any) -> None:
    """Write a tf.Example."""
    for name in draw(st.lists(st.sampled_from(["x", "image", "", "y"]), max_size=2, unique=True)):
        feature = example.features.feature[name]
        if draw(st.booleans()):
            feature.float_list.value.extend(draw(st.lists(st.floats(width=32), max_size=3)))
        else:
            feature.bytes_list.value.extend(draw(st.lists(STRINGS, max_size=2)))


KINDS = st.sampled_from(
    ["Predict"] * 6 + ["Classify", "Regress", "MultiInference", "GetModelMetadata", "status"]
)
FILTERS = st.sampled_from(["label", "score", "sum", "no"])
METHODS = st.sampled_from(["tensorflow/serving/classify", "tensorflow/serving/regress", ""])


@st.composite
def grpc_requests(draw: st.DrawFn) -> tuple[str, bytes]:
    """Give a method and the bytes of a request for it."""
    kind = draw(KINDS)
    if kind == "Predict":
        request = predict_pb2.PredictRequest()
        model, signature, inputs = draw(st.sampled_from(KNOWN))
        draw(fill_spec(request.model_spec, model, signature))
        for name, dtype in inputs.items():
            draw(fill_tensor(request.inputs[draw(INPUTS) if draw(RARELY) else name], dtype))
        if draw(RARELY):
            request.output_filter.extend(draw(st.lists(FILTERS, max_size=2)))
    elif kind in {"Classify", "Regress"}:
        one = classification_pb2.ClassificationRequest, regression_pb2.RegressionRequest
        request = one[kind == "Regress"]()
        signature = draw(st.sampled_from(["classify", "scores", "half", "flat"]))
        draw(fill_spec(request.model_spec, draw(st.sampled_from(["tiny", "eye"])), signature))
        draw(fill_input(request.input))
    elif kind == "MultiInference":
        request = inference_pb2.MultiInferenceRequest()
        for _ in range(draw(st.integers(0, 3))):
            task = request.tasks.add(method_name=draw(METHODS))
            draw(fill_spec(task.model_spec, "tiny", draw(st.sampled_from(["classify", "half", "scores"]))))
        draw(fill_input(request.input))
    elif kind == "GetModelMetadata":
        request = get_model_metadata_pb2.GetModelMetadataRequest()
        draw(fill_spec(request.model_spec))
        request.metadata_field.extend(draw(st.lists(st.sampled_from(["signature_def", "", "x"]), max_size=3)))
    else:
        request = get_model_status_pb2.GetModelStatusRequest()
        draw(fill_spec(request.model_spec))
    written = bytearray(request.SerializeToString())
    if written and draw(RARELY):
        for _ in range(3):
            written[draw(st.integers(0, len(written) - 1))] = draw(st.integers(0, 255))
    return (MODEL + "GetModelStatus" if kind == "status" else PREDICTION + kind), bytes(written)


@dataclass(frozen=True)
class HttpRequest:
    """A request to the REST port."""

    method: str
    path: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.sampled_from(["x", "", "\ud800", "\0", "NaN"]),
    PICTURES.map(lambda picture: {"b64": base64.b64encode(picture).decode()}),
    st.sampled_from([{"b64": "?"}, {"b64": "====="}, {"b64": 1}, {"b64": "QQ", "x": 1}]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(INPUTS, inner, max_size=2),
    max_leaves=6,
)
RAW = st.sampled_from(
    [
        b"",
        b"[" * 33,
        b"[" * 50_000,
        b'{"a":' * 20_000,
        b'{"inputs": 1e999}',
        b'{"inputs": ' + b"9" * 5000 + b"}",
        b'{"instances": [' + b"1e-400," * 50 + b"1]}",
        b'{"inputs": 1, "inputs": 2, "instances": []}',
        b"\xff\xfe{}",
        b'{"inputs": "\\ud800"}',
    ]
)


def nested(depth: int, inner: str) -> bytes:
    """Write a list in a list in a list."""
    return f'{{"signature_name": "inspect", "inputs": {"[" * depth}{inner}{"]" * depth}}}'.encode()


@st.composite
def rest_requests(draw: st.DrawFn) -> HttpRequest:
    """Give a request to the REST port."""
    name = draw(st.sampled_from(["tiny", "tiny", "eye", "eye", "nobody", "%00", "a:b", "x" * 500]))
    word = draw(
        st.sampled_from(
            [":predict", ":predict", ":predict", ":classify", ":regress", ":nothing", "", "/metadata"]
        )
    )
    version = draw(
        st.sampled_from(["", "", "", "/versions/1", "/versions/99999999999999999999", "/labels/no"])
    )
    document = {}
    if draw(st.booleans()):
        document["signature_name"] = draw(st.one_of(SIGNATURES, SCALARS))
    for key in draw(
        st.lists(st.sampled_from(["inputs", "instances", "examples", "context"]), max_size=2, unique=True)
    ):
        document[key] = draw(VALUES)
    body = draw(
        st.one_of(
            st.just(json.dumps(document).encode()),
            RAW,
            st.builds(
                nested,
                st.sampled_from([1, 16, 17, 32, 33, 254, 300]),
                st.sampled_from(['"x"', "1", "", '{"b64": "QUI="}']),
            ),
        )
    )
    headers = {}
    if draw(RARELY):
        headers["content-encoding"] = "gzip"
        packer = zlib.compressobj(wbits=31)
        body = draw(
            st.sampled_from([body, packer.compress(body) + packer.flush(), b"\x1f\x8b\x08" + bytes(20)])
        )
    method = draw(st.sampled_from(["POST", "POST", "POST", "POST", "GET", "PUT", "OPTIONS"]))
    return HttpRequest(method, f"/v1/models/{name}{version}{word}", body, headers)
