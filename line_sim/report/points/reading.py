"""A study's JSON that somebody changed by hand is refused with its name, never with a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from line_sim.errors import RunFileError


@contextmanager
def refused_where_torn(path: Path) -> Iterator[None]:
    """Raise RunFileError for whatever goes wrong because the JSON has not the form that a study writes."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise RunFileError(
            f"{path}: not as a study writes it ({what}); restore it or make it again"
        ) from error
