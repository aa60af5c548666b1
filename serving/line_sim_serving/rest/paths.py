"""The URLs of TensorFlow Serving's REST API: which model, which version, which question."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote_to_bytes

from line_sim_serving.models.versions import LARGEST_INT64

_VERSION = rb"(?:/versions/(\d+)|/labels/([^/:]+))?"
_POST = re.compile(rb"/v1/models/([^/:]+)" + _VERSION + rb":(classify|regress|predict)", re.IGNORECASE)
_GET = re.compile(rb"/v1/models(?:/([^/:]+))?" + _VERSION + rb"(?:/(metadata))?", re.IGNORECASE)
_API = re.compile(rb"/v1/.*", re.IGNORECASE)


class Question(StrEnum):
    """What a request wants to know; the value is the name in its URL."""

    CLASSIFY = "classify"
    REGRESS = "regress"
    PREDICT = "predict"
    STATUS = ""
    METADATA = "metadata"


@dataclass(frozen=True, slots=True)
class Call:
    """A request's URL, understood. At most one of `version` and `label` is given.

    `question` is None where the pattern fits but the word does not: patterns ignore case, words do not.
    """

    question: Question | None
    model: str
    version: int | None = None
    label: str | None = None


class VersionTooLong(Exception):  # noqa: N818 - TensorFlow Serving answers it without a word
    """The number of the version is beyond 64 bits; `model` was asked for."""

    def __init__(self, model: str) -> None:
        super().__init__(model)
        self.model = model


def is_api(target: bytes) -> bool:
    """Tell whether a path (with its query string) belongs to the REST API at all."""
    return _API.fullmatch(target) is not None


def read_call(method: str, target: bytes) -> Call | None:
    """Understand a path with its query string, as it came; None where it fits no pattern.

    Raises VersionTooLong.
    """
    pattern = {"POST": _POST, "GET": _GET}.get(method)
    found = pattern.fullmatch(target) if pattern else None
    if found is None:
        return None
    name, version, label, word = found.groups()
    model = _decoded(name or b"")
    number = _number(version) if version else None
    if number is not None and number > LARGEST_INT64:
        raise VersionTooLong(model)
    return Call(_question(method, word or b""), model, number, _decoded(label) if label else None)


def _number(digits: bytes) -> int:
    """Read a number of however many digits; 20 of them are enough to be too many."""
    return int(digits.lstrip(b"0")[:20] or b"0")


def _question(method: str, word: bytes) -> Question | None:
    text = word.decode()
    if method == "GET":
        return Question.METADATA if text == Question.METADATA else Question.STATUS
    return Question(text) if text in list(Question) else None


def _decoded(part: bytes) -> str:
    """Decode %XX; what is not UTF-8 then names no model, but must not end the request otherwise."""
    return unquote_to_bytes(part).decode("utf-8", "replace")
