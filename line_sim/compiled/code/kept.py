"""The files in which machine code is kept from one process to the next.

numba has a cache of its own, which needs numba to read it: most of a second and 70 MB for 50 KB of code. And
it looks only at the file of the function itself, so that a change of what that calls would go unnoticed; and
it raises where there is no place to write. Here a function lies in a folder whose name is a hash of all that
it is made of (`folders`), in one file for each processor; what cannot be written or read is compiled again.
"""

from pathlib import Path
from typing import NamedTuple

from line_sim.user_cache import keep, read_kept

SUFFIX = ".code"


class Code(NamedTuple):
    """Machine code as an object file for the linker, and the name of the function in it."""

    symbol: str
    machine_code: bytes


def read_code(path: Path) -> Code | None:
    """Return the code in a file; None where there is none, or none that is whole."""
    told = read_kept(path)
    if told is None:
        return None
    symbol, _, machine_code = told.partition(b"\n")
    return Code(symbol.decode(), machine_code)


def keep_code(path: Path, code: Code) -> None:
    """Keep code in a file, if it can be written."""
    keep(path, code.symbol.encode() + b"\n" + code.machine_code)
