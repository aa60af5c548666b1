"""Stations that make defects: when a part is spoilt, what is told of it, and who can have seen it."""

import pytest
from event_list import EventList
from hypothesis import assume, given, settings
from spoiling_lines import spoiling, spoils
from stories import camera, happens, modelled, press

from line_sim.chance.chance import Chance
from line_sim.inspection.gateway import Inquiry
from line_sim.layout import layout_of
from line_sim.line.defects.making import Spoiler, before_cameras
from line_sim.line.parts import Part
from line_sim.recording.tables import CALLS, ITEMS, tables_for
from line_sim.scenario import Scenario, loads
from line_sim.scenario.model import Station
from line_sim.testing import answered, run_in_memory, scripted
from line_sim.truth import DEFECTIVE, GOOD

PERFECT = modelled(0)


def truths(run, station):
    """Return what each part was when an inspection asked about it."""
    return {call.item_id: call.true_state for call in run.records.calls if call.station == station}


def spoilt(run):
    """Return the parts that are defective in the end, with the station that made their defect."""
    return {i.item_id: i.made_at for i in run.records.items if i.true_state == DEFECTIVE}


def test_a_part_is_good_until_a_station_has_spoilt_it():
    """The camera before the mill sees a good part, the one behind it a scratched one, which is scrapped."""
    run = happens(camera("first"), press(2, "mill", **spoils(1, "scratch")), camera("last"), items=1, every=1)
    assert (truths(run, "first"), truths(run, "last")) == ({1: GOOD}, {1: DEFECTIVE})
    (item,) = run.records.items
    assert (item.true_state, item.defect, item.made_at) == (DEFECTIVE, "scratch", "mill")
    assert run.visits == [
        (1, "first", 1, 1, 1, 1, 1),
        (1, "mill", 1, 1, 1, 3, 3),
        (1, "last", 1, 3, 3, 3, 3),
        (1, "review", 1, 3, 3, 3, 3),
    ]
    assert run.items == [(1, 1, 3, "scrapped")]


def test_the_defect_comes_with_the_end_of_the_work():
    """At 2 s part 1 is still being worked on, and good; part 2 waits; the run of 3 s ends with its finish."""
    for until, states in ((2, [GOOD, GOOD]), (3, [DEFECTIVE, GOOD, GOOD])):
        run = happens(press(2, buffer=9, **spoils(1)), duration=until, every=1)
        assert [item.true_state for item in sorted(run.records.items)] == states


@pytest.mark.parametrize("rate", [0.05, 0.3])
def test_where_the_inspection_stands_decides_what_escapes_and_the_same_parts_are_spoilt(rate):
    """Before the mill it sees nothing and all that is spoilt is shipped, behind it none is."""
    mill, look = press(1, "mill", buffer=99, **spoils(rate)), camera(gateway=PERFECT, buffer=99)
    before = happens(look, mill, items=2_000, every=1, seed=4)
    behind = happens(mill, look, items=2_000, every=1, seed=4)
    assert spoilt(before) == spoilt(behind)
    assert abs(len(spoilt(before)) - 2_000 * rate) < 4 * (2_000 * rate * (1 - rate)) ** 0.5
    shipped = {i.item_id for i in before.records.items if i.disposition == "shipped"}
    assert shipped == set(range(1, 2_001)), "nobody could see anything"
    assert {i.item_id for i in behind.records.items if i.disposition == "scrapped"} == set(spoilt(behind))
    assert set(truths(before, "camera").values()) == {GOOD}


def test_two_stations_spoil_as_two_independent_chances_do():
    """1 - (1 - 0.2)(1 - 0.3) = 0.44 are defective in the end, 0.2 by the first one: it comes first."""
    line = press(1, "saw", **spoils(0.2)), press(1, "mill", **spoils(0.3))
    made = list(spoilt(happens(*line, items=4_000, every=1)).values())
    assert abs(len(made) - 4_000 * 0.44) < 4 * (4_000 * 0.44 * 0.56) ** 0.5
    assert abs(made.count("saw") - 4_000 * 0.2) < 4 * (4_000 * 0.2 * 0.8) ** 0.5
    assert abs(made.count("mill") - 4_000 * 0.24) < 4 * (4_000 * 0.24 * 0.76) ** 0.5


def test_a_defective_part_keeps_its_first_defect():
    """What a part brings along is not made here, and what is made at the saw is not made at the mill."""
    saw, mill = press(1, "saw", **spoils(1, "chip")), press(1, "mill", **spoils(1, "stain"))
    assert {i.defect for i in happens(saw, mill, items=5, every=1).records.items} == {"chip"}
    brought = happens(saw, mill, items=5, every=1, defect_rate=1.0).records.items
    assert {(i.true_state, i.made_at) for i in brought} == {(DEFECTIVE, "")}


def test_a_repair_may_be_spoilt_again_and_is_told_as_what_it_is_in_the_end():
    """The mill spoils every part: the repaired one, too, on its second visit. Then nobody repairs it."""
    looks = scripted(lambda inquiry: answered("bad" if inquiry.true_state == DEFECTIVE else "good"))
    run = happens(
        press(1, "mill", buffer=5, **spoils(1)),
        camera(),
        items=1,
        every=1,
        review={"time": 1, "rework": {"to": "mill", "buffer": 5, "defect_rate": 0}},
        gateways={"camera": looks},
    )
    assert [(call.visit, call.true_state) for call in run.records.calls] == [(1, DEFECTIVE), (2, DEFECTIVE)]
    (item,) = run.records.items
    assert (item.made_at, item.reworked, item.disposition) == ("mill", 1, "scrapped")


