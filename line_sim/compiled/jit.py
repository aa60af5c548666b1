"""How functions are compiled: `compiled` ones are called by others, an `entry` by Python."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Have a function compiled as part of those that call it, where LLVM may put it in their midst."""
    return cast("Callable[P, R]", numba.njit(nogil=True)(function))


def entry(function: Callable[P, R]) -> Callable[P, R]:
    """Have a function compiled that Python calls. Other threads run meanwhile."""
    return cast("Callable[P, R]", numba.njit(nogil=True)(function))
