"""TensorFlow Serving's REST API: JSON bodies and paths; see `transport.ServingWire`.

Questions are columnar (`inputs`), so that the input is named and outputs of any shape can come back.
"""

import base64
import itertools
import json
import re
from typing import Any
from urllib.parse import quote

from line_sim.inspection.outcome import Answered, Unreadable
from line_sim.inspection.wires.classes import MOST_CLASSES, Label, Tensor, judged, one_row
from line_sim.inspection.wires.fitting.signatures import AS_A_JPEG, Fit
from line_sim.inspection.wires.fitting.tensors import TensorKind
from line_sim.inspection.wires.question import ModelQuestion, ReadAnswer, Signature
from line_sim.inspection.wires.told import listed
from line_sim.inspection.wires.transport import Request

Json = Any  # whatever json.loads gives


class RestWire:
    """Writes and reads what TensorFlow Serving's REST API says of one model."""

    def __init__(self, question: ModelQuestion, fit: Fit = AS_A_JPEG, /) -> None:
        self._question = question
        self._fit = fit
        self._path = f"/v1/models/{quote(question.model, safe='')}{_version_path(question.version)}"
        self._before, self._after = _around_the_picture(question, fit)

    def predict(self, picture: bytes) -> Request:
        """Write a question with one picture: `{"b64": ...}` in a list of one, or its pixels in lists."""
        if self._fit.pixels is not None:
            return self._ask_with(self._fit.pixels.json(picture).encode("ascii"))
        return self._ask_with(b'[{"b64": "%b"}]' % base64.b64encode(picture))

    def predict_text(self, text: str) -> Request:
        """Write a question whose string is base64 text."""
        return self._ask_with(json.dumps([text]).encode("ascii"))

    def _ask_with(self, value: bytes) -> Request:
        """Write a question whose input is this JSON."""
        return Request(f"POST {self._path}:predict", b"".join((self._before, value, self._after)))

    def states(self) -> Request:
        """Ask for the states of the model's versions."""
        return Request(f"GET {self._path}")

    def signatures(self) -> Request:
        """Ask for the model's metadata."""
        return Request(f"GET {self._path}/metadata")

    def read_answer(self, body: bytes) -> ReadAnswer:
        """Read label and score; never raises. REST does not tell the version that answered."""
        try:
            return ReadAnswer(self._judged(read_outputs(body)))
        except ValueError as error:
            return ReadAnswer(Unreadable(str(error)))

    def _judged(self, outputs: dict[str, Json]) -> Answered:
        """Read the best class of an answer. Raises ValueError."""
        label, score = self._question.label_output, self._question.score_output
        if "" in outputs and not (label and score):  # a signature's only output comes without its name
            label, score = ("", score) if not label else (label, "")
            outputs = {label or score: outputs[""]}
        labels = _labels(outputs, label) if label else None
        scores = one_row("score", _output(outputs, score)) if score else None
        return judged(self._question.classes, labels, scores)

    def read_states(self, body: bytes) -> dict[int, str]:
        """Read version to state. Raises ValueError."""
        try:
            return dict(map(_state, _parsed(body)["model_version_status"]))
        except (KeyError, TypeError, ValueError):
            raise ValueError("the answer is not a model's status") from None

    def read_signatures(self, body: bytes) -> dict[str, Signature]:
        """Read signature name to its inputs and outputs. Raises ValueError."""
        try:
            found = _parsed(body)["metadata"]["signature_def"]["signature_def"]
            return {name: _signature(one) for name, one in found.items() if not name.startswith("__")}
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError):
            raise ValueError("the answer is not a model's metadata") from None

    def read_version(self, body: bytes) -> str:
        """Read the version that told its metadata. Raises ValueError."""
        try:
            version = str(_parsed(body)["model_spec"]["version"])
        except (KeyError, TypeError, ValueError):
            version = ""
        if not _VERSION.fullmatch(version):
            raise ValueError("the answer is not a model's metadata")
        return version


