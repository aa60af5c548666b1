"""A picture's bytes from disk, whatever stands at its path by then."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from line_sim.errors import PictureError
from line_sim.regular import open_regular

MOST_BYTES = 2**30
"""A larger file is refused: a protocol buffer holds 2 GiB, and a part is waiting."""


@contextmanager
def opened_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file of 1 to MOST_BYTES. Raises PictureError with the reason why it cannot be read."""
    try:
        with open_regular(path, MOST_BYTES) as file:
            if not _size_of(file):
                raise PictureError("it is empty")
            yield file
    except MemoryError:
        raise PictureError("there is not enough memory to read it") from None
    except FileNotFoundError:
        raise PictureError("there is no such file") from None
    except OSError as error:
        raise PictureError(error.strerror or str(error)) from error


def content_of(path: Path) -> bytes:
    """Return a file's bytes, at most MOST_BYTES. Raises PictureError where they cannot be had."""
    with opened_file(path) as file:
        size = _size_of(file)
        content = file.read(size + 1)
    if len(content) != size:
        raise PictureError("it changed while it was read")
    return content


def _size_of(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size