def test_a_repaired_part_has_no_station_that_made_its_defect():
    """A failed repair at a place behind the mill: it is defective, and not by the mill."""
    review = {"time": 1, "rework": {"to": "pack", "buffer": 5, "defect_rate": 1}}
    run = happens(
        *(press(1, "mill", **spoils(1, "chip")), camera(), press(1, "drill"), press(1, "pack")),
        items=1,
        every=1,
        review=review,
        gateways={"camera": scripted(lambda inquiry: answered("bad"))},
    )
    (item,) = run.records.items
    assert (item.true_state, item.made_at, item.disposition) == (DEFECTIVE, "", "shipped")


def test_kinds_are_those_that_the_station_makes_or_else_those_of_the_pictures():
    """All of them, evenly; without either a defect has no name."""

    def kinds(*own, pictures=()):
        line = [{"station": "mill", "cycle": 1, **spoils(1, *own)}]
        written = {
            "version": 1,
            "name": "kinds",
            "run": {"items": 300},
            "arrivals": {"every": 1},
            "line": line,
        }
        records, _ = run_in_memory(Scenario.model_validate(written), defect_kinds=pictures)
        told = [item.defect for item in records.items]
        return {kind: told.count(kind) for kind in told}

    assert kinds() == {"": 300}
    found = kinds("scratch", "chip", pictures=("stain",))
    assert found.keys() == {"scratch", "chip"}
    assert min(found.values()) > 110
    assert kinds(pictures=("stain", "pits")).keys() == {"stain", "pits"}


def test_a_higher_rate_spoils_the_same_parts_and_some_more():
    """And neither other machines nor other times change which: it hangs on part and visit alone."""

    def which(rate, **keys):
        return set(spoilt(happens(press(keys.pop("cycle", 1), **spoils(rate), **keys), items=800, every=1)))

    assert which(0.05) < which(0.1) < which(0.4)
    assert which(0.1) == which(0.1, units=3, buffer=2, cycle=2)
    assert which(0) == set()


def test_the_columns_are_there_only_where_a_station_makes_defects():
    """A rate of 0 is said, too."""

    def columns(*line):
        layout = layout_of(
            Scenario.model_validate(
                {
                    "version": 1,
                    "name": "columns",
                    "run": {"items": 1},
                    "arrivals": {"every": 1},
                    "line": line,
                }
            )
        )
        return {table.file: table.names for table in tables_for(layout)}

    assert "made_at" not in columns(press(1))[ITEMS.file]
    assert "true_state" not in columns(press(1))[CALLS.file]
    assert columns(press(1, **spoils(0)))[ITEMS.file][-1] == "made_at"
    assert columns(press(1, **spoils(0)))[CALLS.file][-1] == "true_state"


LIVE = """
version: 1
name: ahead
seed: 5
run: {items: 40}
arrivals: {every: 1 s}
line:
  - {station: saw, cycle: 1, makes_defects: {rate: 0.3, kinds: [chip]}}
  - {inspection: early, gateway: {modelled: {service: 0}}}
  - {station: mill, cycle: 1, makes_defects: {rate: 0.3}}
  - {inspection: live, gateway: {grpc: {target: "localhost:1"}}}
  - {station: pack, cycle: 1, makes_defects: {rate: 1}}
review: {time: 0, buffer: 99}
"""


def test_the_pictures_that_are_made_ahead_are_those_that_the_server_will_see():
    """What is spoilt before the first real camera is on its picture, what is spoilt behind is not."""
    scenario, kinds = loads(LIVE), ("stain", "pits")
    seen: list[tuple[int, str, str]] = []

    def look(inquiry: Inquiry):
        seen.append((inquiry.item_id, inquiry.true_state, inquiry.defect))
        return answered("good")

    gateways = {"early": scripted(lambda inquiry: answered("good")), "live": scripted(look)}
    run_in_memory(scenario, gateways, defect_kinds=kinds)
    spoilers = before_cameras(Chance(scenario.seed), scenario, kinds)
    ahead = []
    for number in range(1, 41):
        part = Part(number)
        for spoiler in spoilers:
            spoiler.have(part)
        ahead.append((number, part.true_state, part.defect))
    assert seen == ahead
    assert {defect for _, _, defect in ahead} == {"", "chip", *kinds}


def test_a_station_that_makes_no_defects_has_no_spoiler():
    """Nobody should ask for one."""
    plain = Station.model_validate({"station": "press", "cycle": 1})
    with pytest.raises(TypeError, match="press makes no defects"):
        Spoiler(Chance(0), plain, ())


@settings(max_examples=150, deadline=None)
@given(spoiling())
def test_the_line_is_the_one_that_the_documentation_describes(scenario):
    """Every part, visit and call of random lines, where what is spoilt decides who goes where."""
    assume(all(spec.on_no_result != "stop" for spec in scenario.inspections))
    records, ending = run_in_memory(scenario)
    told = EventList(scenario).story()
    assert [tuple(visit) for visit in records.visits] == told.visits
    assert [(item.item_id, item.arrived_at, item.left_at, item.disposition) for item in records.items] == (
        told.parts
    )
    assert ending.at == told.end


@settings(max_examples=25, deadline=None)
@given(spoiling())
def test_the_same_seed_makes_the_same_rows(scenario):
    """Where a defect is from, too."""
    assert run_in_memory(scenario) == run_in_memory(scenario)
