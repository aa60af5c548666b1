"""The REST API of the embedded server, as TensorFlow Serving's clients know it."""

import base64
import gzip
import json
import subprocess
import sys
import threading
from typing import Any

import pytest
from rest_calls import RestServer
from serving_stories import classification, classify, predict, request_for

pytestmark = pytest.mark.server

PREDICT = "tiny:predict"


def test_a_published_client_needs_nothing_else(rest: RestServer) -> None:
    """Metadata of version 0, then pictures in columns; it reads the first of the outputs."""
    metadata = rest.client.get("inception_v3/versions/0/metadata").json
    assert metadata["model_spec"] == {"name": "inception_v3", "signature_name": "", "version": "0"}
    signature = metadata["metadata"]["signature_def"]["signature_def"]["serving_default"]
    assert signature["inputs"]["image"]["dtype"] == "DT_STRING"
    assert signature["inputs"]["image"]["tensor_shape"] == {
        "dim": [{"size": "-1", "name": ""}],
        "unknown_rank": False,
    }
    picture = base64.urlsafe_b64encode(b"\xff\xd8 a picture").decode()
    reply = rest.client.post("inception_v3:predict", {"inputs": {"image": [picture]}})
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert reply.json["outputs"][0] == "good"


def test_a_client_of_somebody_elses_works(rest: RestServer) -> None:
    """OpenVINO's client for servers of this API: state, metadata, and pictures over REST."""
    pytest.importorskip("ovmsclient")
    story = (
        "import sys, ovmsclient\n"
        "client = ovmsclient.make_http_client(sys.argv[1])\n"
        "print(client.get_model_status('tiny', 1)[1]['state'])\n"
        "metadata = client.get_model_metadata('tiny', 1)['metadata']\n"
        "print('serving_default' in metadata['signature_def']['signature_def'])\n"
        "print(client.predict({'image': [b'\\xff' * 10, b'']}, 'tiny', 1)['label'].tolist())\n"
    )
    target = f"127.0.0.1:{rest.client.port}"  # in a process of its own, because it brings messages of its own
    done = subprocess.run(
        [sys.executable, "-c", story, target], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout.splitlines() == ["AVAILABLE", "True", "['good', 'defective']"], done.stderr


PICTURES = [{"b64": base64.b64encode(picture).decode()} for picture in (b"x" * 10, b"x")]


@pytest.mark.parametrize("where", ["tiny", "TINY", "tiny/versions/1", "tiny/labels/stable"])
def test_a_model_is_named_in_the_url(rest: RestServer, where: str) -> None:
    """Bare, by version or by label; names themselves know their case."""
    reply = rest.client.post(f"{where}:predict", {"instances": PICTURES})
    if where == "TINY":
        assert reply.error == (404, "Servable not found for request: Latest(TINY)")
    else:
        assert reply.json == {
            "predictions": [{"label": "good", "score": 0.75}, {"label": "defective", "score": 0.75}]
        }


@pytest.mark.parametrize(
    ("document", "answer"),
    [
        (
            {"inputs": {"image": PICTURES}},
            {"outputs": {"label": ["good", "defective"], "score": [0.75, 0.75]}},
        ),
        (
            {"inputs": PICTURES, "signature_name": "inspect"},
            {"outputs": {"label": ["good", "defective"], "score": [0.75, 0.75]}},
        ),
        (
            {"instances": [{"image": PICTURES[0]}]},
            {"predictions": [{"label": "good", "score": 0.75}]},
        ),
        (
            {"signature_name": "arithmetic", "instances": [{"a": 1, "b": 2}, {"a": 0.5, "b": 1}]},
            {"predictions": [{"difference": -1.0, "sum": 3.0}, {"difference": -0.5, "sum": 1.5}]},
        ),
        ({"signature_name": "spin", "inputs": 3}, {"outputs": 3}),
        ({"signature_name": "spin", "inputs": {"turns": 3}}, {"outputs": 3}),
    ],
)
def test_rows_and_columns_are_answered_in_kind(rest: RestServer, document: Any, answer: Any) -> None:
    """Predictions for instances, outputs for inputs; one output stands bare."""
    assert rest.client.post(PREDICT, document).json == answer


def test_both_transports_say_the_same(rest: RestServer) -> None:
    """What REST tells of a classification is what gRPC tells of it."""
    told = classify(rest.server, classification("classify", 0.75, 0.1)).result.classifications
    reply = rest.client.post(
        "tiny:classify", {"signature_name": "classify", "examples": [{"x": 0.75}, {"x": 0.1}]}
    )
    assert reply.json == {
        "results": [[[one.label, pytest.approx(one.score)] for one in row.classes] for row in told]
    }


def test_examples_have_a_value_each(rest: RestServer) -> None:
    """Regress, with a context that holds what all of them have in common."""
    document = {"signature_name": "half", "context": {"x": 8.0}, "examples": [{}, {"x": 3.0}]}
    assert rest.client.post("tiny:regress", document).json == {"results": [4.0, 1.5]}


def test_a_model_tells_its_state(rest: RestServer) -> None:
    """As protobuf's JSON, with numbers of 64 bits as strings."""
    states = [{"version": "1", "state": "AVAILABLE", "status": {"error_code": "OK", "error_message": ""}}]
    for path in ("tiny", "tiny/versions/1", "tiny/labels/stable"):
        assert rest.client.get(path).json == {"model_version_status": states}


REFUSED: list[tuple[str, str, Any, int, str]] = [
    ("GET", "/v1/models", None, 400, "Missing model name in request."),
    ("GET", "/v1/models/metadata/metadata", None, 404, "Servable not found for request: Latest(metadata)"),
    ("GET", "/v1/models/no", None, 404, "Could not find any versions of model no"),
    ("GET", "/v1/models/tiny/versions/7", None, 404, "Could not find version 7 of model tiny"),
    ("GET", "/v1/models/tiny:predict", None, 400, "Malformed request: GET /v1/models/tiny:predict"),
    ("PUT", "/v1/models/tiny", None, 400, "Malformed request: PUT /v1/models/tiny"),
    ("DELETE", "/v1/?a=b", None, 400, "Malformed request: DELETE /v1/?a=b"),
    ("POST", "/v1/models/tiny:PREDICT", b"{}", 400, "Malformed request: POST /v1/models/tiny:PREDICT"),
    ("POST", "/v1/models/tiny:predict?a", b"{}", 400, "Malformed request: POST /v1/models/tiny:predict?a"),
    ("POST", "/v1/models/no:predict", b"{}", 404, "Servable not found for request: Latest(no)"),
    ("POST", "/v1/models/no:predict", b"", 400, "JSON Parse error: The document is empty"),
    ("POST", "/v1/models/no:predict", b"x", 400, "JSON Parse error: Invalid value. at offset: 0"),
    (
        "POST",
        "/v1/models/tiny/versions/0:predict",
        b"{}",
        404,
        "Servable not found for request: Specific(tiny, 0)",
    ),
    ("POST", "/v1/models/tiny/labels/x:predict", b"{}", 400, "Unrecognized servable version label: x"),
    (
        "POST",
        "/v1/models/..%2f..%2fetc%2Fpasswd:predict",
        b"{}",
        404,
        "Servable not found for request: Latest(../../etc/passwd)",
    ),
    (
        "POST",
        "/v1/models/tiny:predict",
        b'{"signature_name": "no", "inputs": 1}',
        400,
        'Serving signature name: "no" not found in signature def',
    ),
    (
        "POST",
        "/v1/models/tiny:predict",
        b'{"signature_name": "count", "inputs": 1}',
        400,
        "Failed to get input map for signature: count",
    ),
    (
        "POST",
        "/v1/models/tiny:classify",
        b'{"signature_name": "no", "examples": [{}]}',
        400,
        "No signature was found with the name: no",
    ),
    (
        "POST",
        "/v1/models/tiny:regress",
        b'{"examples": [1]}',
        400,
        "Example must be JSON object but got JSON Number",
    ),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "text"), REFUSED)
