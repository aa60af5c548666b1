"""The compiled line's kernel as Python runs it: the same sources, every look checked, faults planted at will.

The room `line_sim.compiled` is copied into a package of another name. There nothing is compiled, and rows and
numbers are looked up by `ctypes`, where a number outside of its table is an error. A `Fault` is a piece of a
module's source and what is put in its place; one whose piece is not there (any more) once is refused.
"""

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from commands import ROOT

ROOM = ROOT / "line_sim" / "compiled"
MOST_LOOKS = 2_000_000
"""Looks at rows and numbers in one run: short lines need a hundredth of that."""

JIT = '''
"""Nothing is compiled."""


def compiled(function):
    return function
'''

ENTRY = '''
"""A function that Python calls is Python's own."""

from importlib import import_module


class Entry:
    is_warm = True

    def __init__(self, module, name, arguments):
        self._where = module, name

    def __call__(self, *numbers):
        module, name = self._where
        return getattr(import_module(module), name)(*numbers)
'''

POINTERS = '''
"""Rows and numbers by their address, each looked up where there is one."""

import ctypes

import numpy as np

Row = Line = Rows = object
TYPES = {{np.dtype(np.int64): ctypes.c_int64, np.dtype(np.int32): ctypes.c_int32}}
TYPES[np.dtype(np.float64)] = ctypes.c_double
ROOM = {{}}
LOOKS = [0]


def look(address, number, size):
    LOOKS[0] += 1
    if LOOKS[0] > {most}:
        raise TimeoutError("the kernel never comes to an end")
    if not 0 <= number < ROOM[address] // size:
        raise IndexError(number)
    return address + number * size


def row_of(dtype):
    fields = [(name, TYPES[dtype[name]]) for name in dtype.names]
    row = type("Row", (ctypes.Structure,), {{"_pack_": 1, "_fields_": fields}})
    assert ctypes.sizeof(row) == dtype.itemsize
    return dtype.itemsize, row


def rows_of(table, dtype):
    size, row = row_of(dtype)

    def at(line, number):
        return row.from_address(look(getattr(line, table), number, size))

    return at


def line_at(address):
    from {package}.kernel.tables.line import LINE

    _, line = row_of(LINE)
    return line.from_address(address)


def number_at(address, number):
    return ctypes.c_int64.from_address(look(address, number, 8)).value


def set_number_at(address, number, value):
    ctypes.c_int64.from_address(look(address, number, 8)).value = value
'''

BEGUN = "self.line = self.lines[0]"
KEPT = "self.line[name] = table.ctypes.data"
IMPORTS = "import numpy as np"
NO_SIZES: Mapping[str, int] = MappingProxyType({})
_number = count(1)


class Fault(NamedTuple):
    """What is wrong, in which module, and what stands there in place of what."""

    what: str
    module: str
    right: str
    wrong: str


@contextmanager
def interpreted(folder: Path, *faults: Fault, sizes: Mapping[str, int] = NO_SIZES) -> Iterator[type[Any]]:
    """Give the class of lines whose kernel is interpreted, with these faults in it.

    `sizes` are constants of the module `line` that are to be others.
    """
    package = f"interpreted_{next(_number)}"
    sources = {str(path.relative_to(ROOM)): path.read_text(encoding="utf-8") for path in ROOM.rglob("*.py")}
    for fault in faults:
        name = f"{fault.module}.py"
        assert sources[name].count(fault.right) == 1, f"{fault.what}: {name} has changed"
        sources[name] = sources[name].replace(fault.right, fault.wrong)
    sources["code/jit.py"] = JIT
    sources["code/entry.py"] = ENTRY
    sources["kernel/tables/pointers.py"] = POINTERS.format(package=package, most=MOST_LOOKS)
    for piece, more in (
        (BEGUN, f"{BEGUN}; pointers.LOOKS[0] = 0"),
        (KEPT, f"{KEPT}; pointers.ROOM[table.ctypes.data] = table.nbytes"),
        (IMPORTS, f"{IMPORTS}\nfrom {package}.kernel.tables import pointers"),
    ):
        assert sources["arrays.py"].count(piece) == 1
        sources["arrays.py"] = sources["arrays.py"].replace(piece, more)
    for name, source in sources.items():
        path = folder / package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source.replace("line_sim.compiled", package), encoding="utf-8")
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        line = importlib.import_module(f"{package}.line")
        for name, size in sizes.items():
            assert hasattr(line, name)
            setattr(line, name, size)
        yield line.CompiledLine
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.split(".")[0] == package]:
            del sys.modules[name]
