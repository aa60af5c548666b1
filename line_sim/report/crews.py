"""What is told of crews: how busy they are, and how long machines wait for them."""

from line_sim.figures.stops.crews import CrewTime
from line_sim.report.words import percent, span
from line_sim.units import counted


def of_a_crew(crew: CrewTime) -> str:
    """Say how busy a crew was, how often somebody was needed, and how long that took."""
    people = "1 person" if crew.people == 1 else f"{crew.people:,} people"
    busy = "" if crew.share is None else f", busy for {percent(crew.share)} of their time"
    if crew.mean is None:
        return f"{people}{busy}; nobody was needed"
    waited = f"{counted(crew.n, 'times')} somebody was needed, after {span(round(crew.mean))} on average"
    return f"{people}{busy}; {waited}"
