"""One request for the page, and the answer to it: bytes in, bytes out, whatever the bytes are."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import parse_qs

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

LONGEST_REQUEST = 8192
"""Bytes in which a request must say what it wants; Prometheus needs some 300."""

_END = b"\r\n\r\n"
_PATHS = frozenset(("/", "/metrics"))
_TEXT = "text/plain; charset=utf-8"


def is_whole(asked: bytes | bytearray) -> bool:
    """Whether there is enough of a request to answer it, were it only that it is none."""
    return _END in asked or len(asked) > LONGEST_REQUEST


def answer(asked: bytes, registry: CollectorRegistry) -> bytes:
    """Return the whole answer to a request; raises nothing."""
    try:
        status, kind, page = _told(asked, registry)
    except Exception:  # noqa: BLE001 - a page that cannot be made is Prometheus' trouble, never the run's
        status, kind, page = HTTPStatus.INTERNAL_SERVER_ERROR, _TEXT, b""
    page = page or f"{status.phrase}\n".encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(page)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + (b"" if asked.startswith(b"HEAD ") else page)


def _told(asked: bytes, registry: CollectorRegistry) -> tuple[HTTPStatus, str, bytes]:
    """Read the request; an empty page stands for the status' own words."""
    if _END not in asked:
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, _TEXT, b""
    first, *lines = asked.partition(_END)[0].decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        return HTTPStatus.BAD_REQUEST, _TEXT, b""
    method, (path, _, query) = words[0], words[1].partition("?")
    if method not in {"GET", "HEAD"}:
        return HTTPStatus.METHOD_NOT_ALLOWED, _TEXT, b""
    if path not in _PATHS:
        return HTTPStatus.NOT_FOUND, _TEXT, b""
    encoder, kind = choose_encoder(_accepted(lines))
    return HTTPStatus.OK, kind, _encoded(encoder, registry, query)


def _accepted(lines: list[str]) -> str:
    """Return what forms of the page are taken: the Accept header, empty where there is none."""
    headers = (line.partition(":") for line in lines)
    return next((value.strip() for name, _, value in headers if name.lower() == "accept"), "")


def _encoded(encoder: Callable[..., bytes], registry: CollectorRegistry, query: str) -> bytes:
    """Make the page, of the metrics in `name[]` alone where that is asked for."""
    names = parse_qs(query).get("name[]")
    return encoder(registry.restricted_registry(names) if names else registry)
