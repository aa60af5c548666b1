"""The arrays of a line, which Python keeps alive, and where each begins, which the kernel knows."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from line_sim.compiled.kernel.tables.line import LINE


class Arrays:
    """The tables of a line by name, and the one record of all that there is one of, as `line`."""

    def __init__(self, tables: Mapping[str, NDArray[Any]]) -> None:
        self.lines = np.zeros(1, LINE)
        self.line = self.lines[0]
        self.address = self.lines.ctypes.data
        self._tables: dict[str, NDArray[Any]] = {}
        for name, table in tables.items():
            self[name] = table

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._tables[name]

    def __setitem__(self, name: str, table: NDArray[Any]) -> None:
        self._tables[name] = table
        self.line[name] = table.ctypes.data
