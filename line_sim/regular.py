"""Files that others have named are opened only where they are files, and read up to a stated size.

A pipe would make the reader wait for a writer, and a device such as `/dev/zero` never ends.
"""

import os
import stat
from errno import EFBIG, EINVAL, EISDIR
from pathlib import Path
from typing import BinaryIO

_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class NotRegularError(OSError):
    """There is something of this name, but no file; `strerror` says what."""


class TooLargeError(OSError):
    """There is more in the file than its reader takes; `strerror` says how much that is."""


def open_regular(path: Path, most: int | None = None) -> BinaryIO:
    """Open a file for reading that is one and has at most so many bytes (None: any number).

    Raises OSError whose `strerror` fits behind "cannot be read: "; ValueError for what can name no file.
    """
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        _refuse(os.fstat(number), path, most)
        return os.fdopen(number, "rb")
    except BaseException:  # Ctrl-C, too: what is open is closed, and it goes on
        os.close(number)
        raise


def _refuse(state: os.stat_result, path: Path, most: int | None) -> None:
    if stat.S_ISDIR(state.st_mode):
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(path))
    if not stat.S_ISREG(state.st_mode):
        what = _KINDS.get(stat.S_IFMT(state.st_mode), "something else")
        raise NotRegularError(EINVAL, f"it is {what}, not a file", str(path))
    if most is not None and state.st_size > most:
        raise _too_large(path, most)


def read_regular(path: Path, most: int) -> bytes:
    """Read a whole file of at most so many bytes. Raises as `open_regular` does."""
    with open_regular(path, most) as file:
        content = file.read(most + 1)
    if len(content) > most:  # it has no size before it is read, or it has grown
        raise _too_large(path, most)
    return content


def _too_large(path: Path, most: int) -> TooLargeError:
    return TooLargeError(EFBIG, f"it is larger than {size_text(most)}", str(path))


def size_text(size: int) -> str:
    """Say a limit in bytes: `64 MiB`."""
    unit, name = (1024**2, "MiB") if size % 1024**2 == 0 else (1024, "KiB")
    return f"{size // unit} {name}"
