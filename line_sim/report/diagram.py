"""A line drawn in text, as `line-sim check` shows it."""

from line_sim.scenario.model import Arrivals, Inspection, Scenario, Station
from line_sim.scenario.times import Constant
from line_sim.scenario.words import time_text
from line_sim.units import duration_text


def diagram(scenario: Scenario) -> str:
    """Draw the line from its source to its lanes, a station a row, buffers as `(places)`."""
    rows = [_source(scenario.arrivals)]
    rows += [_station(spec) for spec in scenario.line]
    rows.append("  └─▶ shipped")
    if scenario.review is not None:
        rows += ["", _review(scenario)]
    return "\n".join(rows)


def _source(arrivals: Arrivals) -> str:
    if arrivals.every is None:
        return "always a part waiting"
    kind = "takt" if isinstance(arrivals.every, Constant) else "time between parts:"
    lost = ", lost when there is no room" if arrivals.on_full == "lose" else ""
    return f"{kind} {time_text(arrivals.every)}{lost}"


def _station(spec: Station | Inspection) -> str:
    head = f"  └─▶ ({spec.buffer:>3}) [{spec.name}]{_units(spec.units)}"
    if isinstance(spec, Station):
        failing = f"; time to failure: {time_text(spec.breakdowns.up)}" if spec.breakdowns else ""
        return f"{head}  {time_text(spec.cycle)}{failing}"
    deadline = f", at most {duration_text(spec.deadline)}" if spec.deadline is not None else ""
    return (
        f"{head}  {time_text(spec.acquisition)} + wait for {spec.gateway.words}{deadline}\n{_branches(spec)}"
    )


def _units(units: int) -> str:
    return "" if units == 1 else f" x {units}"


def _branches(spec: Inspection) -> str:
    labels = ", ".join(spec.ship_when.labels)
    rest = "any other" if spec.on_no_result == "review" else "any other answer"
    score = f"{spec.ship_when.score_at_least:g}"
    lines = [f"        {labels} with a score of at least {score} goes on; {rest} to review"]
    if spec.on_no_result != "review":
        lines.append(f"        no usable answer: {spec.on_no_result}")
    return "\n".join(lines)


def _review(scenario: Scenario) -> str:
    review = scenario.review
    if review is None:
        return ""
    return (
        f"review ({review.buffer:>3}) [reviewers]{_units(review.units)}  {time_text(review.time)}\n"
        "  ├─▶ shipped\n  └─▶ scrapped"
    )
