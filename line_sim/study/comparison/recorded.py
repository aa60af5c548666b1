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
from line_sim.scenario.rules import gate_name
from line_sim.units import LATEST, SECOND, Nanoseconds


@contextmanager
def settled_run(folder: Path, summary: Mapping[str, Any]) -> Generator[Settled]:
    """Give the rows of a run in a folder that count by its summary.json; let go of them by `with`.

    Raises RunFileError for a missing or damaged file.
    """
    try:
        window, layout = _window(summary), _layout(summary)
    except (KeyError, TypeError, ValueError) as error:
        again = f"'line-sim report {folder}' makes it again"
        raise RunFileError(
            f"{folder / 'summary.json'}: no summary of a run ({error!r:.80}); {again}"
        ) from error
    with read_columns(folder) as tables:
        yield Settled(columns_of(tables, layout, window.last), layout, window)


def _window(summary: Mapping[str, Any]) -> Window:
    start, end, last = (_moment(summary["window"][key]) for key in ("from_s", "to_s", "run_end_s"))
    if not start <= end <= last:
        raise ValueError("the window ends before it begins")
    return Window(start, end, last)


def _moment(seconds: object) -> Nanoseconds:
    if (
        isinstance(seconds, bool)
        or not isinstance(seconds, int | float)
        or not 0 <= seconds <= LATEST // SECOND
    ):
        raise TypeError(f"{seconds!r} is no moment")
    return round(seconds * SECOND)


def _layout(summary: Mapping[str, Any]) -> Layout:
    """Return the line as far as the figures of calls and parts must know it: its scenario may be gone."""
    gates = _mapping(summary.get("gates", {}))
    behind = {gate_name(name) for name in gates}
    places = {
        name: Place(
            name,
            _units(station["units"]),
            kind=Kind.INSPECTION
            if name in summary["latency"]
            else Kind.GATE
            if name in behind
            else Kind.STATION,
            at_gate=name in gates,
        )
        for name, station in _mapping(summary["stations"]).items()
    }
    review = places.pop(REVIEW, None)
    return Layout(tuple(places.values()), review)


def _units(units: object) -> int:
    if type(units) is not int or units < 1:
        raise TypeError(f"{units!r} are no units")
    return units


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{value!r} is no mapping")
    return value
