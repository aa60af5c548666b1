"""Compiled functions that Python calls: loaded from where they are kept, without the compiler."""

import os
from collections.abc import Callable
from ctypes import CFUNCTYPE, byref, c_int32, c_int64, c_void_p
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from line_sim.compiled.code.folders import folder_of_code
from line_sim.compiled.code.kept import SUFFIX, Code, keep_code, read_code


class Entry:
    """A function `name` of a `module` of compiled ones, which takes so many whole numbers and gives one.

    It is compiled at the first call ever, for which numba is loaded; from then on its code is loaded, for
    which it is not. Other threads run while it does.
    """

    def __init__(self, module: str, name: str, arguments: int) -> None:
        self._module = module
        self._name = name
        self._arguments = arguments
        self._alive: Any = None  # what holds the code in memory

    def __call__(self, *numbers: int) -> int:
        """Call it. Raises RuntimeError where the function itself has raised something."""
        result, raised = c_int64(), c_void_p()
        if self._call(byref(result), byref(raised), *numbers):
            raise RuntimeError(f"{self._module}.{self._name} has failed")
        return result.value

    @property
    def is_warm(self) -> bool:
        """Whether it can be called without being compiled first."""
        return "_call" in vars(self) or (self._path is not None and read_code(self._path) is not None)

    @property
    def can_be_kept(self) -> bool:
        """Whether there is a place for its code."""
        return self._path is not None

    def keep(self) -> None:
        """Compile it for the processes to come, where it is not and where code can be kept."""
        if self.can_be_kept:
            self._code()

    @cached_property
    def _call(self) -> Callable[..., int]:
        """The function at its address: it writes what it gives, and whatever it raises, to the first two."""
        code = self._code()
        self._alive, address = _loaded(code)
        return CFUNCTYPE(c_int32, c_void_p, c_void_p, *(c_int64,) * self._arguments)(address)

    def _code(self) -> Code:
        found = self._path and read_code(self._path)
        if found:
            return found
        from line_sim.compiled.code.jit import code_of  # noqa: PLC0415 - numba is loaded with it

        made = code_of(self._module, self._name, self._arguments)
        if self._path:
            keep_code(self._path, made)
        return made

    @cached_property
    def _path(self) -> Path | None:
        folder = _folder()
        return folder and folder / f"{self._module}.{self._name}-{_processor()}{SUFFIX}"


@cache
def _folder() -> Path | None:
    return folder_of_code(os.environ.get("NUMBA_CACHE_DIR", ""))


@cache
def _processor() -> str:
    """Return a name for what the code is compiled for."""
    import llvmlite.binding as llvm  # noqa: PLC0415 - not before a compiled line is wanted

    told = llvm.get_default_triple(), llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
    return sha256(repr(told).encode()).hexdigest()[:16]


def _loaded(code: Code) -> tuple[Any, int]:
    """Load code; return what holds it in memory, and the address of its function."""
    import llvmlite.binding as llvm  # noqa: PLC0415 - as above

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code.machine_code))
    engine.finalize_object()
    return engine, engine.get_function_address(code.symbol)
