"""Files of rows, written as they come."""

import csv
from collections.abc import Iterable
from pathlib import Path


class Sheet:
    """A CSV file; floats are rounded to so many digits."""

    def __init__(self, path: Path, columns: tuple[str, ...], digits: int = 0, *, more: bool = False) -> None:
        self._digits = digits or None
        self._file = path.open("a" if more else "w", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")
        if not more:
            self._writer.writerow(columns)

    def add(self, rows: Iterable[tuple[object, ...]]) -> None:
        """Write rows, so that they are there if the program ends early."""
        for row in rows:
            self._writer.writerow(
                [round(one, self._digits) if isinstance(one, float) else one for one in row]
            )
        self._file.flush()
