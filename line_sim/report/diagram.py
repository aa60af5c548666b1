"""A line drawn in text, as `line-sim check` shows it."""

from line_sim.layout import Exit, Gate, Lane, Layout, Spec, layout_of, specs_of
from line_sim.layout import Way as Onward
from line_sim.scenario.fields import Belt
from line_sim.scenario.mix.mix import Mix
from line_sim.scenario.model import Arrivals, Inspection, Review, Scenario, Station
from line_sim.scenario.stops.breakdowns import PartsStops, Way
from line_sim.scenario.stops.crews import crew_of
from line_sim.scenario.times import Constant
from line_sim.scenario.words import count_text, time_text
from line_sim.units import HOUR, counted, duration_text

KEY = "In round brackets: the waiting places in front."
"""What a reader must be told of the drawing."""


def diagram(scenario: Scenario, layout: Layout | None = None) -> str:
    """Draw the line from its source to its lanes, a station a row.

    Buffers are drawn as `(places)`, belts as `(places in travel)`. Without `layout` its ways are those of the
    scenario.
    """
    layout, specs = layout or layout_of(scenario), specs_of(scenario)
    rows = [f"{_source(scenario.arrivals)}{_mix(scenario.product.mix)}"]
    rows += [_place(specs[place], layout, place) for place in layout.ship_lane]
    rows.append(f"  └─▶ {_lane_to(layout, layout.ship_lane[-1], Lane.SHIP)}")
    if layout.bench is not None:
        rows += ["", _place(specs[layout.bench], layout, layout.bench)]
    rows += _calendars(scenario) + _crews(scenario)
    return "\n".join(rows)


def _calendars(scenario: Scenario) -> list[str]:
    """Say when each calendar is on, and for how long a week; nothing where there is none."""
    rows = [""] if scenario.calendars else []
    for name, calendar in (scenario.calendars or {}).items():
        hours = sum(end - begin for begin, end in calendar.on) / HOUR
        shifts = "; ".join(f"{days} {', '.join(each) or 'off'}" for days, each in calendar.shifts)
        rows.append(f"{name} is on for {hours:.4g} h a week: {shifts}")
    return rows


def _crews(scenario: Scenario) -> list[str]:
    """Say how many people each crew has, and when; nothing where there is none."""
    rows = [""] if scenario.crews else []
    for name, said in (scenario.crews or {}).items():
        crew = crew_of(said)
        people = "1 person" if crew.people == 1 else f"{crew.people:,} people"
        rows.append(f"{name}: {people}{_hours(crew.calendar)}")
    return rows


def _lane_to(layout: Layout, place: int, lane: Lane) -> str:
    """Say where a lane leads: the name of a place, or what becomes of the part."""
    to = layout.ways_from(place)[lane]
    return to.value if isinstance(to, Exit) else layout.places[to].name


def _from_bench(layout: Layout, way: Onward) -> str:
    """Say where a way from review leads, and which parts take it where not all that are cleared do."""
    to = way.to.value if isinstance(way.to, Exit) else layout.places[way.to].name
    if way.lane is Lane.REWORK and layout.rework is not None:
        places = counted(layout.rework.places, "places")
        return f"{to} to be repaired, {layout.rework.share:.0%} of the defective; {places} there for them"
    return (
        to if way.sent_by is None else f"{to}, what {layout.places[layout.camera_of(way.sent_by)].name} sent"
    )


def _source(arrivals: Arrivals) -> str:
    if arrivals.every is None:
        return "always a part waiting"
    kind = "takt" if isinstance(arrivals.every, Constant) else "time between parts:"
    lost = ", lost when there is no room" if arrivals.on_full == "lose" else ""
    return f"{kind} {time_text(arrivals.every)}{lost}{_comes(arrivals.calendar)}"


def _mix(mix: Mix | None) -> str:
    """Say which variants come how often, and in which order."""
    if mix is None:
        return ""
    shares = ", ".join(f"{name} {share:.4g}" for name, share in zip(mix.names, mix.shares, strict=True))
    return f"; {shares}, {'mixed' if mix.batch is None else f'in batches of {mix.batch:,}'}"


