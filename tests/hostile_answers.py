"""Answers that no server should give, and some that it may: built of what an answer is made of, then damaged.

`grpc_bodies` are messages, `rest_exchanges` the bytes of a whole HTTP answer. Most are nearly right: pure
noise is refused by the first check and tries no other.
"""

import json
from typing import Any

from generated import get_model_status_pb2, predict_pb2
from hypothesis import strategies as st

from line_sim.inspection.wires.messages.serving import FLOAT, STRING

Draw = st.DrawFn

words = st.sampled_from(
    ["good", "dent", "Good", "good\n", "", " ", "\0", "\ud800", "\x1b[2J", "=1+1", "\U0001f600"]
)
labels = st.one_of(words, words, st.text(max_size=12), st.integers(990, 1010).map(lambda size: "a" * size))
shares = st.floats(0, 1)
scores = st.one_of(
    *(shares, shares, shares, st.floats()),
    st.sampled_from([0.5, 1.0004, -0.0004, 7.5, -1.0, float("nan"), float("inf")]),
)
sizes = st.sampled_from([0, 1, 1, 1, 2, 3, -1, 2**31, 2**40, 2**62])


@st.composite
def tensors(draw: Draw) -> Any:
    """Draw a TensorProto of any type and shape, often one that may be a label or a score."""
    tensor = predict_pb2.PredictResponse().outputs["x"]
    tensor.dtype = draw(st.sampled_from([1, 1, 2, 7, 7, 7, 0, 3, 9, 10, 14, 19, 20, 99]))
    for size in draw(st.lists(sizes, max_size=3) | st.just([1, 2]) | st.just([1]) | st.just([])):
        tensor.tensor_shape.dim.add(size=size)
    if draw(st.integers(0, 9)) == 0:
        tensor.tensor_shape.unknown_rank = True
    match draw(st.integers(0, 5)):
        case 0:
            tensor.tensor_content = draw(st.binary(max_size=24))
        case 1:
            pieces = [label.encode("utf-8", "surrogatepass") for label in draw(st.lists(labels, max_size=3))]
            lengths = b"".join(map(_varint, map(len, pieces)))
            tensor.tensor_content = lengths + b"".join(pieces)
        case _:
            texts = [label.encode("utf-8", "surrogatepass") for label in draw(st.lists(labels, max_size=4))]
            tensor.string_val.extend(texts + draw(st.lists(st.binary(max_size=4), max_size=1)))
            tensor.float_val.extend(draw(st.lists(scores.map(_narrow), max_size=4)))
            tensor.double_val.extend(draw(st.lists(scores, max_size=4)))
            tensor.int_val.extend(draw(st.lists(st.integers(-5, 5), max_size=2)))
            tensor.int64_val.extend(draw(st.lists(st.integers(-1, 2) | st.just(2**63 - 1), max_size=2)))
    return tensor


def _varint(number: int) -> bytes:
    written = b""
    while number > 0x7F:
        written += bytes([number & 0x7F | 0x80])
        number >>= 7
    return written + bytes([number])


def _narrow(number: float) -> float:
    """Keep a double within what a float holds: protobuf refuses to write any other."""
    return number if not abs(number) > 3e38 else float("inf")


@st.composite
def predictions(draw: Draw) -> bytes:
    """Draw a PredictResponse: label and score are mostly there, each as a tensor of any kind."""
    response = predict_pb2.PredictResponse()
    if draw(st.booleans()):
        response.model_spec.version.value = draw(st.sampled_from([0, 1, -1, 2**63 - 1]))
    for name in draw(
        st.lists(st.sampled_from(["label", "score", "x", "label", "score", "\u00e9"]), max_size=6)
    ):
        response.outputs[name].CopyFrom(draw(tensors()))
    written: bytes = response.SerializeToString()
    return written


@st.composite
def sound(draw: Draw) -> bytes:
    """Draw an answer of some classes that fits together."""
    count = draw(st.integers(1, 4))
    response = predict_pb2.PredictResponse()
    label, score = response.outputs["label"], response.outputs["score"]
    label.dtype, score.dtype = STRING, FLOAT
    texts = draw(st.lists(labels, min_size=count, max_size=count))
    label.string_val.extend(text.encode("utf-8", "surrogatepass") for text in texts)
    sure = shares if draw(st.integers(0, 3)) else scores.map(_narrow)  # mostly it hangs on the label alone
    score.float_val.extend(draw(st.lists(sure, min_size=count, max_size=count)))
    for tensor in (label, score):
        for size in draw(st.sampled_from([[1, count], [count], [], [1, 1, count]])):
            tensor.tensor_shape.dim.add(size=size)
    written: bytes = response.SerializeToString()
    return written


@st.composite
def damaged(draw: Draw, bodies: st.SearchStrategy[bytes]) -> bytes:
    """Draw something right and damage it: bytes changed, cut off, put in, or twice."""
    body = bytearray(draw(bodies))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(body)))
        match draw(st.integers(0, 3)):
            case 0 if place < len(body):
                body[place] = draw(st.integers(0, 255))
            case 1:
                del body[place:]
            case 2:
                body[place:place] = draw(st.binary(max_size=6))
            case _:
                body += body[place:]
    return bytes(body)


statuses = st.lists(
    st.tuples(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 3), st.sampled_from([0, 10, 20, 30, 50, 77])),
    max_size=4,
)


