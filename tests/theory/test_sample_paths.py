"""Event for event: the line against recursions that share no code with it."""

import random

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from stories import camera, happens, press, takes
from strategies import distributions
from theory.sample_path import (
    Table,
    calendar_departures,
    departures,
    failing_departures,
    lossy_departures,
    queue_waits,
)

from line_sim.chance.durations import durations
from line_sim.scenario import Exponential, Time
from line_sim.study.theory.reference import THEORY_FILE
from line_sim.units import SECOND

ORACLE = yaml.safe_load(THEORY_FILE.read_text())["sample_path_oracle"]["example"]
TIMES = TypeAdapter(Time)
thorough = settings(max_examples=200, deadline=None)


def line_of(service: Table, places: list[int], **keys: object) -> Table:
    """Run a line whose every station takes the table's times; return when each part left each station."""
    names = [f"s{index}" for index in range(len(service))]
    entries = [camera(name, buffer=buffer) for name, buffer in zip(names, places, strict=True)]
    gateways = {name: takes(row) for name, row in zip(names, service, strict=True)}
    run = happens(*entries, items=len(service[0]), gateways=gateways, **keys)
    left = {(visit.item_id, visit.station): visit.left_at for visit in run.records.visits}
    return [[left[item, name] for item in range(1, len(service[0]) + 1)] for name in names]


def test_the_worked_example_event_for_event():
    """Three stations, five parts, buffers 1 and 0 between them."""
    service = [[work * SECOND for work in row] for row in ORACLE["service"]]
    told = line_of(service, [0, *ORACLE["buffers_between"]])
    assert [[moment / SECOND for moment in row] for row in told] == ORACLE["departures"]


@st.composite
def tables(draw: st.DrawFn) -> tuple[Table, list[int]]:
    """Return a table of service times with many ties, and a buffer for each station."""
    stations, parts = draw(st.integers(1, 6)), draw(st.integers(1, 25))
    work = st.integers(0, 4) if draw(st.booleans()) else st.integers(0, 10**10)
    rows = st.lists(work, min_size=parts, max_size=parts)
    service = draw(st.lists(rows, min_size=stations, max_size=stations))
    return service, draw(st.lists(st.integers(0, 4), min_size=stations, max_size=stations))


@thorough
@given(tables())
def test_a_saturated_line_is_the_max_plus_recursion(table):
    """Any times (also none at all), any buffers, any number of stations: the same nanosecond everywhere."""
    service, places = table
    assert line_of(service, places) == departures(service, places)


@thorough
@given(tables(), st.integers(1, 6))
def test_a_paced_line_is_the_max_plus_recursion_with_arrivals(table, takt):
    """Parts that find no room wait outside; the rest is as in a saturated line."""
    service, places = table
    arrivals = [takt * (index + 1) for index in range(len(service[0]))]
    assert line_of(service, places, every=f"{takt} ns") == departures(service, places, arrivals)


@thorough
@given(tables())
def test_a_reversed_line_makes_its_parts_in_the_same_time(table):
    """Reversibility (Muth): the line run backwards, parts and all, empties at the same moment."""
    service, places = table
    backwards = [row[::-1] for row in service[::-1]]
    buffers = [0, *places[:0:-1]]
    assert line_of(service, places)[-1][-1] == line_of(backwards, buffers)[-1][-1]


def test_long_random_lines_are_the_max_plus_recursion():
    """Ten stations, 2,000 parts, exponential times, buffers from 0 to 5: 20,000 departures, all exact."""
    dice = random.Random(1)  # noqa: S311 - a test's dice
    service = [[round(dice.expovariate(1) * SECOND) for _ in range(2000)] for _ in range(10)]
    places = [dice.randint(0, 5) for _ in range(10)]
    assert line_of(service, places) == departures(service, places)


