"""Request bodies as they come over the wire."""

import zlib

LARGEST_UNZIPPED = 100 << 20
"""Bytes; of a body that comes compressed. One that does not may be larger."""

_GZIP = 16 + zlib.MAX_WBITS


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