def _comes(calendar: str | None) -> str:
    return "" if calendar is None else f", while {calendar} is on"


def _place(spec: Spec, layout: Layout, place: int) -> str:
    room = _room(spec.buffer)
    match spec:
        case Station():
            stops = f"{_set_up(spec)}{''.join(map(_stops, spec.ways))}{_hours(spec.calendar)}"
            work = f"{time_text(spec.cycle)}{stops}{_needs(spec)}{_spoils(spec)}"
            return f"  └─▶ {room} [{spec.name}]{_units(spec.units)}  {work}"
        case Inspection():
            hours = _hours(spec.calendar)
            asks = f"{time_text(spec.acquisition)}, asks {spec.gateway.words}{hours}"
            if spec.gate is not None:
                return f"  └─▶ {room} [{spec.name}]{_units(spec.units)}  {asks}"
            wait = f"{time_text(spec.acquisition)} + wait for {spec.gateway.words}{_deadline(spec)}{hours}"
            branches = _branches(spec, _lane_to(layout, place, Lane.REVIEW))
            return f"  └─▶ {room} [{spec.name}]{_units(spec.units)}  {wait}\n{branches}"
        case Gate(inspection):
            wait = f"waits for the answer{_deadline(inspection)}"
            branches = _branches(inspection, _lane_to(layout, place, Lane.REVIEW))
            return f"  └─▶ {room} <{spec.name}>  {wait}\n{branches}"
        case Review():
            look = f"{time_text(spec.time)}{_hours(spec.calendar)}"
            head = f"review {room} [reviewers]{_units(spec.units)}  {look}"
            *most, last = (_from_bench(layout, way) for way in layout.ways if way.start == place)
            return "\n".join([head, *(f"  ├─▶ {to}" for to in most), f"  └─▶ {last}"])


def _deadline(spec: Inspection) -> str:
    if spec.deadline is None:
        return ""
    if spec.gate is not None:
        return f", at most until {duration_text(spec.deadline)} after the call"
    return f", at most {duration_text(spec.deadline)}"


def _set_up(spec: Station) -> str:
    return "" if spec.changeover is None else f"; set up between variants: {time_text(spec.changeover)}"


def _stops(way: Way) -> str:
    """Say in which way machines stop: `; time to failure: 2 h`, `; tool change after 200 parts`."""
    if isinstance(way, PartsStops):
        return f"; {way.name or 'stops'} after {count_text(way.up)} parts"
    return f"; time to {way.name or 'failure'}: {time_text(way.up)}"


def _spoils(spec: Station) -> str:
    """Say which share of the good parts a station spoils: `; spoils 1 % (scratch)`."""
    makes = spec.makes_defects
    if makes is None:
        return ""
    kinds = f" ({', '.join(makes.kinds)})" if makes.kinds else ""
    return f"; spoils {100 * makes.rate:.4g} %{kinds}"


def _hours(calendar: str | None) -> str:
    return "" if calendar is None else f"; works {calendar}"


def _needs(spec: Station) -> str:
    """Say who is needed for what: `; needs fitters to repair`."""
    told = (f"{name} to {' and '.join(tasks)}" for name, tasks in (spec.crew or {}).items())
    return f"; needs {', '.join(told)}" if spec.crew else ""


def _room(buffer: int | Belt) -> str:
    """Write the places as `(  4)`, a belt as `(  4 in 6 s)`, and whether all of it stops for a part."""
    if isinstance(buffer, Belt):
        how = "" if buffer.accumulates else ", not accumulating"
        return f"({buffer.places:>3} in {duration_text(buffer.travel)}{how})"
    return f"({buffer:>3})"


def _units(units: int) -> str:
    return "" if units == 1 else f" x {units}"


def _branches(spec: Inspection, otherwise: str) -> str:
    labels = ", ".join(spec.ship_when.labels)
    rest = "any other" if spec.on_no_result == "review" else "any other answer"
    score = f"{spec.ship_when.score_at_least:g}"
    lines = [f"        {labels} with a score of at least {score} goes on; {rest} to {otherwise}"]
    if spec.on_no_result != "review":
        lines.append(f"        no usable answer: {spec.on_no_result}")
    return "\n".join(lines)