def test_a_wrong_request_is_refused_in_the_known_words(
    rest: RestServer, method: str, path: str, body: bytes | None, status: int, text: str
) -> None:
    """One key, `error`, with the text; the status that goes with it."""
    reply = rest.client.ask(method, path, body)
    assert reply.error == (status, text)
    assert reply.headers["content-type"] == "application/json"


def test_what_the_graph_refuses_is_its_own_text(rest: RestServer) -> None:
    """Shapes that do not go together are told by the runtime, as over gRPC."""
    document = {"signature_name": "arithmetic", "inputs": {"a": [1, 2], "b": [1, 2, 3]}}
    status, text = rest.client.post(PREDICT, document).error
    assert status == 400
    assert "Incompatible shapes: [2] vs. [3]" in text


def test_types_without_a_form_in_json_are_refused(rest: RestServer) -> None:
    """Half is one of them; in a column the refusal keeps its own status."""
    names = ("bool", "complex64", "double", "int32", "int64", "string", "uint64", "uint8")
    document = {"signature_name": "echo", "inputs": {name: [] for name in names} | {"half": [1.0]}}
    assert rest.client.post(PREDICT, document).error == (501, "Conversion of JSON Value: 1.0 to type: half")


def test_a_version_beyond_64_bits_is_refused_without_a_word(rest: RestServer) -> None:
    """TensorFlow Serving's answer has no body."""
    reply = rest.client.get("tiny/versions/99999999999999999999")
    assert (reply.status, reply.body) == (400, b"")


