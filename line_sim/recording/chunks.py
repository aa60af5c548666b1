"""A table's file in pieces of whole rows, so that no file must fit into memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from line_sim.errors import RunFileError
from line_sim.inspection.outcome import LONGEST_LABEL
from line_sim.regular import open_regular, size_text

CHUNK = 2**20  # bytes
_LARGEST_ROW = 16 * CHUNK
_MARK = b"\xef\xbb\xbf"  # spreadsheets add a byte order mark
_LONGEST_ROW = LONGEST_LABEL + 2  # lines: a label may be nothing but line ends, and no row of ours holds more


class Chunk(NamedTuple):
    """Some whole rows. `torn`: behind them the file ends in the middle of a row, which is left out."""

    data: bytes
    torn: bool


def chunks(path: Path) -> Iterator[Chunk]:
    """Yield a file's rows in pieces of about `CHUNK` bytes; an empty file has one empty piece.

    Raises RunFileError where the file is missing or cannot be read.
    """
    try:
        with open_regular(path) as file:
            rest = file.read(len(_MARK))
            rest = b"" if rest == _MARK else rest
            while more := file.read(CHUNK):
                rest += more
                end = _end_of_whole_rows(rest)
                if len(rest) - end > _LARGEST_ROW:
                    raise RunFileError(
                        f"{path}: a row is longer than {size_text(_LARGEST_ROW)}; restore the file"
                    )
                if end:
                    yield Chunk(rest[:end], torn=False)
                    rest = rest[end:]
            end = _end_of_whole_rows(rest)
            yield Chunk(rest[:end], torn=end < len(rest))
    except FileNotFoundError as error:
        raise RunFileError(f"{path}: there is no such file; is this the folder of a run?") from error
    except OSError as error:
        raise RunFileError(f"{path}: the file cannot be read ({error.strerror})") from error


def _end_of_whole_rows(data: bytes) -> int:
    """Return where the last row with its line end is over; a line end inside quotes is none."""
    end = data.rfind(b"\n") + 1
    quotes = data.count(b'"', 0, end)
    shortened = end
    for _ in range(_LONGEST_ROW):
        if quotes % 2 == 0:
            return shortened
        before = data.rfind(b"\n", 0, shortened - 1) + 1
        quotes -= data.count(b'"', before, shortened)
        shortened = before
    return end  # a stray quote far up is damage, not a torn end: the CSV reader names it
