"""In which folder compiled functions are kept: one for each state of what they are made of."""

import os
import re
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from line_sim.user_cache import is_safe, user_cache

ROOM = "compiled"
MADE_OF = ("compiled", "chance", "layout", "units.py")
"""The sources of line-sim on which compiled code hangs: the functions, and the constants that they take."""
PACKAGES = ("numba", "llvmlite", "numpy")
UNUSED_FOR = 28 * 24 * 3600
"""Seconds without a use after which code of another state is thrown away."""
_STATE = re.compile(r"[0-9a-f]{32}")
_OURS = re.compile(r".+\.(code|[0-9a-f]{32})")


def folder_of_code(chosen: str) -> Path | None:
    """Return the folder that is there for this state, in numba's own where the user has `chosen` one.

    None where nothing can be kept: no home, nothing to write on, or a folder that others may write to, since
    code that is loaded is run.
    """
    try:
        root = Path(chosen, "line-sim") if chosen else user_cache(os.environ)
        folder = root / ROOM / _state()
        fresh = not folder.exists()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not is_safe(folder) or not os.access(folder, os.W_OK):
            return None
        with suppress(OSError):
            os.utime(folder)
        if fresh:
            _throw_away(folder.parent, time.time() - UNUSED_FOR)
    except (OSError, RuntimeError):
        return None
    return folder


def _state() -> str:
    """Return the hash of the sources, the packages and Python; raise OSError where they are no files."""
    package = Path(__file__).parents[2]
    digest = sha256(sys.version.encode())
    for name in PACKAGES:
        digest.update(f"{name} {version(name)}\n".encode())
    for path in _sources(package / one for one in MADE_OF):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(package).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:32]


def _sources(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        yield from sorted(place.rglob("*.py")) if place.is_dir() else (place,)


def _throw_away(root: Path, before: float) -> None:
    """Remove folders of other states that nobody has used since; nothing that was not written here."""
    for folder in root.iterdir():
        if not _STATE.fullmatch(folder.name) or folder.is_symlink():
            continue
        with suppress(OSError):  # another process may be at it
            if folder.stat().st_mtime < before:
                for path in folder.iterdir():
                    if _OURS.fullmatch(path.name):
                        path.unlink()
                folder.rmdir()