def _around_the_picture(question: ModelQuestion, fit: Fit) -> tuple[bytes, bytes]:
    """Return what stands in a question before the JSON of its picture, and behind it."""
    signature, picture = json.dumps(question.signature), json.dumps(question.input_name)
    others = "".join(f", {json.dumps(one.name)}: {json.dumps(one.nested)}" for one in fit.constants)
    before = f'{{"signature_name": {signature}, "inputs": {{{picture}: '
    return before.encode("ascii"), f"{others}}}}}".encode("ascii")


def read_outputs(body: bytes) -> dict[str, Json]:
    """Read the outputs of an answer by name; a signature's only output comes without its name, as ``.

    Raises ValueError.
    """
    try:
        outputs = _parsed(body)["outputs"]
    except (KeyError, TypeError, ValueError):
        raise ValueError("the answer is not JSON with outputs") from None
    return outputs if isinstance(outputs, dict) and set(outputs) != {"b64"} else {"": outputs}


def _output(outputs: dict[str, Json], name: str) -> Tensor[Json]:
    """Return an output's values and shape. Raises ValueError where it is not there or no tensor."""
    if name not in outputs:
        known = listed(key for key in outputs if key)
        raise ValueError(f"the answer has no output {name!r}; it has {known}")
    values: list[Json] = [outputs[name]]
    shape: list[int] = []
    while values and isinstance(values[0], list):
        sizes = {len(one) if isinstance(one, list) else -1 for one in values}
        if len(sizes) > 1:
            raise ValueError(f"the output {name!r} is ragged, no tensor")
        shape += sizes
        values = [*itertools.islice(itertools.chain.from_iterable(values), MOST_CLASSES + 1)]
    return Tensor(tuple(shape), values)


def _version_path(version: int | str | None) -> str:
    """Return what stands behind the model's name; a text is a label."""
    match version:
        case None:
            return ""
        case str():
            return f"/labels/{quote(version, safe='')}"
        case _:
            return f"/versions/{version}"


def _labels(outputs: dict[str, Json], name: str) -> list[Label]:
    return [_label(value) for value in one_row("label", _output(outputs, name))]


def _label(value: Json) -> Label:
    """Return a label, or the number of a class. Raises ValueError."""
    return value if isinstance(value, int) and not isinstance(value, bool) else text_of(value)


def text_of(value: Json) -> str:
    """Return a string, or the string in a `{"b64": ...}`. Raises ValueError."""
    if isinstance(value, dict) and isinstance(value.get("b64"), str):
        try:
            return base64.b64decode(value["b64"], validate=True).decode()
        except ValueError:  # of both decoders
            raise ValueError("the label is not UTF-8") from None
    if not isinstance(value, str):
        raise ValueError("the label is not a string")  # noqa: TRY004 - one kind for all bad answers
    return value


def _state(told: Json) -> tuple[int, str]:
    """Read a version and its state; the version is an int64, which JSON has as text."""
    version, state = told["version"], told["state"]
    if not (isinstance(version, str | int) and _VERSION.fullmatch(str(version)) and isinstance(state, str)):
        raise ValueError(told)
    return int(version), state


_VERSION = re.compile(r"-?[0-9]{1,19}")


def _signature(written: Json) -> Signature:
    return Signature(_kinds(written.get("inputs", {})), _kinds(written.get("outputs", {})))


def _kinds(written: Json) -> dict[str, TensorKind]:
    return {name: TensorKind(str(one.get("dtype", "")), _shape(one)) for name, one in sorted(written.items())}


def _shape(written: Json) -> tuple[int, ...] | None:
    """Read the shape of a tensor; None where it is not told."""
    shape = written.get("tensor_shape")
    if not shape or shape.get("unknown_rank"):
        return None
    return tuple(int(dim["size"]) for dim in shape.get("dim", []))


def _parsed(body: bytes) -> Json:
    """Parse JSON, with NaN as TensorFlow Serving writes it. Raises ValueError."""
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError("the answer is nested too deeply") from None