@st.composite
def grpc_bodies(draw: Draw) -> bytes:
    """Draw the bytes of a message, of any of the kinds that a server sends."""
    match draw(st.integers(0, 9)):
        case 0:
            return draw(st.binary(max_size=60))
        case 1:
            response = get_model_status_pb2.GetModelStatusResponse()
            for version, state in draw(statuses):
                response.model_version_status.add(version=version, state=state)
            written: bytes = response.SerializeToString()
            return written
        case 2 | 3 | 4:
            return draw(sound())
        case 5 | 6:
            return draw(damaged(sound() | predictions()))
        case _:
            return draw(predictions())


json_scalars = st.one_of(
    labels, scores, st.none(), st.booleans(), st.integers(), st.just(10**400), st.just({"b64": "Z29vZA=="})
)
json_values = st.recursive(json_scalars, lambda inner: st.lists(inner, max_size=3), max_leaves=5)


@st.composite
def outputs(draw: Draw) -> Any:
    """Draw the outputs of an answer: mostly some classes that fit together."""
    count = draw(st.integers(1, 3))
    said = draw(st.lists(labels, min_size=count, max_size=count))
    one = shares if draw(st.integers(0, 3)) else scores | st.just(10**400)
    sure = draw(st.lists(one, min_size=count, max_size=count))
    match draw(st.integers(0, 9)):
        case 0:
            return draw(json_values)
        case 1:
            return {"label": draw(json_values), "score": draw(json_values)}
        case 2:
            numbers = draw(st.lists(st.integers(-1, 3), max_size=count))
            odd = ({"label": said}, {"label": said, "score": draw(json_values)}, [sure], numbers)
            return draw(st.sampled_from([*odd, {"label": numbers, "score": [sure]}]))
        case 3:
            return {"label": [[label] for label in said], "score": sure}
        case 4:
            return {"label": [said], "score": sure}
        case _:
            return {"label": [said], "score": [sure]}


@st.composite
def documents(draw: Draw) -> bytes:
    """Draw a JSON body: mostly an answer, else a status, metadata, an error, or what is none of them."""
    version = draw(st.sampled_from(["1", "0", 1, "x", float("inf"), 10**30, None, "9" * 20]))
    told = draw(outputs())
    others = (
        {"predictions": told},
        {"model_version_status": [{"version": version, "state": "AVAILABLE"}]},
        {"metadata": {"signature_def": {"signature_def": {"inspect": told}}}},
        {"error": draw(json_values)},
        told,
    )
    said = draw(st.sampled_from(others)) if draw(st.integers(0, 3)) == 3 else {"outputs": told}
    body = json.dumps(said).encode()
    match draw(st.integers(0, 19)):
        case 17:
            return body.replace(b"[", b"[" * 2000)
        case 18:
            return b"\xff" + body
        case 19:
            return draw(damaged(st.just(body)))
        case _:
            return body


codes = st.sampled_from(
    [200] * 6 + [100, 101, 103, 204, 301, 304, 400, 404, 408, 429, 500, 503, 504, 599, 999]
)
keeps = st.sampled_from([b"", b"", b"Connection: close\r\n", b"Connection: keep-alive\r\n"])
lengths = st.sampled_from([b"-1", b"0", b"1_0", b"+2", b"0x2", b"99999999999", b"", b"2, 3", b"9" * 30])
chunk_sizes = st.sampled_from(
    [b"-5", b"-1", b"0x2", b"+2", b"", b"fffffffff", b"1_0", b"g", b"2 ; x", b"\xb2"]
)


chunk_ends = st.sampled_from([b"0\r\n\r\n", b"0\r\nX: y\r\n\r\n", b"", b"\r\n"])
bad_headers = st.sampled_from([b"X: " + b"a" * 70_000, b"X: y\r\n" * 200, b"X", b" folded", b":"])
codings = st.sampled_from([b"gzip", b"gzip, chunked", b"chunked, chunked", b"identity"])


@st.composite
def http_answers(draw: Draw) -> bytes:
    """Draw a whole HTTP answer: framed rightly, wrongly, twice, or not at all."""
    body = draw(documents())
    version = draw(st.sampled_from([b"1.1"] * 8 + [b"1.0", b"2.0", b"0.9"]))
    head = b"HTTP/" + version + b" %d Whatever\r\n" % draw(codes) + draw(keeps)
    match draw(st.integers(0, 9)):
        case 0:
            pass
        case 1:
            head += b"Content-Length: " + draw(lengths) + b"\r\n"
        case 2 | 3:
            cut = draw(st.integers(0, len(body)))
            pieces = [piece for piece in (body[:cut], body[cut:]) if piece]
            chunked = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
            return head + b"Transfer-Encoding: chunked\r\n\r\n" + chunked + draw(chunk_ends)
        case 4:
            chunked = draw(chunk_sizes) + b"\r\n" + body + b"\r\n0\r\n\r\n"
            return head + b"Transfer-Encoding: chunked\r\n\r\n" + chunked
        case 5:
            head += b"Transfer-Encoding: " + draw(codings) + b"\r\n"
        case 6:
            head += draw(bad_headers) + b"\r\n"
        case _:
            head += b"Content-Length: %d\r\n" % len(body)
    return head + b"\r\n" + body


@st.composite
def rest_exchanges(draw: Draw) -> bytes:
    """Draw the bytes that come over a connection for one question."""
    match draw(st.integers(0, 9)):
        case 0:
            return draw(st.binary(max_size=80))
        case 1:
            return draw(damaged(http_answers()))
        case 2:
            return draw(http_answers()) + draw(http_answers())
        case _:
            return draw(http_answers())
