"""Placeholder until the wiring lands."""

from functools import partial

import numba

_inner = dict(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)


def compiled(function):
    return numba.njit(**_inner)(function)


def entry(function):
    return numba.njit(nogil=True, error_model="numpy", cache=True)(function)
