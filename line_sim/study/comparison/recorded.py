"""A run that is there already, with what its summary.json says of its line and its window."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from line_sim.errors import RunFileError
from line_sim.figures.populations import Settled
from line_sim.figures.window import Window
from line_sim.layout import REVIEW, Kind, Layout, Place
from line_sim.recording.reader import read_columns
from line_sim.recording.run_columns import columns_of
from line_sim.units import SECOND


@contextmanager
def settled_run(folder: Path, summary: Mapping[str, Any]) -> Generator[Settled]:
    """Give the rows of a run in a folder that count by its summary.json; let go of them by `with`.

    Raises RunFileError for a missing or damaged file.
    """
    try:
        window, layout = _window(summary), _layout(summary)
    except (KeyError, TypeError) as error:
        again = f"'line-sim report {folder}' makes it again"
        raise RunFileError(f"{folder / 'summary.json'}: no summary of a run ({error!r}); {again}") from error
    with read_columns(folder) as tables:
        yield Settled(columns_of(tables, layout, window.last), layout, window)


def _window(summary: Mapping[str, Any]) -> Window:
    return Window(*(round(summary["window"][key] * SECOND) for key in ("from_s", "to_s", "run_end_s")))


def _layout(summary: Mapping[str, Any]) -> Layout:
    """Return the line as far as the figures of calls and parts must know it: its scenario may be gone."""
    places = {
        name: Place(
            name, station["units"], kind=Kind.INSPECTION if name in summary["latency"] else Kind.STATION
        )
        for name, station in summary["stations"].items()
    }
    review = places.pop(REVIEW, None)
    return Layout(tuple(places.values()), review)
