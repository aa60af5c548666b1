"""How functions are compiled, and made into code that can be kept. Whoever imports this loads numba.

A compiled function sees a constant as it was when it was compiled. It may take them from this room, from
`chance`, `layout` and `units`: the code that is kept hangs on their sources (`folders`). What Python calls
takes and gives whole numbers, and addresses of what Python keeps alive: its code refers to nothing outside.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, ParamSpec, TypeVar, cast

import numba
from numba.core.dispatcher import Dispatcher
from numba.types import int64, unliteral

from line_sim.compiled.code.kept import Code

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


def code_of(module: str, name: str, arguments: int) -> Code:
    """Compile a function that takes so many whole numbers and gives one, with all that it calls."""
    function: Any = getattr(import_module(module), name)
    signature = (int64,) * arguments
    function.compile(signature)
    made = function.overloads[signature]
    _, _, (machine_code, _) = made.library.serialize_using_object_code()
    return Code(made.fndesc.llvm_func_name, machine_code)


def _compiled_once(function: Any) -> None:
    """Have a function compiled for a number, not for each constant that it is called with."""
    template = function.get_call_template

    def get_call_template(args: Any, kws: Any) -> Any:
        return template(tuple(map(unliteral, args)), {name: unliteral(kind) for name, kind in kws.items()})

    function.get_call_template = get_call_template
