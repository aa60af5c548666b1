"""What an embedded server said before it ended, kept in the folder of the run that it was for."""

import os
from pathlib import Path
from signal import Signals
from typing import BinaryIO

NAME = "server.log"
_HEAD = b"# the embedded server ended before the run did: "


def ending(code: int) -> str:
    """Say how a process ended, by what `Popen.wait` gives."""
    if code >= 0:
        return f"exit code {code}"
    try:
        name = Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return f"killed by {name}" + ("; is there memory enough?" if name == "SIGKILL" else "")


def said(log: BinaryIO) -> bytes:
    """Return all that a server has written, while it may still write."""
    return os.pread(log.fileno(), os.fstat(log.fileno()).st_size, 0)


def keep(log: BinaryIO, how: str, place: Path) -> bool:
    """Add a server's log to the file at `place`, making its folder if need be; say whether it is there."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("ab") as file:
            file.write(_HEAD + how.encode() + b"\n" + said(log))
    except OSError:  # no room or no right: the run has worse to tell
        return False
    return True


def is_all_there_is(folder: Path) -> bool:
    """Whether a folder holds nothing but the log of a server that could not be had: it is as good as new.

    The log is in the folder itself, or in one in it: that of the replication which could not be begun.
    """
    children = list(folder.iterdir())
    return bool(children) and all(_is_log(child) or _holds_a_log_alone(child) for child in children)


def forget(folder: Path) -> None:
    """Remove the log that an earlier try has left in the folder, and the folder that it made for it there."""
    if not folder.is_dir():
        return
    for child in folder.iterdir():
        if _is_log(child):
            child.unlink(missing_ok=True)
        elif _holds_a_log_alone(child):
            forget(child)
            child.rmdir()


def _holds_a_log_alone(path: Path) -> bool:
    if path.is_symlink() or not path.is_dir():
        return False
    children = list(path.iterdir())
    return len(children) == 1 and _is_log(children[0])


def _is_log(path: Path) -> bool:
    return path.name == NAME and not path.is_symlink() and _is_ours(path)


def _is_ours(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_HEAD)) == _HEAD
