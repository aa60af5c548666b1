"""Where a user's cache of line-sim lies: what it holds can be made again at any time.

What is kept is written beside and moved to its place, after a hash of itself: what is not whole counts as not
there, and what cannot be written is made again.
"""

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

_DIGEST = sha256().digest_size
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def user_cache(environment: Mapping[str, str]) -> Path:
    """Return its folder (XDG base directories); raise RuntimeError where the user has no home."""
    home = environment.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home, "line-sim")


def is_safe(folder: Path) -> bool:
    """Whether only this user may write there; Windows keeps a user's folders apart by itself."""
    if not hasattr(os, "geteuid"):
        return True
    told = folder.stat()
    return told.st_uid in (0, os.geteuid()) and not told.st_mode & _OTHERS_WRITE


def read_kept(path: Path) -> bytes | None:
    """Return what is kept in a file; None where there is none, or none that is whole."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, told = content[:_DIGEST], content[_DIGEST:]
    return told if sha256(told).digest() == digest else None


def keep(path: Path, told: bytes) -> None:
    """Keep something in a file, if it can be written."""
    beside = path.with_suffix(f".{uuid4().hex}")
    with suppress(OSError):
        try:
            beside.write_bytes(sha256(told).digest() + told)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
