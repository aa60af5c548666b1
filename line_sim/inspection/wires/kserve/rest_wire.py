"""KServe's v2 protocol over REST: JSON, and the picture behind it where the server has the binary extension.

JSON cannot carry a JPEG, since its texts are Unicode. Triton takes raw bytes behind the document, whose
length a header tells (the binary tensor data extension). A server without that gets base64 text that is
marked as such, as MLServer takes it, or, for UINT8, a number for each byte. Answers come as JSON from all.
"""

import base64
import itertools
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from line_sim.inspection.outcome import Unreadable
from line_sim.inspection.wires import statuses
from line_sim.inspection.wires.classes import MOST_CLASSES, refuse_rank
from line_sim.inspection.wires.kserve.answers import Output, judged
from line_sim.inspection.wires.kserve.elements import UINT8
from line_sim.inspection.wires.kserve.form import InputForm, Model, TensorInfo
from line_sim.inspection.wires.kserve.manner import (
    BEST_CLASS,
    LONGEST_VERSION,
    MOST_OUTPUTS,
    TIMEOUT,
    About,
    Manner,
    State,
    longest_in_queue,
    refuse_many,
    software,
    version_text,
    wanted_outputs,
)
from line_sim.inspection.wires.question import ModelQuestion, ReadAnswer
from line_sim.inspection.wires.reaching import KSERVE_REST
from line_sim.inspection.wires.rest.rest_transport import RestTransport
from line_sim.inspection.wires.told import listed, told_in_line
from line_sim.inspection.wires.transport import Access, Request, Response

Json = Any  # whatever json.loads gives

BINARY_EXTENSION = "binary_tensor_data"
"""What a server says that takes raw bytes behind the document."""

HEAD_LENGTH = "Inference-Header-Content-Length"
"""The header that says where the document ends and the raw bytes begin."""

_WIDEST = 2**63


class KserveRestWire:
    """Asks one model about pictures; see `transport.Wire`. The question's names are those of the model."""

    def __init__(self, question: ModelQuestion, form: InputForm, *, binary: bool) -> None:
        self._question = question
        self._form = form
        self._binary = binary
        self._method = f"POST {_path(question)}/infer"

    def predict(self, picture: bytes) -> Request:
        """Write a question with one picture; only label and score are wanted."""
        parameters = {"parameters": {BEST_CLASS: 1}} if self._question.asks_for_the_best else {}
        document: dict[str, Json] = {
            "inputs": [self._input(picture)],
            "outputs": [{"name": name, **parameters} for name in wanted_outputs(self._question)],
        }
        waits = longest_in_queue(self._question)
        if waits is not None:
            document["parameters"] = {TIMEOUT: waits}
        head = json.dumps(document).encode("ascii")
        if not self._binary:
            return Request(self._method, head)
        headers = (("Content-Type", "application/octet-stream"), (HEAD_LENGTH, str(len(head))))
        return Request(self._method, head + self._form.raw(picture), headers)

    def read_answer(self, body: bytes) -> ReadAnswer:
        """Read label and score; never raises."""
        version = ""
        try:
            answer = _parsed(body, "an answer")
            version = _version_in(answer)
            outputs = _listed_in(answer, "outputs")
            return ReadAnswer(judged(self._question, lambda name: _output(outputs, name)), version)
        except ValueError as error:
            return ReadAnswer(Unreadable(str(error)), version)

    def _input(self, picture: bytes) -> dict[str, Json]:
        form = self._form
        tensor = {"name": form.name, "shape": form.shape(picture), "datatype": form.datatype}
        if self._binary:
            return {**tensor, "parameters": {"binary_data_size": len(form.raw(picture))}}
        if form.datatype == UINT8:
            return {**tensor, "data": list(picture)}
        text = base64.b64encode(picture).decode("ascii")
        return {**tensor, "parameters": {"content_type": "base64"}, "data": [text]}


def read_model(body: bytes) -> Model:
    """Read what a model says of itself. Raises ValueError."""
    model = _parsed(body, "a model's metadata")
    versions = model.get("versions") or []
    if not (isinstance(versions, list) and all(isinstance(one, str) for one in versions)):
        raise ValueError("the answer is not a model's metadata")
    refuse_many(len(versions))
    tensors = {what: tuple(map(_info, _listed_in(model, what))) for what in ("inputs", "outputs")}
    return Model(tuple(told_in_line(one, LONGEST_VERSION) for one in versions), **tensors)


