"""A picture's bytes from disk, whatever stands at its path by then."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from line_sim.errors import PictureError

MOST_BYTES = 2**30
"""A larger file is refused: a protocol buffer holds 2 GiB, and a part is waiting."""

AT_ONCE = (
    os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
)
"""How files are opened: where a pipe stands in one's place, nobody waits for who writes into it."""


@contextmanager
def opened_file(path: Path) -> Iterator[BinaryIO]:
    """Give an ordinary file of at most MOST_BYTES. Raises PictureError with the reason why it cannot be."""
    try:
        descriptor = os.open(path, AT_ONCE)
        try:
            refuse(os.fstat(descriptor))
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                yield file
        finally:
            os.close(descriptor)
    except MemoryError:
        raise PictureError("there is not enough memory to read it") from None
    except FileNotFoundError:
        raise PictureError("there is no such file") from None
    except OSError as error:
        raise PictureError(error.strerror or str(error)) from error


def refuse(found: os.stat_result) -> None:
    """Raise PictureError for what is no file, empty or too large."""
    if stat.S_ISDIR(found.st_mode):
        raise PictureError("it is a folder")
    if not stat.S_ISREG(found.st_mode):
        raise PictureError("it is no ordinary file")
    if not found.st_size:
        raise PictureError("it is empty")
    if found.st_size > MOST_BYTES:
        raise PictureError(f"it has {found.st_size:,} bytes; at most {MOST_BYTES:,} are read")


def content_of(path: Path) -> bytes:
    """Return a file's bytes, at most MOST_BYTES. Raises PictureError where they cannot be had."""
    with opened_file(path) as file:
        size = os.fstat(file.fileno()).st_size
        content = file.read(size + 1)
    if len(content) != size:
        raise PictureError("it changed while it was read")
    return content
