"""Features on disk: a row of numbers for every picture, found by the picture's content."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

from line_sim.errors import ScenarioError

Rows = npt.NDArray[np.float32]

LINE = 65  # a SHA-256 in hexadecimal and a line feed


class FeatureStore:
    """Rows of `width` single-precision numbers in `rows.f32`, their pictures' digests in `digests.txt`.

    Both only grow, the rows first, so that what an interruption cuts off is told by their lengths. Rows
    are read when they are asked for: only the digests are in memory.
    """

    def __init__(self, folder: Path, width: int) -> None:
        self.width = width
        self._row_bytes = 4 * width
        self._rows = (folder / "rows.f32").open("a+b")
        self._digests = (folder / "digests.txt").open("a+b")
        self._places = self._recovered()

    def _recovered(self) -> dict[str, int]:
        """Cut off what was not written to the end; return the place of every picture's row."""
        self._digests.seek(0)
        digests = self._digests.read().decode("ascii", "replace")
        whole = min(len(digests) // LINE, os.fstat(self._rows.fileno()).st_size // self._row_bytes)
        self._digests.truncate(whole * LINE)
        self._rows.truncate(whole * self._row_bytes)
        return {digests[place * LINE : place * LINE + LINE - 1]: place for place in range(whole)}

    def __contains__(self, digest: str) -> bool:
        return digest in self._places

    def __len__(self) -> int:
        return len(self._places)

    def add(self, digests: Sequence[str], rows: Rows) -> None:
        """Append the rows of pictures that are not there yet."""
        self._rows.write(np.ascontiguousarray(rows, np.float32).tobytes())
        self._rows.flush()
        self._digests.write("".join(f"{digest}\n" for digest in digests).encode("ascii"))
        self._digests.flush()
        for digest in digests:
            self._places[digest] = len(self._places)

    def places(self, digests: Sequence[str]) -> list[int]:
        """Return where the pictures' rows are. Raises KeyError for a picture that has none."""
        return [self._places[digest] for digest in digests]

    def read(self, places: Sequence[int]) -> Rows:
        """Return the rows of these places, (n, width)."""
        rows = np.empty((len(places), self.width), np.float32)
        for row, place in zip(rows, places, strict=True):
            if os.preadv(self._rows.fileno(), [row.data], place * self._row_bytes) != self._row_bytes:
                raise ScenarioError(f"{self._rows.name}: is shorter than it was; remove its folder")
        return rows

    def close(self) -> None:
        """Close both files."""
        self._rows.close()
        self._digests.close()


@contextmanager
def opened(folder: Path, width: int) -> Iterator[FeatureStore]:
    """Open the store in a folder, made if it is not there, for this process alone.

    Raises ScenarioError where it cannot be written, or another export is at it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("wb")
    except OSError as error:
        raise ScenarioError(f"--cache: features cannot be kept in {folder}: {error.strerror}") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ScenarioError(
                f"--cache: another export is keeping features in {folder}; wait for it or give another folder"
            ) from None
        store = FeatureStore(folder, width)
        try:
            yield store
        except OSError as error:
            raise ScenarioError(f"--cache: features cannot be kept in {folder}: {error}") from error
        finally:
            store.close()
