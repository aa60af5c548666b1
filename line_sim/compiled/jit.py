"""How functions are compiled: `compiled` ones are called by others, an `entry` by Python.

A compiled function sees a constant as it was when it was compiled. It may take them from this room, from
`chance`, `layout` and `units`: the code that is kept hangs on their sources (`folders`).
With NUMBA_DISABLE_JIT=1 all of them run as Python.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba
from numba.core.dispatcher import Dispatcher
from numba.types import unliteral

from line_sim.compiled.folders import folder_of_code
from line_sim.compiled.machine_code import MachineCode

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Have a function compiled as part of those that call it, where LLVM may put it in their midst."""
    made: Any = numba.njit(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)(
        function
    )
    if isinstance(made, Dispatcher):
        _compiled_once(made)
    return cast("Callable[P, R]", made)


def entry(function: Callable[P, R]) -> Callable[P, R]:
    """Have a function compiled that Python calls; its code is kept for the next process, where it can be.

    Other threads run meanwhile.
    """
    made: Any = numba.njit(nogil=True, error_model="numpy")(function)
    folder = _folder()
    if isinstance(made, Dispatcher) and folder is not None:
        _kept_by(made, MachineCode(folder, f"{function.__module__}.{function.__qualname__}"))
    return cast("Callable[P, R]", made)


def is_warm(function: Callable[P, R]) -> bool:
    """Whether an entry can be called without being compiled first."""
    if not isinstance(function, Dispatcher):
        return True
    known: Any = function
    kept = known._cache  # noqa: SLF001
    return bool(known.signatures) or (isinstance(kept, MachineCode) and kept.holds(known.targetctx))


def _compiled_once(function: Any) -> None:
    """Have a function compiled for a number, not for each constant that it is called with."""
    template = function.get_call_template

    def get_call_template(args: Any, kws: Any) -> Any:
        return template(tuple(map(unliteral, args)), {name: unliteral(kind) for name, kind in kws.items()})

    function.get_call_template = get_call_template


def _kept_by(function: Any, code: MachineCode) -> None:
    """Do what numba's `enable_caching` does."""
    function._cache = code  # noqa: SLF001


@cache
def _folder() -> Path | None:
    return folder_of_code(numba.config.CACHE_DIR)
