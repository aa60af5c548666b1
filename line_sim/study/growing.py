"""Tables that grow by a row a run: what the disk does not take is told once, with the way on."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, TypeVar

from line_sim.recording.whole import unwritable

File = TypeVar("File", bound=IO[Any])


@contextmanager
def told_where_unwritable(path: Path, then: str) -> Iterator[None]:
    """Raise RunFileError for whatever cannot be written inside; `then` says what to do once there is room."""
    try:
        yield
    except OSError as error:
        raise unwritable(path, error, then) from error


@contextmanager
def closed_at_its_end(file: File, path: Path, then: str) -> Iterator[File]:
    """Close a table at its end, whatever happens.

    Raises RunFileError where that fails, since some file systems say only then that they are full. Where
    something else is under way it says more: what a failed write has left over fails again.
    """
    try:
        yield file
    except BaseException:  # raised again: it says more than that closing fails, too
        with suppress(OSError):
            file.close()
        raise
    with told_where_unwritable(path, then):
        file.close()
