"""Request bodies as they come over the wire."""

import zlib

LARGEST_UNZIPPED = 100 << 20
"""Bytes; of a body that comes compressed. One that does not may be larger."""

MOST_UNZIPPED = 1032
"""Bytes that a byte of gzip can stand for."""

_GZIP = 16 + zlib.MAX_WBITS


_STRUCTURE = (b"[", b"{", b",", b'"')
_BULK, _WIDE, _PIECE = 3, 12, 96


def reading_cost(body: bytes, encoding: str) -> int:
    """Give the bytes that a body takes while it is read, beside its own; of a zipped one, to unzip it.

    Python's strings are up to four times as wide where they are not ASCII, and what stands between
    brackets, commas and quotation marks becomes an object each.
    """
    if "gzip" in encoding:
        return min(LARGEST_UNZIPPED, len(body) * MOST_UNZIPPED)
    wide = _BULK if body.isascii() else _WIDE
    return wide * len(body) + _PIECE * sum(body.count(sign) for sign in _STRUCTURE)


def unzipped(body: bytes, encoding: str) -> bytes:
    """Decompress a body whose Content-Encoding says gzip.

    What cannot be decompressed, or is too large, becomes empty: so TensorFlow Serving has it, whose answer
    then is that the document is empty.
    """
    if "gzip" not in encoding:
        return body
    unzip = zlib.decompressobj(_GZIP)
    try:
        whole = unzip.decompress(body, LARGEST_UNZIPPED)
    except zlib.error:
        return b""
    return whole if unzip.eof else b""