def read_server(body: bytes) -> About:
    """Read a server's name, and whether it takes raw bytes behind the document. Raises ValueError."""
    told = _parsed(body, "a server's metadata")
    name, version = (one if isinstance(one, str) else "" for one in (told.get("name"), told.get("version")))
    extensions = told.get("extensions")
    takes_bytes = isinstance(extensions, list) and BINARY_EXTENSION in extensions
    return About(software(name, version), takes_bytes)


def _model_state(response: Response) -> State:
    """Tell by the code: a model that is not ready looks like one that is not there.

    Triton and MLServer say 400 of one that is not ready, KServe's own server 503.
    """
    if response.status == statuses.OK:
        return "ready"
    unready = {statuses.NOT_FOUND, statuses.INVALID_ARGUMENT, statuses.UNAVAILABLE}
    return "unready" if response.status in unready else "failed"


def _server_state(response: Response) -> State:
    if response.status == statuses.OK:
        return "ready"
    if response.status == statuses.NOT_FOUND:
        return "stranger"
    return "unready" if response.status in {statuses.INVALID_ARGUMENT, statuses.UNAVAILABLE} else "failed"


def _path(question: ModelQuestion) -> str:
    version = version_text(question)
    of_version = f"/versions/{quote(version, safe='')}" if version else ""
    return f"/v2/models/{quote(question.model, safe='')}{of_version}"


def _rest_way(target: str, access: Access) -> RestTransport:
    return RestTransport(target, access, KSERVE_REST)


REST = Manner(
    way=_rest_way,
    usual_target="localhost:8000",
    server_ready=lambda: Request("GET /v2/health/ready"),
    server_state=_server_state,
    model_ready=lambda question: Request(f"GET {_path(question)}/ready"),
    model_state=_model_state,
    model_metadata=lambda question: Request(f"GET {_path(question)}"),
    read_model=read_model,
    wire=KserveRestWire,
    server_metadata=lambda: Request("GET /v2"),
    read_server=read_server,
    unsaid=About("", takes_bytes=False),
)
"""Connections are kept for the whole run; the deadline is the client's alone."""


def _parsed(body: bytes, what: str) -> dict[str, Json]:
    """Parse a JSON object. Raises ValueError."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ValueError(f"the answer is not JSON with {what}")  # noqa: TRY004 - one kind for all bad answers
    return found


def _version_in(answer: dict[str, Json]) -> str:
    version = answer.get("model_version")
    return told_in_line(version, LONGEST_VERSION) if isinstance(version, str) else ""


def _listed_in(document: dict[str, Json], what: str) -> list[dict[str, Json]]:
    """Return a list of tensors; none where it is left out. Raises ValueError."""
    tensors = document.get(what) or []
    if not (isinstance(tensors, list) and all(_is_tensor(one) for one in tensors)):
        raise ValueError(f"the {what} of the answer are no tensors")
    if len(tensors) > MOST_OUTPUTS:
        raise ValueError(f"the answer has {len(tensors):,} {what}; {MOST_OUTPUTS:,} are looked at")
    return tensors


def _is_tensor(written: Json) -> bool:
    """Whether it is an object with name, datatype and shape; a size is an int64."""
    if not isinstance(written, dict):
        return False
    shape = written.get("shape", [])
    return (
        isinstance(written.get("name"), str)
        and isinstance(written.get("datatype", ""), str)
        and isinstance(shape, list)
        and all(type(size) is int and -_WIDEST <= size < _WIDEST for size in shape)
    )


def _info(tensor: dict[str, Json]) -> TensorInfo:
    shape = tensor.get("shape", [])
    refuse_rank("tensor", len(shape))
    return TensorInfo(tensor["name"], tensor.get("datatype", ""), tuple(shape))


def _output(outputs: Sequence[dict[str, Json]], name: str) -> Output:
    """Return an output by its name, wherever it stands. Raises ValueError where it is not there, or twice."""
    found = [one for one in outputs if one["name"] == name]
    if not found:
        known = listed({one["name"] for one in outputs})
        raise ValueError(f"the answer has no output {name!r}; it has {known}")
    if len(found) > 1:
        raise ValueError(f"the answer has {len(found):,} outputs {name!r}")
    tensor = found[0]
    return Output(tensor.get("datatype", ""), tensor.get("shape", []), _flat(tensor.get("data")))


def _flat(data: Json) -> list[Json]:
    """Return the values of nested or flat data, as many as are looked at.

    Raises ValueError where lists and values stand side by side: so each level takes no longer than the answer
    is long.
    """
    values: list[Json] = data if isinstance(data, list) else []
    while any(isinstance(one, list) for one in values):
        if not all(isinstance(one, list) for one in values):
            raise ValueError("the data of the answer are ragged, no tensor")
        values = [*itertools.islice(itertools.chain.from_iterable(values), MOST_CLASSES + 1)]
    return values
