"""What crews did, as plain data for `summary.json`."""

from typing import Any

from line_sim.figures.stops.crews import CrewTime
from line_sim.units import SECOND


def crews_json(crews: tuple[CrewTime, ...]) -> dict[str, Any]:
    """Return the section of the crews; nothing of a line without any."""
    return {"crews": {each.crew: _crew(each) for each in crews}} if crews else {}


def _crew(crew: CrewTime) -> dict[str, Any]:
    stations: dict[str, Any] = {}
    for wait in crew.waits:
        stations.setdefault(wait.station, {})[wait.task] = {"n": wait.n, "mean_s": _seconds(wait.mean)}
    return {
        "people": crew.people,
        "busy": crew.share,
        "waits": {"n": crew.n, "had_to": crew.had_to, "mean_s": _seconds(crew.mean)},
        "stations": stations,
    }


def _seconds(time: float | None) -> float | None:
    return None if time is None else time / SECOND
