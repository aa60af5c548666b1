"""What a scenario may mean and hardly can: asked about, not guessed."""

from collections.abc import Iterator, Mapping

from line_sim.scenario.fields import Key, duration_or_none
from line_sim.units import SECOND, Nanoseconds, duration_text

_TAKTS = 20
"""So many takts are a deadline that somebody may want; a part that waits longer holds up all the others."""

_SECONDS = 10
"""Who waits so long for an answer says the unit."""


def doubts(written: Mapping[str, object]) -> Iterator[tuple[Key, str]]:
    """Yield where a number without a unit is more likely milliseconds than the seconds that it says.

    The scenario is read as it is written; what is not of its kind is left to the model.
    """
    arrivals, line = written.get("arrivals"), written.get("line")
    takt = _mean(arrivals.get("every")) if isinstance(arrivals, Mapping) else None
    if not takt or not isinstance(line, list):
        return
    for place, entry in enumerate(line):
        deadline = entry.get("deadline") if isinstance(entry, Mapping) else None
        if isinstance(deadline, bool) or not isinstance(deadline, int | float):
            continue
        seconds = duration_or_none(deadline)
        if seconds is not None and seconds >= max(_SECONDS * SECOND, _TAKTS * takt):
            times = f"{seconds / takt:,.0f} times the takt of {duration_text(takt)}"
            both = f"write {deadline} ms, or {deadline} s if that is meant"
            yield ("line", place, "deadline"), f"it is read as {deadline} s, {times}; {both}"


def _mean(time: object) -> Nanoseconds | None:
    """Return a constant, or the mean that a distribution names."""
    if isinstance(time, Mapping) and len(time) == 1:
        parameters = next(iter(time.values()))
        time = parameters.get("mean") if isinstance(parameters, Mapping) else None
    return duration_or_none(time)