@pytest.mark.parametrize("path", ["/", "/v1", "/v2/models/tiny", "/monitoring", "/favicon.ico"])
def test_outside_the_api_nothing_is_found(rest: RestServer, path: str) -> None:
    """A page for people, as libevent writes it."""
    reply = rest.client.ask("GET", path)
    assert (reply.status, reply.headers["content-type"]) == (404, "text/html")
    assert b"<H1>Not Found</H1>" in reply.body


def test_a_zipped_body_is_unzipped(rest: RestServer) -> None:
    """What cannot be unzipped counts as empty."""
    body = json.dumps({"inputs": PICTURES}).encode()
    path = "/v1/models/tiny:predict"
    reply = rest.client.ask("POST", path, gzip.compress(body), content_encoding="gzip")
    assert reply.json["outputs"]["label"] == ["good", "defective"]
    for broken in (body, gzip.compress(body)[:-9], b""):
        reply = rest.client.ask("POST", path, broken, content_encoding="gzip")
        assert reply.error == (400, "JSON Parse error: The document is empty")


def test_browsers_may_ask(rest: RestServer) -> None:
    """With CORS switched on, every answer of the API says so, and the question before the question too."""
    reply = rest.client.ask("OPTIONS", "/v1/models/tiny:predict", origin="https://example.org")
    assert (reply.status, reply.body) == (200, b"")
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.headers["access-control-allow-methods"] == "POST, GET"
    assert reply.headers["access-control-allow-headers"] == "Content-Type"
    assert rest.client.get("no").headers["access-control-allow-origin"] == "*"
    assert rest.client.ask("OPTIONS", "/v1/models/tiny").status == 400


def test_a_request_has_its_time(rest: RestServer) -> None:
    """Past it the work stops, and the client hears of it; meanwhile others are answered."""
    replies = []
    endless = {"signature_name": "spin", "inputs": 2**31 - 1}
    spinning = threading.Thread(target=lambda: replies.append(rest.client.post(PREDICT, endless)))
    spinning.start()
    assert rest.client.post(PREDICT, {"inputs": PICTURES}).status == 200
    assert replies == []
    spinning.join()
    assert replies[0].error == (504, "Timed out waiting for notification")


def count_of(page: str, metric: str, *labels: str) -> int:
    """Find a metric's value on the page; 0 where it is not there."""
    lines = [line for line in page.splitlines() if line.startswith(f":tensorflow:serving:{metric}{{")]
    return sum(int(line.rsplit(" ", 1)[1]) for line in lines if all(label in line for label in labels))


def test_requests_are_counted(rest: RestServer) -> None:
    """On the page that the configuration file names, by model, status and transport."""

    def counts() -> list[int]:
        reply = rest.client.ask("GET", "/metrics")
        assert (reply.status, reply.headers["content-type"]) == (200, "text/plain")
        page = reply.body.decode()
        return [
            count_of(page, "request_count", 'model_name="tiny"', 'status="OK"'),
            count_of(page, "request_count", 'model_name="uncounted"', 'status="NOT_FOUND"'),
            count_of(page, "request_latency_count", 'API="predict",entrypoint="REST"'),
            count_of(page, "request_latency_count", 'API="Predict",entrypoint="GRPC"'),
            count_of(page, "runtime_latency_count", 'model_name="tiny",API="Predict",runtime="TF1"'),
        ]

    before = counts()
    rest.client.post(PREDICT, {"inputs": PICTURES})
    rest.client.post("uncounted:predict", {"inputs": PICTURES})
    rest.client.get("tiny")
    predict(rest.server, request_for("count"))
    assert [after - start for after, start in zip(counts(), before, strict=True)] == [3, 1, 1, 1, 2]
    odd = rest.client.ask("GET", "/metrics?x")
    assert (odd.status, odd.body) == (400, b"Unexpected path: /metrics?x. Should be /metrics")


def test_made_up_names_fill_no_page(rest: RestServer) -> None:
    """Some are counted by themselves, all others under one name, however long they are."""
    for number in range(60):
        assert rest.client.post(f"stranger-{number}:predict", {"inputs": PICTURES}).status == 404
    assert rest.client.post(f"{'x' * 1000}:predict", {"inputs": PICTURES}).status == 404
    page = rest.client.ask("GET", "/metrics").body.decode()
    assert 0 < page.count("stranger-") <= 32
    assert count_of(page, "request_count", 'model_name="(unknown)"') > 28
    assert "x" * 100 not in page