@thorough
@given(st.lists(distributions, min_size=1, max_size=4), st.data())
def test_plain_stations_with_drawn_times_are_the_max_plus_recursion(kinds, data):
    """The same for stations with distributions: the oracle gets the draws, not the line's log."""
    places = data.draw(st.lists(st.integers(0, 3), min_size=len(kinds), max_size=len(kinds)))
    seed = data.draw(st.integers(0, 2**64 - 1))
    run = happens(
        *[press(kind, f"s{n}", buffer=places[n]) for n, kind in enumerate(kinds)], items=40, seed=seed
    )
    draws = [durations(seed, "cycle", f"s{n}", TIMES.validate_python(kind)) for n, kind in enumerate(kinds)]
    service = [[draw.of(item) for item in range(1, 41)] for draw in draws]
    left = [[v.left_at for v in run.records.visits if v.station == f"s{n}"] for n in range(len(kinds))]
    assert left == departures(service, places)


@thorough
@given(st.lists(st.integers(0, 6), min_size=1, max_size=40), st.integers(1, 5), st.integers(1, 4))
def test_a_single_station_is_the_lindley_recursion(service, takt, units):
    """Waits behind 1 to 4 parallel machines, with room for everybody: Kiefer and Wolfowitz, part by part."""
    run = happens(
        camera(buffer=1000, units=units),
        items=len(service),
        every=f"{takt} ns",
        gateways={"camera": takes(service)},
    )
    arrivals = [takt * (index + 1) for index in range(len(service))]
    visits = sorted(run.records.visits)
    assert [visit.started_at - visit.queued_at for visit in visits] == queue_waits(arrivals, service, units)


@thorough
@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.integers(1, 5), st.integers(0, 3))
def test_a_lossy_station_turns_away_who_finds_it_full(service, takt, places):
    """Who is lost and when everybody else leaves, part by part; a departure of the same moment makes room."""
    run = happens(
        camera(buffer=places),
        items=len(service),
        every=f"{takt} ns",
        on_full="lose",
        gateways={"camera": takes(service)},
    )
    arrivals = [takt * (index + 1) for index in range(len(service))]
    told = [None if i.disposition == "lost" else i.left_at for i in sorted(run.records.items)]
    assert told == lossy_departures(arrivals, service, places + 1)


@thorough
@given(
    st.integers(1, 7),
    st.integers(1, 7),
    st.integers(0, 4),
    st.sampled_from(["operating", "calendar"]),
)
def test_a_failing_machine_departs_as_its_outages_allow(cycle, up, repair, counts):
    """Constant times, so that failures and finishes tie all the time; 40 parts one by one."""
    down = {"up": f"{up} ns", "repair": f"{repair + 1} ns", "counts": counts}
    run = happens(press(f"{cycle} ns", breakdowns=down), items=40)
    oracle = failing_departures if counts == "operating" else calendar_departures
    truth = oracle([cycle] * 40, [up] * 400, [repair + 1] * 400)
    assert [visit.left_at for visit in run.records.visits] == truth


@thorough
@given(st.integers(0, 10**6), st.sampled_from(["operating", "calendar"]))
def test_a_randomly_failing_machine_departs_as_its_draws_say(seed, counts):
    """Exponential up, repair and cycle times: 40 parts, to the nanosecond."""
    kinds = {"cycle": 1.0, "up": 2.0, "repair": 0.5}
    written = {key: {"exponential": {"mean": mean}} for key, mean in kinds.items()}
    down = {"up": written["up"], "repair": written["repair"], "counts": counts}
    run = happens(press(written["cycle"], breakdowns=down), items=40, seed=seed)
    oracle = failing_departures if counts == "operating" else calendar_departures
    truth = oracle(
        drawn(seed, "cycle", "press", 1.0, 40),
        drawn(seed, "up time", "press/1", 2.0, 400),
        drawn(seed, "repair time", "press/1", 0.5, 400),
    )
    assert [visit.left_at for visit in run.records.visits] == truth


def drawn(seed: int, purpose: str, place: str, mean: float, count: int) -> list[int]:
    """Return the first draws of a stream of exponential times."""
    draw = durations(seed, purpose, place, Exponential(mean=mean))
    return [draw.of(item) for item in range(1, count + 1)]
