"""The files in which compiled functions are kept from one process to the next.

numba has a cache of its own, with three traps: it looks only at the file of the function itself, so that a
change of what that calls would go unnoticed; it raises where there is no place to write; and two processes
that keep two signatures at the same time may each name the other's code. Here a function lies in a folder
whose name is a hash of all that it is made of (`folders`), with a file for each signature and processor. That
is written beside and moved there, and what cannot be written or read is compiled again.
"""

import pickle
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

SUFFIX = ".code"
_DIGEST = sha256().digest_size


class MachineCode(NullCache):  # type: ignore[misc] # numba has no types
    """What of one function is kept in a folder; numba asks it before it compiles, and tells it afterwards."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name

    @property
    def cache_path(self) -> str:
        """Where it is kept, for numba's own statistics."""
        return str(self._folder)

    def holds(self, context: Any) -> bool:
        """Whether there is code of this function for the processor."""
        return any(self._folder.glob(f"{self._begin(context)}-*{SUFFIX}"))

    def load_overload(self, sig: object, target_context: Any) -> Any:
        """Return the code for a signature; None where there is none, or none that is whole."""
        target_context.refresh()
        try:
            content = self._path(sig, target_context).read_bytes()
        except OSError:
            return None
        digest, code = content[:_DIGEST], content[_DIGEST:]
        if sha256(code).digest() != digest:
            return None
        return CompileResult._rebuild(target_context, *pickle.loads(code))  # noqa: S301, SLF001 - ours

    def save_overload(self, sig: object, data: Any) -> None:
        """Keep the code for a signature, if it can be: it may hold addresses of this process."""
        if data.lifted or data.library.has_dynamic_globals:
            return
        code = dumps(data._reduce())  # noqa: SLF001 - as numba's own cache does
        path = self._path(sig, data.target_context)
        beside = path.with_suffix(f".{uuid4().hex}")
        with suppress(OSError):
            try:
                beside.write_bytes(sha256(code).digest() + code)
                beside.replace(path)
            finally:
                beside.unlink(missing_ok=True)

    def _path(self, sig: object, context: Any) -> Path:
        return self._folder / f"{self._begin(context)}-{_short(sig)}{SUFFIX}"

    def _begin(self, context: Any) -> str:
        return f"{self._name}-{_short(context.codegen().magic_tuple())}"


def _short(thing: object) -> str:
    return sha256(repr(thing).encode()).hexdigest()[:16]
