"""A study that fails in its middle: what is known of it is left, and the error names the way on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from line_sim.errors import LineSimError


def way_on(command: str, folder: Path) -> str:
    """Say what goes on with the study of a folder."""
    return f"'line-sim {command} --resume {folder}' goes on where it was"


@contextmanager
def left_where_it_fails(command: str, folder: Path, leave: Callable[[], object]) -> Iterator[None]:
    """Leave what is known where anything inside fails, and have the error name the way on.

    That leaving it fails, too, as on a disk that is full, says nothing new. Raises the same kind of error.
    """
    try:
        yield
    except Exception as error:  # raised again, with the way on
        with suppress(Exception):
            leave()
        way = way_on(command, folder)
        if not isinstance(error, LineSimError):
            error.add_note(f"broken off; {way}")
            raise
        if way in str(error):
            raise
        raise type(error)(f"{error}; broken off; {way}") from error
