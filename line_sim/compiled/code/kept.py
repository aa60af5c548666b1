"""The files in which machine code is kept from one process to the next.

numba has a cache of its own, which needs numba to read it: most of a second and 70 MB for 50 KB of code. And
it looks only at the file of the function itself, so that a change of what that calls would go unnoticed; and
it raises where there is no place to write. Here a function lies in a folder whose name is a hash of all that
it is made of (`folders`), in one file for each processor. That is written beside and moved there, and what
cannot be written or read is compiled again.
"""

from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

SUFFIX = ".code"
_DIGEST = sha256().digest_size


class Code(NamedTuple):
    """Machine code as an object file for the linker, and the name of the function in it."""

    symbol: str
    machine_code: bytes


def read_code(path: Path) -> Code | None:
    """Return the code in a file; None where there is none, or none that is whole."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, told = content[:_DIGEST], content[_DIGEST:]
    if sha256(told).digest() != digest:
        return None
    symbol, _, machine_code = told.partition(b"\n")
    return Code(symbol.decode(), machine_code)


def keep_code(path: Path, code: Code) -> None:
    """Keep code in a file, if it can be written."""
    told = code.symbol.encode() + b"\n" + code.machine_code
    beside = path.with_suffix(f".{uuid4().hex}")
    with suppress(OSError):
        try:
            beside.write_bytes(sha256(told).digest() + told)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
