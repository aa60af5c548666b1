"""Random lines on which everything is mixed.

Belts, gates, hours, several ways to stop, shared servers, variants, crews, stations that spoil, ways back: a
line is drawn plain; then each of `MORE` puts its own on it, or does not. A new capability of the line is one
function and one entry there.
"""

from collections.abc import Callable
from typing import Any

from belt_lines import put_belts
from crew_lines import put_crews
from gate_lines import put_gates
from hypothesis import strategies as st
from shared_lines import by_size, servers
from sharing_lines import served_by
from spoiling_lines import put_makers
from stopping_lines import hours, ways
from strategies import (
    Written,
    after_review,
    arrival_rules,
    distributions,
    few_places,
    inspection_entries,
    positive_ticks,
    positive_times,
    reviews,
    some_seconds,
    station_entries,
    tied_inspections,
    tied_stations,
)
from variant_lines import put_variants

from line_sim.scenario import Scenario

Put = Callable[[st.DrawFn, Written], None]

CALENDARS = {"calendar": "one"}, {"calendar": "two"}


def places_of(written: Written) -> list[Written]:
    """Return the stations, the inspections and the reviewers of a line."""
    return [*written["line"], written["review"]]


def inspections_of(written: Written) -> list[Written]:
    """Return its inspections."""
    return [entry for entry in written["line"] if "inspection" in entry]


def belts(draw: st.DrawFn, written: Written) -> None:
    """Put belts of both kinds in front of about half of the places."""
    put_belts(draw, *places_of(written))


def gates(draw: st.DrawFn, written: Written) -> None:
    """Put gates behind about half of the inspections."""
    put_gates(draw, *inspections_of(written))


def keeps_hours(draw: st.DrawFn, written: Written) -> None:
    """Let about half of the places, and the arrivals, keep one of two calendars."""
    written["calendars"] = {"one": draw(hours()), "two": draw(hours())}
    paced = [] if "saturated" in written["arrivals"] else [written["arrivals"]]
    for entry in (*places_of(written), *paced):
        if draw(st.booleans()):
            entry.update(draw(st.sampled_from(CALENDARS)))


def several_ways(draw: st.DrawFn, written: Written) -> None:
    """Let about half of the stations stop in one to three ways, some after so many parts, some at random."""
    for entry in written["line"]:
        if "station" in entry and draw(st.booleans()):
            entry["breakdowns"] = [
                way | ({} if way["counts"] == "parts" else {"up": draw(positive_times)})
                for way in draw(ways())
            ]


def shares_a_server(draw: st.DrawFn, written: Written) -> None:
    """Let about half of the inspections ask one server, which may work on several requests."""
    asking = [entry for entry in inspections_of(written) if draw(st.booleans())]
    for entry in asking:
        entry["gateway"] = {"server": "gpu"}
        entry["deadline"] = draw(st.sampled_from([None, 1, 2, 4, 9]))
    if asking:
        services = by_size() | positive_ticks | distributions
        side_by_side = served_by(positive_ticks | distributions)
        written["servers"] = {"gpu": {"modelled": draw(servers(services) | side_by_side)}}


def way_back(draw: st.DrawFn, written: Written) -> None:
    """Say where the parts go that reviewers clear or find defective; some come again and again.

    Of those lines one in three repairs nearly all that comes, without much room for it, and may lock up.
    """
    review = written["review"]
    review.update(draw(after_review(written["line"])), false_alarm_rate=0.4)
    if review["rework"] and draw(st.booleans()):
        review["rework"].update(at_most=50, buffer=draw(st.integers(0, 9)))
    elif review["rework"] and draw(st.integers(0, 2)):
        written["product"]["defect_rate"] = 0.9
        review["rework"].update(share=1.0, at_most=50, buffer=0, defect_rate=0.9)
        review["miss_rate"] = 0.0


def variants(draw: st.DrawFn, written: Written) -> None:
    """Let parts come in variants, about half of the stations be set up for them, some times hang on them."""
    put_variants(draw, written)


def crews(draw: st.DrawFn, written: Written) -> None:
    """Let about two thirds of the stations need people to work, to repair or for both."""
    put_crews(draw, written, 2)


def makes_defects(draw: st.DrawFn, written: Written) -> None:
    """Let about half of the stations spoil parts."""
    put_makers(draw, written["line"])


MORE: tuple[Put, ...] = (
    *(belts, gates, keeps_hours, several_ways, shares_a_server),
    *(variants, crews, makes_defects, way_back),
)
"""What a line may have; each is put on two lines of three."""

runs = st.one_of(
    st.builds(lambda items: {"items": items}, st.integers(1, 25)),
    st.builds(lambda duration: {"duration": duration}, st.integers(1, 90)),
)


@st.composite
def plain(draw: st.DrawFn, *, inspections: int) -> Written:
    """Return a line of whole seconds or of any times, with so many inspections at least."""
    tied = draw(st.booleans())
    station, inspection = (tied_stations, tied_inspections) if tied else (station_entries, inspection_entries)
    line = [draw(station("first", some_seconds if tied else positive_times))]
    for number in range(draw(st.integers(max(1, inspections), 4))):
        looks = number < inspections or draw(st.booleans())
        line.append(draw((inspection if looks else station)(f"s{number}")))
    review = draw(reviews)
    if tied:
        review |= {"time": draw(some_seconds), "buffer": draw(few_places)}
    return {
        "version": 1,
        "name": "mixed",
        "seed": draw(st.integers(0, 999)),
        "run": draw(runs) | {"warm_up": draw(st.sampled_from([0, 0, "auto"]))},
        "arrivals": draw(arrival_rules()),
        "product": {"defect_rate": draw(st.sampled_from([0.0, 0.3]))},
        "line": line,
        "review": review,
    }


@st.composite
def written_mixed(draw: st.DrawFn, *, inspections: int = 0) -> Written:
    """Return a whole scenario as a user writes it."""
    written: dict[str, Any] = draw(plain(inspections=inspections))
    for put in MORE:
        if draw(st.integers(0, 2)):
            put(draw, written)
    return written


def mixed(*, inspections: int = 0) -> st.SearchStrategy[Scenario]:
    """Return loaded scenarios."""
    return written_mixed(inspections=inspections).map(Scenario.model_validate)
