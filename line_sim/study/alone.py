"""A study has its folder to itself: two that write into the same tables would leave neither's."""

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from line_sim.errors import ScenarioError


@contextmanager
def alone_in(folder: Path) -> Generator[None]:
    """Hold a folder that is there, until the end or the death of this process.

    Raises ScenarioError where another study holds it. Where there are no locks, nobody is kept out.
    """
    try:
        held = os.open(folder, os.O_RDONLY)
    except OSError:  # whoever uses it says what is wrong with it
        yield
        return
    try:
        _lock(held, folder)
        yield
    finally:
        os.close(held)


def _lock(held: int, folder: Path) -> None:
    with suppress(ImportError):  # there is no such module on Windows
        import fcntl  # noqa: PLC0415

        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ScenarioError(
                f"{folder}: another study is at work in this folder; wait for its end, or choose another"
            ) from None
        except OSError:  # a file system without locks
            return
